//! Typed local times: what a person wrote, in a zone, as one instant or a clear refusal.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;

use crate::Zone;

/// Which of the two passes through a repeated hour is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// The first pass (daylight saving time still in force).
    First,
    /// The second pass (standard time).
    Second,
}

/// Why a local time names no single instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// The clocks were put forward over it.
    #[error(
        "{local} does not exist in {zone}: the clocks were put forward over it; give a time before or after the gap"
    )]
    InGap {
        /// What was typed.
        local: DateTime,
        /// Where.
        zone: String,
    },
    /// The clocks were put back over it, and nothing says which pass is meant.
    #[error(
        "{local} happens twice in {zone}, since the clocks were put back: add `first` or `second`"
    )]
    InFold {
        /// What was typed.
        local: DateTime,
        /// Where.
        zone: String,
    },
    /// Outside the calendar.
    #[error("{local} lies outside the years that can be reckoned with")]
    OutOfRange {
        /// What was typed.
        local: DateTime,
    },
}

/// The instant of a local time. In the gap of daylight saving it is refused; in the fold `fold`
/// decides, and without it is refused; elsewhere `fold` is not looked at.
pub fn resolve(local: DateTime, zone: &Zone, fold: Option<Fold>) -> Result<Timestamp, Unclear> {
    let offset = match zone.rules().to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { .. } => {
            return Err(Unclear::InGap {
                local,
                zone: zone.to_string(),
            });
        }
        AmbiguousOffset::Fold { before, after } => match fold {
            Some(Fold::First) => before,
            Some(Fold::Second) => after,
            None => {
                return Err(Unclear::InFold {
                    local,
                    zone: zone.to_string(),
                });
            }
        },
    };
    offset
        .to_timestamp(local)
        .map_err(|_| Unclear::OutOfRange { local })
}
