//! Rules about what officers ask for.

use roster::ShiftId;
use vocabulary::OfficerId;

use super::super::command::Known;
use super::super::event::{Asked, Event, Slot};
use super::super::refusal::Refusal;
use super::super::state::{Planned, Request, Standing, State};
use super::shifts::{changed, not_started, standing};
use super::{enrolled, officers, to_come};
use crate::domain::RequestId;

pub(super) fn ask(
    state: &State,
    known: &Known,
    officer: OfficerId,
    asked: Asked,
) -> Result<Vec<Event>, Refusal> {
    enrolled(known, &officer)?;
    let waiting = state.requests.iter().find(|(_, request)| {
        waits(request) && request.officer == officer && same(&request.asked, &asked)
    });
    if let Some((number, _)) = waiting {
        let request = RequestId::nth(*number);
        return Err(Refusal::AlreadyAsked { officer, request });
    }
    match &asked {
        Asked::Leave { start, end, .. } => {
            to_come(known, *start, *end)?;
            let meets = |(_, request): &(&u64, &Request)| {
                let mine = request.officer == officer && is_open(request.standing);
                mine && matches!(&request.asked, Asked::Leave { start: s, end: e, .. }
                    if s < end && start < e)
            };
            if let Some((number, _)) = state.requests.iter().find(meets) {
                let request = RequestId::nth(*number);
                return Err(Refusal::LeaveOverlaps { officer, request });
            }
        }
        Asked::SignUp { shift } => {
            open(state, known, shift)?;
        }
        Asked::Swap {
            shift,
            colleague,
            in_return,
        } => {
            enrolled(known, colleague)?;
            if *colleague == officer {
                return Err(Refusal::OwnColleague(officer));
            }
            held(state, known, shift, &officer)?;
            if let Some(other) = in_return {
                held(state, known, other, colleague)?;
            }
        }
    }
    let number = state.requests.keys().next_back().unwrap_or(&0) + 1;
    Ok(vec![Event::RequestMade {
        request: RequestId::nth(number),
        officer,
        asked,
        on: known.today(),
    }])
}

fn same(one: &Asked, other: &Asked) -> bool {
    match (one, other) {
        (Asked::SignUp { shift: one }, Asked::SignUp { shift: other })
        | (Asked::Swap { shift: one, .. }, Asked::Swap { shift: other, .. }) => one == other,
        _ => false,
    }
}

/// Whether somebody is still to say something.
fn waits(request: &Request) -> bool {
    matches!(request.standing, Standing::Asked | Standing::Agreed)
}

fn is_open(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Asked | Standing::Agreed | Standing::Approved
    )
}

/// A published shift to come that nobody has.
fn open<'s>(state: &'s State, known: &Known, id: &ShiftId) -> Result<&'s Planned, Refusal> {
    let planned = standing(state, id)?;
    if !planned.is_published() || planned.slot.officer.is_some() {
        return Err(Refusal::NotOpen(id.clone()));
    }
    not_started(known, planned)?;
    Ok(planned)
}

/// A published shift to come that this officer has.
fn held<'s>(
    state: &'s State,
    known: &Known,
    id: &ShiftId,
    officer: &OfficerId,
) -> Result<&'s Planned, Refusal> {
    let planned = standing(state, id)?;
    if !planned.is_published() || planned.slot.officer.as_ref() != Some(officer) {
        return Err(Refusal::NotTheirs {
            officer: officer.clone(),
            shift: id.clone(),
        });
    }
    not_started(known, planned)?;
    Ok(planned)
}

fn found<'s>(state: &'s State, request: &RequestId) -> Result<&'s Request, Refusal> {
    let found = state.requests.get(&request.number());
    found.ok_or_else(|| unknown("Nobody", request))
}

fn unknown(officer: impl ToString, request: &RequestId) -> Refusal {
    Refusal::UnknownRequest {
        officer: officer.to_string(),
        request: request.clone(),
    }
}

fn undecided(request: &Request, id: &RequestId) -> Result<(), Refusal> {
    let how = match request.standing {
        Standing::Asked | Standing::Agreed => return Ok(()),
        Standing::Approved => "approved",
        Standing::Declined => "declined",
        Standing::Withdrawn | Standing::GivenUp => "withdrawn",
    };
    Err(Refusal::AlreadyDecided {
        request: id.clone(),
        how,
    })
}

