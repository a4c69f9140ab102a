//! Time entered by hand, corrected, taken back.

use jiff::Timestamp;
use vocabulary::{Account, DutyId, Location};

use super::{Event, Piece, Refusal, Scene};
use crate::domain::timesheet::command::Act;
use crate::domain::timesheet::event::Reason;

pub(super) fn record(scene: Scene<'_>, act: &Act) -> Result<Vec<Event>, Refusal> {
    let Act::RecordDuty {
        start,
        end,
        location,
        account,
        reason,
    } = act
    else {
        return Ok(Vec::new());
    };
    let pieces = scene.cut(*start, *end)?;
    scene.check_not_future(*end)?;
    check_days(scene, &pieces)?;
    let location = scene.location(location.as_ref())?;
    let account = scene.account(account.as_ref(), &location, scene.known.day(*start))?;
    check_account(scene, &account, &location, &pieces)?;
    scene.check_free(*start, Some(*end), None)?;
    let reason = reason_of(reason.as_ref(), "A duty entered by hand")?;
    let mut events = Vec::new();
    scene.open_weeks(&pieces, &mut events);
    events.push(Event::DutyEntered {
        duty: scene.officer.duty(scene.state.next_number()),
        location,
        account,
        pieces,
        reason,
    });
    Ok(events)
}

pub(super) fn correct(scene: Scene<'_>, act: &Act) -> Result<Vec<Event>, Refusal> {
    let Act::CorrectDuty {
        duty,
        start,
        end,
        location,
        account,
        reason,
    } = act
    else {
        return Ok(Vec::new());
    };
    let before = Standing::of(scene, duty)?;
    let start = start.unwrap_or(before.start);
    let end = end.or(before.end).ok_or_else(|| Refusal::DutyOpen {
        duty: duty.clone(),
        location: before.location.clone(),
        since: scene.known.local(before.start),
    })?;
    let pieces = scene.cut(start, end)?;
    scene.check_not_future(end)?;
    check_days(scene, &pieces)?;
    let location = scene.location(location.as_ref().or(Some(&before.location)))?;
    let account = account.as_ref().unwrap_or(&before.account).clone();
    if pieces == before.pieces && location == before.location && account == before.account {
        return Err(Refusal::NothingChanges { duty: duty.clone() });
    }
    check_account(scene, &account, &location, &pieces)?;
    scene.check_free(start, Some(end), Some(duty))?;
    let reason = reason_of(reason.as_ref(), "A correction")?;
    let mut events = Vec::new();
    scene.open_weeks(&pieces, &mut events);
    events.push(Event::DutyCorrected {
        duty: duty.clone(),
        location,
        account,
        pieces,
        before: before.pieces,
        reason,
    });
    Ok(events)
}

pub(super) fn remove(
    scene: Scene<'_>,
    duty: &DutyId,
    reason: Option<&Reason>,
) -> Result<Vec<Event>, Refusal> {
    let before = Standing::of(scene, duty)?;
    let reason = reason_of(reason, "Removing a duty")?;
    Ok(vec![Event::DutyRemoved {
        duty: duty.clone(),
        day: scene.known.day(before.start),
        location: before.location,
        account: before.account,
        before: before.pieces,
        reason,
    }])
}

/// A duty as it stands, complete or open.
struct Standing {
    start: Timestamp,
    end: Option<Timestamp>,
    location: Location,
    account: Account,
    pieces: Vec<Piece>,
}

impl Standing {
    fn of(scene: Scene<'_>, id: &DutyId) -> Result<Self, Refusal> {
        if let Some(open) = scene.state.on_duty.as_ref().filter(|open| &open.id == id) {
            return Ok(Self {
                start: open.start,
                end: None,
                location: open.location.clone(),
                account: open.account.clone(),
                pieces: Vec::new(),
            });
        }
        let found = scene
            .state
            .duty(id)
            .filter(|_| &id.officer() == scene.officer);
        let duty = found.ok_or_else(|| Refusal::UnknownDuty {
            officer: scene.officer.clone(),
            duty: id.clone(),
        })?;
        let (start, end) = duty
            .span()
            .ok_or_else(|| Refusal::DutyRemoved { duty: id.clone() })?;
        Ok(Self {
            start,
            end: Some(end),
            location: duty.location.clone(),
            account: duty.account.clone(),
            pieces: duty.pieces.clone(),
        })
    }
}

fn check_days(scene: Scene<'_>, pieces: &[Piece]) -> Result<(), Refusal> {
    pieces
        .iter()
        .try_for_each(|piece| scene.check_employed(piece.day))
}

/// An agreement settles none of its own outside of its days: a duty over its end is two duties.
fn check_account(
    scene: Scene<'_>,
    account: &Account,
    location: &Location,
    pieces: &[Piece],
) -> Result<(), Refusal> {
    pieces
        .iter()
        .try_for_each(|piece| scene.check_account(account, location, piece.day))
}

fn reason_of(given: Option<&Reason>, what: &'static str) -> Result<Reason, Refusal> {
    given.cloned().ok_or(Refusal::ReasonMissing { what })
}
