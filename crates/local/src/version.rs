//! Reads what `--version` prints and says whether it is new enough.

/// Oldest accepted PostgreSQL.
pub(crate) const POSTGRES_MIN: Version = Version {
    major: 16,
    minor: 0,
};
/// Oldest accepted NATS server: 2.9, Debian 12's, silently ignores settings it does not know.
pub(crate) const NATS_MIN: Version = Version {
    major: 2,
    minor: 14,
};

/// The first two numbers of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// Finds the version in `postgres (PostgreSQL) 15.18 (Debian …)` or `nats-server: v2.15.1`.
    pub(crate) fn find(text: &str) -> Option<Version> {
        text.split_whitespace().find_map(|word| {
            let word = word.trim_start_matches('v');
            // A pre-release counts as its release: 18beta1 is 18.
            let major = leading(word)?;
            let minor = word
                .split_once('.')
                .and_then(|(_, rest)| leading(rest))
                .unwrap_or(0);
            Some(Version { major, minor })
        })
    }
}

fn leading(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_the_servers_print() {
        let found = |text| Version::find(text).map(|v| (v.major, v.minor));
        assert_eq!(
            found("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some((15, 18))
        );
        assert_eq!(found("postgres (PostgreSQL) 19beta1"), Some((19, 0)));
        assert_eq!(found("nats-server: v2.15.1"), Some((2, 15)));
        assert_eq!(found("command not found"), None);
    }

    #[test]
    fn servers_of_debian_12_are_too_old() {
        assert!(Version::find("postgres (PostgreSQL) 15.18").unwrap() < POSTGRES_MIN);
        assert!(Version::find("nats-server: v2.9.10").unwrap() < NATS_MIN);
        assert!(Version::find("nats-server: v2.14.0").unwrap() >= NATS_MIN);
    }
}