pub(super) fn agree(
    state: &State,
    known: &Known,
    officer: &OfficerId,
    id: RequestId,
) -> Result<Vec<Event>, Refusal> {
    let request = found(state, &id)?;
    match &request.asked {
        Asked::Swap { colleague, .. } if colleague == officer => {}
        _ => return Err(unknown(officer, &id)),
    }
    undecided(request, &id)?;
    if request.standing == Standing::Agreed {
        return Ok(Vec::new());
    }
    Ok(vec![Event::SwapAgreed {
        request: id,
        officer: request.officer.clone(),
        on: known.today(),
    }])
}

/// Whatever waits; and approved leave, while some of it is to come.
pub(super) fn withdraw(
    state: &State,
    known: &Known,
    officer: &OfficerId,
    id: RequestId,
) -> Result<Vec<Event>, Refusal> {
    let request = found(state, &id)?;
    if request.officer != *officer {
        return Err(unknown(officer, &id));
    }
    match (&request.asked, request.standing) {
        (Asked::Leave { start, end, .. }, Standing::Approved) => to_come(known, *start, *end)?,
        _ => undecided(request, &id)?,
    }
    Ok(vec![Event::RequestWithdrawn {
        request: id,
        officer: request.officer.clone(),
        on: known.today(),
    }])
}

pub(super) fn decline(state: &State, known: &Known, id: RequestId) -> Result<Vec<Event>, Refusal> {
    let request = found(state, &id)?;
    undecided(request, &id)?;
    Ok(vec![Event::RequestDeclined {
        request: id,
        officer: request.officer.clone(),
        on: known.today(),
    }])
}

pub(super) fn approve(state: &State, known: &Known, id: RequestId) -> Result<Vec<Event>, Refusal> {
    let request = found(state, &id)?;
    undecided(request, &id)?;
    let officer = &request.officer;
    let to = |planned: &Planned, officer: &OfficerId| {
        let slot = Slot {
            officer: Some(officer.clone()),
            ..planned.slot.clone()
        };
        let notice = vocabulary::Minutes::between(known.now, slot.shift.start());
        (slot, Some(notice))
    };
    let mut events = Vec::new();
    match &request.asked {
        Asked::Leave { start, end, .. } => {
            to_come(known, *start, *end)?;
            officers::free(state, officer, &[(*start, *end)])?;
        }
        Asked::SignUp { shift } => {
            let planned = open(state, known, shift)?;
            events = changed(state, known, vec![to(planned, officer)])?;
            // Who else asked for it cannot have it any more.
            let others = lapsing(state, known, shift).into_iter();
            events.extend(others.filter(
                |event| !matches!(event, Event::RequestDeclined { request, .. } if *request == id),
            ));
        }
        Asked::Swap {
            shift,
            colleague,
            in_return,
        } => {
            if request.standing != Standing::Agreed {
                let colleague = colleague.clone();
                let request = id;
                return Err(Refusal::NotAgreed { request, colleague });
            }
            let mut slots = vec![to(held(state, known, shift, officer)?, colleague)];
            if let Some(other) = in_return {
                slots.push(to(held(state, known, other, colleague)?, officer));
            }
            events = changed(state, known, slots)?;
        }
    }
    events.push(Event::RequestApproved {
        request: id,
        officer: officer.clone(),
        on: known.today(),
    });
    Ok(events)
}

/// Waiting requests for a shift that is not to be had any more.
pub(super) fn lapsing(state: &State, known: &Known, shift: &ShiftId) -> Vec<Event> {
    let about = |asked: &Asked| match asked {
        Asked::Leave { .. } => false,
        Asked::SignUp { shift: own } => own == shift,
        Asked::Swap {
            shift: own,
            in_return,
            ..
        } => own == shift || in_return.as_ref() == Some(shift),
    };
    let waiting = state.requests.iter();
    let waiting = waiting.filter(|(_, request)| waits(request) && about(&request.asked));
    let declined = waiting.map(|(number, request)| Event::RequestDeclined {
        request: RequestId::nth(*number),
        officer: request.officer.clone(),
        on: known.today(),
    });
    declined.collect()
}
