use eligibility::Length;

use super::*;

fn notice(today: &str) -> Command {
    Command {
        officer: "cso-114".parse().unwrap(),
        known: Known::of_the_calendar(day(today)),
        act: Act::Notice {
            credential: "cso-114.c1".parse().unwrap(),
            opens: Some(Length::Months(3)),
        },
    }
}

fn first() -> Event {
    granted("cso-114.c1", "2026-01-20", "2027-03-01")
}

fn opened() -> Event {
    Event::RenewalWindowOpened {
        officer: "cso-114".parse().unwrap(),
        credential: "cso-114.c1".parse().unwrap(),
        opens: day("2026-12-01"),
        until: day("2027-03-01"),
    }
}

fn lapsed() -> Event {
    Event::CredentialLapsed {
        officer: "cso-114".parse().unwrap(),
        credential: "cso-114.c1".parse().unwrap(),
        kind: "mo-ccw".parse().unwrap(),
        until: day("2027-03-01"),
    }
}

#[test]
fn a_window_opens_once_and_nobody_else_is_told() {
    past([first()]).when(notice("2026-11-30")).then_nothing();
    past([first()]).when(notice("2026-12-01")).then([opened()]);
    let facts = past([first()]).when(notice("2026-12-05")).facts();
    assert!(facts.is_empty());
    past([first(), opened()])
        .when(notice("2026-12-02"))
        .then_nothing();
}

#[test]
fn a_credential_lapses_once_on_the_day_after_its_last() {
    past([first()]).when(notice("2027-03-01")).then([opened()]);
    let facts = past([first()]).when(notice("2027-03-02")).facts();
    let kinds: Vec<_> = facts.iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, ["CredentialLapsed"]);
    // Days later, after an outage, it is still told.
    past([first()]).when(notice("2027-03-20")).then([lapsed()]);
    past([first(), lapsed()])
        .when(notice("2027-03-21"))
        .then_nothing();
}

#[test]
fn what_was_renewed_without_a_gap_does_not_lapse() {
    let next = |from| granted("cso-114.c2", from, "2032-03-01");
    past([first(), next("2027-03-02")])
        .when(notice("2027-03-02"))
        .then_nothing();
    past([first(), next("2026-12-15")])
        .when(notice("2027-03-02"))
        .then_nothing();
    // A day between is a day without.
    past([first(), next("2027-03-03")])
        .when(notice("2027-03-02"))
        .then([lapsed()]);
    // One for another town renews nothing.
    let mut elsewhere = permit("cso-114.c2", "2027-03-02", "2032-03-01");
    elsewhere["towns"] = serde_json::json!(["barlow"]);
    past([first(), recorded(elsewhere)])
        .when(notice("2027-03-02"))
        .then([lapsed()]);
}

#[test]
fn what_was_revoked_before_its_end_does_not_lapse_and_what_is_suspended_does() {
    let revoked = serde_json::json!({"kind": "credential_revoked", "id": "cso-114.c1",
        "from": "2026-07-01"});
    past([first(), recorded(revoked)])
        .when(notice("2027-03-02"))
        .then_nothing();
    past([first(), suspended("cso-114.c1", "2026-07-01")])
        .when(notice("2027-03-02"))
        .then([lapsed()]);
}

#[test]
fn what_is_over_when_it_is_recorded_is_told_as_over_at_once() {
    let over = Event::CredentialLapsed {
        officer: "cso-114".parse().unwrap(),
        credential: "cso-114.c1".parse().unwrap(),
        kind: "mo-ccw".parse().unwrap(),
        until: day("2026-01-19"),
    };
    past([])
        .when(act(grant("2021-01-20", "2026-01-19")))
        .then([granted("cso-114.c1", "2021-01-20", "2026-01-19"), over]);
}

#[test]
fn the_calendar_knows_nothing_of_credentials_that_are_not_there() {
    past([]).when(notice("2027-03-02")).then_nothing();
}
