//! Why a text is no pattern: which line, which part, and what to write instead.

use jiff::civil::DateTime;
use vocabulary::local_time::Unclear;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A property or part that patterns do not have.
    #[error("{what} is not used in patterns: {instead}")]
    NotSupported {
        /// As written, such as `BYSETPOS`.
        what: String,
        /// What to write instead.
        instead: &'static str,
    },
    /// A value that cannot be read.
    #[error("{what}: \"{value}\" cannot be read: write {expected}")]
    Unreadable {
        /// The property or part.
        what: String,
        /// What was written.
        value: String,
        /// What a right one looks like.
        expected: &'static str,
    },
    /// A property or part that must be there.
    #[error("{what} is missing: add a line such as {example}")]
    Missing {
        /// Which.
        what: &'static str,
        /// A right one.
        example: &'static str,
    },
    /// Something said twice.
    #[error("{what} is written twice: keep one")]
    Twice {
        /// What.
        what: String,
    },
    /// Two things of which only one can hold.
    #[error("{one} and {other} cannot both be written: keep one")]
    Both {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// No end is written.
    #[error(
        "the rule never ends: add UNTIL=20271231 (the agreement's last day at the latest) or COUNT=26"
    )]
    NeverEnds,
    /// It ends too late, or never comes to its count.
    #[error(
        "the rule is not done ten years after {start}: write an earlier UNTIL or a lower COUNT, or \
         days that exist"
    )]
    TooFar {
        /// Where it starts.
        start: DateTime,
    },
    /// DTSTART is none of the rule's days.
    #[error(
        "DTSTART {start} is none of the rule's own days: {}",
        .first.map_or("the rule has no day at all; mend the rule".to_owned(),
            |first| format!("write DTSTART {first}, or mend the rule"))
    )]
    StartsElsewhere {
        /// What DTSTART says.
        start: DateTime,
        /// The first day of the rule from there on.
        first: Option<DateTime>,
    },
    /// A local time in the gap, or in the fold without saying which pass.
    #[error("{what}: {unclear}; the pass is said by the parameter X-FOLD=first or X-FOLD=second")]
    Unclear {
        /// The property.
        what: &'static str,
        /// Why.
        unclear: Unclear,
    },
    /// An exception to a shift that is not there.
    #[error("EXDATE {at} is the start of none of the shifts: mend it, or leave it out")]
    ExceptsNothing {
        /// As written.
        at: String,
    },
    /// No length, or more than a day.
    #[error(
        "a shift lasts more than nothing and at most 24 hours, also on the day the clocks are put \
         back: mend DTEND or DURATION"
    )]
    Length,
}

impl Refusal {
    pub(crate) fn unreadable(what: &str, value: &str, expected: &'static str) -> Self {
        Self::Unreadable {
            what: what.to_owned(),
            value: value.to_owned(),
            expected,
        }
    }
}
