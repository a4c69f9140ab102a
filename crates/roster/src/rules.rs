//! The hard rules: what no roster may break, each breach in words.

pub(crate) mod walk;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use vocabulary::{Minutes, OfficerId, TownId};

use crate::{Assigned, Gate, Officer, Shift, ShiftId, Team};
use walk::{Bounds, Found, Ground};

/// A hard rule that a roster breaks: which, for whom, by which shifts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Breach {
    /// Nobody of that id may be planned.
    #[error("{officer} is on {shift}, and no such officer may be planned")]
    NotOnTeam {
        /// Who.
        officer: OfficerId,
        /// On what.
        shift: ShiftId,
    },
    /// Two shifts share a minute.
    #[error("{officer} cannot do both {first} and {second}: they overlap")]
    Overlap {
        /// Who.
        officer: OfficerId,
        /// The one that starts first.
        first: ShiftId,
        /// The other.
        second: ShiftId,
    },
    /// The way from one shift to the next takes longer than the time between them.
    #[error(
        "{officer} has {gap} from {before} to {after}: the way from {from} to {to} takes {way}"
    )]
    Travel {
        /// Who.
        officer: OfficerId,
        /// The shift before.
        before: ShiftId,
        /// The shift after.
        after: ShiftId,
        /// The time between.
        gap: Minutes,
        /// The town before.
        from: TownId,
        /// The town after.
        to: TownId,
        /// How long the way takes.
        way: Minutes,
    },
    /// Too little rest between two shifts that are too long for one stretch.
    #[error(
        "{officer} rests {gap} between {before} and {after}: {rest} is the least, but where all \
         shifts since the last rest fit into {stretch}"
    )]
    Rest {
        /// Who.
        officer: OfficerId,
        /// The shift before.
        before: ShiftId,
        /// The shift after.
        after: ShiftId,
        /// The rest there is.
        gap: Minutes,
        /// The least.
        rest: Minutes,
        /// The longest stretch.
        stretch: Minutes,
    },
    /// One shift is longer than the longest stretch.
    #[error("{officer} would work {minutes} on {shift}: {most} at a stretch is the most")]
    Stretch {
        /// Who.
        officer: OfficerId,
        /// Which.
        shift: ShiftId,
        /// How long it is.
        minutes: Minutes,
        /// The longest stretch.
        most: Minutes,
    },
    /// Too many days in a row on which a shift starts.
    #[error("{officer} would work {days} days in a row from {from}: {most} is the most")]
    DaysInARow {
        /// Who.
        officer: OfficerId,
        /// The first of them.
        from: Date,
        /// How many.
        days: u16,
        /// The most.
        most: u16,
    },
    /// Too many minutes in a workweek.
    #[error("{officer} would work {minutes} in the week from {week}: {most} is the most")]
    Week {
        /// Who.
        officer: OfficerId,
        /// The first day of the week.
        week: Date,
        /// How many minutes.
        minutes: Minutes,
        /// The most.
        most: Minutes,
    },
    /// A shift in a stretch in which the officer cannot be planned.
    #[error("{officer} is {why} from {from} to {to}, and {shift} touches that")]
    Away {
        /// Who.
        officer: OfficerId,
        /// Which shift.
        shift: ShiftId,
        /// "on approved leave", "not available", "not enrolled".
        why: &'static str,
        /// From, on the employer's clock.
        from: DateTime,
        /// Until, on the employer's clock.
        to: DateTime,
    },
    /// The gate says no.
    #[error("{officer} may not be on {shift} on {day}: {why}")]
    NotEligible {
        /// Who.
        officer: OfficerId,
        /// Which shift.
        shift: ShiftId,
        /// The day.
        day: Date,
        /// The gate's reason.
        why: String,
    },
}

