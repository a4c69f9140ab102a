//! Event → fact: the one place where what is private becomes what neighbours learn.
//!
//! Drafts, requests that were not granted, availability and calendars stay private.

use eventlog::Fact;
use prost::{Message, Name};
use wire::convert::{date_text, timestamp_value};
use wire::scheduling::v1 as facts;

use crate::domain::roster::{Asked, Event, Planned, Stage, Standing, State};
use crate::domain::town;

/// What neighbours learn of the roster; `state` is the state after `event`.
pub(crate) fn roster(state: &State, event: &Event) -> Option<Fact> {
    match event {
        Event::ShiftPublished { shift, .. } => {
            let shift = planned(state.shifts.get(shift)?);
            Some(fact(&facts::ShiftPublished { shift: Some(shift) }))
        }
        Event::ShiftChanged {
            slot,
            former_officer,
            former_town,
            ..
        } => {
            let now = state.shifts.get(slot.shift.id())?;
            now.is_published().then(|| {
                fact(&facts::ShiftChanged {
                    shift: Some(planned(now)),
                    former_officer: text(former_officer.as_ref()),
                    former_town: former_town.to_string(),
                })
            })
        }
        Event::ShiftCancelled { shift, .. } => {
            let planned = state.shifts.get(shift)?;
            (planned.stage == Stage::Cancelled).then(|| {
                fact(&facts::ShiftCancelled {
                    shift: shift.to_string(),
                    town: planned.slot.shift.town().to_string(),
                    officer: text(planned.slot.officer.as_ref()),
                    sequence: planned.sequence,
                })
            })
        }
        Event::ShiftFlagged {
            shift, on, missing, ..
        } => {
            let slot = &state.shifts.get(shift)?.slot;
            Some(fact(&facts::ShiftFlagged {
                shift: shift.to_string(),
                town: slot.shift.town().to_string(),
                officer: text(slot.officer.as_ref()),
                day: date_text(*on),
                missing: missing.iter().map(ToString::to_string).collect(),
            }))
        }
        Event::FlagCleared { shift, .. } => {
            let slot = &state.shifts.get(shift)?.slot;
            Some(fact(&facts::FlagCleared {
                shift: shift.to_string(),
                town: slot.shift.town().to_string(),
                officer: text(slot.officer.as_ref()),
            }))
        }
        _ => leave(state, event),
    }
}

fn leave(state: &State, event: &Event) -> Option<Fact> {
    let (Event::RequestApproved { request, .. } | Event::RequestWithdrawn { request, .. }) = event
    else {
        return None;
    };
    let made = state.requests.get(&request.number())?;
    let Asked::Leave { start, end, kind } = &made.asked else {
        return None;
    };
    let (leave, officer) = (request.to_string(), made.officer.to_string());
    match made.standing {
        Standing::Approved => Some(fact(&facts::LeaveApproved {
            leave,
            officer,
            start: Some(timestamp_value(*start)),
            end: Some(timestamp_value(*end)),
            kind: kind.to_string(),
        })),
        Standing::GivenUp => Some(fact(&facts::LeaveCancelled { leave, officer })),
        _ => None,
    }
}

/// What neighbours learn of a town's plan.
pub(crate) fn town(event: &town::Event) -> Option<Fact> {
    let town::Event::CoverageSet {
        town,
        agreement,
        clause,
        from,
        until,
        weekly_minutes,
        windows,
    } = event
    else {
        return None;
    };
    Some(fact(&facts::CoverageSet {
        town: town.to_string(),
        agreement: agreement.to_string(),
        clause: clause.to_string(),
        from: date_text(*from),
        until: until.map(date_text).unwrap_or_default(),
        weekly_minutes: weekly_minutes.0,
        windows: windows.iter().map(presence).collect(),
    }))
}

/// A window as protos hold it.
pub(crate) fn presence(window: &town::Presence) -> facts::PresenceWindow {
    facts::PresenceWindow {
        weekdays: window.weekdays.clone(),
        from: window.from.strftime("%H:%M").to_string(),
        until: window.until.strftime("%H:%M").to_string(),
        officers_min: window.officers_min.into(),
    }
}

fn planned(planned: &Planned) -> facts::PlannedShift {
    let slot = &planned.slot;
    let shift = &slot.shift;
    facts::PlannedShift {
        shift: shift.id().to_string(),
        town: shift.town().to_string(),
        officer: text(slot.officer.as_ref()),
        kind: shift.kind().to_string(),
        start: Some(timestamp_value(shift.start())),
        end: Some(timestamp_value(shift.end())),
        date: date_text(slot.day),
        equipment: slot.equipment.iter().map(ToString::to_string).collect(),
        account: slot.account.to_string(),
        sequence: planned.sequence,
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn fact<M: Message + Name>(message: &M) -> Fact {
    Fact {
        kind: M::NAME,
        bytes: message.encode_to_vec(),
    }
}
