//! The acceptance cases of training, each by its id.

use serde_json::json;

use crate::samples::*;
use crate::{
    Condition, CredentialState, Evidence, Fact, Known, Outcome, Programme, Standing, Taught,
    Verdict, Why, doubts, eligible, expiring, kit, stretches,
};

const ARMED: &str = "[equipment.handgun]\ncarry = [\"open\"]";

#[test]
fn t01_who_failed_the_baton_holds_participation_and_does_what_that_allows() {
    let mut log = Log::default();
    let check =
        json!({"kind": "checked", "check": "background", "on": "2026-01-02", "passed": true});
    log.learn("2026-01-02", check);
    log.learn("2026-01-15", outcome("core", "2026-01-15", "participation"));
    let failed = json!({"kind": "assessed", "qualification": "baton", "on": "2026-01-14",
                        "passed": false, "score": {"points": 5, "maximum": 10, "pass_mark": 8}});
    log.learn("2026-01-14", failed);
    let profile = missouri("barlow", "");

    let answer = log.ask(&profile, &patrol("barlow", "2026-02-01"));
    assert_eq!(answer.verdict, Verdict::No);
    let missing: Vec<_> = answer.missing().collect();
    assert_eq!(missing.len(), 1, "only the outcome: {missing:#?}");
    let below = Why::OutcomeBelow {
        outcome: Outcome::Participation,
        needed: Outcome::CompletionAndProficiency,
    };
    assert_eq!(missing[0].why, below);

    let beside = on_duty("barlow", "accompanied", "2026-02-01");
    let answer = log.ask(&profile, &beside);
    assert_eq!(answer.verdict, Verdict::Yes);
    assert!(answer.conditions.contains(&Condition::NotCounted));
    let answer = log.ask(&profile, &beside.with("baton", None));
    let failed = Why::Failed {
        on: day("2026-01-14"),
    };
    assert_eq!(answer.finding("baton").unwrap().why, failed);
}

#[test]
fn t02_proficiency_counts_from_the_day_it_is_reached_and_participation_stays_in_history() {
    let mut log = Log::default();
    let check =
        json!({"kind": "checked", "check": "background", "on": "2026-01-02", "passed": true});
    log.learn("2026-01-02", check);
    let participation = log.learn("2026-01-15", outcome("core", "2026-01-15", "participation"));
    log.learn("2026-02-14", passed("baton", "2026-02-14"));
    let day_40 = outcome("core", "2026-02-14", "completion_and_proficiency");
    let proficiency = log.learn("2026-02-14", day_40);
    let profile = missouri("barlow", "");

    let before = log.ask(&profile, &patrol("barlow", "2026-02-13"));
    assert_eq!(before.verdict, Verdict::No);
    assert_eq!(before.stays_until, Some(day("2026-02-13")));
    let answer = log.ask(&profile, &patrol("barlow", "2026-02-14"));
    assert_eq!(answer.verdict, Verdict::Yes);
    assert_eq!(answer.finding("core").unwrap().evidence, [proficiency]);
    let evidence = log.evidence();
    let history = evidence.of(&officer(114)).iter().map(|record| &record.at);
    assert!(history.into_iter().any(|at| *at == participation));
}

