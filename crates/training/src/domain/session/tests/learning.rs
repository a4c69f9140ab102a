//! Attendance, assessments, remediation and outcomes: acceptance cases T01 and T02.

use super::*;

/// Two days later, when everything was recorded.
const AFTER: Date = date(2026, 10, 8);

fn attended(part: u32, minutes: u32) -> Event {
    let on = if part == 1 { MONDAY } else { TUESDAY };
    Event::AttendanceRecorded {
        part,
        minutes: BTreeMap::from([(officer("cso-114"), minutes)]),
        on,
    }
}

fn assess_of(assessment: &str, points: u32, on: Date) -> Assess {
    Assess {
        officer: officer("cso-114"),
        assessment: name(assessment),
        points,
        weapon: None,
        on,
        assessor: "trainer-1".parse().unwrap(),
    }
}

fn assessed(assessment: &str, points: u32, passed: bool, on: Date) -> Event {
    Event::Assessed {
        officer: officer("cso-114"),
        assessment: name(assessment),
        points,
        passed,
        weapon: None,
        assessor: "trainer-1".parse().unwrap(),
        on,
    }
}

fn outcome(outcome: Outcome, on: Date) -> Event {
    Event::OutcomeIssued {
        officer: officer("cso-114"),
        outcome,
        minutes: 360,
        on,
    }
}

fn issue(today: Date, standing: Option<Outcome>) -> Command {
    let standing = standing.map(|stands| (officer("cso-114"), stands));
    on(
        today,
        Act::IssueOutcomes(IssueOutcomes {
            officers: BTreeSet::new(),
            on: today,
            standing: standing.into_iter().collect(),
        }),
    )
}

fn remediation(opened: bool, day: Date) -> Event {
    let (officer, assessment) = (officer("cso-114"), name("baton"));
    match opened {
        true => Event::RemediationOpened {
            officer,
            assessment,
            on: day,
        },
        false => Event::RemediationClosed {
            officer,
            assessment,
            on: day,
        },
    }
}

/// Attended in full, the written examination passed.
fn begun() -> Vec<Event> {
    let mut past = vec![scheduled(4)];
    past.extend(seated("cso-114"));
    past.extend([
        attended(1, 240),
        attended(2, 120),
        assessed("written", 85, true, TUESDAY),
    ]);
    past
}

/// The baton failed too, and the outcome of it.
fn t01() -> Vec<Event> {
    let mut past = begun();
    past.extend([
        assessed("baton", 5, false, TUESDAY),
        outcome(Outcome::Participation, AFTER),
        remediation(true, AFTER),
    ]);
    past
}

#[test]
fn t01_all_attended_and_the_baton_failed_is_participation_with_remediation_open() {
    let past = begun().into_iter();
    let failed = past.chain([assessed("baton", 5, false, TUESDAY)]);
    given::<Session>(failed).when(issue(AFTER, None)).then([
        outcome(Outcome::Participation, AFTER),
        remediation(true, AFTER),
    ]);
}

#[test]
fn t02_the_baton_passed_on_day_40_is_completion_and_proficiency_of_that_day() {
    let day_40 = date(2026, 11, 13);
    let passed = assessed("baton", 9, true, day_40);
    let closed = remediation(false, day_40);
    given::<Session>(t01())
        .when(on(day_40, Act::Assess(assess_of("baton", 9, day_40))))
        .then([passed.clone(), closed.clone()]);
    let after = given::<Session>(t01().into_iter().chain([passed, closed]))
        .when(issue(day_40, Some(Outcome::Participation)))
        .then([outcome(Outcome::CompletionAndProficiency, day_40)]);
    let State::Known(known) = after else {
        panic!("scheduled");
    };
    let learner = &known.learners[&officer("cso-114")];
    assert!(learner.remediation.is_empty());
    assert_eq!(
        learner.outcomes,
        [
            (AFTER, Outcome::Participation),
            (day_40, Outcome::CompletionAndProficiency)
        ],
        "the former stays visible"
    );
}

#[test]
fn too_little_attended_is_not_completed_and_proficiency_does_not_mend_it() {
    let mut past = vec![scheduled(4)];
    past.extend(seated("cso-114"));
    past.extend([
        attended(1, 200),
        attended(2, 120),
        assessed("written", 85, true, TUESDAY),
        assessed("baton", 9, true, TUESDAY),
    ]);
    let absent = Event::OutcomeIssued {
        officer: officer("cso-114"),
        outcome: Outcome::NotCompleted,
        minutes: 320,
        on: AFTER,
    };
    given::<Session>(past)
        .when(issue(AFTER, None))
        .then([absent]);
}

#[test]
fn outcomes_wait_for_the_end_for_attendance_and_for_what_was_assessed_later() {
    given::<Session>(begun())
        .when(issue(MONDAY, None))
        .then_refused("SESSION_NOT_OVER");
    let open = begun()
        .into_iter()
        .filter(|event| !matches!(event, Event::AttendanceRecorded { part: 2, .. }));
    given::<Session>(open)
        .when(issue(AFTER, None))
        .then_refused("ATTENDANCE_MISSING");
    let later = assessed("baton", 9, true, AFTER);
    let early = IssueOutcomes {
        officers: BTreeSet::from([officer("cso-114")]),
        on: TUESDAY,
        standing: BTreeMap::new(),
    };
    given::<Session>(begun().into_iter().chain([later]))
        .when(on(AFTER, Act::IssueOutcomes(early)))
        .then_refused("OUTCOME_BEFORE_ASSESSMENT");
}

