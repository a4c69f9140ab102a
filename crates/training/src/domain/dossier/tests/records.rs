use serde_json::json;

use super::*;

fn turn(id: &str, from: &str) -> (eligibility::RecordId, Date) {
    (id.parse().unwrap(), day(from))
}

fn suspend(id: &str, on: &str) -> Act {
    let (credential, from) = turn(id, on);
    Act::Suspend { credential, from }
}

fn reinstate(id: &str, on: &str) -> Act {
    let (credential, from) = turn(id, on);
    Act::Reinstate { credential, from }
}

fn revoke(id: &str, on: &str) -> Act {
    let (credential, from) = turn(id, on);
    Act::Revoke { credential, from }
}

fn waive(until: Option<&str>) -> Act {
    Act::Waive {
        requirement: "refresher".parse().unwrap(),
        from: day("2027-01-20"),
        until: until.map(day),
        signer: "director-1".parse().unwrap(),
        towns: vec!["barlow".parse().unwrap()],
    }
}

#[test]
fn what_was_checked_or_learnt_is_recorded_as_it_was_told() {
    let check =
        json!({"kind": "checked", "check": "background", "on": "2026-01-02", "passed": true});
    past([])
        .when(act(Act::Record(fact(check.clone()))))
        .then([recorded(check)]);
}

#[test]
fn nothing_is_recorded_of_somebody_whom_nobody_enrolled() {
    let mut command = act(grant("2026-01-20", "2031-01-19"));
    command.known.enrolled = false;
    past([]).when(command).then_refused("OFFICER_UNKNOWN");
}

#[test]
fn what_has_not_happened_yet_is_not_recorded() {
    let tomorrow =
        json!({"kind": "checked", "check": "background", "on": "2026-11-23", "passed": true});
    past([])
        .when(act(Act::Record(fact(tomorrow))))
        .then_refused("DATE_IN_FUTURE");
    past([])
        .when(act(grant("2026-11-23", "2031-01-19")))
        .then_refused("DATE_IN_FUTURE");
}

#[test]
fn what_no_record_may_say_is_refused_by_name() {
    let above = json!({"kind": "assessed", "qualification": "pistol", "on": "2026-01-15",
        "passed": true, "score": {"points": 21, "maximum": 20, "pass_mark": 15}});
    past([])
        .when(act(Act::Record(fact(above))))
        .then_refused("SCORE_ABOVE_MAXIMUM");
    let contradicted = json!({"kind": "assessed", "qualification": "pistol", "on": "2026-01-15",
        "passed": true, "score": {"points": 14, "maximum": 20, "pass_mark": 15}});
    past([])
        .when(act(Act::Record(fact(contradicted))))
        .then_refused("RESULT_CONTRADICTS_SCORE");
    let Act::Grant {
        kind,
        issuer,
        issued,
        until,
        ..
    } = grant("2026-01-20", "2031-01-19")
    else {
        unreachable!()
    };
    let early = Act::Grant {
        kind,
        issuer,
        issued,
        from: day("2026-01-19"),
        until,
        weapon: None,
        towns: vec![],
        rests_on: vec![],
        number: None,
    };
    past([])
        .when(act(early))
        .then_refused("VALID_BEFORE_ISSUED");
}

#[test]
fn credentials_are_numbered_and_the_same_is_not_granted_twice() {
    past([])
        .when(act(grant("2026-01-20", "2031-01-19")))
        .then([granted("cso-114.c1", "2026-01-20", "2031-01-19")]);
    let first = || granted("cso-114.c1", "2026-01-20", "2031-01-19");
    past([first()])
        .when(act(grant("2026-01-20", "2031-01-19")))
        .then_refused("CREDENTIAL_ALREADY_GRANTED");
    past([first()])
        .when(act(grant("2026-02-20", "2031-02-19")))
        .then([granted("cso-114.c2", "2026-02-20", "2031-02-19")]);
}

