//! What no acceptance case reaches: calls, and the rarer kinds of requirement.

mod calls;

use serde_json::{Value, json};

use crate::samples::*;
use crate::{Answer, CredentialState, Known, Profile, Verdict, Why};

const EVERY_KEY: &str = include_str!("../../golden/profile.toml");

fn why(answer: &Answer) -> Vec<Why> {
    answer
        .missing()
        .map(|finding| finding.why.clone())
        .collect()
}

#[test]
fn another_towns_profile_answers_for_nobody() {
    let answer = finished().ask(&missouri("barlow", ""), &patrol("fenwick", "2026-06-01"));
    assert_eq!(
        why(&answer),
        [Why::OtherTownsProfile {
            town: town("barlow")
        }]
    );
}

/// A profile whose one duty takes one requirement of the golden one.
fn only(requirement: &str) -> Profile {
    let requires = "requires = [\"core\", \"tool\", \"refresher\", \"field\"]";
    parsed(&EVERY_KEY.replace(requires, &format!("requires = [\"{requirement}\"]")))
}

fn verdicts(requirement: &str, facts: &[Value], days: &[&str]) -> Vec<Verdict> {
    let mut log = Log::default();
    for fact in facts {
        log.learn("2026-01-01", fact.clone());
    }
    let profile = only(requirement);
    let asked = days
        .iter()
        .map(|on| log.ask(&profile, &patrol("barlow", on)).verdict);
    asked.collect()
}

#[test]
fn hours_within_a_year_come_and_go_with_the_sessions() {
    let session = |on: &str, minutes: i64| {
        json!({"kind": "outcome_issued", "course": "refresher", "started": on, "on": on,
               "outcome": "completion", "minutes": minutes})
    };
    let sessions = [session("2026-01-10", 720), session("2026-06-10", 720)];
    let days = ["2026-06-09", "2026-06-10", "2027-01-10", "2027-01-11"];
    let (yes, no) = (Verdict::Yes, Verdict::No);
    assert_eq!(verdicts("continuing", &sessions, &days), [no, yes, yes, no]);
}

#[test]
fn time_served_adds_up_from_day_to_day() {
    let served = |on: &str, minutes: i64| json!({"kind": "supervised", "service": "ride-along", "on": on, "minutes": minutes});
    let days = [served("2026-01-10", 1200), served("2026-02-10", 1200)];
    let (yes, no) = (Verdict::Yes, Verdict::No);
    assert_eq!(
        verdicts("ride-along", &days, &["2026-02-09", "2026-02-10"]),
        [no, yes]
    );
}

#[test]
fn grace_to_work_is_not_the_late_window() {
    let licence = json!({"kind": "credential_granted", "id": "c1", "credential": "licence",
        "issuer": "board", "issued": "2026-01-01", "from": "2026-01-01", "until": "2026-06-30"});
    let days = ["2026-06-30", "2026-07-10", "2026-07-11"];
    let (yes, no) = (Verdict::Yes, Verdict::No);
    assert_eq!(
        verdicts("licence", std::slice::from_ref(&licence), &days),
        [yes, yes, no]
    );
    let mut log = Log::default();
    log.learn("2026-01-01", licence);
    let answer = log.ask(&only("licence"), &patrol("barlow", "2026-07-11"));
    let late = CredentialState::Late {
        expired: day("2026-06-30"),
        renewable_until: day("2026-12-30"),
    };
    let why = &answer.finding("licence").unwrap().why;
    assert!(
        matches!(why, Why::Credential { state, .. } if *state == late),
        "{why:?}"
    );
}

#[test]
fn an_ending_is_told_with_the_days_on_which_it_can_be_renewed() {
    let mut log = Log::default();
    let licence = json!({"kind": "credential_granted", "id": "c1", "credential": "licence",
        "issuer": "board", "issued": "2026-01-01", "from": "2026-01-01", "until": "2026-06-30"});
    log.learn("2026-01-01", licence);
    let (profile, asked) = (only("licence"), patrol("barlow", "2026-05-01"));
    let within =
        |to: &str| crate::expiring(&profile, &asked, &log.evidence(), &Known::Now, day(to));
    assert!(within("2026-07-09").is_empty());
    let found = within("2026-07-10");
    assert_eq!(
        found[0].until,
        day("2026-07-10"),
        "the last day of grace to work"
    );
    let renewal = found[0].renewal.clone().unwrap();
    let days = (renewal.opens, renewal.until);
    assert_eq!(days, (Some(day("2026-03-30")), Some(day("2026-12-30"))));
}

