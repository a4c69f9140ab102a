//! Cutting a stretch of work at every boundary that somebody reckons by.
//!
//! # Why one zone
//! Payroll cuts at the employer's civil midnight and at the workweek's start (29 CFR 778.104-.105);
//! an agreement cuts at its own civil month. The workweek starts at a midnight, and agreements use
//! the employer's zone for now, so the employer's midnights are all the boundaries there are. An
//! agreement in another zone adds its midnights to the set in `boundary_after`.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use vocabulary::{Minutes, Month, Workweek};

use crate::Refusal;

/// The longest stretch that can be cut: 31 days. A forgotten clock-out is shorter; a slip of the
/// year is longer.
pub const LONGEST_DUTY: Minutes = Minutes(31 * 24 * 60);

/// A stretch of work inside one civil day of the employer's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its first instant.
    pub start: Timestamp,
    /// The instant at which it is over.
    pub end: Timestamp,
    /// The civil day in which it lies.
    pub day: Date,
    /// The first day of the workweek in which it lies.
    pub week: Date,
}

impl Piece {
    /// Elapsed minutes: on the night of the clock change what was lived through, not what the wall
    /// clock shows.
    pub fn minutes(&self) -> Minutes {
        Minutes::between(self.start, self.end)
    }

    /// The civil month in which it lies.
    pub fn month(&self) -> Month {
        Month::of(self.day)
    }
}

/// Cuts `start..end` at every civil midnight of the workweek's zone, which are also the only
/// instants at which a month or a workweek begins. The pieces touch, and their minutes sum to the
/// whole's.
pub fn cut(start: Timestamp, end: Timestamp, workweek: &Workweek) -> Result<Vec<Piece>, Refusal> {
    check_span(start, end)?;
    let mut pieces = Vec::new();
    let mut from = start;
    while from < end {
        let day = workweek.zone.day_of(from);
        let until = end.min(boundary_after(day, workweek));
        pieces.push(Piece {
            start: from,
            end: until,
            day,
            week: workweek.start_of(day),
        });
        from = until;
    }
    Ok(pieces)
}

/// What every stretch of work must satisfy before anything is reckoned with it.
pub(crate) fn check_span(start: Timestamp, end: Timestamp) -> Result<(), Refusal> {
    for at in [start, end] {
        if at.as_second().rem_euclid(60) != 0 || at.subsec_nanosecond() != 0 {
            return Err(Refusal::NotWholeMinute { at });
        }
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        if !(date(2000, 1, 1)..=date(2199, 12, 31)).contains(&day) {
            return Err(Refusal::OutOfRange { at });
        }
    }
    if end < start {
        return Err(Refusal::EndsBeforeStart { start, end });
    }
    if end == start {
        return Err(Refusal::NoLength { at: start });
    }
    let minutes = Minutes::between(start, end);
    if minutes > LONGEST_DUTY {
        return Err(Refusal::TooLong { minutes });
    }
    Ok(())
}

fn boundary_after(day: Date, workweek: &Workweek) -> Timestamp {
    let next = day
        .checked_add(1.day())
        .expect("checked to lie before 2200, and the calendar ends in 9999");
    workweek.zone.start_of(next)
}

#[cfg(test)]
mod tests;
