use std::collections::BTreeMap;

use eventlog::testing::given;
use jiff::civil::{Date, date};

use super::{Change, Command, Event, RecordFigure, Register, Town};
use crate::domain::Person;

const FIRST: Date = date(2026, 9, 1);

fn clerk() -> Person {
    "0199aaaa-0000-7000-8000-000000000001".parse().unwrap()
}

fn register() -> Register {
    Register {
        town: "barlow".parse().unwrap(),
        name: "Barlow".parse().unwrap(),
        state: "MO".parse().unwrap(),
        zone: "America/Chicago".parse().unwrap(),
        contacts: BTreeMap::new(),
        on: FIRST,
    }
}

fn registered() -> Event {
    Event::Registered {
        town: "barlow".parse().unwrap(),
        name: "Barlow".parse().unwrap(),
        state: "MO".parse().unwrap(),
        zone: "America/Chicago".parse().unwrap(),
        on: FIRST,
    }
}

fn change() -> Change {
    Change {
        town: "barlow".parse().unwrap(),
        name: None,
        state: None,
        zone: None,
        contacts: BTreeMap::new(),
        on: date(2026, 10, 5),
    }
}

fn census(value: &str, source: &str) -> RecordFigure {
    RecordFigure {
        town: "barlow".parse().unwrap(),
        basis: "population".parse().unwrap(),
        as_of: date(2020, 4, 1),
        value: value.parse().unwrap(),
        source: source.parse().unwrap(),
    }
}

fn counted(value: &str, source: &str) -> Event {
    Event::FigureRecorded {
        basis: "population".parse().unwrap(),
        as_of: date(2020, 4, 1),
        value: value.parse().unwrap(),
        source: source.parse().unwrap(),
    }
}

#[test]
fn a_town_is_registered() {
    given::<Town>([])
        .when(Command::Register(register()))
        .then([registered()]);
}

#[test]
fn a_town_is_registered_with_its_contacts_as_tokens() {
    let contacts = BTreeMap::from([("clerk".parse().unwrap(), clerk())]);
    given::<Town>([])
        .when(Command::Register(Register {
            contacts,
            ..register()
        }))
        .then([
            registered(),
            Event::ContactNamed {
                role: "clerk".parse().unwrap(),
                person: clerk(),
                on: FIRST,
            },
        ]);
}

#[test]
fn registering_a_town_twice_is_refused() {
    let refusal = given::<Town>([registered()])
        .when(Command::Register(register()))
        .then_refused("TOWN_ALREADY_REGISTERED");
    assert_eq!(
        refusal.to_string(),
        "The town barlow is registered already, as Barlow: change it, or choose another id."
    );
}

#[test]
fn changing_an_unknown_town_is_refused() {
    let refusal = given::<Town>([])
        .when(Command::Change(change()))
        .then_refused("TOWN_UNKNOWN");
    assert_eq!(
        refusal.to_string(),
        "The town barlow is not registered: register it first."
    );
}

#[test]
fn a_change_keeps_what_it_leaves_out() {
    let name = "Barlow City".parse().unwrap();
    given::<Town>([registered()])
        .when(Command::Change(Change {
            name: Some(name),
            ..change()
        }))
        .then([Event::Changed {
            name: "Barlow City".parse().unwrap(),
            state: "MO".parse().unwrap(),
            zone: "America/Chicago".parse().unwrap(),
            on: date(2026, 10, 5),
        }]);
}

#[test]
fn a_change_to_what_already_is_does_nothing() {
    let name = "Barlow".parse().unwrap();
    given::<Town>([registered()])
        .when(Command::Change(Change {
            name: Some(name),
            ..change()
        }))
        .then_nothing();
}

#[test]
fn another_contact_leaves_name_and_zone_alone() {
    let contacts = BTreeMap::from([("clerk".parse().unwrap(), clerk())]);
    given::<Town>([registered()])
        .when(Command::Change(Change {
            contacts,
            ..change()
        }))
        .then([Event::ContactNamed {
            role: "clerk".parse().unwrap(),
            person: clerk(),
            on: date(2026, 10, 5),
        }]);
}

#[test]
fn a_figure_of_an_unknown_town_is_refused() {
    given::<Town>([])
        .when(Command::RecordFigure(census("1480", "US Census 2020")))
        .then_refused("TOWN_UNKNOWN");
}

#[test]
fn a_figure_is_recorded_with_its_date_and_source() {
    given::<Town>([registered()])
        .when(Command::RecordFigure(census("1480", "US Census 2020")))
        .then([counted("1480", "US Census 2020")]);
}

#[test]
fn a_later_figure_for_the_same_day_takes_the_place_of_the_former() {
    let state = given::<Town>([registered(), counted("1480", "US Census 2020")])
        .when(Command::RecordFigure(census(
            "1482",
            "US Census 2020, corrected",
        )))
        .then([counted("1482", "US Census 2020, corrected")]);
    let super::State::Known(known) = state else {
        panic!("a registered town is known");
    };
    let figures: Vec<_> = known.figures.values().collect();
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0].0.as_str(), "1482");
}

#[test]
fn the_same_figure_from_the_same_source_again_does_nothing() {
    given::<Town>([registered(), counted("1480", "US Census 2020")])
        .when(Command::RecordFigure(census("1480", "US Census 2020")))
        .then_nothing();
}
