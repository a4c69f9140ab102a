//! Weeks: signed, sent back, approved.

use jiff::civil::Date;
use vocabulary::{Account, Actor, OfficerId, Workweek};

use super::{Event, Refusal, Scene, cost};
use crate::domain::timesheet::LONGEST_APPROVED;
use crate::domain::timesheet::command::Act;
use crate::domain::timesheet::event::Reason;
use crate::domain::timesheet::state::{Status, Week};

pub(super) fn submit(scene: Scene<'_>, day: Date) -> Result<Vec<Event>, Refusal> {
    let first = scene.known.workweek.start_of(day);
    let today = scene.known.today();
    if first > today {
        return Err(Refusal::WeekNotStarted { week: first, today });
    }
    let week = week_of(scene, first)?;
    check_nothing_open(scene, Workweek::last_day(first))?;
    let officer = scene.officer.clone();
    match week.status {
        Status::Submitted => Err(Refusal::AlreadySubmitted {
            officer,
            week: first,
        }),
        Status::Approved => Err(Refusal::AlreadyApproved {
            officer,
            week: first,
        }),
        Status::Open | Status::Returned => Ok(vec![Event::WeekSubmitted {
            officer,
            week: first,
            on: today,
        }]),
    }
}

pub(super) fn send_back(
    scene: Scene<'_>,
    day: Date,
    reason: Option<&Reason>,
) -> Result<Vec<Event>, Refusal> {
    let first = scene.known.workweek.start_of(day);
    check_submitted(scene, week_of(scene, first)?, first)?;
    let reason = reason.cloned().ok_or(Refusal::ReasonMissing {
        what: "Returning a week",
    })?;
    Ok(vec![Event::WeekReturned {
        officer: scene.officer.clone(),
        week: first,
        on: scene.known.today(),
        reason,
    }])
}

pub(super) fn approve(scene: Scene<'_>, act: &Act) -> Result<Vec<Event>, Refusal> {
    let Act::Approve {
        week: day,
        from,
        to,
        by,
        by_officer,
    } = act
    else {
        return Ok(Vec::new());
    };
    check_not_own(scene, by, by_officer.as_ref())?;
    let first = scene.known.workweek.start_of(*day);
    let week = week_of(scene, first)?;
    // Only now: the last day of a week at the end of the calendar lies outside of it.
    let last = Workweek::last_day(first);
    let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
    if from > to || from < first || to > last {
        return Err(Refusal::DaysOutsideWeek {
            from,
            to,
            week: first,
        });
    }
    check_submitted(scene, week, first)?;
    check_nothing_open(scene, to)?;
    let today = scene.known.today();
    if to >= today {
        return Err(Refusal::DayNotOver { day: to, today });
    }
    if !week.awaiting.iter().any(|day| (from..=to).contains(day)) {
        return Err(Refusal::NothingToApprove { from, to });
    }
    check_lengths(scene, from, to)?;
    check_accounts(scene, from, to)?;

    let mut approved = week.clone();
    approved.approve(from, to, &scene.state.duties);
    let costed = cost::cost(scene.officer, first, &approved, scene.known)?;
    let mut events = vec![Event::WeekApproved {
        officer: scene.officer.clone(),
        week: first,
        from,
        to,
        on: today,
    }];
    let boxed = costed.into_iter().map(Box::new);
    events.extend(boxed.map(Event::LabourCosted));
    Ok(events)
}

/// Nobody approves their own: neither as the officer's own account nor under a grant that names
/// the officer.
fn check_not_own(
    scene: Scene<'_>,
    by: &Actor,
    by_officer: Option<&OfficerId>,
) -> Result<(), Refusal> {
    if by.as_str() == scene.officer.as_str() || by_officer == Some(scene.officer) {
        return Err(Refusal::OwnTimesheet {
            officer: scene.officer.clone(),
        });
    }
    Ok(())
}

fn week_of<'a>(scene: Scene<'a>, first: Date) -> Result<&'a Week, Refusal> {
    scene
        .state
        .weeks
        .get(&first)
        .ok_or_else(|| Refusal::WeekEmpty {
            officer: scene.officer.clone(),
            week: first,
        })
}

fn check_submitted(scene: Scene<'_>, week: &Week, first: Date) -> Result<(), Refusal> {
    let officer = scene.officer.clone();
    match week.status {
        Status::Submitted => Ok(()),
        Status::Approved => Err(Refusal::AlreadyApproved {
            officer,
            week: first,
        }),
        Status::Open | Status::Returned => Err(Refusal::NotSubmitted {
            officer,
            week: first,
        }),
    }
}

/// A duty that is still open may yet add minutes to days up to `last`.
fn check_nothing_open(scene: Scene<'_>, last: Date) -> Result<(), Refusal> {
    match &scene.state.on_duty {
        Some(open) if open.day <= last => Err(Refusal::DutyOpen {
            duty: open.id.clone(),
            location: open.location.clone(),
            since: scene.known.local(open.start),
        }),
        _ => Ok(()),
    }
}

fn check_lengths(scene: Scene<'_>, from: Date, to: Date) -> Result<(), Refusal> {
    let in_range = |day: Date| (from..=to).contains(&day);
    let too_long = scene.state.duties.values().find(|duty| {
        duty.minutes() > LONGEST_APPROVED && duty.pieces.iter().any(|piece| in_range(piece.day))
    });
    match too_long {
        Some(duty) => Err(Refusal::Over24Hours {
            duty: duty.id.clone(),
            minutes: duty.minutes(),
        }),
        None => Ok(()),
    }
}

/// Time clocked past an agreement's last day is kept, but the agreement cannot settle it.
fn check_accounts(scene: Scene<'_>, from: Date, to: Date) -> Result<(), Refusal> {
    for duty in scene.state.duties.values() {
        let Account::Agreement(agreement) = &duty.account else {
            continue;
        };
        let known = |id| scene.known.agreements.iter().find(|known| &known.id == id);
        let in_force = |day| known(agreement).is_some_and(|known| known.in_force_on(day));
        let mut days = duty.pieces.iter().map(|piece| piece.day);
        if let Some(day) = days.find(|day| (from..=to).contains(day) && !in_force(*day)) {
            return Err(Refusal::ChargedOutside {
                duty: duty.id.clone(),
                agreement: agreement.clone(),
                day,
            });
        }
    }
    Ok(())
}
