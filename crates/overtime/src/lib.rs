//! Hours and overtime, pure: cuts a duty into civil days, and says what one officer's workweek
//! costs to the fraction of a cent.
//!
//! * [`cut`] turns a stretch of work into pieces that lie in one civil day, hence in one month and
//!   one workweek, without losing or gaining a minute.
//! * [`cost_week`] prices a workweek: straight time per slice, the minutes past the threshold in
//!   order of time, the weighted-average regular rate (29 CFR 778.109, 778.115) and the premium of
//!   half that rate for each overtime hour (29 CFR 778.107, 778.110), kept apart from straight time
//!   and split among the accounts.
//!
//! Nothing is rounded here: every amount is an exact fraction of cents.

mod cut;
mod week;

pub use cut::{LONGEST_DUTY, Piece, cut};
pub use week::{AccountShare, CostedSlice, CostedWeek, Slice, THRESHOLD, Week, cost_week};

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