#[test]
fn an_outcome_that_stands_is_not_issued_twice_and_not_lowered_unvoided() {
    given::<Session>(t01())
        .when(issue(AFTER, Some(Outcome::Participation)))
        .then_nothing();
    given::<Session>(t01())
        .when(issue(AFTER, Some(Outcome::CompletionAndProficiency)))
        .then_refused("OUTCOME_WOULD_BE_LOWER");
}

#[test]
fn attendance_is_in_minutes_of_learners_and_never_longer_than_the_part() {
    let record = |minutes, today| {
        let minutes = BTreeMap::from([(officer("cso-114"), minutes)]);
        on(today, Act::RecordAttendance { part: 1, minutes })
    };
    let past = || [scheduled(4)].into_iter().chain(seated("cso-114"));
    given::<Session>(past())
        .when(record(200, TUESDAY))
        .then([attended(1, 200)]);
    given::<Session>(past().chain([attended(1, 200)]))
        .when(record(200, TUESDAY))
        .then_nothing();
    given::<Session>(past())
        .when(record(241, TUESDAY))
        .then_refused("LONGER_THAN_THE_PART");
    given::<Session>(past())
        .when(record(200, BEFORE))
        .then_refused("STILL_TO_COME");
    given::<Session>([scheduled(4)])
        .when(record(200, TUESDAY))
        .then_refused("NO_SEAT");
    given::<Session>(past())
        .when(on(
            TUESDAY,
            Act::RecordAttendance {
                part: 3,
                minutes: BTreeMap::new(),
            },
        ))
        .then_refused("PART_UNKNOWN");
}

#[test]
fn a_score_above_its_maximum_is_refused() {
    let refusal = given::<Session>(begun())
        .when(on(TUESDAY, Act::Assess(assess_of("baton", 11, TUESDAY))))
        .then_refused("RECORD_IMPOSSIBLE");
    assert!(refusal.to_string().contains("11 of 10"), "{refusal}");
}

#[test]
fn there_are_so_many_attempts_and_more_after_remediation() {
    let mut past = begun();
    past.push(assessed("baton", 5, false, TUESDAY));
    past.push(assessed("baton", 6, false, TUESDAY));
    let again = || on(AFTER, Act::Assess(assess_of("baton", 9, AFTER)));
    given::<Session>(past.clone())
        .when(again())
        .then_refused("NO_ATTEMPT_LEFT");
    let remediate = || {
        let (officer, assessment) = (officer("cso-114"), name("baton"));
        on(
            AFTER,
            Act::Remediate {
                officer,
                assessment,
            },
        )
    };
    given::<Session>(past.clone())
        .when(remediate())
        .then([remediation(true, AFTER)]);
    past.push(remediation(true, AFTER));
    given::<Session>(past.clone())
        .when(remediate())
        .then_nothing();
    given::<Session>(past)
        .when(again())
        .then([assessed("baton", 9, true, AFTER), remediation(false, AFTER)]);
    let passed = begun()
        .into_iter()
        .chain([assessed("baton", 9, true, TUESDAY)]);
    given::<Session>(passed)
        .when(remediate())
        .then_refused("PASSED_ALREADY");
}

#[test]
fn the_latest_attempt_counts_by_its_day_in_whatever_order_it_is_recorded() {
    let mut past = begun();
    past.push(assessed("baton", 9, true, AFTER));
    past.push(assessed("baton", 5, false, TUESDAY));
    given::<Session>(past)
        .when(issue(AFTER, None))
        .then([outcome(Outcome::CompletionAndProficiency, AFTER)]);
}

#[test]
fn a_removed_learner_gets_no_outcome_and_no_seat_again() {
    let removed = Event::Removed {
        officer: officer("cso-114"),
        because: name("unfit"),
        on: TUESDAY,
    };
    let remove = Act::Remove {
        officer: officer("cso-114"),
        on: TUESDAY,
        because: name("unfit"),
    };
    given::<Session>(begun())
        .when(on(TUESDAY, remove))
        .then([removed.clone()]);
    let past = || begun().into_iter().chain([removed.clone()]);
    given::<Session>(past())
        .when(issue(AFTER, None))
        .then_nothing();
    given::<Session>(past())
        .when(on(TUESDAY, Act::Enrol(enrol_of("cso-114", 1))))
        .then_refused("LEARNER_REMOVED");
}

#[test]
fn neighbours_learn_outcomes_removals_and_what_gives_a_qualification() {
    let kinds = |past: Vec<Event>, command: Command| -> Vec<&'static str> {
        let facts = given::<Session>(past).when(command).facts();
        facts.into_iter().map(|fact| fact.kind).collect()
    };
    let baton = on(TUESDAY, Act::Assess(assess_of("baton", 5, TUESDAY)));
    assert_eq!(kinds(begun(), baton), ["AssessmentRecorded"]);
    let written = on(TUESDAY, Act::Assess(assess_of("written", 90, TUESDAY)));
    assert!(kinds(begun(), written).is_empty());
    assert_eq!(kinds(begun(), issue(AFTER, None)), ["OutcomeIssued"]);
    let remove = Act::Remove {
        officer: officer("cso-114"),
        on: TUESDAY,
        because: name("unfit"),
    };
    assert_eq!(kinds(begun(), on(TUESDAY, remove)), ["LearnerRemoved"]);
}
