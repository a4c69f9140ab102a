use std::collections::BTreeSet;

use eventlog::Refuse;
use eventlog::testing::given;
use jiff::civil::{Date, date};
use vocabulary::TownId;

use super::{Agreement, Command, Draft, End, Event, ProposeTerms, SignTerms, WithdrawTerms};

mod signing;

const TODAY: Date = date(2026, 9, 7);
const OCTOBER: Date = date(2026, 10, 1);
const JANUARY: Date = date(2027, 1, 1);
const YEAR_END: Date = date(2026, 12, 31);

const TERMS: &str = r#"grammar = 1
agreement = "three-rivers"
towns = ["barlow", "milford"]

[rounding]
order = ["barlow", "milford", "provider"]
"#;

fn towns(ids: &[&str]) -> Vec<TownId> {
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

fn draft() -> Draft {
    Draft {
        agreement: "three-rivers".parse().unwrap(),
        name: "Three Rivers Community Safety".parse().unwrap(),
        zone: "America/Chicago".parse().unwrap(),
        towns: towns(&["milford", "barlow"]),
        starts_on: OCTOBER,
        ends_on: None,
        on: TODAY,
        registered: towns(&["barlow", "milford", "fenwick"])
            .into_iter()
            .collect(),
    }
}

fn drafted_until(ends_on: Option<Date>) -> Event {
    Event::Drafted {
        agreement: "three-rivers".parse().unwrap(),
        name: "Three Rivers Community Safety".parse().unwrap(),
        zone: "America/Chicago".parse().unwrap(),
        towns: towns(&["milford", "barlow"]),
        starts_on: OCTOBER,
        ends_on,
        on: TODAY,
    }
}

fn drafted() -> Event {
    drafted_until(None)
}

fn propose(effective_from: Date, toml: &str) -> Command {
    let agreement = "three-rivers".parse().unwrap();
    Command::ProposeTerms(ProposeTerms {
        agreement,
        effective_from,
        toml: toml.to_owned(),
        on: TODAY,
    })
}

fn proposed(version: u32, effective_from: Date) -> Event {
    Event::TermsProposed {
        version,
        effective_from,
        toml: TERMS.to_owned(),
        on: TODAY,
    }
}

fn withdraw(version: u32) -> Command {
    let agreement = "three-rivers".parse().unwrap();
    Command::WithdrawTerms(WithdrawTerms {
        agreement,
        version,
        on: TODAY,
    })
}

fn sign(version: u32, party: &str) -> Command {
    Command::SignTerms(SignTerms {
        agreement: "three-rivers".parse().unwrap(),
        version,
        party: party.parse().unwrap(),
        on: TODAY,
        today: TODAY,
    })
}

fn signed(version: u32, party: &str) -> Event {
    Event::TermsSigned {
        version,
        party: party.parse().unwrap(),
        on: TODAY,
    }
}

fn end(on: Date) -> Command {
    let agreement = "three-rivers".parse().unwrap();
    Command::End(End {
        agreement,
        on,
        assigned_beyond: BTreeSet::new(),
    })
}

/// Proposed and signed by everyone.
fn agreed(version: u32, effective_from: Date) -> Vec<Event> {
    let last = match version {
        1 => Event::BroughtIntoForce { version, on: TODAY },
        _ => Event::Amended { version, on: TODAY },
    };
    vec![
        proposed(version, effective_from),
        signed(version, "barlow"),
        signed(version, "milford"),
        signed(version, "provider"),
        last,
    ]
}

fn in_force() -> Vec<Event> {
    [vec![drafted()], agreed(1, OCTOBER)].concat()
}

#[test]
fn an_agreement_is_drafted_among_registered_towns() {
    given::<Agreement>([])
        .when(Command::Draft(draft()))
        .then([drafted()]);
}

#[test]
fn an_id_is_drafted_once() {
    given::<Agreement>([drafted()])
        .when(Command::Draft(draft()))
        .then_refused("AGREEMENT_ALREADY_DRAFTED");
}

#[test]
fn an_agreement_without_towns_is_refused() {
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            towns: vec![],
            ..draft()
        }))
        .then_refused("AGREEMENT_WITHOUT_TOWNS");
}

#[test]
fn a_town_named_twice_is_refused() {
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            towns: towns(&["barlow", "barlow"]),
            ..draft()
        }))
        .then_refused("TOWN_NAMED_TWICE");
}

