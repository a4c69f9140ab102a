//! What must hold for any evidence and any narrowing.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};

use crate::samples::*;
use crate::{
    Evidence, Known, Narrowing, Profile, Question, Record, Verdict, eligible, narrow, stretches,
};

const EVERY_KEY: &str = include_str!("../golden/profile.toml");
const EVERY_CLAUSE: &str = include_str!("../golden/narrowing.toml");
const CLAUSES: [&str; 9] = [
    "mandatory = [\"refresher\", \"pistol-qualification\"]",
    "[powers]\nreport_taking = \"no\"",
    "[equipment.handgun]\ncarry = [\"concealed\"]\nrequires = [\"baton\"]",
    "[equipment.baton]\ncarried = false",
    "[duty.patrol]\nrequires = [\"taser\", \"own\"]",
    "[[requirement]]\nid = \"own\"\ntitle = \"Own\"\nkind = \"check\"\ncheck = \"background\"",
    "[[call_type]]\ncode = \"INFO\"\nrole = \"cold_only\"\npilot = 2026-09-01",
    "[[screening]]\nid = \"suspect\"\nask = \"?\"\nanswers = [\"no\", \"yes\"]\nexcludes = [\"yes\"]",
    "[[deployment]]\nrule = \"radio\"",
];

/// Days of 2026 and 2027, few enough to meet.
fn any_day() -> impl Strategy<Value = Date> {
    (0..48_i64).prop_map(|n| day("2026-01-01").saturating_add((n * 15).days()))
}

fn any_fact() -> impl Strategy<Value = Value> {
    let word = |words: &'static [&'static str]| select(words);
    prop_oneof![
        (any_day(), any::<bool>()).prop_map(|(on, passed)| {
            json!({"kind": "checked", "check": "background", "on": on, "passed": passed})
        }),
        (
            word(&["core", "pistol", "refresher"]),
            any_day(),
            word(&["participation", "completion", "completion_and_proficiency"]),
        )
            .prop_map(|(course, on, outcome)| {
                json!({"kind": "outcome_issued", "course": course, "on": on, "outcome": outcome,
                       "started": on.saturating_sub(10.days()), "minutes": 4800})
            }),
        any_day().prop_map(|on| json!({"kind": "removed", "course": "core", "on": on})),
        (
            word(&["pistol", "taser", "baton"]),
            any_day(),
            any::<bool>(),
            word(&["model-x", "model-y"])
        )
            .prop_map(|(qualification, on, passed, model)| {
                json!({"kind": "assessed", "qualification": qualification, "on": on,
                       "passed": passed, "weapon": {"model": model}})
            }),
        (word(&["c1", "c2"]), any_day(), any_day()).prop_map(|(id, one, other)| {
            json!({"kind": "credential_granted", "id": id, "credential": "mo-ccw",
                   "issuer": "clay-sheriff", "issued": one.min(other), "from": one.min(other),
                   "until": one.max(other)})
        }),
        (
            word(&[
                "credential_suspended",
                "credential_reinstated",
                "credential_revoked"
            ]),
            word(&["c1", "c2"]),
            any_day(),
        )
            .prop_map(|(kind, id, from)| json!({"kind": kind, "id": id, "from": from})),
        (word(&["refresher", "core", "ccw"]), any_day()).prop_map(|(requirement, from)| {
            json!({"kind": "waiver_granted", "id": "w1", "requirement": requirement, "from": from,
                   "until": from.saturating_add(60.days()), "signer": "director-1"})
        }),
        (1..12_u64).prop_map(|seq| {
            json!({"kind": "voided", "record": {"log": "training", "seq": seq}})
        }),
    ]
}

/// A log: facts in the order in which they were learnt, a day apart; often those of an officer who
/// finished everything come first, so that a yes is not rare.
fn any_log() -> impl Strategy<Value = Vec<Record>> {
    let facts = prop::collection::vec(any_fact(), 0..12);
    (prop::bool::weighted(0.7), facts).prop_map(|(ready, facts)| {
        let mut log = if ready { finished() } else { Log::default() };
        for (n, fact) in facts.into_iter().enumerate() {
            let recorded = day("2026-02-01").saturating_add((n as i64).days());
            log.learn(&recorded.to_string(), fact);
        }
        log.0
    })
}

fn any_question() -> impl Strategy<Value = Question> {
    let items = subsequence(vec!["taser", "baton", "handgun"], 0..=3);
    let duty = select(vec!["patrol", "accompanied"]);
    let weapon = select(vec![None, Some(model("model-x")), Some(model("model-y"))]);
    (items, duty, weapon, any_day(), any::<bool>()).prop_map(|(items, duty, weapon, on, call)| {
        let mut question = on_duty("barlow", duty, "2026-01-01").on(on);
        for item in items {
            question = question.with(item, weapon.clone());
        }
        question.call = call.then(|| crate::Call {
            code: "INFO".parse().unwrap(),
            answers: [(name("suspect"), name("no"))].into(),
            involves: vec![],
        });
        question
    })
}

/// Clauses in an order that TOML allows: keys before tables.
fn any_clauses() -> impl Strategy<Value = String> {
    subsequence(CLAUSES.to_vec(), 0..=CLAUSES.len()).prop_map(|clauses| {
        let needs_own = clauses.iter().any(|c| c.contains("\"own\"]"));
        let has_own = clauses.iter().any(|c| c.contains("id = \"own\""));
        let mut text = clauses.join("\n");
        if needs_own && !has_own {
            text.push_str(&format!("\n{}", CLAUSES[5]));
        }
        text
    })
}