#[test]
fn a_credential_of_another_issuer_does_not_count() {
    let licence = |issuer: &str| {
        [
            json!({"kind": "credential_granted", "id": "c1", "credential": "licence",
            "issuer": issuer, "issued": "2026-01-01", "from": "2026-01-01"}),
        ]
    };
    let asked = ["2026-02-01"];
    assert_eq!(
        verdicts("licence", &licence("state-board"), &asked),
        [Verdict::Yes]
    );
    assert_eq!(
        verdicts("licence", &licence("mail-order"), &asked),
        [Verdict::No]
    );
}

#[test]
fn a_retake_on_the_day_of_a_fail_counts_and_a_later_fail_ends_it() {
    let shot = |on: &str, passed: bool| json!({"kind": "assessed", "qualification": "baton", "on": on, "passed": passed});
    let facts = [
        shot("2026-01-10", false),
        shot("2026-01-10", true),
        shot("2026-03-01", false),
    ];
    let days = ["2026-01-10", "2026-02-28", "2026-03-01"];
    let (yes, no) = (Verdict::Yes, Verdict::No);
    assert_eq!(verdicts("baton", &facts, &days), [yes, yes, no]);
}

#[test]
fn what_was_voided_by_mistake_counts_again() {
    let void = |seq: u64| json!({"kind": "voided", "record": {"log": "training", "seq": seq}});
    let facts = [passed("baton", "2026-01-10"), void(1), void(2)];
    let asked = ["2026-02-01"];
    assert_eq!(verdicts("baton", &facts[..2], &asked), [Verdict::No]);
    assert_eq!(verdicts("baton", &facts, &asked), [Verdict::Yes]);
}

#[test]
fn one_of_a_set_is_enough_and_all_of_a_set_is_told_one_by_one() {
    let baton = [passed("baton", "2026-01-10")];
    assert_eq!(verdicts("tool", &baton, &["2026-02-01"]), [Verdict::Yes]);
    let mut log = Log::default();
    log.learn(
        "2026-01-10",
        json!({"kind": "age_proved", "years": 21, "on": "2026-01-10"}),
    );
    let answer = log.ask(&only("armed"), &patrol("barlow", "2026-02-01"));
    let missing = answer.missing().filter_map(|f| f.requirement.as_ref());
    let missing: Vec<_> = missing.map(crate::Name::as_str).collect();
    assert_eq!(missing, ["licence", "pistol"]);
    let answer = log.ask(&only("tool"), &patrol("barlow", "2026-02-01"));
    assert_eq!(
        why(&answer),
        [Why::NoneOf {
            of: vec![name("baton"), name("armed")]
        }]
    );
}

#[test]
fn a_course_begun_before_its_check_does_not_count() {
    let check = json!({"kind": "checked", "check": "background", "on": "2026-01-10",
                       "passed": true});
    let mut log = Log::default();
    log.learn("2026-01-10", check);
    log.learn(
        "2026-01-15",
        outcome("core", "2026-01-15", "completion_and_proficiency"),
    );
    let answer = log.ask(&only("core"), &patrol("barlow", "2026-02-01"));
    let begun = Why::BegunBefore {
        first: name("background"),
        begun: day("2026-01-05"),
    };
    assert_eq!(why(&answer), [begun]);
}

#[test]
fn too_few_hours_are_told_with_the_hours_that_are_needed() {
    let mut short = outcome("core", "2026-01-15", "participation");
    short["minutes"] = json!(4_200);
    let mut log = Log::default();
    log.learn("2026-01-15", short);
    let answer = log.ask(&only("core-attended"), &patrol("barlow", "2026-02-01"));
    let told = answer.finding("core-attended").unwrap().sentence();
    let expected = "Core classes, attended: missing: 70:00 of 79:00 hours [training 1].";
    assert_eq!(told, expected);
}

