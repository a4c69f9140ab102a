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
    /// Not a time at all.
    #[error(
        "\"{text}\" is not a time: write 2026-10-31T22:00 (with `:first` or `:second` behind it in \
         the hour that is repeated when the clocks go back), or an instant such as \
         2026-10-31T22:00:00Z"
    )]
    NotATime {
        /// What was typed.
        text: String,
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

/// Reads what a person typed: a local time `2026-10-31T22:00[:00]` in `zone`, with `:first` or
/// `:second` behind it where that is asked for, or an RFC 3339 instant.
pub fn parse(text: &str, zone: &Zone) -> Result<Timestamp, Unclear> {
    let not_a_time = || Unclear::NotATime {
        text: text.to_owned(),
    };
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let (local, fold) = match text.rsplit_once(':') {
        Some((local, "first")) => (local, Some(Fold::First)),
        Some((local, "second")) => (local, Some(Fold::Second)),
        _ => (text, None),
    };
    // A date alone would be read as midnight: nobody who forgot the time means that. And a zone or
    // an offset behind a local time would be passed over: nobody who wrote one means this zone.
    let plain = |b: u8| b.is_ascii_digit() || b"-T:.".contains(&b);
    if !local.contains('T') || !local.bytes().all(plain) {
        return Err(not_a_time());
    }
    resolve(local.parse().map_err(|_| not_a_time())?, zone, fold)
}
