//! Clocked time: come, go, move between towns.

use jiff::Timestamp;
use vocabulary::{Account, Location, TownId};

use super::{Event, Refusal, Scene};
use crate::domain::timesheet::state::OnDuty;

pub(super) fn clock_in(
    scene: Scene<'_>,
    at: Timestamp,
    location: Option<&Location>,
    account: Option<&Account>,
) -> Result<Vec<Event>, Refusal> {
    if let Some(open) = &scene.state.on_duty {
        return Err(Refusal::AlreadyOnDuty {
            officer: scene.officer.clone(),
            duty: open.id.clone(),
            location: open.location.clone(),
            since: scene.known.local(open.start),
        });
    }
    scene.check_not_future(at)?;
    scene.check_instant(at)?;
    let day = scene.known.day(at);
    scene.check_employed(day)?;
    let location = scene.location(location)?;
    let account = scene.account(account, &location, day)?;
    scene.check_free(at, None, None)?;
    let number = scene.state.next_number();
    Ok(vec![begin(scene, number, at, location, account)])
}

/// Going off duty is never refused for what the registry says: worked time must not be lost.
pub(super) fn clock_out(scene: Scene<'_>, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let open = on_duty(scene)?;
    scene.check_not_future(at)?;
    let mut events = Vec::new();
    end(scene, open, at, &mut events)?;
    Ok(events)
}

/// Ends the present duty and opens travel at the same instant, so that no minute between two towns
/// is without an owner (29 CFR 785.38: it is work).
pub(super) fn move_to(
    scene: Scene<'_>,
    town: &TownId,
    leave_at: Timestamp,
    arrive_at: Option<Timestamp>,
    account: Option<&Account>,
) -> Result<Vec<Event>, Refusal> {
    let open = on_duty(scene)?;
    if open.location.town() == Some(town) {
        return Err(Refusal::AlreadyThere {
            officer: scene.officer.clone(),
            duty: open.id.clone(),
            location: open.location.clone(),
        });
    }
    scene.check_not_future(leave_at)?;
    scene.check_town(town)?;
    let day = scene.known.day(leave_at);
    scene.check_employed(day)?;
    let travel = Location::Travel(town.clone());
    let account = scene.account(account, &travel, day)?;
    let mut events = Vec::new();
    end(scene, open, leave_at, &mut events)?;
    let number = scene.state.next_number();
    let begun = OnDuty {
        id: scene.officer.duty(number),
        start: leave_at,
        day,
        location: travel,
        account: account.clone(),
    };
    events.push(begin(
        scene,
        number,
        leave_at,
        begun.location.clone(),
        account.clone(),
    ));
    if let Some(arrive_at) = arrive_at {
        scene.check_not_future(arrive_at)?;
        scene.check_employed(scene.known.day(arrive_at))?;
        end(scene, &begun, arrive_at, &mut events)?;
        let there = Location::Town(town.clone());
        events.push(begin(scene, number + 1, arrive_at, there, account));
    }
    Ok(events)
}

pub(super) fn arrive(scene: Scene<'_>, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let open = on_duty(scene)?;
    let Location::Travel(town) = &open.location else {
        return Err(Refusal::NotTravelling {
            officer: scene.officer.clone(),
            duty: open.id.clone(),
            location: open.location.clone(),
        });
    };
    scene.check_not_future(at)?;
    scene.check_employed(scene.known.day(at))?;
    let mut events = Vec::new();
    end(scene, open, at, &mut events)?;
    let number = scene.state.next_number();
    let there = Location::Town(town.clone());
    events.push(begin(scene, number, at, there, open.account.clone()));
    Ok(events)
}

fn on_duty<'a>(scene: Scene<'a>) -> Result<&'a OnDuty, Refusal> {
    scene
        .state
        .on_duty
        .as_ref()
        .ok_or_else(|| Refusal::NotOnDuty {
            officer: scene.officer.clone(),
        })
}

fn begin(
    scene: Scene<'_>,
    number: u64,
    at: Timestamp,
    location: Location,
    account: Account,
) -> Event {
    Event::ClockedIn {
        duty: scene.officer.duty(number),
        start: at,
        day: scene.known.day(at),
        location,
        account,
    }
}

fn end(
    scene: Scene<'_>,
    open: &OnDuty,
    at: Timestamp,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let pieces = scene.cut(open.start, at)?;
    scene.open_weeks(&pieces, events);
    events.push(Event::ClockedOut {
        duty: open.id.clone(),
        location: open.location.clone(),
        account: open.account.clone(),
        pieces,
    });
    Ok(())
}