#[test]
fn towns_that_are_not_registered_are_refused_and_named() {
    let refusal = given::<Agreement>([])
        .when(Command::Draft(Draft {
            towns: towns(&["oakham", "barlow", "ashford"]),
            ..draft()
        }))
        .then_refused("TOWN_UNKNOWN");
    assert_eq!(
        refusal.to_string(),
        "Not registered: ashford, oakham. Register each town first."
    );
    assert_eq!(refusal.violations()[0].field, "towns");
}

#[test]
fn an_agreement_starts_on_the_first_of_a_month_and_ends_on_the_last_of_one() {
    let starts_on = date(2026, 10, 15);
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            starts_on,
            ..draft()
        }))
        .then_refused("NOT_FIRST_OF_MONTH");
    let mid_month = Some(date(2026, 12, 15));
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            ends_on: mid_month,
            ..draft()
        }))
        .then_refused("NOT_LAST_OF_MONTH");
    let before = Some(date(2026, 9, 30));
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            ends_on: before,
            ..draft()
        }))
        .then_refused("ENDS_BEFORE_IT_STARTS");
    given::<Agreement>([])
        .when(Command::Draft(Draft {
            ends_on: Some(YEAR_END),
            ..draft()
        }))
        .then([drafted_until(Some(YEAR_END))]);
}

#[test]
fn an_agreement_that_nobody_drafted_is_refused_everything() {
    let commands = [
        propose(OCTOBER, TERMS),
        withdraw(1),
        sign(1, "barlow"),
        end(YEAR_END),
    ];
    for command in commands {
        let refusal = given::<Agreement>([])
            .when(command)
            .then_refused("AGREEMENT_UNKNOWN");
        assert!(refusal.to_string().contains("three-rivers"), "{refusal}");
    }
}

#[test]
fn terms_are_proposed_under_the_next_version() {
    given::<Agreement>([drafted()])
        .when(propose(OCTOBER, TERMS))
        .then([proposed(1, OCTOBER)]);
    given::<Agreement>(in_force())
        .when(propose(JANUARY, TERMS))
        .then([proposed(2, JANUARY)]);
}

#[test]
fn one_proposal_is_before_the_parties_at_a_time() {
    let refusal = given::<Agreement>([drafted(), proposed(1, OCTOBER)])
        .when(propose(OCTOBER, TERMS))
        .then_refused("PROPOSAL_PENDING");
    assert!(refusal.to_string().contains("Version 1"), "{refusal}");
}

#[test]
fn a_withdrawn_proposal_makes_room_for_the_next_and_keeps_its_number() {
    let withdrawn = Event::TermsWithdrawn {
        version: 1,
        on: TODAY,
    };
    given::<Agreement>([drafted(), proposed(1, OCTOBER), signed(1, "barlow")])
        .when(withdraw(1))
        .then([withdrawn.clone()]);
    given::<Agreement>([drafted(), proposed(1, OCTOBER), withdrawn])
        .when(propose(OCTOBER, TERMS))
        .then([proposed(2, OCTOBER)]);
}

#[test]
fn terms_that_do_not_hold_from_the_first_of_a_month_are_refused() {
    given::<Agreement>(in_force())
        .when(propose(date(2027, 1, 15), TERMS))
        .then_refused("NOT_FIRST_OF_MONTH");
}

#[test]
fn terms_from_before_the_agreement_are_refused() {
    given::<Agreement>([drafted()])
        .when(propose(date(2026, 9, 1), TERMS))
        .then_refused("TERMS_BEFORE_THE_START");
}

#[test]
fn the_first_terms_leave_no_month_without() {
    given::<Agreement>([drafted()])
        .when(propose(date(2026, 11, 1), TERMS))
        .then_refused("FIRST_TERMS_NOT_FROM_THE_START");
}

#[test]
fn terms_from_after_the_last_day_are_refused() {
    let events = [vec![drafted_until(Some(YEAR_END))], agreed(1, OCTOBER)].concat();
    given::<Agreement>(events)
        .when(propose(JANUARY, TERMS))
        .then_refused("TERMS_AFTER_THE_END");
    let events = [in_force(), vec![Event::Ended { on: YEAR_END }]].concat();
    given::<Agreement>(events)
        .when(propose(JANUARY, TERMS))
        .then_refused("TERMS_AFTER_THE_END");
}

