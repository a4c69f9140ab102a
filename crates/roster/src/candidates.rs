//! Who can take an open shift: best first, and of everybody else why not.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Minutes, OfficerId};

use crate::rules::walk::{self, Ground, Item};
use crate::rules::{alone, sort, together};
use crate::shift::{night, weekend};
use crate::{Assigned, Breach, Gate, Shift, Team};

/// Everybody on the team, as to one open shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Who can take it: least overtime first, then least travel, then who has had fewest nights and
    /// weekend minutes (where the shift has any), then fewest minutes that week, then the id.
    pub possible: Vec<Candidate>,
    /// Who cannot, with every reason, by id.
    pub refused: Vec<Refused>,
}

/// Somebody who can take a shift, and what it would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub officer: OfficerId,
    /// Overtime it would cause, by workweek (its first day); none if empty. It is the shift's town
    /// that caused it; who bears it is for the terms to say.
    pub overtime: Vec<(Date, Minutes)>,
    /// Travel between towns it would add; less than nothing if it lies on the way.
    pub travel_minutes: Minutes,
    /// Night and weekend minutes among what is planned without it.
    pub unsocial_minutes: Minutes,
    /// Minutes planned, without it, in the workweek in which it starts.
    pub week_minutes: Minutes,
}

impl Candidate {
    /// All the overtime it would cause.
    pub fn overtime_minutes(&self) -> Minutes {
        self.overtime.iter().map(|(_, minutes)| *minutes).sum()
    }
}

/// Somebody who cannot take a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Who.
    pub officer: OfficerId,
    /// Every rule in the way; never empty.
    pub reasons: Vec<Breach>,
}

/// Ranks a team for one open shift, given what is planned for them around it. What the roster
/// breaks already is nobody's reason: only what this shift would add counts.
pub fn candidates(team: &Team, planned: &[Assigned], shift: &Shift, gate: &Gate) -> Candidates {
    let towns = planned.iter().map(|p| p.shift.town());
    let ground = Ground::new(team, towns.chain([shift.town()]));
    let mut by_officer: BTreeMap<&OfficerId, Vec<&Shift>> = BTreeMap::new();
    for one in planned.iter().filter(|p| p.shift.id() != shift.id()) {
        by_officer.entry(&one.officer).or_default().push(&one.shift);
    }
    let mut possible = Vec::new();
    let mut refused = Vec::new();
    for officer in &team.officers {
        let mut mine = by_officer.remove(&officer.id).unwrap_or_default();
        sort(&mut mine);
        let mut with = mine.clone();
        with.push(shift);
        sort(&mut with);
        let mut reasons = alone(&ground, officer, shift, gate);
        let before = together(&ground, officer, &mine);
        reasons.extend(
            together(&ground, officer, &with)
                .into_iter()
                .filter(|breach| !before.contains(breach)),
        );
        if reasons.is_empty() {
            possible.push(weigh(&ground, &officer.id, &mine, &with, shift));
        } else {
            refused.push(Refused {
                officer: officer.id.clone(),
                reasons,
            });
        }
    }
    let zone = &team.limits.workweek.zone;
    let unsocial = night(shift, zone) + weekend(shift, zone) > 0;
    possible.sort_by_cached_key(|c| {
        (
            c.overtime_minutes(),
            c.travel_minutes,
            unsocial.then_some(c.unsocial_minutes),
            c.week_minutes,
            c.officer.clone(),
        )
    });
    refused.sort_by(|a, b| a.officer.cmp(&b.officer));
    Candidates { possible, refused }
}

fn weigh(
    ground: &Ground,
    officer: &OfficerId,
    mine: &[&Shift],
    with: &[&Shift],
    shift: &Shift,
) -> Candidate {
    let limits = &ground.team.limits;
    let zone = &limits.workweek.zone;
    let items =
        |shifts: &[&Shift]| -> Vec<Item> { shifts.iter().map(|s| ground.item(s)).collect() };
    let (mine_items, with_items) = (items(mine), items(with));
    let before = over(&mine_items, limits.overtime_after_minutes.0);
    let after = over(&with_items, limits.overtime_after_minutes.0);
    let overtime = after
        .iter()
        .map(|(week, minutes)| (*week, minutes - before.get(week).unwrap_or(&0)))
        .filter(|(_, more)| *more > 0)
        .map(|(week, more)| (walk::date(week), Minutes(more)))
        .collect();
    let rest = limits.rest_minutes.0;
    let week = ground.item(shift).week;
    let mut week_minutes = 0;
    walk::weeks(&mine_items, &mut |w, minutes| {
        if w == week {
            week_minutes += minutes;
        }
        true
    });
    Candidate {
        officer: officer.clone(),
        overtime,
        travel_minutes: Minutes(
            travelled(ground, &with_items, rest) - travelled(ground, &mine_items, rest),
        ),
        unsocial_minutes: Minutes(mine.iter().map(|s| night(s, zone) + weekend(s, zone)).sum()),
        week_minutes: Minutes(week_minutes),
    }
}

fn over(items: &[Item], threshold: i64) -> BTreeMap<i64, i64> {
    let mut found = BTreeMap::new();
    walk::weeks(items, &mut |week, minutes| {
        if minutes > threshold {
            found.insert(week, minutes - threshold);
        }
        true
    });
    found
}

/// Minutes on the way between towns within stretches of work: after a rest they come from home.
pub(crate) fn travelled(ground: &Ground, items: &[Item], rest: i64) -> i64 {
    items
        .windows(2)
        .filter(|pair| pair[1].start - pair[0].end < rest)
        .map(|pair| ground.way(pair[0].town, pair[1].town))
        .sum()
}

#[cfg(test)]
mod tests;