fn armed() -> Profile {
    missouri("barlow", "[equipment.handgun]\ncarry = [\"open\"]")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_order_of_evidence_makes_no_difference(
        log in any_log(), question in any_question(),
        moves in prop::collection::vec(any::<Index>(), 18),
    ) {
        let profile = armed();
        let mut shuffled = log.clone();
        for (n, to) in moves.iter().enumerate().take(shuffled.len()) {
            let to = to.index(shuffled.len());
            shuffled.swap(n, to);
        }
        let one = eligible(&profile, &question, &Evidence::new(log), &Known::Now);
        let other = eligible(&profile, &question, &Evidence::new(shuffled), &Known::Now);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn what_is_learnt_later_changes_no_answer_as_known_earlier(
        log in any_log(), question in any_question(), cut in any::<Index>(),
    ) {
        let profile = armed();
        let cut = cut.index(log.len() + 1);
        let known = Evidence::new(log[..cut].to_vec());
        let then = eligible(&profile, &question, &known, &Known::Now);
        let all = Evidence::new(log.clone());
        if let Some(last) = log[..cut].last() {
            // Several records may have one recorded time: as known then means all of them.
            let by_then = log.iter().filter(|record| record.recorded <= last.recorded);
            let by_then = Evidence::new(by_then.cloned());
            let at = Known::At(last.recorded);
            prop_assert_eq!(
                eligible(&profile, &question, &all, &at),
                eligible(&profile, &question, &by_then, &Known::Now)
            );
            let heads = Known::Heads(then.heads.clone());
            prop_assert_eq!(&eligible(&profile, &question, &all, &heads), &then);
        }
    }

    #[test]
    fn a_narrowing_never_turns_a_no_into_a_yes(
        log in any_log(), question in any_question(), clauses in any_clauses(),
    ) {
        let programme = profile("missouri-cso").ceiling();
        let evidence = Evidence::new(log);
        let narrowed = narrow(&programme, &missouri_clauses("barlow", &clauses)).unwrap();
        let at_most = eligible(&programme, &question, &evidence, &Known::Now);
        let here = eligible(&narrowed, &question, &evidence, &Known::Now);
        prop_assert!(here.verdict <= at_most.verdict, "{clauses}: {here:#?}");
    }

    #[test]
    fn a_verdict_stays_to_the_day_it_says_and_not_a_day_longer(
        log in any_log(), question in any_question(), inside in any::<Index>(),
    ) {
        let (profile, evidence) = (armed(), Evidence::new(log));
        let ask = |on: Date| eligible(&profile, &question.clone().on(on), &evidence, &Known::Now);
        let answer = ask(question.on);
        prop_assert_eq!(answer.missing().next().is_some(), answer.verdict == Verdict::No);
        let last = answer.stays_until.unwrap_or(day("2030-01-01"));
        let days = question.on.until(last).unwrap().get_days();
        let between = question.on.saturating_add((inside.index(days as usize + 1) as i64).days());
        prop_assert_eq!(ask(between).verdict, answer.verdict);
        if let Some(last) = answer.stays_until {
            prop_assert_ne!(ask(last.tomorrow().unwrap()).verdict, answer.verdict);
        }
        for finding in &answer.findings {
            if let (Some(last), Some(id)) = (finding.stays_until, &finding.requirement) {
                let next = ask(last.tomorrow().unwrap());
                let same = |f: &&crate::Finding| {
                    f.requirement.as_ref() == Some(id) && f.needed_for == finding.needed_for
                };
                if let Some(next) = next.findings.iter().find(same) {
                    prop_assert_ne!(next.standing, finding.standing, "{}", finding.sentence());
                }
            }
        }
    }

    #[test]
    fn stretches_say_of_every_day_what_the_gate_says(
        log in any_log(), question in any_question(), on in any_day(),
    ) {
        let (profile, evidence) = (armed(), Evidence::new(log));
        let to = day("2028-01-01");
        let question = question.on(day("2026-01-01"));
        let found = stretches(&profile, &question, &evidence, &Known::Now, to);
        let here = found.iter().rfind(|stretch| stretch.from <= on).unwrap();
        prop_assert!(here.until.is_none_or(|until| on <= until));
        let answer = eligible(&profile, &question.on(on), &evidence, &Known::Now);
        prop_assert_eq!(here.verdict, answer.verdict);
        for pair in found.windows(2) {
            prop_assert_ne!(pair[0].verdict, pair[1].verdict);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_read_or_refused_and_breaks_nothing(
        from in any::<Index>(), cut in 1..40_usize, put in select(vec!["", "\"", "[", "=", "1.5"]),
    ) {
        for text in [EVERY_KEY, EVERY_CLAUSE] {
            let from = from.index(text.len());
            let until = (from + cut).min(text.len());
            let slip = format!("{}{put}{}", &text[..from], &text[until..]);
            for problem in Profile::parse(&slip).err().into_iter().flatten() {
                prop_assert!(problem.line >= 1 && problem.column >= 1 && !problem.fix.is_empty());
            }
            if let Ok(narrowing) = Narrowing::parse(&slip) {
                let _ = narrow(&parsed(EVERY_KEY), &narrowing);
            }
        }
    }
}
