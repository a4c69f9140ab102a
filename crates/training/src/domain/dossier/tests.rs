//! Given these events, when this command, then those.

mod calendar;
mod laws;
mod records;

use eligibility::Fact;
use eventlog::testing::{Given, given};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::{Act, Command, Dossier, Event, Known};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Sunday 22 November 2026.
const TODAY: Date = date(2026, 11, 22);

fn known() -> Known {
    let requirements = ["refresher", "core", "pistol"];
    Known {
        enrolled: true,
        towns: ["barlow".parse().unwrap()].into(),
        requirements: requirements.map(|name| name.parse().unwrap()).into(),
        ..Known::of_the_calendar(TODAY)
    }
}

fn act(act: Act) -> Command {
    Command {
        officer: "cso-114".parse().unwrap(),
        known: known(),
        act,
    }
}

/// The same with records at these positions.
fn knowing(records: &[(u64, Fact)], act: Act) -> Command {
    let mut command = self::act(act);
    command.known.records = records.iter().cloned().collect();
    command
}

fn fact(value: Value) -> Fact {
    serde_json::from_value(value).unwrap()
}

fn recorded(value: Value) -> Event {
    Event::Recorded {
        officer: "cso-114".parse().unwrap(),
        fact: fact(value),
        number: None,
    }
}

fn permit(id: &str, from: &str, until: &str) -> Value {
    json!({"kind": "credential_granted", "id": id, "credential": "mo-ccw", "issuer": "clay-sheriff",
           "issued": from, "from": from, "until": until})
}

fn granted(id: &str, from: &str, until: &str) -> Event {
    recorded(permit(id, from, until))
}

fn grant(from: &str, until: &str) -> Act {
    Act::Grant {
        kind: "mo-ccw".parse().unwrap(),
        issuer: "clay-sheriff".parse().unwrap(),
        issued: day(from),
        from: day(from),
        until: Some(day(until)),
        weapon: None,
        towns: vec![],
        rests_on: vec![],
        number: None,
    }
}

fn suspended(id: &str, from: &str) -> Event {
    recorded(json!({"kind": "credential_suspended", "id": id, "from": from}))
}

fn past(events: impl IntoIterator<Item = Event>) -> Given<Dossier> {
    given::<Dossier>(events)
}
