//! The hard rules over one officer's shifts, in whole numbers: one walk for breaches in words and
//! for the many thousand questions of a suggestion.

use jiff::Timestamp;
use jiff::civil::{Date, date as civil};
use vocabulary::TownId;

use crate::shift::{days_between, later};
use crate::{Limits, Officer, Shift, Team};

/// A shift in numbers: minutes since 1970, days since 2000, the town's place in the table of ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) town: usize,
    pub(crate) day: i64,
    /// First day of the workweek in which it starts, its minutes there, and those in the next.
    pub(crate) week: i64,
    pub(crate) minutes: i64,
    pub(crate) minutes_next: i64,
}

/// A rule that does not hold, by the places of shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Overlap(usize, usize),
    Travel(usize, usize),
    Rest(usize, usize),
    Stretch(usize),
    Days { first: i64, days: i64 },
    Week { week: i64, minutes: i64 },
}

/// One officer's limits in minutes and days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) rest: i64,
    pub(crate) stretch: i64,
    pub(crate) days: i64,
    pub(crate) week: i64,
}

impl Bounds {
    pub(crate) fn of(limits: &Limits, officer: &Officer) -> Self {
        let week = [limits.weekly_minutes_max, officer.weekly_minutes_max];
        Self {
            rest: limits.rest_minutes.0,
            stretch: limits.stretch_minutes_max.0,
            days: i64::from(limits.days_in_a_row_max),
            week: week
                .into_iter()
                .flatten()
                .map(|m| m.0)
                .min()
                .unwrap_or(i64::MAX),
        }
    }
}

/// A team with its towns numbered and the ways between them in a table.
pub(crate) struct Ground<'a> {
    pub(crate) team: &'a Team,
    pub(crate) towns: Vec<TownId>,
    ways: Vec<i64>,
}

impl<'a> Ground<'a> {
    pub(crate) fn new<'t>(team: &'a Team, towns: impl Iterator<Item = &'t TownId>) -> Self {
        let mut towns: Vec<TownId> = towns.cloned().collect();
        towns.sort();
        towns.dedup();
        let ways = towns
            .iter()
            .flat_map(|from| towns.iter().map(|to| team.travel.minutes(from, to).0))
            .collect();
        Self { team, towns, ways }
    }

    /// Minutes from one town to another, by their places.
    pub(crate) fn way(&self, from: usize, to: usize) -> i64 {
        self.ways[from * self.towns.len() + to]
    }

    pub(crate) fn item(&self, shift: &Shift) -> Item {
        let workweek = &self.team.limits.workweek;
        let pieces = shift.days(&workweek.zone);
        let day = pieces[0].day;
        let week = workweek.start_of(day);
        let after = later(week, 7);
        let of = |next: bool| {
            pieces
                .iter()
                .filter(|piece| (piece.day >= after) == next)
                .map(|piece| piece.minutes().0)
                .sum()
        };
        Item {
            start: minute(shift.start()),
            end: minute(shift.end()),
            town: self
                .towns
                .binary_search(shift.town())
                .expect("every shift's town was given"),
            day: number(day),
            week: number(week),
            minutes: of(false),
            minutes_next: of(true),
        }
    }
}

/// Minutes since 1970.
pub(crate) fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Days since 2000.
pub(crate) fn number(day: Date) -> i64 {
    days_between(civil(2000, 1, 1), day)
}

/// The day of a number.
pub(crate) fn date(number: i64) -> Date {
    later(civil(2000, 1, 1), number)
}

/// Tells `found` of every rule that does not hold for items in order of start, until it says stop.
/// `true` if it never did.
pub(crate) fn walk(
    items: &[Item],
    bounds: &Bounds,
    ground: &Ground,
    found: &mut dyn FnMut(Found) -> bool,
) -> bool {
    between(items, bounds, ground, found)
        && in_a_row(items, bounds, found)
        && weeks(items, &mut |week, minutes| {
            minutes <= bounds.week || found(Found::Week { week, minutes })
        })
}

/// Overlap, the way, rest and the longest stretch.
fn between(
    items: &[Item],
    bounds: &Bounds,
    ground: &Ground,
    found: &mut dyn FnMut(Found) -> bool,
) -> bool {
    let mut latest = 0; // the one that ends last so far
    let mut since = 0; // where the stretch began
    for (n, item) in items.iter().enumerate() {
        if item.end - item.start > bounds.stretch && !found(Found::Stretch(n)) {
            return false;
        }
        if n == 0 {
            since = item.start;
            continue;
        }
        let before = &items[latest];
        let gap = item.start - before.end;
        if gap < 0 {
            if !found(Found::Overlap(latest, n)) {
                return false;
            }
        } else {
            let far = gap < ground.way(before.town, item.town);
            if far && !found(Found::Travel(latest, n)) {
                return false;
            }
            if gap >= bounds.rest {
                since = item.start;
            } else if item.end - since > bounds.stretch {
                if !found(Found::Rest(latest, n)) {
                    return false;
                }
                since = item.start; // each pair is told once
            }
        }
        if item.end > before.end {
            latest = n;
        }
    }
    true
}

fn in_a_row(items: &[Item], bounds: &Bounds, found: &mut dyn FnMut(Found) -> bool) -> bool {
    let mut at = 0;
    while at < items.len() {
        let first = items[at].day;
        let mut last = first;
        while at < items.len() && items[at].day <= last + 1 {
            last = items[at].day;
            at += 1;
        }
        let days = last - first + 1;
        if days > bounds.days && !found(Found::Days { first, days }) {
            return false;
        }
    }
    true
}

/// Tells the minutes of every workweek, by its first day, until `tell` says stop.
pub(crate) fn weeks(items: &[Item], tell: &mut dyn FnMut(i64, i64) -> bool) -> bool {
    let mut at = 0;
    let mut carried = (0, 0); // the week in which the last item ended, if it is another
    while at < items.len() {
        let week = items[at].week;
        if carried.1 > 0 && carried.0 < week && !tell(carried.0, carried.1) {
            return false;
        }
        let mut minutes = if carried.0 == week { carried.1 } else { 0 };
        carried = (week + 7, 0);
        while at < items.len() && items[at].week == week {
            minutes += items[at].minutes;
            carried.1 += items[at].minutes_next;
            at += 1;
        }
        if !tell(week, minutes) {
            return false;
        }
    }
    carried.1 == 0 || tell(carried.0, carried.1)
}
