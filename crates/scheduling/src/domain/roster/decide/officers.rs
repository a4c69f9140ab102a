//! Rules about when officers can be had, and the review of what they hold.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roster::ShiftId;
use vocabulary::{Minutes, OfficerId};

use super::super::command::Known;
use super::super::event::{Event, When};
use super::super::refusal::Refusal;
use super::super::rules;
use super::super::state::{Hours, Planned, State};
use super::{enrolled, to_come};
use crate::domain::EntryId;

/// Whether an officer has no published shift in some stretches.
pub(super) fn free(
    state: &State,
    officer: &OfficerId,
    stretches: &[(Timestamp, Timestamp)],
) -> Result<(), Refusal> {
    let touched = |planned: &&Planned| {
        let shift = &planned.slot.shift;
        planned.is_published()
            && planned.slot.officer.as_ref() == Some(officer)
            && stretches.iter().any(|(from, to)| shift.touches(*from, *to))
    };
    let mut touched: Vec<&Planned> = state.shifts.values().filter(touched).collect();
    if touched.is_empty() {
        return Ok(());
    }
    touched.sort_by_key(|planned| planned.slot.shift.start());
    let ids = touched
        .iter()
        .map(|planned| planned.slot.shift.id().clone());
    let shifts: Vec<ShiftId> = ids.collect();
    Err(Refusal::HasShifts {
        officer: officer.clone(),
        shifts,
    })
}

pub(super) fn add_unavailable(
    state: &State,
    known: &Known,
    officer: OfficerId,
    when: When,
    wish: bool,
) -> Result<Vec<Event>, Refusal> {
    enrolled(known, &officer)?;
    if let When::Once { start, end } = &when {
        to_come(known, *start, *end)?;
    }
    if !wish {
        free(state, &officer, &when.stretches(known.now, Timestamp::MAX))?;
    }
    let entry = EntryId::nth(state.last_entry + 1);
    let on = known.today();
    Ok(vec![Event::UnavailableAdded {
        entry,
        officer,
        when,
        wish,
        on,
    }])
}

pub(super) fn remove_unavailable(
    state: &State,
    known: &Known,
    officer: OfficerId,
    entry: EntryId,
) -> Result<Vec<Event>, Refusal> {
    let own = state.unavailable.get(&entry.number());
    if own.is_none_or(|own| own.officer != officer) {
        return Err(Refusal::UnknownEntry { officer, entry });
    }
    let on = known.today();
    Ok(vec![Event::UnavailableRemoved { entry, officer, on }])
}

pub(super) fn set_hours(
    state: &State,
    known: &Known,
    officer: OfficerId,
    weekly_minutes: Minutes,
    weekly_minutes_max: Option<Minutes>,
) -> Result<Vec<Event>, Refusal> {
    enrolled(known, &officer)?;
    let hours = Hours {
        weekly_minutes,
        weekly_minutes_max,
    };
    if state.hours.get(&officer) == Some(&hours) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::HoursSet {
        officer,
        weekly_minutes,
        weekly_minutes_max,
        on: known.today(),
    }])
}

/// What was true of a shift when it was published may not be true any more, or be true again.
pub(super) fn review(
    state: &State,
    known: &Known,
    officers: Option<&BTreeSet<OfficerId>>,
) -> Vec<Event> {
    let concerned = |planned: &&Planned| {
        let officer = planned.slot.officer.as_ref();
        let meant = officer.is_some_and(|o| officers.is_none_or(|all| all.contains(o)));
        meant && planned.is_published() && planned.slot.shift.end() > known.now
    };
    let mut events = Vec::new();
    for planned in state.shifts.values().filter(concerned) {
        let (shift, day) = (planned.slot.shift.id().clone(), planned.slot.day);
        let flag = rules::flag(known, &planned.slot);
        match (flag, &planned.flag) {
            (Some(flag), before) if before.as_ref() != Some(&flag) => {
                events.push(Event::ShiftFlagged {
                    shift,
                    day,
                    on: flag.on,
                    missing: flag.missing,
                });
            }
            (None, Some(_)) => events.push(Event::FlagCleared { shift, day }),
            _ => {}
        }
    }
    events
}
