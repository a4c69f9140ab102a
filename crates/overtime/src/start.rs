//! A change of the day on which the workweek begins: reckoned twice, paid by the greater.
//!
//! The old and the new week overlap. Counting the overlap only in the old week and then only in
//! the new one, and paying at least the greater total, satisfies the law (29 CFR 778.301-.302). A
//! change must be meant to last and must not evade overtime (778.105).

use jiff::ToSpan;
use jiff::civil::Date;
use vocabulary::Cents;

use crate::pay::{self, Paid, Standard, Week, compute};

/// How long a start must have stood before it may change again. The law says "permanent" without a
/// figure; a year is this rulebook's choice, so that a start changed every week is refused.
pub const KEPT_AT_LEAST_DAYS: i64 = 365;

/// Both weeks around a change, as they are to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The last week of the old start.
    pub old: Paid,
    /// The first week of the new start.
    pub new: Paid,
    /// Which week the overlap counts in.
    pub overlap: CountedIn,
    /// What both weeks pay with the overlap in the old one (method 1).
    pub counted_in_old: Cents,
    /// What both weeks pay with the overlap in the new one (method 2).
    pub counted_in_new: Cents,
}

/// The week in which overlapping hours are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedIn {
    /// The last week of the old start.
    Old,
    /// The first week of the new start.
    New,
}

/// Why a change is not reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The new week does not begin inside the old one.
    #[error("the new workweek must begin inside the old one, after {first} and by {last}")]
    NoOverlap {
        /// The old week's first day.
        first: Date,
        /// Its last.
        last: Date,
    },
    /// Too soon after another change.
    #[error(
        "the workweek's start changed on {last} already: a change must be meant to last \
         (29 CFR 778.105), so the next is possible from {from} on"
    )]
    ChangedLately {
        /// The change before.
        last: Date,
        /// The first day on which another is possible.
        from: Date,
    },
    /// Work periods of section 7(k) are another matter.
    #[error("a work period of section 7(k) has no workweek whose start could change")]
    WorkPeriod,
    /// The weeks themselves cannot be reckoned.
    #[error(transparent)]
    Pay(#[from] pay::Refusal),
}

/// Whether a start may change on `next`, the change before being on `last`.
pub fn check_change(last: Option<Date>, next: Date) -> Result<(), Refusal> {
    let Some(last) = last else { return Ok(()) };
    let from = last.saturating_add(KEPT_AT_LEAST_DAYS.days());
    if next < from {
        return Err(Refusal::ChangedLately { last, from });
    }
    Ok(())
}

/// Pays the last old week and the first new one. `both` begins with the old week and holds the
/// work and the payments of both; `new_first` is the first day of the first new week.
pub fn change_of_start(both: &Week, new_first: Date) -> Result<Transition, Refusal> {
    if both.standard != Standard::Workweek {
        return Err(Refusal::WorkPeriod);
    }
    let (first, last) = (both.first_day, both.last_day());
    if new_first <= first || new_first > last {
        return Err(Refusal::NoOverlap { first, last });
    }
    // Method 1: the old week whole, the new one without what it shares with it.
    let old_whole = (
        compute(&part(both, first, |day| day <= last))?,
        compute(&part(both, new_first, |day| day > last))?,
    );
    // Method 2: the new week whole.
    let new_whole = (
        compute(&part(both, first, |day| day < new_first))?,
        compute(&part(both, new_first, |day| day >= new_first))?,
    );
    let total = |weeks: &(Paid, Paid)| weeks.0.gross.checked_add(weeks.1.gross);
    let too_large = |_| Refusal::Pay(pay::Refusal::TooLarge);
    let counted_in_old = total(&old_whole).map_err(too_large)?;
    let counted_in_new = total(&new_whole).map_err(too_large)?;
    let (overlap, (old, new)) = if counted_in_new > counted_in_old {
        (CountedIn::New, new_whole)
    } else {
        (CountedIn::Old, old_whole)
    };
    Ok(Transition {
        old,
        new,
        overlap,
        counted_in_old,
        counted_in_new,
    })
}

fn part(both: &Week, first_day: Date, holds: impl Fn(Date) -> bool) -> Week {
    let mut week = Week {
        first_day,
        ..both.clone()
    };
    week.work.retain(|work| holds(work.slice.day));
    week.extras.retain(|extra| holds(extra.day));
    week
}