#[test]
fn whoever_was_removed_begins_again() {
    let removed = json!({"kind": "removed", "course": "first-aid", "on": "2026-03-01"});
    let facts = [
        outcome("first-aid", "2026-01-15", "completion"),
        removed,
        outcome("first-aid", "2026-05-01", "completion"),
    ];
    let (yes, no) = (Verdict::Yes, Verdict::No);
    let days = ["2026-02-28", "2026-03-01", "2026-05-01"];
    assert_eq!(verdicts("first-aid", &facts, &days), [yes, no, yes]);
}

#[test]
fn a_permit_bound_to_a_town_or_a_weapon_is_good_for_no_other() {
    let mut log = finished();
    let mut bound = permit("cso-114.c2", "2027-03-02", "2030-01-01");
    bound["towns"] = json!(["barlow"]);
    bound["weapon"] = json!({"model": "model-x"});
    log.learn("2027-03-02", bound);
    let armed = "[equipment.handgun]\ncarry = [\"open\"]";
    let asked = |town: &str, weapon: &str| {
        let question = patrol(town, "2028-01-01").with("handgun", Some(model(weapon)));
        log.ask(&missouri(town, armed), &question).verdict
    };
    assert_eq!(asked("barlow", "model-x"), Verdict::Yes);
    assert_eq!(asked("barlow", "model-y"), Verdict::No);
    assert_eq!(asked("fenwick", "model-x"), Verdict::No);
}

#[test]
fn a_piece_is_not_another_of_its_model() {
    let shot = json!({"kind": "assessed", "qualification": "rifle", "on": "2026-01-10",
        "passed": true, "weapon": {"model": "model-x", "serial": "w-17"}});
    let mut log = Log::default();
    log.learn("2026-01-10", shot);
    let text = EVERY_KEY.replace("requires = [\"armed\"]", "requires = [\"rifle\"]");
    let profile = parsed(&text).ceiling();
    let asked = |serial: &str| {
        let piece = crate::Weapon {
            serial: Some(serial.parse().unwrap()),
            ..model("model-x")
        };
        let question = on_duty("barlow", "with-trainer", "2026-02-01");
        log.ask(&profile, &question.with("handgun", Some(piece)))
            .verdict
    };
    assert_eq!((asked("w-17"), asked("w-18")), (Verdict::Yes, Verdict::No));
}

#[test]
fn the_matrix_names_for_every_task_the_training_it_takes() {
    let matrix = crate::matrix(&missouri("barlow", "[equipment.handgun]\ncarried = false"));
    let requirements: Vec<_> = matrix
        .requirements
        .iter()
        .map(crate::Name::as_str)
        .collect();
    assert_eq!(requirements[..2], ["background", "core"]);
    assert!(!requirements.contains(&"ccw"), "no handgun, no permit");
    let baton = matrix
        .tasks
        .iter()
        .find(|task| task.title == "Baton")
        .unwrap();
    let taken = requirements
        .iter()
        .zip(&baton.takes)
        .filter(|(_, takes)| **takes);
    let taken: Vec<_> = taken.map(|(id, _)| *id).collect();
    assert_eq!(taken, ["core", "baton"]);
}

#[test]
fn a_waiver_for_one_town_holds_in_no_other_and_ends_when_it_is_ended() {
    let mut log = finished();
    let waiver = json!({"kind": "waiver_granted", "id": "cso-114.w1", "requirement": "refresher",
        "from": "2027-01-20", "until": "2027-03-20", "signer": "director-1",
        "towns": ["carver"]});
    log.learn("2027-01-20", waiver);
    let ended = json!({"kind": "waiver_ended", "id": "cso-114.w1", "on": "2027-02-10"});
    let asked = |log: &Log, town: &str, on: &str| {
        let strict = missouri(town, "mandatory = [\"refresher\"]");
        log.ask(&strict, &patrol(town, on)).verdict
    };
    assert_eq!(asked(&log, "carver", "2027-02-10"), Verdict::YesWithWaiver);
    assert_eq!(asked(&log, "barlow", "2027-02-10"), Verdict::No);
    log.learn("2027-02-09", ended);
    assert_eq!(asked(&log, "carver", "2027-02-09"), Verdict::YesWithWaiver);
    assert_eq!(asked(&log, "carver", "2027-02-10"), Verdict::No);
}

