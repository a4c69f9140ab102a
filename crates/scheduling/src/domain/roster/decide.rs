//! Every rule about the roster.

mod officers;
mod requests;
mod shifts;

use jiff::Timestamp;

use super::command::{Act, Command, Known};
use super::event::Event;
use super::refusal::Refusal;
use super::state::State;

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let known = command.known.as_ref();
    match command.act.clone() {
        Act::Draft { drafts, passing } => shifts::draft(state, known, drafts, passing),
        Act::Change {
            shift,
            start,
            end,
            holder,
            short_notice,
        } => shifts::change(state, known, &shift, (start, end), holder, short_notice),
        Act::Assign { pairs } => shifts::assign(state, known, pairs),
        Act::Cancel {
            shift,
            short_notice,
        } => shifts::cancel(state, known, &shift, short_notice),
        Act::Publish { shifts } => shifts::publish(state, known, &shifts),
        Act::Ask { officer, asked } => requests::ask(state, known, officer, asked),
        Act::Agree { officer, request } => requests::agree(state, known, &officer, request),
        Act::Withdraw { officer, request } => requests::withdraw(state, known, &officer, request),
        Act::Approve { request } => requests::approve(state, known, request),
        Act::Decline { request } => requests::decline(state, known, request),
        Act::AddUnavailable {
            officer,
            when,
            wish,
        } => officers::add_unavailable(state, known, officer, when, wish),
        Act::RemoveUnavailable { officer, entry } => {
            officers::remove_unavailable(state, known, officer, entry)
        }
        Act::SetHours {
            officer,
            weekly_minutes,
            weekly_minutes_max,
        } => officers::set_hours(state, known, officer, weekly_minutes, weekly_minutes_max),
        Act::Review { officers } => Ok(officers::review(state, known, officers.as_ref())),
    }
}

/// Whoever is planned was enrolled once; the days are the hard rules' to look at.
fn enrolled(known: &Known, officer: &vocabulary::OfficerId) -> Result<(), Refusal> {
    match known.officers.contains_key(officer) {
        true => Ok(()),
        false => Err(Refusal::UnknownOfficer(officer.clone())),
    }
}

/// A stretch of time that has an end, and has not passed.
fn to_come(known: &Known, start: Timestamp, end: Timestamp) -> Result<(), Refusal> {
    if end <= start {
        let (start, end) = (known.local(start), known.local(end));
        return Err(Refusal::EndsBeforeStart { start, end });
    }
    if end <= known.now {
        let (end, now) = (known.local(end), known.local(known.now));
        return Err(Refusal::Over { end, now });
    }
    Ok(())
}
