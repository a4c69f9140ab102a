//! Why hours cannot be reckoned: what is wrong with the stretches of work themselves.

use jiff::Timestamp;
use vocabulary::{DutyId, Minutes};

/// Why hours cannot be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The end lies before the start.
    #[error("it ends at {end}, before it starts at {start}")]
    EndsBeforeStart {
        /// When it starts.
        start: Timestamp,
        /// When it ends.
        end: Timestamp,
    },
    /// Start and end are the same instant.
    #[error("it starts and ends at {at}: it has no length")]
    NoLength {
        /// When.
        at: Timestamp,
    },
    /// Seconds are not reckoned with.
    #[error("{at} is not a whole minute")]
    NotWholeMinute {
        /// The instant with seconds.
        at: Timestamp,
    },
    /// Longer than any real duty, so that a slip of the year cannot make thousands of pieces.
    #[error("it lasts {minutes} hours: more than 31 days cannot be one duty")]
    TooLong {
        /// Its length.
        minutes: Minutes,
    },
    /// Before 2000 or after 2199: a slip, and outside what zone rules are certain about.
    #[error("{at} lies outside the years 2000 to 2199")]
    OutOfRange {
        /// The instant.
        at: Timestamp,
    },
    /// Two slices of one officer share a minute.
    #[error("duties {first} and {second} overlap")]
    Overlap {
        /// The one that starts first.
        first: DutyId,
        /// The other.
        second: DutyId,
    },
    /// A rate or burden below zero.
    #[error("duty {duty} has a pay rate or burden below zero")]
    NegativeRate {
        /// The duty.
        duty: DutyId,
    },
    /// The week's cost does not fit 64-bit cents.
    #[error("the week's cost does not fit 64-bit cents")]
    Overflow,
}
