use std::collections::BTreeSet;

use eventlog::testing::given;
use jiff::civil::date;
use vocabulary::Minutes;

use super::{Command, Event, Known, SetCoverage, SetTravel, Town};
use crate::domain::roster::Agreement;

fn known() -> Known {
    let towns: BTreeSet<_> = ["barlow", "corbin"].map(|t| t.parse().unwrap()).into();
    Known {
        agreements: vec![Agreement {
            id: "two-rivers".parse().unwrap(),
            towns: ["barlow".parse().unwrap()].into(),
            from: date(2026, 1, 1),
            until: Some(date(2026, 12, 31)),
        }],
        towns,
    }
}

fn coverage(town: &str, from: &str, hours: i64) -> SetCoverage {
    SetCoverage {
        town: town.parse().unwrap(),
        agreement: "two-rivers".parse().unwrap(),
        clause: "exhibit-b-2".parse().unwrap(),
        from: from.parse().unwrap(),
        until: None,
        weekly_minutes: Minutes(hours * 60),
        windows: vec![],
        known: known(),
    }
}

fn set(from: &str, hours: i64) -> Event {
    Event::CoverageSet {
        town: "barlow".parse().unwrap(),
        agreement: "two-rivers".parse().unwrap(),
        clause: "exhibit-b-2".parse().unwrap(),
        from: from.parse().unwrap(),
        until: Some(date(2026, 12, 31)),
        weekly_minutes: Minutes(hours * 60),
        windows: vec![],
    }
}

#[test]
fn what_was_bought_ends_with_the_agreement() {
    given::<Town>([])
        .when(Command::SetCoverage(coverage("barlow", "2026-11-01", 20)))
        .then([set("2026-11-01", 20)]);
    let after = coverage("barlow", "2027-01-01", 20);
    given::<Town>([])
        .when(Command::SetCoverage(after))
        .then_refused("AGREEMENT_NOT_IN_FORCE");
}

#[test]
fn a_town_outside_the_agreement_bought_nothing_by_it() {
    given::<Town>([])
        .when(Command::SetCoverage(coverage("corbin", "2026-11-01", 20)))
        .then_refused("TOWN_NOT_IN_AGREEMENT");
}

#[test]
fn a_later_amount_ends_the_earlier_one_on_the_eve() {
    let past = [set("2026-10-01", 20), set("2026-11-15", 30)];
    let folded = given::<Town>(past);
    let bought = folded.state().bought();
    assert_eq!(bought[0].until, Some(date(2026, 11, 14)));
    assert_eq!(bought[1].until, Some(date(2026, 12, 31)));
}

#[test]
fn what_stands_already_needs_no_event() {
    given::<Town>([set("2026-11-01", 20)])
        .when(Command::SetCoverage(coverage("barlow", "2026-11-01", 20)))
        .then_nothing();
}

#[test]
fn a_way_leads_to_another_town_that_is_registered() {
    let way = |to: &str| {
        Command::SetTravel(SetTravel {
            town: "barlow".parse().unwrap(),
            to: to.parse().unwrap(),
            minutes: Minutes(20),
            on: date(2026, 11, 1),
            known: known(),
        })
    };
    given::<Town>([])
        .when(way("barlow"))
        .then_refused("SAME_TOWN");
    given::<Town>([])
        .when(way("nowhere"))
        .then_refused("TOWN_UNKNOWN");
    given::<Town>([])
        .when(way("corbin"))
        .then([Event::TravelSet {
            town: "barlow".parse().unwrap(),
            to: "corbin".parse().unwrap(),
            minutes: Minutes(20),
            on: date(2026, 11, 1),
        }]);
}

#[test]
fn a_pattern_that_is_not_there_cannot_be_removed() {
    let remove = Command::RemovePattern {
        pattern: "barlow-days".parse().unwrap(),
        on: date(2026, 11, 1),
    };
    given::<Town>([])
        .when(remove)
        .then_refused("PATTERN_UNKNOWN");
}
