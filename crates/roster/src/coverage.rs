//! What a town bought, what of it is planned, and what will not come out.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use vocabulary::{Minutes, Month, TownId, Zone};

use crate::shift::{clock, days_between, later, next};
use crate::{AwayWhy, Officer, Shift, ShiftId, ShiftKind, ShiftRefusal, Team};

/// What one town bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Which town.
    pub town: TownId,
    /// On whose clock its windows are, and its days and months.
    pub zone: Zone,
    /// Minutes a week, dated. Of days in two entries both count.
    pub bought: Vec<Bought>,
    /// Times of day at which the hours are wanted.
    pub windows: Vec<Window>,
}

/// Minutes a week from one day to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bought {
    /// First day.
    pub from: Date,
    /// Last day; open if absent.
    pub until: Option<Date>,
    /// Minutes in seven days, not below zero.
    pub weekly_minutes: Minutes,
}

/// A time of day on some weekdays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// On which weekdays it begins.
    pub weekdays: Vec<Weekday>,
    /// From when on the town's clock.
    pub from: Time,
    /// Until when; on the next day if not after `from`.
    pub until: Time,
    /// How many officers must be there all the while; 0: hours are wanted then, nobody must be.
    pub officers_min: u16,
}

/// A stretch in which fewer officers are planned in a town than must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Which town.
    pub town: TownId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// How many must be there.
    pub wanted: u16,
    /// How many are planned.
    pub planned: u16,
}

/// A town's month: bought against planned. Worked and billed minutes are others' to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Which town.
    pub town: TownId,
    /// Which month, on the town's clock.
    pub month: Month,
    /// What it bought.
    pub bought_minutes: Minutes,
    /// What is planned, cut at the month's ends.
    pub planned_minutes: Minutes,
}

/// What will not come out as it was bought.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Towns together bought more than the officers have.
    #[error(
        "{month}: the towns bought {bought}, the officers have {capacity}: {} are missing",
        *.bought - *.capacity
    )]
    Oversold {
        /// Which month.
        month: Month,
        /// All towns' minutes.
        bought: Minutes,
        /// All officers' minutes, leave taken off.
        capacity: Minutes,
    },
    /// A plan gives a town less than it bought.
    #[error(
        "{month}: {town} bought {bought}, {planned} are planned: {} are missing",
        *.bought - *.planned
    )]
    Less {
        /// Which month.
        month: Month,
        /// Which town.
        town: TownId,
        /// What it bought.
        bought: Minutes,
        /// What is planned.
        planned: Minutes,
    },
}

impl Coverage {
    /// Minutes bought from one day to another (without). Of a weekly amount, the first `n` days
    /// hold the whole minutes of `n` sevenths: months added up are never off by a minute.
    pub fn bought_minutes(&self, from: Date, to: Date) -> Minutes {
        let of = |one: &Bought| {
            let end = one.until.map_or(to, |last| next(last).min(to));
            let start = one.from.max(from);
            if start >= end {
                return Minutes::ZERO;
            }
            let through = |day| one.weekly_minutes.0 * days_between(one.from, day) / 7;
            Minutes(through(end) - through(start))
        };
        self.bought.iter().map(of).sum()
    }

    /// Every window from one day to another (without), by the day on which it begins. A border in
    /// the gap is taken as if the clocks had not been put forward yet, in the fold as the first.
    pub(crate) fn stretches(&self, from: Date, to: Date) -> Vec<(Date, &Window, Span)> {
        let mut all = Vec::new();
        let mut day = from;
        while day < to {
            for window in &self.windows {
                if !window.weekdays.contains(&day.weekday()) {
                    continue;
                }
                let last = if window.until > window.from {
                    day
                } else {
                    next(day)
                };
                let start = clock(day, window.from, &self.zone);
                let end = clock(last, window.until, &self.zone);
                if start < end {
                    all.push((day, window, Span { start, end }));
                }
            }
            day = next(day);
        }
        all
    }

    /// Who must be there, in stretches of one number each, in order, cut also at `edges`.
    pub(crate) fn demand(&self, from: Date, to: Date, edges: &[Timestamp]) -> Vec<(Span, u16)> {
        let mut wanted: Vec<(Span, u16)> = self
            .stretches(from, to)
            .into_iter()
            .filter(|(_, window, _)| window.officers_min > 0)
            .map(|(_, window, span)| (span, window.officers_min))
            .collect();
        wanted.sort_by_key(|(span, _)| span.start);
        let mut cuts: Vec<Timestamp> = wanted
            .iter()
            .flat_map(|(span, _)| [span.start, span.end])
            .chain(edges.iter().copied())
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2)
            .filter_map(|pair| {
                let span = Span {
                    start: pair[0],
                    end: pair[1],
                };
                // A window is at most two days long: none that began earlier reaches here.
                let earliest = span.start.as_second() - 2 * 86_400;
                let at = wanted.partition_point(|(w, _)| w.start.as_second() < earliest);
                wanted[at..]
                    .iter()
                    .take_while(|(w, _)| w.start <= span.start)
                    .filter(|(w, _)| span.end <= w.end)
                    .map(|(_, officers)| *officers)
                    .max()
                    .map(|officers| (span, officers))
            })
            .collect()
    }
}

/// From `start` (within) to `end` (without).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

