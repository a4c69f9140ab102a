//! The name of a log: the first column of every table, the shard key of a bigger machine park.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// `registry`, `payroll`, `statements/three-rivers`: one or two slugs (`[a-z0-9-]`, at most 64
/// characters each), parted by a slash; `payroll/_upkeep` is what the operators of a service did to
/// its data. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(Arc<str>);

/// The text does not name a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a log is named by one or two words of a-z, 0-9 and '-', parted by '/', not by {0:?}")]
pub struct LogIdError(String);

/// The second word of every upkeep log: no slug, so that no agreement can be called like it.
const UPKEEP: &str = "_upkeep";

impl LogId {
    /// The upkeep log of a service.
    pub(crate) fn upkeep(service: &str) -> LogId {
        LogId(format!("{service}/{UPKEEP}").into())
    }

    /// Whether this is an upkeep log: private, without facts, seen by no projection.
    pub fn is_upkeep(&self) -> bool {
        self.leaf() == UPKEEP
    }

    /// Checks the spelling.
    pub fn try_new(text: &str) -> Result<LogId, LogIdError> {
        let mut parts = 0;
        for part in text.split('/') {
            parts += 1;
            let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if parts == 2 && part == UPKEEP {
                continue;
            }
            if parts > 2 || part.is_empty() || part.len() > 64 || !part.chars().all(letters) {
                return Err(LogIdError(text.chars().take(140).collect()));
            }
        }
        Ok(LogId(text.into()))
    }

    /// The whole id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the slash, or the whole id: what subjects and folders are named after.
    pub fn leaf(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogId {
    type Err = LogIdError;
    fn from_str(text: &str) -> Result<LogId, LogIdError> {
        LogId::try_new(text)
    }
}

impl TryFrom<String> for LogId {
    type Error = LogIdError;
    fn try_from(text: String) -> Result<LogId, LogIdError> {
        LogId::try_new(&text)
    }
}

impl From<LogId> for String {
    fn from(log: LogId) -> String {
        log.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::LogId;

    #[test]
    fn a_log_is_named_by_one_or_two_words() {
        for good in [
            "registry",
            "registry/_upkeep",
            "statements/three-rivers",
            "a/1",
        ] {
            assert_eq!(good.parse::<LogId>().unwrap().as_str(), good);
        }
        for bad in [
            "_upkeep",
            "a/_other",
            "a/_upkeep/b",
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "Payroll",
            "pay roll",
            "a.b",
        ] {
            assert!(bad.parse::<LogId>().is_err(), "{bad:?} was taken for a log");
        }
    }

    #[test]
    fn the_leaf_is_what_stands_after_the_slash() {
        assert_eq!(
            "statements/barlow".parse::<LogId>().unwrap().leaf(),
            "barlow"
        );
        assert_eq!("payroll".parse::<LogId>().unwrap().leaf(), "payroll");
    }
}
