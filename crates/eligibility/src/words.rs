//! The words that profiles, evidence and answers share.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Invalid, word};

word! {
    /// What a profile calls something by: a requirement, a course, an item, a duty kind.
    Name, "a name", "2 to 39 of a-z, 0-9, - and _, beginning with a letter, such as `core`",
    |text| slug(text, 39)
}
word! {
    /// A programme of officers: a slug that begins with its jurisdiction.
    ProgrammeId, "a programme id",
    "2 to 64 of a-z, 0-9, - and _, beginning with a letter, such as `us-mo-matthew-group-cso`",
    |text| slug(text, 64)
}
word! {
    /// A call type: a code of the APCO common incident types, or a local one in words.
    CallCode, "a call type", "1 to 64 printable characters, such as `VEHABND`",
    |text| (1..=64).contains(&text.len()) && text.trim() == text
        && text.chars().all(|c| !c.is_control())
}
word! {
    /// One issued credential, waiver or decision, as its service numbers it. Never the number that
    /// the issuer printed on it: that one lies in the vault.
    RecordId, "a record id", "1 to 64 printable characters without spaces, such as `cso-114.c3`",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn slug(text: &str, longest: usize) -> bool {
    (2..=longest).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

/// Where an event stands that proves something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Log id, such as `training`.
    pub log: String,
    /// Position in that log, from 1.
    pub seq: u64,
}

/// `training 17`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.log, self.seq)
    }
}

/// A weapon or device of a kind: the model, and the piece where that matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Weapon {
    /// Its model, such as `glock-17`.
    pub model: Name,
    /// A token of its serial number; the number itself lies in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<RecordId>,
}

/// The model, and the serial's token in brackets.
impl fmt::Display for Weapon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.serial {
            Some(serial) => write!(f, "{} [{serial}]", self.model),
            None => write!(f, "{}", self.model),
        }
    }
}

/// How a course ended for one learner. Attendance and assessment are other facts: that somebody
/// sat through every hour says nothing about proficiency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Left, or was absent too long.
    NotCompleted,
    /// Attended in full; standards are still to be met.
    Participation,
    /// Finished; the course assesses no proficiency.
    Completion,
    /// Finished, and every standard met.
    CompletionAndProficiency,
}

impl Outcome {
    /// In words: `completion and proficiency`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NotCompleted => "not completed",
            Self::Participation => "participation",
            Self::Completion => "completion",
            Self::CompletionAndProficiency => "completion and proficiency",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_words())
    }
}

/// A length of civil time: `12 months`, `60 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Calendar months.
    Months(u16),
    /// Days.
    Days(u16),
}

impl Length {
    /// The day this long after `day`, which is itself the last that counts: what is valid for 12
    /// months from 15 January is valid on 15 January of the next year and not on the 16th. A month
    /// that is too short ends the length on its last day.
    pub fn after(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }

    /// The day this long before `day`.
    pub fn before(self, day: Date) -> Date {
        day.saturating_sub(self.span())
    }

    fn span(self) -> jiff::Span {
        match self {
            Self::Months(n) => i64::from(n).months(),
            Self::Days(n) => i64::from(n).days(),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, unit) = match self {
            Self::Months(n) => (n, "month"),
            Self::Days(n) => (n, "day"),
        };
        write!(f, "{n} {unit}{}", if *n == 1 { "" } else { "s" })
    }
}

impl std::str::FromStr for Length {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (n, unit) = text.split_once(' ')?;
            let n: u16 = n.parse().ok().filter(|n| *n > 0)?;
            match unit {
                "months" | "month" => Some(Self::Months(n)),
                "weeks" | "week" => Some(Self::Days(n.checked_mul(7)?)),
                "days" | "day" => Some(Self::Days(n)),
                _ => None,
            }
        };
        read().ok_or_else(|| {
            let expected = "a whole number of days, weeks or months, such as `12 months`";
            Invalid::new("a length of time", text, expected)
        })
    }
}

/// The day before, or the first day there is.
pub(crate) fn eve(day: Date) -> Date {
    day.yesterday().unwrap_or(Date::MIN)
}

/// The day after, or none after the last day there is.
pub(crate) fn morrow(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}

/// The earlier of two last days, where none means without end.
pub(crate) fn sooner(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
