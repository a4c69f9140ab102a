use eventlog::testing::given;
use jiff::Timestamp;
use jiff::civil::date;
use vocabulary::Minutes;

use super::{
    Close, Command, Employment, Event, Import, Incident, Open, RecordUnit, State, Withdraw,
};
use crate::domain::{Flag, Unit};

const TOKEN: &str = "0199aaaa-0000-7000-8000-000000000001";

fn at(time: &str) -> Timestamp {
    format!("2026-10-31T{time}:00Z").parse().unwrap()
}

/// The end of the month of the incident that these tests speak of.
fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn unit(number: &str, times: [Option<&str>; 3]) -> Unit {
    let [dispatched_at, arrived_at, cleared_at] = times.map(|time| time.map(at));
    let officer = Some("cso-114".parse().unwrap());
    Unit {
        unit: number.parse().unwrap(),
        officer,
        dispatched_at,
        arrived_at,
        cleared_at,
    }
}

fn attended() -> Unit {
    unit("1", [Some("22:02"), Some("22:10"), Some("22:41")])
}

fn open() -> Command {
    Command::Open(Open {
        incident: "barlow-cad/26-7".parse().unwrap(),
        town: "barlow".parse().unwrap(),
        call_type: "welfare-check".parse().unwrap(),
        received_at: at("22:00"),
        date: date(2026, 10, 31),
        narrative: None,
        now: now(),
    })
}

fn opened() -> Event {
    Event::Opened {
        incident: "barlow-cad/26-7".parse().unwrap(),
        town: "barlow".parse().unwrap(),
        call_type: "welfare-check".parse().unwrap(),
        received_at: at("22:00"),
        date: date(2026, 10, 31),
        narrative: None,
    }
}

fn record(unit: Unit) -> Command {
    Command::RecordUnit(RecordUnit {
        incident: "barlow-cad/26-7".parse().unwrap(),
        unit,
        employment: Some(Employment {
            from: date(2026, 9, 1),
            until: Some(date(2026, 11, 30)),
        }),
        now: now(),
    })
}

fn recorded(unit: Unit) -> Event {
    Event::UnitRecorded {
        unit,
        date: date(2026, 10, 31),
    }
}

fn close() -> Command {
    let disposition = "report".parse().unwrap();
    Command::Close(Close {
        incident: "barlow-cad/26-7".parse().unwrap(),
        disposition,
    })
}

fn closed() -> Event {
    Event::Closed {
        disposition: "report".parse().unwrap(),
        date: date(2026, 10, 31),
    }
}

fn withdraw() -> Command {
    let reason = TOKEN.parse().unwrap();
    Command::Withdraw(Withdraw {
        incident: "barlow-cad/26-7".parse().unwrap(),
        reason,
    })
}

fn withdrawn() -> Event {
    Event::Withdrawn {
        reason: TOKEN.parse().unwrap(),
        date: date(2026, 10, 31),
    }
}

fn import(town: &str, units: Vec<Unit>) -> Import {
    Import {
        incident: "barlow-cad/26-7".parse().unwrap(),
        town: town.parse().unwrap(),
        call_type: "welfare-check".parse().unwrap(),
        received_at: at("22:00"),
        date: date(2026, 10, 31),
        units,
        disposition: None,
        now: now(),
    }
}

fn imported(import: Import) -> Event {
    let Import {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
        ..
    } = import;
    Event::Imported {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
    }
}

fn flags(state: &State) -> Vec<Flag> {
    match state {
        State::Known(known) => known.flags(),
        State::Unknown => panic!("nothing is known"),
    }
}

fn minutes(state: &State) -> Option<Minutes> {
    match state {
        State::Known(known) => known.minutes(),
        State::Unknown => panic!("nothing is known"),
    }
}

#[test]
fn an_incident_is_opened_attended_and_closed() {
    given::<Incident>([]).when(open()).then([opened()]);
    given::<Incident>([opened()])
        .when(record(attended()))
        .then([recorded(attended())]);
    let state = given::<Incident>([opened(), recorded(attended())])
        .when(close())
        .then([closed()]);
    assert_eq!(
        (minutes(&state), flags(&state)),
        (Some(Minutes(39)), vec![])
    );
}

