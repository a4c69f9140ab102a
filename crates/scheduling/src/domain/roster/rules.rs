//! What a roster that was told to everybody must keep to: the gate and the hard rules, asked of
//! the roster as it would be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use roster::{Assigned, Away, AwayWhy, Breach, Officer, ShiftId, Team, breaches};
use vocabulary::OfficerId;

use super::command::Known;
use super::event::Slot;
use super::state::{Flag, Planned, State};
use crate::domain::gate::{Ask, Unmet};

/// How far around a change the rules look: two weeks and a rest on either side.
const AROUND_DAYS: i64 = 16;

/// Everything that stands in the way of these slots, beside what the published roster breaks
/// already; each in words.
pub(crate) fn unmet(state: &State, known: &Known, slots: &[Slot]) -> Vec<String> {
    let officers: BTreeSet<&OfficerId> = slots.iter().filter_map(|s| s.officer.as_ref()).collect();
    let Some((from, to)) = around(slots) else {
        return Vec::new();
    };
    let team = team(state, known, officers.iter().copied(), (from, to));
    let changed: BTreeSet<&ShiftId> = slots.iter().map(|slot| slot.shift.id()).collect();
    let published = state.shifts.values().filter(|planned| {
        let shift = &planned.slot.shift;
        planned.is_published() && shift.touches(from, to)
    });
    let mine = published.filter_map(|planned| assigned(&planned.slot));
    let before: Vec<Assigned> = mine.filter(|one| officers.contains(&one.officer)).collect();
    let mut after: Vec<Assigned> = before
        .iter()
        .filter(|one| !changed.contains(one.shift.id()))
        .cloned()
        .collect();
    after.extend(slots.iter().filter_map(assigned));
    let nobody_asked = |_: &OfficerId, _: &roster::Shift, _: Date| Ok(());
    let had: BTreeSet<Breach> = breaches(&team, &before, &nobody_asked)
        .into_iter()
        .collect();
    let broken = breaches(&team, &after, &nobody_asked);
    let broken = broken.into_iter().filter(|breach| !had.contains(breach));
    let mut all: Vec<String> = broken.map(|breach| breach.to_string()).collect();
    for slot in slots {
        all.extend(refused(known, slot));
    }
    all
}

/// What the gate says of a slot, day by day of the employer, in words.
pub(crate) fn refused(known: &Known, slot: &Slot) -> Vec<String> {
    let (Some(officer), id) = (&slot.officer, slot.shift.id()) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (day, unmet) in days(known, slot) {
        if unmet.words.is_empty() {
            all.push(format!("{officer} may not be on {id} on {day}"));
        }
        let words = unmet.words.iter();
        all.extend(words.map(|why| format!("{officer} may not be on {id} on {day}: {why}")));
    }
    all
}

/// Every civil day of a slot on which the gate says no.
fn days(known: &Known, slot: &Slot) -> Vec<(Date, Unmet)> {
    let Some(officer) = &slot.officer else {
        return Vec::new();
    };
    let pieces = slot.shift.days(known.zone());
    let asked = pieces.iter().filter_map(|piece| {
        let ask = Ask {
            officer,
            town: slot.shift.town(),
            kind: slot.shift.kind(),
            equipment: &slot.equipment,
            day: piece.day,
        };
        known.gate.unmet(&ask).map(|unmet| (piece.day, unmet))
    });
    asked.collect()
}

/// What the officer of a slot lacks by what is known now, from today on: on the first such day.
pub(super) fn flag(known: &Known, slot: &Slot) -> Option<Flag> {
    let officer = slot.officer.as_ref()?;
    let today = known.today();
    let employed = known.officers.get(officer);
    let pieces = slot.shift.days(known.zone());
    let gone = pieces.iter().map(|piece| piece.day).find(|day| {
        employed.is_none_or(|e| *day < e.from || e.until.is_some_and(|until| until < *day))
    });
    let refused = days(known, slot).into_iter().find(|(day, _)| *day >= today);
    match (gone.filter(|day| *day >= today), refused) {
        (Some(on), _) => Some(Flag {
            on,
            missing: vec!["employment".parse().expect("a name")],
        }),
        (None, Some((on, Unmet { missing, .. }))) => Some(Flag { on, missing }),
        (None, None) => None,
    }
}

/// These officers as the hard rules see them, with what keeps them away in a time.
pub(crate) fn team<'o>(
    state: &State,
    known: &Known,
    officers: impl Iterator<Item = &'o OfficerId>,
    (from, to): (Timestamp, Timestamp),
) -> Team {
    let officers = officers.filter_map(|id| {
        let employment = known.officers.get(id)?;
        let zone = known.zone();
        let mut away = state.away(id, from, to);
        let mut gone = |from: Timestamp, to: Timestamp| {
            let why = AwayWhy::NotEnrolled;
            if from < to {
                away.push(Away { from, to, why });
            }
        };
        gone(from, zone.start_of(employment.from).min(to));
        if let Some(next) = employment.until.and_then(|until| until.tomorrow().ok()) {
            gone(zone.start_of(next).max(from), to);
        }
        let hours = state.hours.get(id);
        let wishes = state.unavailable.values();
        let wishes = wishes.filter(|entry| entry.wish && entry.officer == *id);
        Some(Officer {
            id: id.clone(),
            weekly_minutes: hours.map_or(known.weekly_minutes, |hours| hours.weekly_minutes),
            weekly_minutes_max: hours.and_then(|hours| hours.weekly_minutes_max),
            away,
            wishes: wishes
                .flat_map(|entry| entry.when.stretches(from, to))
                .collect(),
        })
    });
    Team {
        officers: officers.collect(),
        limits: known.limits.clone(),
        travel: known.travel.clone(),
    }
}

/// The time around slots in which other shifts can matter; nothing without slots.
fn around(slots: &[Slot]) -> Option<(Timestamp, Timestamp)> {
    let first = slots.iter().map(|slot| slot.shift.start()).min()?;
    let last = slots.iter().map(|slot| slot.shift.end()).max()?;
    let hours = (AROUND_DAYS * 24).hours();
    Some((
        first.checked_sub(hours).unwrap_or(first),
        last.checked_add(hours).unwrap_or(last),
    ))
}

/// A slot as the hard rules see it; nothing while nobody has it.
pub(crate) fn assigned(slot: &Slot) -> Option<Assigned> {
    Some(Assigned {
        officer: slot.officer.clone()?,
        shift: slot.shift.clone(),
    })
}

/// Another shift of the same officer, drafted or published, that shares a minute with this one.
pub(super) fn overlapping<'s>(
    state: &'s State,
    pending: &'s BTreeMap<ShiftId, Slot>,
    slot: &Slot,
) -> Option<&'s ShiftId> {
    let officer = slot.officer.as_ref()?;
    let standing = state
        .shifts
        .iter()
        .filter(|(id, planned)| planned.stands() && !pending.contains_key(*id));
    let standing = standing.map(|(id, planned): (_, &Planned)| (id, &planned.slot));
    let mut others = standing.chain(pending.iter());
    let shift = &slot.shift;
    let met = others.find(|(id, other)| {
        *id != shift.id()
            && other.officer.as_ref() == Some(officer)
            && other.shift.touches(shift.start(), shift.end())
    });
    met.map(|(id, _)| id)
}
