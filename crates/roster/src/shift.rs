//! A shift: planned duty of one officer in one town, and its minutes by civil day.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use vocabulary::{Minutes, TownId, Zone, word};

word! {
    /// A shift: whatever its owner calls it; one of a pattern has the pattern's id and its local
    /// start, such as `barlow-nights.20261031t2200`. It stays when the shift is moved.
    ShiftId, "a shift id",
    "1 to 79 of a-z, 0-9, `-` and `.`, beginning with a letter or digit, such as \
     `barlow-nights.20261031t2200`",
    |text| (1..=79).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
}

word! {
    /// What is done on a shift: a kind of duty of the programme's profile, such as `patrol`.
    ShiftKind, "a kind of shift",
    "2 to 39 of a-z, 0-9, - and _, beginning with a letter, such as `patrol`",
    |text| (2..=39).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

/// Planned duty in one town, from `start` (within) to `end` (without).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plain")]
pub struct Shift {
    id: ShiftId,
    town: TownId,
    kind: ShiftKind,
    start: Timestamp,
    end: Timestamp,
}

/// A shift as it is read, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    id: ShiftId,
    town: TownId,
    kind: ShiftKind,
    start: Timestamp,
    end: Timestamp,
}

/// Why two instants are no shift.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShiftRefusal {
    /// The end is not after the start.
    #[error("shift {id} ends at {end}, not after its start at {start}: give a later end")]
    NoLength {
        /// Which.
        id: ShiftId,
        /// Its start.
        start: Timestamp,
        /// Its end.
        end: Timestamp,
    },
    /// Longer than a day: two shifts, or a slip of the date.
    #[error("shift {id} lasts {minutes}: at most 24:00; plan two shifts, or mend the date")]
    TooLong {
        /// Which.
        id: ShiftId,
        /// How long it would be.
        minutes: Minutes,
    },
    /// Seconds are not planned.
    #[error("shift {id}: {at} is not a whole minute")]
    NotWholeMinute {
        /// Which.
        id: ShiftId,
        /// The instant with seconds.
        at: Timestamp,
    },
    /// Far from now: a slip of the year.
    #[error("shift {id}: {at} lies outside the years 2000 to 2199: mend the year")]
    OutOfRange {
        /// Which.
        id: ShiftId,
        /// The instant.
        at: Timestamp,
    },
}

/// 2000-01-01 and 2200-01-01, in seconds since 1970.
const YEARS: std::ops::Range<i64> = 946_684_800..7_258_118_400;

impl Shift {
    /// A shift of whole minutes, at most 24 hours long, in the years 2000 to 2199.
    pub fn new(
        id: ShiftId,
        town: TownId,
        kind: ShiftKind,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Self, ShiftRefusal> {
        for at in [start, end] {
            if !YEARS.contains(&at.as_second()) {
                return Err(ShiftRefusal::OutOfRange { id, at });
            }
            if at.as_second() % 60 != 0 || at.subsec_nanosecond() != 0 {
                return Err(ShiftRefusal::NotWholeMinute { id, at });
            }
        }
        let minutes = Minutes::between(start, end);
        if minutes <= Minutes::ZERO {
            return Err(ShiftRefusal::NoLength { id, start, end });
        }
        if minutes > Minutes(24 * 60) {
            return Err(ShiftRefusal::TooLong { id, minutes });
        }
        Ok(Self {
            id,
            town,
            kind,
            start,
            end,
        })
    }

    /// Which.
    pub fn id(&self) -> &ShiftId {
        &self.id
    }

    /// Where.
    pub fn town(&self) -> &TownId {
        &self.town
    }

    /// What is done.
    pub fn kind(&self) -> &ShiftKind {
        &self.kind
    }

    /// When it starts.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// When it ends: the first minute after it.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// How long it is.
    pub fn minutes(&self) -> Minutes {
        Minutes::between(self.start, self.end)
    }

    /// Its minutes by civil day of a zone: none is lost, none is gained.
    pub fn days(&self, zone: &Zone) -> Vec<Piece> {
        cut(self.start, self.end, zone)
    }

    /// Whether it shares a minute with the stretch from `from` to `to`.
    pub fn touches(&self, from: Timestamp, to: Timestamp) -> bool {
        self.start < to && from < self.end
    }
}

impl TryFrom<Plain> for Shift {
    type Error = ShiftRefusal;

    fn try_from(plain: Plain) -> Result<Self, ShiftRefusal> {
        Self::new(plain.id, plain.town, plain.kind, plain.start, plain.end)
    }
}

/// The part of a stretch of time that lies on one civil day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Which day.
    pub day: Date,
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
}

impl Piece {
    /// How long.
    pub fn minutes(&self) -> Minutes {
        Minutes::between(self.start, self.end)
    }
}

/// The stretch from `start` to `end`, cut at the midnights of a zone.
pub fn cut(start: Timestamp, end: Timestamp, zone: &Zone) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = start;
    while from < end {
        let day = zone.day_of(from);
        let until = zone.start_of(next(day)).min(end);
        pieces.push(Piece {
            day,
            start: from,
            end: until,
        });
        from = until;
    }
    pieces
}

/// The day after.
pub(crate) fn next(day: Date) -> Date {
    later(day, 1)
}

/// The day so many days later.
pub(crate) fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days())
        .expect("the years 2000 to 2199 lie within the calendar")
}

/// How many days `to` lies after `from`.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// The instant of a clock time: in the gap as if the clocks had not been put forward yet, in the
/// fold the first pass. For times that follow from a rule; what a person types is refused there.
pub(crate) fn clock(day: Date, time: Time, zone: &Zone) -> Timestamp {
    zone.rules()
        .to_ambiguous_zoned(day.to_datetime(time))
        .compatible()
        .expect("the years 2000 to 2199 lie within the calendar")
        .timestamp()
}

/// Minutes of a shift that lie at night: from 22:00 to 06:00 on the zone's clock.
pub(crate) fn night(shift: &Shift, zone: &Zone) -> i64 {
    let six = jiff::civil::time(6, 0, 0, 0);
    let ten = jiff::civil::time(22, 0, 0, 0);
    let shared = |piece: &Piece, from: Timestamp, to: Timestamp| {
        Minutes::between(piece.start.max(from), piece.end.min(to))
            .0
            .max(0)
    };
    shift
        .days(zone)
        .iter()
        .map(|piece| {
            let morning = shared(piece, zone.start_of(piece.day), clock(piece.day, six, zone));
            let evening = shared(
                piece,
                clock(piece.day, ten, zone),
                zone.start_of(next(piece.day)),
            );
            morning + evening
        })
        .sum()
}

/// Minutes of a shift that lie on a Saturday or Sunday.
pub(crate) fn weekend(shift: &Shift, zone: &Zone) -> i64 {
    shift
        .days(zone)
        .iter()
        .filter(|piece| matches!(piece.day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .map(|piece| piece.minutes().0)
        .sum()
}