#[test]
fn two_versions_never_hold_from_one_day() {
    let refusal = given::<Agreement>(in_force())
        .when(propose(OCTOBER, TERMS))
        .then_refused("TERMS_DAY_TAKEN");
    assert!(
        refusal
            .to_string()
            .contains("Version 1 holds from 2026-10-01"),
        "{refusal}"
    );
}

#[test]
fn a_document_that_can_not_be_run_is_refused_with_every_problem_at_its_line() {
    let toml = TERMS
        .replace("grammar = 1", "grammar = 1\nsurprise = \"yes\"")
        .replace("\"provider\"]", "\"oakham\"]");
    let refusal = given::<Agreement>([drafted()])
        .when(propose(OCTOBER, &toml))
        .then_refused("TERMS_INVALID");
    let violations = refusal.violations();
    assert!(violations.len() >= 2, "{violations:?}");
    assert!(violations.iter().all(|v| v.field == "toml"));
    assert!(
        violations
            .iter()
            .any(|v| v.description.starts_with("line 2, column 1")),
        "{violations:?}"
    );
}

#[test]
fn terms_of_another_agreement_are_refused() {
    let toml = TERMS.replace("three-rivers", "two-hills");
    given::<Agreement>([drafted()])
        .when(propose(OCTOBER, &toml))
        .then_refused("TERMS_OF_ANOTHER_AGREEMENT");
}

#[test]
fn terms_among_other_towns_are_refused_and_the_difference_named() {
    let toml = TERMS.replace("milford", "fenwick");
    let refusal = given::<Agreement>([drafted()])
        .when(propose(OCTOBER, &toml))
        .then_refused("TERMS_AMONG_OTHER_TOWNS");
    assert_eq!(
        refusal.to_string(),
        "The terms are not among the agreement's towns: they leave out milford and add fenwick."
    );
}

#[test]
fn an_agreement_in_force_gets_its_last_day() {
    given::<Agreement>(in_force())
        .when(end(YEAR_END))
        .then([Event::Ended { on: YEAR_END }]);
}

#[test]
fn ending_an_agreement_withdraws_what_is_before_the_parties() {
    given::<Agreement>([in_force(), vec![proposed(2, JANUARY)]].concat())
        .when(end(YEAR_END))
        .then([
            Event::TermsWithdrawn {
                version: 2,
                on: YEAR_END,
            },
            Event::Ended { on: YEAR_END },
        ]);
}

#[test]
fn an_agreement_that_somebody_has_not_signed_can_not_end() {
    given::<Agreement>([drafted(), proposed(1, OCTOBER)])
        .when(end(YEAR_END))
        .then_refused("AGREEMENT_NOT_IN_FORCE");
}

#[test]
fn an_agreement_ends_once() {
    given::<Agreement>([in_force(), vec![Event::Ended { on: YEAR_END }]].concat())
        .when(end(YEAR_END))
        .then_refused("AGREEMENT_ALREADY_ENDED");
}

#[test]
fn an_agreement_ends_on_the_last_of_a_month_that_it_saw() {
    given::<Agreement>(in_force())
        .when(end(date(2026, 12, 15)))
        .then_refused("NOT_LAST_OF_MONTH");
    given::<Agreement>(in_force())
        .when(end(date(2026, 9, 30)))
        .then_refused("ENDS_BEFORE_IT_STARTS");
}

#[test]
fn ending_an_agreement_does_not_prolong_it() {
    let events = [vec![drafted_until(Some(YEAR_END))], agreed(1, OCTOBER)].concat();
    given::<Agreement>(events.clone())
        .when(end(date(2027, 1, 31)))
        .then_refused("AGREEMENT_ENDS_EARLIER");
    given::<Agreement>(events)
        .when(end(date(2026, 11, 30)))
        .then([Event::Ended {
            on: date(2026, 11, 30),
        }]);
}

#[test]
fn an_agreement_does_not_end_under_officers_who_are_assigned_to_it() {
    let agreement = "three-rivers".parse().unwrap();
    let assigned_beyond = BTreeSet::from(["cso-114".parse().unwrap()]);
    let refusal = given::<Agreement>(in_force())
        .when(Command::End(End {
            agreement,
            on: YEAR_END,
            assigned_beyond,
        }))
        .then_refused("OFFICERS_STILL_ASSIGNED");
    assert!(refusal.to_string().contains("cso-114"), "{refusal}");
}