#[test]
fn a_credential_rests_on_records_of_the_same_officer() {
    let Act::Grant {
        kind,
        issuer,
        issued,
        from,
        until,
        ..
    } = grant("2026-01-20", "2031-01-19")
    else {
        unreachable!()
    };
    let resting = Act::Grant {
        kind,
        issuer,
        issued,
        from,
        until,
        weapon: None,
        towns: vec![],
        rests_on: vec![17],
        number: None,
    };
    past([])
        .when(act(resting.clone()))
        .then_refused("RECORD_UNKNOWN");
    let outcome = fact(
        json!({"kind": "outcome_issued", "course": "core", "started": "2026-01-05",
        "on": "2026-01-15", "outcome": "completion", "minutes": 4800}),
    );
    let mut rests = permit("cso-114.c1", "2026-01-20", "2031-01-19");
    rests["rests_on"] = json!([{"log": "training", "seq": 17}]);
    past([])
        .when(knowing(&[(17, outcome)], resting))
        .then([recorded(rests)]);
}

#[test]
fn a_credential_is_suspended_reinstated_and_revoked_each_in_its_turn() {
    let held = || granted("cso-114.c1", "2026-01-20", "2031-01-19");
    let id = "cso-114.c1";
    past([held()])
        .when(act(suspend(id, "2026-06-03")))
        .then([suspended(id, "2026-06-03")]);
    let out = || [held(), suspended(id, "2026-06-03")];
    past(out())
        .when(act(suspend(id, "2026-06-05")))
        .then_refused("CREDENTIAL_ALREADY_SUSPENDED");
    past([held()])
        .when(act(reinstate(id, "2026-06-05")))
        .then_refused("CREDENTIAL_NOT_SUSPENDED");
    // Before the suspension there is nothing to take back.
    past(out())
        .when(act(reinstate(id, "2026-06-02")))
        .then_refused("CREDENTIAL_NOT_SUSPENDED");
    let back = recorded(json!({"kind": "credential_reinstated", "id": id, "from": "2026-06-10"}));
    past(out())
        .when(act(reinstate(id, "2026-06-10")))
        .then([back]);
    let over = recorded(json!({"kind": "credential_revoked", "id": id, "from": "2026-07-01"}));
    past(out())
        .when(act(revoke(id, "2026-07-01")))
        .then([over.clone()]);
    for command in [
        suspend(id, "2026-08-01"),
        reinstate(id, "2026-08-01"),
        revoke(id, "2026-07-01"),
    ] {
        past([held(), over.clone()])
            .when(act(command))
            .then_refused("CREDENTIAL_REVOKED");
    }
    // An earlier day is learnt later: the revocation is brought forward.
    let sooner = recorded(json!({"kind": "credential_revoked", "id": id, "from": "2026-05-01"}));
    past([held(), over])
        .when(act(revoke(id, "2026-05-01")))
        .then([sooner]);
    past([held()])
        .when(act(suspend(id, "2031-01-20")))
        .then_refused("CREDENTIAL_OVER");
    past([])
        .when(act(revoke("cso-114.c9", "2026-07-01")))
        .then_refused("CREDENTIAL_UNKNOWN");
}

#[test]
fn a_waiver_has_an_end_a_known_requirement_and_known_towns() {
    past([])
        .when(act(waive(None)))
        .then_refused("WAIVER_WITHOUT_END");
    past([])
        .when(act(waive(Some("2027-01-19"))))
        .then_refused("ENDS_BEFORE_IT_BEGINS");
    let mut command = act(waive(Some("2027-03-20")));
    command.known.requirements.clear();
    past([]).when(command).then_refused("REQUIREMENT_UNKNOWN");
    let mut command = act(waive(Some("2027-03-20")));
    command.known.towns.clear();
    past([]).when(command).then_refused("TOWN_UNKNOWN");
    past([])
        .when(act(waive(Some("2027-03-20"))))
        .then([waiver()]);
}

fn waiver() -> Event {
    recorded(
        json!({"kind": "waiver_granted", "id": "cso-114.w1", "requirement": "refresher",
        "from": "2027-01-20", "until": "2027-03-20", "signer": "director-1", "towns": ["barlow"]}),
    )
}

#[test]
fn a_waiver_ends_early_once_and_within_its_days() {
    let end = |on: &str| {
        act(Act::EndWaiver {
            waiver: "cso-114.w1".parse().unwrap(),
            on: day(on),
        })
    };
    let ended =
        || recorded(json!({"kind": "waiver_ended", "id": "cso-114.w1", "on": "2027-02-01"}));
    past([waiver()]).when(end("2027-02-01")).then([ended()]);
    past([waiver()])
        .when(end("2027-03-21"))
        .then_refused("WAIVER_OVER");
    past([waiver()])
        .when(end("2027-01-19"))
        .then_refused("ENDS_BEFORE_IT_BEGINS");
    past([waiver(), ended()])
        .when(end("2027-02-02"))
        .then_refused("WAIVER_OVER");
    past([])
        .when(end("2027-02-01"))
        .then_refused("WAIVER_UNKNOWN");
}