#[test]
fn opening_a_number_twice_is_refused() {
    given::<Incident>([opened()])
        .when(open())
        .then_refused("INCIDENT_ALREADY_OPENED");
}

#[test]
fn nothing_can_be_recorded_of_an_incident_that_nobody_opened() {
    for command in [record(attended()), close(), withdraw()] {
        given::<Incident>([])
            .when(command)
            .then_refused("INCIDENT_UNKNOWN");
    }
}

#[test]
fn closing_twice_is_refused() {
    given::<Incident>([opened(), closed()])
        .when(close())
        .then_refused("INCIDENT_ALREADY_CLOSED");
}

#[test]
fn a_unit_may_get_its_times_one_by_one() {
    let (first, rest) = (
        unit("1", [Some("22:02"), None, None]),
        unit("1", [None, None, Some("22:41")]),
    );
    let both = unit("1", [Some("22:02"), None, Some("22:41")]);
    let state = given::<Incident>([opened(), recorded(first)])
        .when(record(rest))
        .then([recorded(both)]);
    assert_eq!(minutes(&state), Some(Minutes(39)));
    assert_eq!(flags(&state), [Flag::ArrivedMissing]);
}

#[test]
fn the_same_times_again_change_nothing() {
    given::<Incident>([opened(), recorded(attended())])
        .when(record(attended()))
        .then_nothing();
}

#[test]
fn times_out_of_order_are_kept_and_flagged_and_not_counted() {
    let odd = unit("1", [Some("22:02"), Some("21:58"), Some("22:41")]);
    let state = given::<Incident>([opened()])
        .when(record(odd.clone()))
        .then([recorded(odd)]);
    assert_eq!(flags(&state), [Flag::ArrivedBeforeDispatched]);
    assert_eq!(minutes(&state), None);
}

#[test]
fn every_odd_time_has_its_flag() {
    let cases = [
        (
            [None, None, None],
            vec![
                Flag::DispatchedMissing,
                Flag::ArrivedMissing,
                Flag::ClearedMissing,
            ],
        ),
        (
            [Some("21:59"), Some("22:10"), Some("22:41")],
            vec![Flag::DispatchedBeforeReceived],
        ),
        (
            [Some("22:20"), Some("22:30"), Some("22:10")],
            vec![Flag::ClearedBeforeDispatched, Flag::ClearedBeforeArrived],
        ),
        (
            [Some("22:02"), Some("22:30"), Some("22:10")],
            vec![Flag::ClearedBeforeArrived],
        ),
    ];
    for (times, expected) in cases {
        assert_eq!(unit("1", times).flags(at("22:00")), expected, "{times:?}");
    }
    let mut long = attended();
    long.cleared_at = Some("2026-11-02T00:00:00Z".parse().unwrap());
    assert_eq!(long.flags(at("22:00")), [Flag::OverADay]);
}

#[test]
fn minutes_add_up_over_units() {
    let second = unit("2", [Some("22:05"), None, Some("22:15")]);
    let state = given::<Incident>([opened(), recorded(attended())])
        .when(record(second.clone()))
        .then([recorded(second)]);
    assert_eq!(minutes(&state), Some(Minutes(49)));
}

#[test]
fn an_import_makes_a_closed_incident() {
    let whole = import("barlow", vec![attended()]);
    let state = given::<Incident>([])
        .when(Command::Import(whole.clone()))
        .then([imported(whole)]);
    assert_eq!(minutes(&state), Some(Minutes(39)));
}

#[test]
fn importing_the_same_row_again_changes_nothing() {
    let whole = import("barlow", vec![attended()]);
    given::<Incident>([imported(whole.clone())])
        .when(Command::Import(whole))
        .then_nothing();
}