#[test]
fn t03_a_shift_over_two_towns_takes_the_stricter_belt_unless_the_firearm_is_stowed() {
    let log = finished();
    let (a, b) = ("barlow", "fenwick");
    let allows = missouri(a, ARMED);
    let forbids = missouri(b, "[equipment.handgun]\ncarried = false");
    let carried = |profile, town| {
        let question = patrol(town, "2026-06-01");
        let kit = kit(profile, &question, &log.evidence(), &Known::Now);
        let may = kit
            .into_iter()
            .filter(|(_, answer)| answer.verdict == Verdict::Yes);
        may.map(|(item, _)| item.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        carried(&allows, a),
        ["taser", "oc-spray", "baton", "handgun"]
    );
    assert_eq!(carried(&forbids, b), ["taser", "oc-spray", "baton"]);

    let armed = |town| patrol(town, "2026-06-01").with("handgun", None);
    let in_a = log.ask(&allows, &armed(a)).verdict;
    assert_eq!(in_a.min(log.ask(&forbids, &armed(b)).verdict), Verdict::No);
    let stowed = log.ask(&forbids, &armed(b).unarmed()).verdict;
    assert_eq!(in_a.min(stowed), Verdict::Yes);

    let undecided = log.ask(&missouri("oakhurst", ""), &armed("oakhurst"));
    let missing: Vec<_> = undecided.missing().map(|finding| &finding.why).collect();
    assert_eq!(missing, [&Why::TownHasNotDecided]);
}

#[test]
fn t04_the_day_after_the_permit_ends_the_officer_is_refused_armed_and_offered_unarmed() {
    let log = finished();
    let profile = missouri("barlow", ARMED);
    let armed = patrol("barlow", "2027-03-01").with("handgun", None);
    let last = log.ask(&profile, &armed);
    assert_eq!(last.verdict, Verdict::Yes);
    assert_eq!(last.stays_until, Some(day("2027-03-01")));

    let next = armed.clone().on(day("2027-03-02"));
    let answer = log.ask(&profile, &next);
    assert_eq!(answer.verdict, Verdict::No);
    let state = CredentialState::Late {
        expired: day("2027-03-01"),
        renewable_until: day("2027-09-01"),
    };
    let why = &answer.finding("ccw").unwrap().why;
    assert!(matches!(why, Why::Credential { state: found, .. } if *found == state));
    assert_eq!(log.ask(&profile, &next.unarmed()).verdict, Verdict::Yes);

    let asked = armed.on(day("2027-01-10"));
    let soon = expiring(
        &profile,
        &asked,
        &log.evidence(),
        &Known::Now,
        day("2027-03-11"),
    );
    let permit = soon.iter().find(|e| e.requirement == name("ccw")).unwrap();
    assert_eq!(permit.until, day("2027-03-01"));
    let renewal = permit.renewal.clone().unwrap();
    assert_eq!(renewal.until, Some(day("2027-09-01")));
}

#[test]
fn t05_a_late_renewal_never_fills_the_gap_behind_it() {
    let mut log = finished();
    log.learn(
        "2027-05-01",
        permit("cso-114.c2", "2027-05-01", "2032-04-30"),
    );
    let profile = missouri("barlow", ARMED);
    let armed = patrol("barlow", "2027-02-01").with("handgun", None);
    let evidence = log.evidence();
    let found = stretches(&profile, &armed, &evidence, &Known::Now, day("2027-12-31"));
    let verdicts: Vec<_> = found
        .iter()
        .map(|s| (s.from.to_string(), s.verdict))
        .collect();
    let expected = [
        ("2027-02-01".to_owned(), Verdict::Yes),
        ("2027-03-02".to_owned(), Verdict::No),
        ("2027-05-01".to_owned(), Verdict::Yes),
    ];
    assert_eq!(verdicts, expected);

    let backdated = json!({"kind": "credential_granted", "id": "cso-114.c3", "credential": "mo-ccw",
        "issuer": "clay-sheriff", "issued": "2027-05-01", "from": "2027-03-02"});
    let backdated: Fact = serde_json::from_value(backdated).unwrap();
    let refusal = backdated.check().unwrap_err().to_string();
    assert!(refusal.contains("before it was issued"), "{refusal}");
}

#[test]
fn t06_a_refresher_that_one_town_makes_mandatory_stops_nobody_elsewhere() {
    let log = finished();
    let strict = missouri("carver", "mandatory = [\"refresher\"]");
    let month_13 = "2027-02-01";
    let answer = log.ask(&strict, &patrol("carver", month_13));
    assert_eq!(answer.verdict, Verdict::No);
    let lapsed = Why::Lapsed {
        on: day("2027-01-15"),
    };
    assert_eq!(answer.finding("refresher").unwrap().why, lapsed);
    assert_eq!(
        log.ask(&strict, &patrol("carver", "2027-01-15")).verdict,
        Verdict::Yes
    );

    let answer = log.ask(&missouri("barlow", ""), &patrol("barlow", month_13));
    assert_eq!(answer.verdict, Verdict::Yes);
    let refresher = answer.finding("refresher").unwrap();
    assert_eq!(
        (refresher.standing, refresher.mandatory),
        (Standing::Missing, false)
    );
}

#[test]
fn t07_in_week_nine_of_field_training_the_officer_rides_along_and_is_not_counted() {
    let mut log = Log::default();
    let sign = |phase: &str, started: &str, on: &str| {
        json!({"kind": "phase_signed_off", "training": "field-training", "phase": phase,
               "started": started, "on": on, "trainer": "fto-3"})
    };
    log.learn("2026-01-11", sign("I", "2026-01-05", "2026-01-09"));
    log.learn("2026-02-08", sign("II", "2026-01-12", "2026-02-06"));
    log.learn("2026-02-15", sign("III", "2026-02-09", "2026-02-13"));
    let profile = profile("fremont-cso");
    let week_9 = "2026-03-02";
    let answer = log.ask(&profile, &patrol("fremont", week_9));
    assert_eq!(answer.verdict, Verdict::No);
    let open = Why::PhasesOpen {
        phases: vec!["IV".to_owned()],
    };
    assert_eq!(
        answer.finding("field-training-deployable").unwrap().why,
        open
    );
    let answer = log.ask(&profile, &on_duty("fremont", "with-trainer", week_9));
    assert_eq!(answer.verdict, Verdict::Yes);
    assert!(answer.conditions.contains(&Condition::NotCounted));

    log.learn("2026-03-16", sign("IV", "2026-02-16", "2026-03-13"));
    let week_11 = log.ask(&profile, &patrol("fremont", "2026-03-16"));
    assert_eq!(
        week_11.verdict,
        Verdict::Yes,
        "phase V is open, and deployable"
    );
}

#[test]
fn t08_a_qualification_with_one_weapon_is_none_with_another() {
    let mut log = finished();
    let shot = json!({"kind": "assessed", "qualification": "pistol", "on": "2026-02-01",
                      "passed": true, "weapon": {"model": "model-x"},
                      "score": {"points": 18, "maximum": 20, "pass_mark": 15}});
    log.learn("2026-02-01", shot);
    let clauses = format!("mandatory = [\"pistol-qualification\"]\n{ARMED}");
    let profile = missouri("barlow", &clauses);
    let armed = |weapon| patrol("barlow", "2026-06-01").with("handgun", Some(model(weapon)));
    assert_eq!(log.ask(&profile, &armed("model-x")).verdict, Verdict::Yes);
    let answer = log.ask(&profile, &armed("model-y"));
    assert_eq!(answer.verdict, Verdict::No);
    let other = Why::OtherWeapon {
        qualified_with: Some(model("model-x")),
        carried: model("model-y"),
    };
    assert_eq!(answer.finding("pistol-qualification").unwrap().why, other);
}

#[test]
fn t09_an_instructor_found_unqualified_puts_outcomes_in_doubt_and_takes_nothing_away() {
    let mut log = finished();
    let mut held = outcome("pistol", "2026-03-01", "completion_and_proficiency");
    held["session"] = json!("pistol.s4");
    let held = log.learn("2026-03-01", held);
    let mut card = permit("cso-114.c7", "2026-03-02", "2028-03-01");
    card["rests_on"] = json!([{"log": "training", "seq": held.seq}]);
    log.learn("2026-03-02", card);
    let instructor = json!({"kind": "credential_granted", "id": "ins-9.c1", "credential":
        "firearms-instructor", "issuer": "post", "issued": "2024-01-01", "from": "2024-01-01",
        "until": "2026-02-15"});
    log.learn_of(9, "2026-05-01", instructor);
    let taught = [Taught {
        at: held.clone(),
        session: "pistol.s4".parse().unwrap(),
        block: name("range"),
        on: day("2026-03-01"),
        instructor: officer(9),
        credential: name("firearms-instructor"),
    }];
    let found = doubts(&taught, &log.evidence(), &Known::Now);
    assert_eq!(
        found[0].state,
        Some(CredentialState::Expired {
            on: day("2026-02-15")
        })
    );
    assert_eq!(found[0].outcomes, [(officer(114), held.clone())]);
    assert_eq!(
        found[0].credentials,
        [(officer(114), "cso-114.c7".parse().unwrap())]
    );

    let because = "instructor-not-qualified";
    let doubt = json!({"kind": "questioned", "because": because,
                       "record": {"log": "training", "seq": 3}});
    log.learn("2026-05-02", doubt);
    let armed = patrol("barlow", "2026-02-20").with("handgun", None);
    let answer = log.ask(&missouri("barlow", ARMED), &armed);
    assert_eq!(answer.verdict, Verdict::Yes, "nothing is revoked silently");
    let told = |c: &Condition| matches!(c, Condition::Questioned { record, .. } if record.seq == 3);
    assert!(answer.conditions.iter().any(told));
}

#[test]
fn t10_training_elsewhere_counts_by_a_decision_and_for_what_it_says_only() {
    let mut log = Log::default();
    let check =
        json!({"kind": "checked", "check": "background", "on": "2026-01-02", "passed": true});
    log.learn("2026-01-02", check);
    let mut academy = outcome("academy", "2025-06-01", "completion");
    academy["started"] = json!("2025-03-01");
    academy["minutes"] = json!(18_000);
    log.learn("2026-01-03", academy);
    let profile = missouri("barlow", ARMED);
    let question = patrol("barlow", "2026-02-01");
    assert_eq!(
        log.ask(&profile, &question).verdict,
        Verdict::No,
        "never by itself"
    );

    let decision = json!({"kind": "equivalence_decided", "id": "cso-114.q1",
        "foreign": "az-academy-300h", "by": "director-1", "basis": "transcript",
        "satisfies": ["core"], "lacks": ["pistol", "ccw"], "from": "2026-01-20"});
    let decided = log.learn("2026-01-20", decision);
    let answer = log.ask(&profile, &question);
    assert_eq!(answer.verdict, Verdict::Yes);
    let core = answer.finding("core").unwrap();
    assert!(matches!(&core.why, Why::Equivalent { by, .. } if by.as_str() == "director-1"));
    assert_eq!(core.evidence, [decided]);
    let answer = log.ask(&profile, &question.with("handgun", None));
    let missing = answer
        .missing()
        .filter_map(|finding| finding.requirement.as_ref());
    let missing: Vec<_> = missing.map(crate::Name::as_str).collect();
    assert_eq!(missing, ["pistol", "ccw"]);
}

#[test]
fn t11_a_waiver_holds_for_its_days_and_is_shown_beside_the_answer() {
    let mut log = finished();
    let waiver = json!({"kind": "waiver_granted", "id": "cso-114.w1", "requirement": "refresher",
        "from": "2027-01-20", "until": "2027-03-20", "signer": "director-1"});
    let granted = log.learn("2027-01-20", waiver);
    log.learn(
        "2027-03-21",
        outcome("refresher", "2027-03-21", "completion"),
    );
    let strict = missouri("carver", "mandatory = [\"refresher\"]");
    let asked = |on: &str| log.ask(&strict, &patrol("carver", on));
    assert_eq!(asked("2027-01-19").verdict, Verdict::No);
    assert_eq!(
        asked("2027-03-21").verdict,
        Verdict::Yes,
        "refreshed on the day after it"
    );
    let inside = asked("2027-03-20");
    assert_eq!(inside.verdict, Verdict::YesWithWaiver);
    assert_eq!(inside.stays_until, Some(day("2027-03-20")));
    let refresher = inside.finding("refresher").unwrap();
    assert_eq!(refresher.standing, Standing::Waived);
    assert_eq!(refresher.evidence, [granted]);
    let told = refresher.sentence();
    assert!(
        told.contains("cso-114.w1 until 2027-03-20, signed by director-1"),
        "{told}"
    );
    let endless = Fact::waiver_end(None).unwrap_err().to_string();
    assert!(endless.contains("needs a last day"));
}

#[test]
fn t12_an_order_of_protection_opens_the_armed_shifts_after_it_and_keeps_the_history() {
    let mut log = finished();
    let profile = missouri("barlow", ARMED);
    let shifts = ["2026-06-01", "2026-06-08", "2026-06-15"];
    let fallen = |log: &Log| {
        let armed = |on: &&str| patrol("barlow", on).with("handgun", None);
        let no = |on: &&str| log.ask(&profile, &armed(on)).verdict == Verdict::No;
        shifts.into_iter().filter(no).collect::<Vec<_>>()
    };
    assert!(fallen(&log).is_empty());
    let suspended = json!({"kind": "credential_suspended", "id": "cso-114.c1",
                           "from": "2026-06-03"});
    log.learn("2026-06-03", suspended);
    assert_eq!(fallen(&log), ["2026-06-08", "2026-06-15"]);
    let reinstated = json!({"kind": "credential_reinstated", "id": "cso-114.c1",
                            "from": "2026-06-10"});
    log.learn("2026-06-10", reinstated);
    assert_eq!(fallen(&log), ["2026-06-08"], "what was open stays so");
    assert_eq!(log.evidence().of(&officer(114)).len(), log.0.len());
}

#[test]
fn t13_a_late_recorded_revocation_changes_what_is_known_now_and_not_what_was_known() {
    let mut log = finished();
    let profile = missouri("barlow", ARMED);
    let armed = patrol("barlow", "2026-06-01").with("handgun", None);
    let then = Known::At("2026-06-01T12:00:00Z".parse().unwrap());
    let asked_then = eligible(&profile, &armed, &log.evidence(), &then);
    let revoked = json!({"kind": "credential_revoked", "id": "cso-114.c1", "from": "2026-05-20"});
    let learnt = log.learn("2026-07-02", revoked);
    let evidence: Evidence = log.evidence();

    let now = eligible(&profile, &armed, &evidence, &Known::Now);
    assert_eq!(now.verdict, Verdict::No);
    assert_eq!(now.heads["training"], learnt.seq);
    assert!(now.finding("ccw").unwrap().evidence.contains(&learnt));
    assert_eq!(eligible(&profile, &armed, &evidence, &then), asked_then);
    assert_eq!(asked_then.verdict, Verdict::Yes);
    let heads = Known::Heads(asked_then.heads.clone());
    assert_eq!(eligible(&profile, &armed, &evidence, &heads), asked_then);
    insta::assert_snapshot!("as_known_then", asked_then.sentences().join("\n"));
    insta::assert_snapshot!("as_known_now", now.sentences().join("\n"));
    let stored = serde_json::to_string_pretty(&now).unwrap();
    insta::assert_snapshot!("stored_answer", stored);
    let loaded: crate::Answer = serde_json::from_str(&stored).unwrap();
    assert_eq!(loaded, now);
}

const KEPT: &str = r#"
[[requirement]]
id = "academy-2014"
title = "CSO academy of five weeks"
kind = "course"
course = "academy-2014"
outcome = "completion"

[[transition]]
requirement = "academy"
held = "academy-2014"
on = 2016-06-30
until = 2020-06-30
"#;

#[test]
fn t14_whoever_finished_under_the_old_set_keeps_it_and_a_new_starter_needs_the_new_one() {
    let mut log = Log::default();
    let academy = |course: &str, started: &str, on: &str| {
        json!({"kind": "outcome_issued", "course": course, "started": started, "on": on,
               "outcome": "completion", "minutes": 12_000})
    };
    log.learn(
        "2015-02-06",
        academy("academy-2014", "2015-01-05", "2015-02-06"),
    );
    log.learn_of(
        220,
        "2016-08-05",
        academy("academy-2014", "2016-07-04", "2016-08-05"),
    );
    log.learn_of(
        221,
        "2016-09-01",
        academy("academy", "2016-07-04", "2016-08-26"),
    );
    let later = parsed(&format!("{}{KEPT}", text("san-jose-cso-2")));
    let adopted = [
        (day("2014-07-28"), profile("san-jose-cso-1")),
        (day("2016-07-01"), later),
    ];
    let programme = Programme::new(adopted);
    let (before, last) = programme.in_force(day("2016-06-30")).unwrap();
    assert_eq!((before.version, last), (1, Some(day("2016-06-30"))));
    assert!(programme.in_force(day("2014-07-27")).is_none());
    let (profile, last) = programme.in_force(day("2016-07-01")).unwrap();
    assert_eq!((profile.version, last), (2, None));
    let asked = |n: u32, on: &str| {
        let question = patrol("san-jose", on).about(officer(n));
        log.ask(profile, &question).verdict
    };
    assert_eq!(
        asked(114, "2017-01-01"),
        Verdict::Yes,
        "finished before the change"
    );
    assert_eq!(asked(114, "2020-07-01"), Verdict::No, "kept only so long");
    assert_eq!(
        asked(220, "2017-01-01"),
        Verdict::No,
        "the old academy, after the change"
    );
    assert_eq!(asked(221, "2017-01-01"), Verdict::Yes);
}