/// The golden profile with pieces replaced.
fn changed(pieces: &[(&str, &str)]) -> Profile {
    let replace = |text: String, (from, to): &(&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    parsed(&pieces.iter().fold(EVERY_KEY.to_owned(), replace))
}

const PATROL: &str = "requires = [\"core\", \"tool\", \"refresher\", \"field\"]";

#[test]
fn a_set_begun_too_soon_is_told_itself_where_its_members_are_met() {
    let profile = changed(&[
        (PATROL, "requires = [\"armed\"]"),
        (
            "of = [\"age\", \"licence\", \"pistol\"]",
            "of = [\"age\", \"baton\"]",
        ),
        (
            "id = \"armed\"\n",
            "id = \"armed\"\nafter = [\"first-aid\"]\n",
        ),
    ]);
    let mut log = Log::default();
    log.learn(
        "2026-01-10",
        json!({"kind": "age_proved", "years": 21, "on": "2026-01-10"}),
    );
    log.learn("2026-01-10", passed("baton", "2026-01-10"));
    let answer = log.ask(&profile, &patrol("barlow", "2026-02-01"));
    let begun = Why::BegunBefore {
        first: name("first-aid"),
        begun: day("2026-01-10"),
    };
    assert_eq!(why(&answer), [begun]);
}

#[test]
fn what_is_optional_here_and_needed_there_is_told_as_needed() {
    let profile = changed(&[
        (PATROL, "requires = [\"armed\"]"),
        ("id = \"armed\"\n", "id = \"armed\"\nmandatory = false\n"),
        (
            "title = \"Cones\"\n",
            "title = \"Cones\"\nrequires = [\"age\"]\n",
        ),
    ]);
    let question = patrol("barlow", "2026-02-01").with("cones", None);
    let answer = Log::default().ask(&profile, &question);
    assert_eq!(answer.verdict, Verdict::No);
    let missing = answer.missing().filter_map(|f| f.requirement.as_ref());
    assert_eq!(
        missing.map(crate::Name::as_str).collect::<Vec<_>>(),
        ["age"]
    );
}

#[test]
fn the_last_phase_is_wanted_by_complete_field_training_alone() {
    let sign = |phase: &str, on: &str| {
        json!({"kind": "phase_signed_off", "training": "field", "phase": phase, "started": on,
               "on": on, "trainer": "fto-3"})
    };
    let facts = [sign("I", "2026-03-13"), sign("II", "2026-03-27")];
    let text = "stage = \"complete\"\n\n[[requirement.phase]]\nname = \"I\"\n";
    let both = format!("{text}\n[[requirement.phase]]\nname = \"II\"\ndeployable = true\n");
    let profile = changed(&[(text, &both), (PATROL, "requires = [\"field-complete\"]")]);
    let mut log = Log::default();
    log.learn("2026-03-13", facts[0].clone());
    let answer = log.ask(&profile, &patrol("barlow", "2026-03-27"));
    assert_eq!(
        why(&answer),
        [Why::PhasesOpen {
            phases: vec!["II".to_owned()]
        }]
    );
    log.learn("2026-03-27", facts[1].clone());
    let answer = log.ask(&profile, &patrol("barlow", "2026-03-27"));
    assert_eq!(answer.verdict, Verdict::Yes);
    let (yes, no) = (Verdict::Yes, Verdict::No);
    assert_eq!(
        verdicts("field", &facts, &["2026-03-12", "2026-03-13"]),
        [no, yes]
    );
}

#[test]
fn a_qualification_that_names_no_weapon_is_none_for_the_weapon_that_is_carried() {
    let profile = changed(&[("requires = [\"armed\"]", "requires = [\"pistol\"]")]).ceiling();
    let mut log = Log::default();
    log.learn("2026-01-10", passed("pistol", "2026-01-10"));
    let asked = |weapon| {
        let question = on_duty("barlow", "with-trainer", "2026-02-01");
        log.ask(&profile, &question.with("handgun", weapon))
    };
    let carried = model("model-x");
    let other = Why::OtherWeapon {
        qualified_with: None,
        carried: carried.clone(),
    };
    assert_eq!(why(&asked(Some(carried))), [other]);
    assert_eq!(
        asked(None).verdict,
        Verdict::Yes,
        "which weapon was not asked"
    );
}