/// Every hard rule that a roster breaks, by officer, in order of time. `planned` is all that is
/// known of these officers around the period too: rest and days in a row reach over its ends.
pub fn breaches(team: &Team, planned: &[Assigned], gate: &Gate) -> Vec<Breach> {
    let ground = Ground::new(team, planned.iter().map(|p| p.shift.town()));
    let mut by_officer: BTreeMap<&OfficerId, Vec<&Shift>> = BTreeMap::new();
    for one in planned {
        by_officer.entry(&one.officer).or_default().push(&one.shift);
    }
    let mut all = Vec::new();
    for (id, mut shifts) in by_officer {
        let Some(officer) = team.officers.iter().find(|o| o.id == *id) else {
            all.extend(shifts.iter().map(|shift| Breach::NotOnTeam {
                officer: id.clone(),
                shift: shift.id().clone(),
            }));
            continue;
        };
        sort(&mut shifts);
        for shift in &shifts {
            all.extend(alone(&ground, officer, shift, gate));
        }
        all.extend(together(&ground, officer, &shifts));
    }
    all
}

/// By start, then by end, then by id: the order in which shifts are walked.
pub(crate) fn sort(shifts: &mut [&Shift]) {
    shifts.sort_by(|a, b| (a.start(), a.end(), a.id()).cmp(&(b.start(), b.end(), b.id())));
}

/// What keeps an officer from a shift whatever else they do: being away, not being eligible.
pub(crate) fn alone(ground: &Ground, officer: &Officer, shift: &Shift, gate: &Gate) -> Vec<Breach> {
    let zone = &ground.team.limits.workweek.zone;
    let local = |at| zone.rules().to_datetime(at);
    let mut found: Vec<Breach> = officer
        .away
        .iter()
        .filter(|away| shift.touches(away.from, away.to))
        .map(|away| Breach::Away {
            officer: officer.id.clone(),
            shift: shift.id().clone(),
            why: away.why.words(),
            from: local(away.from),
            to: local(away.to),
        })
        .collect();
    for piece in shift.days(zone) {
        if let Err(why) = gate(&officer.id, shift, piece.day) {
            found.push(Breach::NotEligible {
                officer: officer.id.clone(),
                shift: shift.id().clone(),
                day: piece.day,
                why,
            });
            break;
        }
    }
    found
}

/// What an officer's shifts, in order, break together.
pub(crate) fn together(ground: &Ground, officer: &Officer, shifts: &[&Shift]) -> Vec<Breach> {
    let items: Vec<_> = shifts.iter().map(|shift| ground.item(shift)).collect();
    let bounds = Bounds::of(&ground.team.limits, officer);
    let mut all = Vec::new();
    walk::walk(&items, &bounds, ground, &mut |found| {
        all.push(words(ground, officer, shifts, &bounds, found));
        true
    });
    all
}

fn words(
    ground: &Ground,
    officer: &Officer,
    shifts: &[&Shift],
    bounds: &Bounds,
    found: Found,
) -> Breach {
    let officer = officer.id.clone();
    let id = |n: usize| shifts[n].id().clone();
    let gap = |a: usize, b: usize| Minutes::between(shifts[a].end(), shifts[b].start());
    match found {
        Found::Overlap(a, b) => Breach::Overlap {
            officer,
            first: id(a),
            second: id(b),
        },
        Found::Travel(a, b) => {
            let (from, to) = (shifts[a].town().clone(), shifts[b].town().clone());
            Breach::Travel {
                officer,
                before: id(a),
                after: id(b),
                gap: gap(a, b),
                way: ground.team.travel.minutes(&from, &to),
                from,
                to,
            }
        }
        Found::Rest(a, b) => Breach::Rest {
            officer,
            before: id(a),
            after: id(b),
            gap: gap(a, b),
            rest: Minutes(bounds.rest),
            stretch: Minutes(bounds.stretch),
        },
        Found::Stretch(a) => Breach::Stretch {
            officer,
            shift: id(a),
            minutes: shifts[a].minutes(),
            most: Minutes(bounds.stretch),
        },
        Found::Days { first, days } => Breach::DaysInARow {
            officer,
            from: walk::date(first),
            days: u16::try_from(days).unwrap_or(u16::MAX),
            most: ground.team.limits.days_in_a_row_max,
        },
        Found::Week { week, minutes } => Breach::Week {
            officer,
            week: walk::date(week),
            minutes: Minutes(minutes),
            most: Minutes(bounds.week),
        },
    }
}

#[cfg(test)]
mod tests;
