use eventlog::testing::given;
use jiff::civil::date;

use super::world::*;
use crate::domain::roster::{Act, Event, Roster};

fn reviewing() -> Act {
    Act::Review {
        officers: Some([cso(1), cso(2)].into()),
    }
}

fn flagged(id: &str, day: i8, on: i8) -> Event {
    Event::ShiftFlagged {
        shift: id.parse().unwrap(),
        day: date(2026, 11, day),
        on: date(2026, 11, on),
        missing: vec!["core".parse().unwrap()],
    }
}

#[test]
fn what_an_officer_lacks_flags_every_shift_to_come_and_no_other() {
    let mut past = Vec::new();
    past.extend(published(&day("b1", "2026-11-09", Some(1))));
    past.extend(published(&day("b2", "2026-11-10", Some(2))));
    past.extend(published(&day("b3", "2026-11-11", None)));
    past.push(drafted(&day("b4", "2026-11-12", Some(1))));
    past.extend(published(&day("b5", "2026-11-13", Some(1))));
    given::<Roster>(past)
        .when(knowing(known(&[1, 3]), reviewing()))
        .then([flagged("b1", 9, 9), flagged("b5", 13, 13)]);
}

#[test]
fn a_flag_is_told_once_and_cleared_when_nothing_is_lacking_any_more() {
    let mut past = published(&day("b1", "2026-11-09", Some(1)));
    past.push(flagged("b1", 9, 9));
    given::<Roster>(past.clone())
        .when(knowing(known(&[1]), reviewing()))
        .then_nothing();
    given::<Roster>(past.clone())
        .when(command(reviewing()))
        .then([Event::FlagCleared {
            shift: "b1".parse().unwrap(),
            day: date(2026, 11, 9),
        }]);
    let slot = day("b1", "2026-11-09", Some(1));
    let done = given::<Roster>(past).when(knowing(known(&[1]), giving(&slot, 2)));
    let kinds: Vec<_> = done.facts().into_iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, ["ShiftChanged", "FlagCleared"]);
}

#[test]
fn a_shift_that_is_over_is_not_flagged_and_one_that_runs_is_for_its_days_to_come() {
    let night = slot(
        "b1",
        "barlow",
        "2026-11-01T22:00",
        "2026-11-02T06:00",
        Some(1),
    );
    let mut running = known(&[1]);
    running.now = at("2026-11-02T01:00");
    given::<Roster>(published(&night))
        .when(knowing(running, reviewing()))
        .then([flagged("b1", 1, 2)]);
    let mut over = known(&[1]);
    over.now = at("2026-11-02T06:00");
    given::<Roster>(published(&night))
        .when(knowing(over, reviewing()))
        .then_nothing();
}

#[test]
fn who_is_employed_no_longer_is_flagged_for_that() {
    let mut gone = known(&[]);
    gone.officers.get_mut(&cso(1)).unwrap().until = Some(date(2026, 11, 9));
    let mut past = published(&day("b1", "2026-11-09", Some(1)));
    past.extend(published(&day("b2", "2026-11-10", Some(1))));
    given::<Roster>(past)
        .when(knowing(gone, reviewing()))
        .then([Event::ShiftFlagged {
            shift: "b2".parse().unwrap(),
            day: date(2026, 11, 10),
            on: date(2026, 11, 10),
            missing: vec!["employment".parse().unwrap()],
        }]);
}