impl Span {
    pub(crate) fn minutes(&self) -> i64 {
        Minutes::between(self.start, self.end).0
    }
}

/// Where fewer officers are planned than must be there, from one day to another (without). Give
/// only shifts of kinds that count towards presence.
pub fn absences(coverage: &Coverage, planned: &[Shift], from: Date, to: Date) -> Vec<Absence> {
    let here: Vec<&Shift> = planned
        .iter()
        .filter(|shift| *shift.town() == coverage.town)
        .collect();
    let edges: Vec<Timestamp> = here.iter().flat_map(|s| [s.start(), s.end()]).collect();
    let mut all: Vec<Absence> = Vec::new();
    for (span, wanted) in coverage.demand(from, to, &edges) {
        let there = here.iter().filter(|s| s.touches(span.start, span.end));
        let planned = u16::try_from(there.count()).unwrap_or(u16::MAX);
        if planned >= wanted {
            continue;
        }
        match all.last_mut() {
            Some(last)
                if last.end == span.start && (last.wanted, last.planned) == (wanted, planned) =>
            {
                last.end = span.end;
            }
            _ => all.push(Absence {
                town: coverage.town.clone(),
                start: span.start,
                end: span.end,
                wanted,
                planned,
            }),
        }
    }
    all
}

/// A town's month. Shifts of other towns are passed over.
pub fn balance(coverage: &Coverage, month: Month, planned: &[Shift]) -> Balance {
    let minutes = planned
        .iter()
        .filter(|shift| *shift.town() == coverage.town)
        .flat_map(|shift| shift.days(&coverage.zone))
        .filter(|piece| month.contains(piece.day))
        .map(|piece| piece.minutes())
        .sum();
    Balance {
        town: coverage.town.clone(),
        month,
        bought_minutes: coverage.bought_minutes(month.first_day(), month.next().first_day()),
        planned_minutes: minutes,
    }
}

/// What of a month will not come out: first all towns together, then each town, as given.
pub fn warnings(
    team: &Team,
    coverage: &[Coverage],
    month: Month,
    planned: &[Shift],
) -> Vec<Warning> {
    let balances: Vec<Balance> = coverage
        .iter()
        .map(|one| balance(one, month, planned))
        .collect();
    let bought: Minutes = balances.iter().map(|b| b.bought_minutes).sum();
    let zone = &team.limits.workweek.zone;
    let capacity: Minutes = team
        .officers
        .iter()
        .map(|officer| capacity(officer, month, zone))
        .sum();
    let mut all = Vec::new();
    if bought > capacity {
        all.push(Warning::Oversold {
            month,
            bought,
            capacity,
        });
    }
    all.extend(
        balances
            .into_iter()
            .filter(|b| b.planned_minutes < b.bought_minutes)
            .map(|b| Warning::Less {
                month,
                town: b.town,
                bought: b.bought_minutes,
                planned: b.planned_minutes,
            }),
    );
    all
}

/// What an officer has to give in a month: a seventh of the weekly minutes for each day that leave,
/// or not being enrolled, does not take whole.
fn capacity(officer: &Officer, month: Month, zone: &Zone) -> Minutes {
    let mut days = 0;
    let mut day = month.first_day();
    while month.contains(day) {
        let (start, end) = (zone.start_of(day), zone.start_of(next(day)));
        let gone = officer
            .away
            .iter()
            .any(|away| away.why != AwayWhy::Unavailable && away.from <= start && end <= away.to);
        days += i64::from(!gone);
        day = next(day);
    }
    Minutes(officer.weekly_minutes.0 * days / 7)
}

/// Open shifts for every window from one day to another (without): each window in equal parts of
/// at most `longest`, once for each officer who must be there, and at least once. More may come of
/// it than was bought: a suggestion leaves open what a town has no hours for.
pub fn draft(
    coverage: &Coverage,
    kind: &ShiftKind,
    from: Date,
    to: Date,
    longest: Minutes,
) -> Result<Vec<Shift>, ShiftRefusal> {
    let mut all = Vec::new();
    let longest = longest.0.clamp(1, 24 * 60);
    for (_, window, span) in coverage.stretches(from, to) {
        let parts = (span.minutes() + longest - 1) / longest;
        let at = |part: i64| {
            let seconds = span.start.as_second() + span.minutes() * part / parts * 60;
            Timestamp::from_second(seconds).expect("between two instants")
        };
        for part in 0..parts {
            for _ in 0..window.officers_min.max(1) {
                let start = at(part);
                let id = numbered(coverage, start, all.len());
                let (town, kind) = (coverage.town.clone(), kind.clone());
                all.push(Shift::new(id, town, kind, start, at(part + 1))?);
            }
        }
    }
    Ok(all)
}

fn numbered(coverage: &Coverage, start: Timestamp, n: usize) -> ShiftId {
    let local = coverage.zone.rules().to_datetime(start);
    let id = format!(
        "{}.{:04}{:02}{:02}t{:02}{:02}.{}",
        coverage.town,
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        n + 1
    );
    ShiftId::new(id).expect("a town id, a time and a number are a shift id")
}

/// The days of a week from `start`, cut at `from` and `to`.
pub(crate) fn clipped(start: Date, from: Date, to: Date) -> (Date, Date) {
    (start.max(from), later(start, 7).min(to))
}

#[cfg(test)]
mod tests;
