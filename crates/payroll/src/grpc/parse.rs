//! Requests into what the rules speak of.

use jiff::Timestamp;
use jiff::civil::Date;
use tonic::{Code, Status};
use vocabulary::local_time::{self, Unclear};
use vocabulary::{Account, Location, Zone};
use wire::convert::{optional, optional_date};
use wire::payroll::v1::WeekState;
use wire::{Violation, status};

use crate::projection::timesheets::State;

/// A typed time, or now cut to the whole minute: a punch never claims more than was there.
pub(super) fn time(
    field: &str,
    text: &str,
    zone: &Zone,
    now: Timestamp,
) -> Result<Timestamp, Status> {
    match optional_time(field, text, zone)? {
        Some(instant) => Ok(instant),
        None => Ok(whole_minute(now)),
    }
}

/// A typed time that must be there.
pub(super) fn required_time(field: &str, text: &str, zone: &Zone) -> Result<Timestamp, Status> {
    optional_time(field, text, zone)?.ok_or_else(|| {
        Violation::new(field, "is missing: give a time such as 2026-10-31T22:00").into()
    })
}

/// A typed time that may be left out. In the hour that the clocks skip it is refused; in the hour
/// that they repeat it must say which pass is meant.
pub(super) fn optional_time(
    field: &str,
    text: &str,
    zone: &Zone,
) -> Result<Option<Timestamp>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    local_time::parse(text, zone).map(Some).map_err(|unclear| {
        let reason = match unclear {
            Unclear::InGap { .. } => "TIME_IN_GAP",
            Unclear::InFold { .. } => "TIME_AMBIGUOUS",
            Unclear::OutOfRange { .. } => "TIME_OUT_OF_RANGE",
            Unclear::NotATime { .. } => "INVALID_REQUEST",
        };
        let violation = Violation::new(field, unclear.to_string());
        status(
            Code::InvalidArgument,
            reason,
            format!("The {field} is not clear: {unclear}."),
            [violation],
        )
    })
}

/// Where and for whom, both as given.
pub(super) fn place(
    location: &str,
    account: &str,
) -> Result<(Option<Location>, Option<Account>), Status> {
    Ok(wire::convert::all((
        optional::<Location>("location", location),
        optional::<Account>("account", account),
    ))?)
}

/// Any day of the week that is meant; today's week if none.
pub(super) fn week(text: &str, today: Date) -> Result<Date, Violation> {
    Ok(optional_date("week", text)?.unwrap_or(today))
}

/// The state that a list is asked for; `None` for all.
pub(super) fn state(number: i32) -> Result<Option<State>, Violation> {
    let unknown = || Violation::new("state", format!("{number} is not a known state of a week"));
    match WeekState::try_from(number).map_err(|_| unknown())? {
        WeekState::Unspecified => Ok(None),
        WeekState::Open => Ok(Some(State::Open)),
        WeekState::Submitted => Ok(Some(State::Submitted)),
        WeekState::Returned => Ok(Some(State::Returned)),
        WeekState::Approved => Ok(Some(State::Approved)),
    }
}

fn whole_minute(instant: Timestamp) -> Timestamp {
    let seconds = instant.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60))
        .expect("the start of a minute of the calendar lies in it")
}