#[test]
fn an_equivalence_satisfies_something_that_a_profile_asks_for() {
    let decide = |satisfies: &[&str], lacks: &[&str]| {
        let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
        act(Act::DecideEquivalence {
            foreign: "az-academy".parse().unwrap(),
            by: "director-1".parse().unwrap(),
            basis: "transcript".parse().unwrap(),
            satisfies: names(satisfies),
            lacks: names(lacks),
            from: day("2026-01-20"),
            until: None,
        })
    };
    let decided = json!({"kind": "equivalence_decided", "id": "cso-114.q1", "foreign": "az-academy",
        "by": "director-1", "basis": "transcript", "satisfies": ["core"], "lacks": ["pistol"],
        "from": "2026-01-20"});
    past([])
        .when(decide(&["core"], &["pistol"]))
        .then([recorded(decided)]);
    past([])
        .when(decide(&[], &["pistol"]))
        .then_refused("SATISFIES_NOTHING");
    past([])
        .when(decide(&["core"], &["core"]))
        .then_refused("BOTH_SATISFIED_AND_LACKING");
    past([])
        .when(decide(&["coer"], &[]))
        .then_refused("REQUIREMENT_UNKNOWN");
}

fn voided(record: u64, said: Fact) -> Event {
    Event::Voided {
        officer: "cso-114".parse().unwrap(),
        record: eligibility::Position {
            log: "training".to_owned(),
            seq: record,
        },
        said,
        on: TODAY,
    }
}

#[test]
fn a_record_is_voided_once_and_restored_once() {
    let id = "cso-114.c1";
    let (first, out) = (
        granted(id, "2026-01-20", "2031-01-19"),
        suspended(id, "2026-06-03"),
    );
    let said = fact(json!({"kind": "credential_suspended", "id": id, "from": "2026-06-03"}));
    let void = |record| Act::Void { record };
    past([first.clone(), out.clone()])
        .when(act(void(2)))
        .then_refused("RECORD_UNKNOWN");
    let past_two = || [first.clone(), out.clone()];
    let never = voided(2, said.clone());
    let state = past(past_two())
        .when(knowing(&[(2, said.clone())], void(2)))
        .then([never.clone()]);
    // It may be suspended again from the same day.
    let from = day("2026-06-03");
    assert_eq!(state.credentials[0].suspended(from), None);
    let past_three = || past_two().into_iter().chain([never.clone()]);
    past(past_three())
        .when(knowing(&[(2, said.clone())], void(2)))
        .then_refused("RECORD_ALREADY_VOIDED");
    let of_two = fact(json!({"kind": "voided", "record": {"log": "training", "seq": 2}}));
    let again = voided(3, of_two.clone());
    let state = past(past_three())
        .when(knowing(&[(3, of_two.clone())], void(3)))
        .then([again.clone()]);
    assert_eq!(state.credentials[0].suspended(from), Some(from));
    past(past_three().chain([again]))
        .when(knowing(&[(3, of_two)], void(3)))
        .then_refused("RECORD_ALREADY_VOIDED");
}

#[test]
fn a_voided_credential_takes_nothing_more_and_can_be_granted_anew() {
    let first = granted("cso-114.c1", "2026-01-20", "2031-01-19");
    let said = fact(permit("cso-114.c1", "2026-01-20", "2031-01-19"));
    let past_two = || [first.clone(), voided(1, said.clone())];
    past(past_two())
        .when(act(revoke("cso-114.c1", "2026-07-01")))
        .then_refused("CREDENTIAL_VOIDED");
    past(past_two())
        .when(act(grant("2026-01-20", "2031-01-19")))
        .then([granted("cso-114.c2", "2026-01-20", "2031-01-19")]);
}

#[test]
fn a_doubt_names_a_record_of_the_officer() {
    let question = || Act::Question {
        record: 17,
        because: "instructor-not-qualified".parse().unwrap(),
    };
    past([])
        .when(act(question()))
        .then_refused("RECORD_UNKNOWN");
    let said = fact(permit("cso-114.c1", "2026-01-20", "2031-01-19"));
    let facts = past([]).when(knowing(&[(17, said)], question())).facts();
    assert_eq!(facts[0].kind, "RecordQuestioned");
}
