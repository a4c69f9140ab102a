//! Calls: roles, screening, exclusions, trials.

use super::{EVERY_KEY, why};
use crate::samples::*;
use crate::{Answer, Call, Condition, Question, Role, Verdict, Why};

fn called(code: &str, answers: &[(&str, &str)], involves: &[&str]) -> Question {
    let mut question = on_duty("barlow", "with-trainer", "2026-06-01");
    let answers = answers.iter().map(|(id, answer)| (name(id), name(answer)));
    question.call = Some(Call {
        code: code.parse().unwrap(),
        answers: answers.collect(),
        involves: involves.iter().map(|what| name(what)).collect(),
    });
    question
}

fn ask(question: &Question) -> Answer {
    Log::default().ask(&parsed(EVERY_KEY), question)
}

#[test]
fn a_cold_call_is_taken_once_every_question_is_answered_so() {
    let cold = [("suspect", "no"), ("weapon", "no")];
    let answer = ask(&called("BURGLARY", &cold, &[]));
    assert_eq!(answer.verdict, Verdict::Yes);
    assert!(answer.conditions.contains(&Condition::InRole {
        role: Role::ColdOnly
    }));
    let hot = ask(&called(
        "BURGLARY",
        &[("suspect", "unknown"), ("weapon", "no")],
        &[],
    ));
    let screened = Why::ScreenedOut {
        question: name("suspect"),
        answer: name("unknown"),
    };
    assert_eq!(why(&hot), [screened]);
    let silent = ask(&called("BURGLARY", &[("suspect", "no")], &[]));
    assert_eq!(
        why(&silent),
        [Why::NotAsked {
            question: name("weapon")
        }]
    );
    let other = ask(&called("MVA", &[("weapon", "no")], &[]));
    assert_eq!(
        other.verdict,
        Verdict::Yes,
        "the other question is for cold calls only"
    );
}

#[test]
fn a_call_that_involves_what_is_excluded_or_that_is_not_theirs_is_refused() {
    let calm = [("weapon", "no")];
    let found = why(&ask(&called("PROPFND", &calm, &["firearms"])));
    assert_eq!(
        found[0],
        Why::Excluded {
            what: name("firearms")
        }
    );
    assert_eq!(why(&ask(&called("ROBBERY", &calm, &[]))), [Why::NotTheirs]);
    assert_eq!(
        why(&ask(&called("HOMICIDE", &calm, &[]))),
        [Why::NotInProfile]
    );
    let needs = why(&ask(&called("PROPFND", &calm, &[])));
    assert_eq!(
        needs,
        [Why::NothingRecorded],
        "first aid, which this call takes"
    );
}

#[test]
fn a_trial_ends_on_its_last_day() {
    let mut log = Log::default();
    log.learn(
        "2026-01-20",
        outcome("first-aid", "2026-01-20", "completion"),
    );
    let profile = parsed(EVERY_KEY);
    let question = called("PROPFND", &[("weapon", "no")], &[]);
    let last = log.ask(&profile, &question.clone().on(day("2026-12-31")));
    assert_eq!(
        (last.verdict, last.stays_until),
        (Verdict::Yes, Some(day("2026-12-31")))
    );
    assert!(last.conditions.contains(&Condition::Pilot {
        until: Some(day("2026-12-31"))
    }));
    let over = log.ask(&profile, &question.on(day("2027-01-01")));
    assert_eq!(
        why(&over),
        [Why::PilotOver {
            on: day("2026-12-31")
        }]
    );
}

#[test]
fn a_narrowed_call_is_still_screened_as_it_was() {
    let narrowed = missouri(
        "barlow",
        "[[call_type]]\ncode = \"INFO\"\nrole = \"cold_only\"\n[[screening]]\nid = \"own\"\n\
         ask = \"?\"\nanswers = [\"no\", \"yes\"]\nexcludes = [\"yes\"]\nroles = [\"primary\"]",
    );
    let question = Question {
        duty: name("patrol"),
        ..called("INFO", &[("own", "yes")], &[])
    };
    let screened = Why::ScreenedOut {
        question: name("own"),
        answer: name("yes"),
    };
    assert_eq!(why(&finished().ask(&narrowed, &question)), [screened]);
}
