//! Requests into what the rules speak of.

use eligibility::Name;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use roster::{Pattern, ShiftId};
use tonic::{Code, Status};
use vocabulary::{Minutes, TownId, Zone};
use wire::convert::{self, required};
use wire::scheduling::v1::PresenceWindow;
use wire::{Violation, status};

use crate::domain::outlook::Period;
use crate::domain::roster::Known;
use crate::domain::town::Presence;

/// Days of one question at most.
const DAYS_MAX: i32 = 400;

/// A time that must be there, on a town's or the employer's clock.
pub(super) fn time(field: &str, text: &str, zone: &Zone) -> Result<Timestamp, Status> {
    let time = convert::local_time(field, text, zone)?;
    let example = "is missing: give a time such as 2026-10-31T22:00";
    time.ok_or_else(|| Violation::new(field, example).into())
}

/// The zone of a registered town.
pub(super) fn zone_of<'k>(known: &'k Known, town: &TownId) -> Result<&'k Zone, Status> {
    known.towns.get(town).ok_or_else(|| {
        let message = format!(
            "The town {town} is not known here: register it; if that was just now, try again."
        );
        let violation = Violation::new("town", message.clone());
        status(Code::NotFound, "TOWN_UNKNOWN", message, [violation])
    })
}

/// Names of what is carried.
pub(super) fn equipment(items: &[String]) -> Result<Vec<Name>, Violation> {
    let items = items.iter().map(|item| required::<Name>("equipment", item));
    items.collect()
}

/// Two days, the last one included; as a period that does not include its end.
pub(super) fn period(from: &str, until: &str) -> Result<Period, Status> {
    let (from, until) = convert::all((convert::date("from", from), convert::date("until", until)))?;
    let days = (until - from).get_days();
    if days < 0 {
        let problem = format!("{until} lies before {from}: give a later day");
        return Err(Violation::new("until", problem).into());
    }
    if days >= DAYS_MAX {
        let problem = format!("{from} to {until} are {days} days: ask for {DAYS_MAX} at most");
        return Err(Violation::new("until", problem).into());
    }
    Ok((from, until.saturating_add(1.days())))
}

/// A stretch of time: days with the last one included, or local times without their end.
pub(super) fn stretch(
    from: &str,
    until: &str,
    zone: &Zone,
) -> Result<(Timestamp, Timestamp), Status> {
    let day = |text: &str| {
        (text.len() == 10)
            .then(|| text.parse::<Date>().ok())
            .flatten()
    };
    let start = match day(from) {
        Some(day) => zone.start_of(day),
        None => time("from", from, zone)?,
    };
    let end = match day(until) {
        Some(day) => zone.start_of(day.saturating_add(1.days())),
        None => time("until", until, zone)?,
    };
    Ok((start, end))
}

/// Shifts by name.
pub(super) fn shifts(ids: &[String]) -> Result<Vec<ShiftId>, Violation> {
    let ids = ids.iter().map(|id| required::<ShiftId>("shifts", id));
    ids.collect()
}

/// A pattern's text; what is wrong with it is said with what to write instead.
pub(super) fn pattern(field: &str, text: &str) -> Result<Pattern, Status> {
    Pattern::parse(text).map_err(|wrong| {
        let message = format!("It is no pattern: {wrong}.");
        let reason = match wrong {
            roster::Refusal::NeverEnds => "PATTERN_NEVER_ENDS",
            _ => "NO_PATTERN",
        };
        let violation = Violation::new(field, wrong.to_string());
        status(Code::InvalidArgument, reason, message, [violation])
    })
}

/// Minutes that are not less than none and not more than a week of many officers has.
pub(super) fn minutes(field: &str, minutes: i64, most: i64) -> Result<Minutes, Violation> {
    match (0..=most).contains(&minutes) {
        true => Ok(Minutes(minutes)),
        false => Err(Violation::new(
            field,
            format!("{minutes} minutes: give 0 to {most}"),
        )),
    }
}

/// Times of day at which somebody must be there.
pub(super) fn windows(windows: &[PresenceWindow]) -> Result<Vec<Presence>, Violation> {
    windows.iter().map(window).collect()
}

fn window(window: &PresenceWindow) -> Result<Presence, Violation> {
    let time = |field: &str, text: &str| {
        Time::strptime("%H:%M", text).map_err(|_| {
            let problem = format!("\"{text}\" is not a time of day: write it as 22:00");
            Violation::new(field, problem)
        })
    };
    let wrong = window
        .weekdays
        .iter()
        .find(|day| Presence::weekday(day).is_none());
    if let Some(day) = wrong {
        let problem = format!("\"{day}\" is not a weekday: write monday, tuesday, … sunday");
        return Err(Violation::new("windows.weekdays", problem));
    }
    if window.weekdays.is_empty() {
        let problem = "is missing: name at least one weekday";
        return Err(Violation::new("windows.weekdays", problem));
    }
    let officers_min = u16::try_from(window.officers_min)
        .ok()
        .filter(|n| *n <= 100);
    Ok(Presence {
        weekdays: window.weekdays.clone(),
        from: time("windows.from", &window.from)?,
        until: time("windows.until", &window.until)?,
        officers_min: officers_min.ok_or_else(|| {
            let problem = format!("{}: give 0 to 100", window.officers_min);
            Violation::new("windows.officers_min", problem)
        })?,
    })
}
