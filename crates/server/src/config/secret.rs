//! Secrets that stand in files of their own, so that a configuration file is no secret.

use std::fmt::Write as _;
use std::path::Path;

use super::ConfigError;

/// What a file holds, without the line break that editors put at its end.
pub(super) fn read(key: &str, path: &Path) -> Result<String, ConfigError> {
    let unfit = |problem: String| ConfigError::Unfit {
        key: key.to_owned(),
        problem: format!("{}: {problem}", path.display()),
        example: "/run/secrets/a-file-with-one-line".to_owned(),
    };
    let text = std::fs::read_to_string(path).map_err(|e| unfit(e.to_string()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(unfit("it is empty".to_owned())),
        text if text.contains('\n') => Err(unfit("it has more than one line".to_owned())),
        text => Ok(text.to_owned()),
    }
}

/// `postgres://user@host/db` with the password of that user; nothing if the address names no user
/// or has a password already.
pub(super) fn into_url(url: &str, password: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    if user.is_empty() || user.contains(':') {
        return None;
    }
    let mut escaped = String::new();
    for byte in password.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("writes to memory");
        }
    }
    Some(format!(
        "{scheme}://{user}:{escaped}{}",
        &rest[user.len()..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_into_the_address_whatever_it_is_made_of() {
        let url = into_url("postgres://payroll@db:5432/payroll?x=1", "a/b@c %").unwrap();
        assert_eq!(
            url,
            "postgres://payroll:a%2Fb%40c%20%25@db:5432/payroll?x=1"
        );
        let config: tokio_postgres::Config = url.replace("?x=1", "").parse().unwrap();
        assert_eq!(config.get_password(), Some(b"a/b@c %".as_slice()));
    }

    #[test]
    fn an_address_without_a_user_or_with_a_password_takes_none() {
        for url in ["postgres://db/payroll", "postgres://p:x@db/payroll", "db"] {
            assert_eq!(into_url(url, "secret"), None, "{url}");
        }
    }

    #[test]
    fn a_secret_is_one_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, read_as) in [
            ("s\n", Some("s")),
            ("s t", Some("s t")),
            ("", None),
            ("a\nb", None),
        ] {
            std::fs::write(file.path(), text).unwrap();
            assert_eq!(read("k", file.path()).ok().as_deref(), read_as, "{text:?}");
        }
        let missing = read("nats.password_file", Path::new("/nowhere/x"))
            .unwrap_err()
            .to_string();
        assert!(
            missing.starts_with("nats.password_file cannot be used: /nowhere/x"),
            "{missing}"
        );
    }
}
