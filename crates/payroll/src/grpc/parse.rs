//! Requests into what the rules speak of.

use jiff::Timestamp;
use jiff::civil::Date;
use tonic::Status;
use vocabulary::{Account, Location, Zone};
use wire::Violation;
use wire::convert::{optional, optional_date};
use wire::payroll::v1::WeekState;

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

/// A typed time that may be left out.
pub(super) fn optional_time(
    field: &str,
    text: &str,
    zone: &Zone,
) -> Result<Option<Timestamp>, Status> {
    Ok(wire::convert::local_time(field, text, zone)?)
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