#[test]
fn an_import_that_says_something_else_corrects_and_remembers_the_town() {
    let (before, after) = (
        import("barlow", vec![attended()]),
        import("millbrook", vec![attended()]),
    );
    let state = given::<Incident>([imported(before)])
        .when(Command::Import(after.clone()))
        .then([imported(after)]);
    let State::Known(known) = state else {
        panic!("it is known")
    };
    assert_eq!(known.former_town, Some("barlow".parse().unwrap()));
}

#[test]
fn an_import_that_names_a_unit_twice_is_refused() {
    let twice = import("barlow", vec![attended(), attended()]);
    given::<Incident>([])
        .when(Command::Import(twice))
        .then_refused("UNIT_TWICE");
}

#[test]
fn a_withdrawn_incident_takes_nothing_more() {
    let past = || [opened(), closed(), withdrawn()];
    given::<Incident>([opened(), closed()])
        .when(withdraw())
        .then([withdrawn()]);
    for command in [
        record(attended()),
        close(),
        withdraw(),
        Command::Import(import("barlow", vec![])),
    ] {
        given::<Incident>(past())
            .when(command)
            .then_refused("INCIDENT_WITHDRAWN");
    }
}

#[test]
fn a_closed_incident_is_published_and_so_is_every_later_change() {
    let facts = given::<Incident>([opened(), recorded(attended())])
        .when(close())
        .facts();
    assert_eq!(
        facts.iter().map(|f| f.kind).collect::<Vec<_>>(),
        ["IncidentClosed"]
    );
    let late = unit("2", [Some("22:05"), None, Some("22:15")]);
    let facts = given::<Incident>([opened(), closed()])
        .when(record(late))
        .facts();
    assert_eq!(
        facts.iter().map(|f| f.kind).collect::<Vec<_>>(),
        ["IncidentClosed"]
    );
}

#[test]
fn an_open_incident_is_nobodys_business() {
    assert!(given::<Incident>([]).when(open()).facts().is_empty());
    assert!(
        given::<Incident>([opened()])
            .when(record(attended()))
            .facts()
            .is_empty()
    );
    assert!(
        given::<Incident>([opened()])
            .when(withdraw())
            .facts()
            .is_empty()
    );
}

#[test]
fn withdrawing_what_counted_is_published() {
    let facts = given::<Incident>([opened(), closed()])
        .when(withdraw())
        .facts();
    assert_eq!(
        facts.iter().map(|f| f.kind).collect::<Vec<_>>(),
        ["IncidentWithdrawn"]
    );
}

#[test]
fn what_has_not_happened_yet_is_refused() {
    let soon = "2026-10-31T22:09:59Z".parse().unwrap();
    let Command::Open(open) = open() else {
        unreachable!()
    };
    let early = "2026-10-31T21:59:59Z".parse().unwrap();
    given::<Incident>([])
        .when(Command::Open(Open { now: early, ..open }))
        .then_refused("TIME_IN_FUTURE");
    let Command::RecordUnit(record) = record(attended()) else {
        unreachable!()
    };
    given::<Incident>([opened()])
        .when(Command::RecordUnit(RecordUnit {
            now: soon,
            ..record
        }))
        .then_refused("TIME_IN_FUTURE");
    let row = import("barlow", vec![attended()]);
    given::<Incident>([])
        .when(Command::Import(Import { now: soon, ..row }))
        .then_refused("TIME_IN_FUTURE");
}

#[test]
fn an_officer_who_was_not_employed_on_the_day_was_not_there() {
    let employed = |employment| {
        let Command::RecordUnit(record) = record(attended()) else {
            unreachable!()
        };
        given::<Incident>([opened()]).when(Command::RecordUnit(RecordUnit {
            employment,
            ..record
        }))
    };
    let days = |from, until| Some(Employment { from, until });
    let (first, last) = (date(2026, 10, 31), date(2026, 10, 31));
    employed(days(first, Some(last))).then([recorded(attended())]);
    employed(None).then_refused("OFFICER_UNKNOWN");
    employed(days(date(2026, 11, 1), None)).then_refused("OFFICER_NOT_YET_ENROLLED");
    employed(days(first, Some(date(2026, 10, 30)))).then_refused("OFFICER_ENDED");
}
