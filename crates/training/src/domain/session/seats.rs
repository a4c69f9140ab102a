//! Who has a seat, who waits for one, and who is next.

use eligibility::Name;
use jiff::civil::Date;
use vocabulary::OfficerId;

use super::decide::{Decided, learner};
use super::{Employed, Enrol, Event, Known, Refusal, Seat};

/// Asks for a seat, and gets it where one is free and nobody waits who goes before. Rosters are
/// also written up after the session: then too.
pub(super) fn enrol(known: &Known, enrol: &Enrol, today: Date) -> Decided {
    let Enrol {
        officer,
        class,
        employed,
        completed,
    } = enrol.clone();
    match known.learners.get(&officer).map(|learner| learner.seat) {
        Some(Seat::Requested | Seat::Standby | Seat::Confirmed) => return Ok(vec![]),
        Some(Seat::Removed) => return Err(Refusal::WasRemoved { officer }),
        Some(Seat::Withdrawn) | None => {}
    }
    let first_day = known.first_day();
    match employed {
        Employed::Yes => {}
        Employed::Unknown => return Err(Refusal::OfficerUnknown { officer }),
        Employed::No => {
            let day = first_day;
            return Err(Refusal::NotEmployed { officer, day });
        }
    }
    let after = known.curriculum.after.iter();
    let missing: Vec<Name> = after
        .filter(|it| !completed.contains(it))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::PrerequisitesMissing { officer, missing });
    }
    // Requests are served in order: who is let in now goes behind those who wait in the class.
    let before = known.waiting().into_iter().filter(|waiting| {
        let learner = known.learners.get(*waiting);
        learner.is_some_and(|learner| learner.class <= class)
    });
    let before = u32::try_from(before.count()).unwrap_or(u32::MAX);
    let (on, of) = (today, officer.clone());
    let seat = match known.free() > before {
        true => Event::SeatConfirmed { officer, on },
        false => Event::PutOnStandby { officer, on },
    };
    let officer = of;
    let asked = Event::SeatRequested { officer, class, on };
    Ok(vec![asked, seat])
}

/// Holds seats for an agency; seats that come free go to those who wait.
pub(super) fn hold(known: &Known, agency: &Name, seats: u32, today: Date) -> Decided {
    let former = known.held.get(agency).copied().unwrap_or(0);
    if former == seats {
        return Ok(vec![]);
    }
    let free = known.free();
    if seats > former + free {
        return Err(Refusal::SeatsTaken {
            asked: seats,
            most: former + free,
        });
    }
    let agency = agency.clone();
    let mut events = vec![Event::SeatsHeld {
        agency,
        seats,
        on: today,
    }];
    events.extend(promoted(known, free + former - seats, today));
    Ok(events)
}

pub(super) fn withdraw(known: &Known, officer: &OfficerId, today: Date) -> Decided {
    let Some(learner) = known.learners.get(officer) else {
        return Err(Refusal::NoSeat {
            officer: officer.clone(),
            seat: None,
        });
    };
    match learner.seat {
        Seat::Withdrawn => return Ok(vec![]),
        Seat::Removed => {
            let officer = officer.clone();
            return Err(Refusal::WasRemoved { officer });
        }
        Seat::Confirmed if !learner.minutes.is_empty() || !learner.attempts.is_empty() => {
            let officer = officer.clone();
            return Err(Refusal::BegunAlready { officer });
        }
        Seat::Requested | Seat::Standby | Seat::Confirmed => {}
    }
    let left = Event::Withdrawn {
        officer: officer.clone(),
        on: today,
    };
    Ok(vacated(known, learner.seat, left, today))
}

/// What was got here before counts no more; the seat goes to the next while there is time.
pub(super) fn remove(
    known: &Known,
    officer: &OfficerId,
    (on, because): (Date, &Name),
    today: Date,
) -> Decided {
    if let Some(Seat::Removed) = known.learners.get(officer).map(|learner| learner.seat) {
        return Ok(vec![]);
    }
    let seat = learner(known, officer)?.seat;
    if on > today {
        return Err(Refusal::StillToCome { day: on, today });
    }
    let left = Event::Removed {
        officer: officer.clone(),
        because: because.clone(),
        on,
    };
    Ok(vacated(known, seat, left, today))
}

fn vacated(known: &Known, seat: Seat, left: Event, today: Date) -> Vec<Event> {
    let more = u32::from(seat == Seat::Confirmed);
    let next = promoted(known, known.free() + more, today);
    [left].into_iter().chain(next).collect()
}

/// Those who get the free seats, in order, until the session is over.
fn promoted(known: &Known, free: u32, today: Date) -> Vec<Event> {
    if today > known.last_day() {
        return vec![];
    }
    let free = usize::try_from(free).unwrap_or(usize::MAX);
    let next = known.waiting().into_iter().take(free);
    next.map(|officer| Event::StandbyPromoted {
        officer: officer.clone(),
        on: today,
    })
    .collect()
}
