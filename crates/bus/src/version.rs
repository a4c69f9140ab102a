//! Which nats-server may be used.

/// The oldest nats-server that is accepted, as (major, minor).
pub const VERSION_MIN: (u32, u32) = (2, 14);

/// `Err` says in a whole sentence why this server is refused.
///
/// # Why
/// Old servers do not refuse what they do not know, they ignore it: asked for a consumer of two
/// subjects, 2.9 delivers all of them. A wrong answer is worse than none.
pub(crate) fn accept(version: &str) -> Result<(), String> {
    let (major, minor) = VERSION_MIN;
    let Some(found) = parse(version) else {
        return Err(format!(
            "the NATS server reports the version {version:?}, which cannot be read; \
             install nats-server >= {major}.{minor}"
        ));
    };
    if found < VERSION_MIN {
        return Err(format!(
            "the NATS server is version {version}, which is too old: Debian 12 ships 2.9, which \
             silently ignores what it does not know; install nats-server >= {major}.{minor}"
        ));
    }
    Ok(())
}

/// The largest message that a server must take, in bytes: a statement with its document.
const PAYLOAD_BYTES_MIN: usize = 8_000_000;

/// `Err` says in a whole sentence why a server with this `max_payload` is refused: a fact that it
/// does not take would stop everything behind it for ever.
pub(crate) fn accept_payload(max_payload: usize) -> Result<(), String> {
    if max_payload < PAYLOAD_BYTES_MIN {
        return Err(format!(
            "the NATS server takes messages of {max_payload} bytes at most, a statement may be \
             larger; set `max_payload: 8MB` in its configuration"
        ));
    }
    Ok(())
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.split('-').next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_from_2_14_on_are_accepted() {
        for version in [
            "2.14.0",
            "2.14.6",
            "2.15.1",
            "2.15.0-RC.1",
            "2.14-dev",
            "3.0.0",
        ] {
            assert_eq!(accept(version), Ok(()), "{version}");
        }
    }

    #[test]
    fn older_servers_are_refused_with_the_reason() {
        for version in ["2.9.10", "2.13.9", "1.99.0"] {
            let reason = accept(version).unwrap_err();
            assert!(reason.contains(version), "{reason}");
            assert!(
                reason.contains("silently ignores what it does not know"),
                "{reason}"
            );
            assert!(reason.contains(">= 2.14"), "{reason}");
        }
    }

    #[test]
    fn a_server_that_takes_only_small_messages_is_refused_with_the_cure() {
        let reason = accept_payload(1_048_576).unwrap_err();
        assert!(reason.contains("max_payload: 8MB"), "{reason}");
        assert_eq!(accept_payload(8_000_000), Ok(()));
    }

    #[test]
    fn a_version_that_cannot_be_read_is_refused() {
        for version in ["", "2", "two.nine", "2.x"] {
            assert!(
                accept(version).unwrap_err().contains("cannot be read"),
                "{version}"
            );
        }
    }
}
