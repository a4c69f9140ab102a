//! How sessions end for learners, and what the gate makes of it; acceptance cases T01, T02 and T09.

use wire::training::v1 as pb;

use crate::world::{by, done, missing, patrol, refused, world};

#[tokio::test(flavor = "multi_thread")]
async fn t01_all_attended_and_the_baton_failed_is_participation_and_opens_what_needs_no_more() {
    let world = world().await;
    world.sat_through().await;
    assert!(!world.assess("cso-114", "baton", 5, "2026-11-17").await);
    let issued = world.outcomes("2026-11-18").await;
    assert_eq!(issued.len(), 1);
    assert_eq!(issued[0].outcome, "participation");
    assert_eq!(issued[0].remediation, ["baton"]);
    assert_eq!(world.session().await.learners[0].remediation, ["baton"]);
    let patrol = world.ask(patrol("cso-114", "barlow", "2026-11-20")).await;
    assert_eq!(missing(&patrol), ["core"]);
    let beside = world.accompanied("2026-11-20").await;
    assert_eq!(beside.verdict(), pb::Verdict::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn t02_the_baton_passed_later_is_completion_of_that_day_and_the_former_stays_visible() {
    let world = world().await;
    world.sat_through().await;
    assert!(!world.assess("cso-114", "baton", 5, "2026-11-17").await);
    world.outcomes("2026-11-18").await;
    world.on("2026-12-28");
    assert!(world.assess("cso-114", "baton", 9, "2026-12-28").await);
    let issued = world.outcomes("2026-12-28").await;
    assert_eq!(issued[0].outcome, "completion_and_proficiency");
    assert!(world.outcomes("2026-12-28").await.is_empty(), "nothing new");
    for (on, verdict) in [
        ("2026-12-27", pb::Verdict::No),
        ("2026-12-28", pb::Verdict::Yes),
    ] {
        let answer = world.ask(patrol("cso-114", "barlow", on)).await;
        assert_eq!(answer.verdict(), verdict, "{on}");
    }
    let learner = world.session().await.learners.remove(0);
    assert!(learner.remediation.is_empty());
    let outcomes: Vec<_> = learner
        .outcomes
        .iter()
        .map(|it| (it.outcome.as_str(), it.on.as_str()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("participation", "2026-11-18"),
            ("completion_and_proficiency", "2026-12-28")
        ]
    );
    let attempts: Vec<_> = learner
        .attempts
        .iter()
        .map(|it| (it.assessment.as_str(), it.attempt, it.points, it.maximum))
        .collect();
    assert_eq!(
        attempts,
        [
            ("written", 1, 85, 100),
            ("baton", 1, 5, 10),
            ("baton", 2, 9, 10)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_an_instructor_found_unqualified_later_puts_outcomes_in_doubt_and_takes_nothing() {
    let world = world().await;
    world.sat_through().await;
    assert!(world.assess("cso-114", "baton", 9, "2026-11-17").await);
    let issued = world.outcomes("2026-11-18").await;
    let grant = pb::GrantCredentialRequest {
        officer: "cso-114".into(),
        kind: "cso-certificate".into(),
        issuer: "provider".into(),
        issued: "2026-11-18".into(),
        from: "2026-11-18".into(),
        rests_on: vec![issued[0].seq],
        ..pb::GrantCredentialRequest::default()
    };
    let mut client = world.client.clone();
    let certificate = done(client.grant_credential(by("trainer-1", grant)).await).credential;
    let review = || {
        let request = pb::ReviewInstructorsRequest {
            session: "core-2026-11".into(),
        };
        let mut courses = world.courses.clone();
        async move { done(courses.review_instructors(by("trainer-1", request)).await) }
    };
    assert!(review().await.doubts.is_empty());
    assert_eq!(world.watched().await, 0);
    // It comes to light that the credential had been revoked before.
    let revoke = pb::RevokeCredentialRequest {
        officer: "cso-115".into(),
        credential: "cso-115.c1".into(),
        from: "2026-11-01".into(),
    };
    done(client.revoke_credential(by("trainer-1", revoke)).await);
    // The day's watch finds it, once; whoever asks sees what it found.
    assert_eq!((world.watched().await, world.watched().await), (1, 0));
    let found = review().await;
    assert_eq!(
        found.doubts[0].lacking,
        "part 2, baton-drill on 2026-11-17: cso-115 lost baton-instructor on 2026-11-01"
    );
    let [outcome] = found.outcomes.as_slice() else {
        panic!("{:?}", found.outcomes);
    };
    assert_eq!(
        (outcome.record, outcome.questioned_now),
        (issued[0].seq, false)
    );
    assert_eq!(outcome.credentials, [certificate]);
    let again = review().await;
    assert!(!again.outcomes[0].questioned_now, "once is enough");
    let facts = world.facts().await;
    let questions = facts.iter().filter(|kind| *kind == "RecordQuestioned");
    assert_eq!(questions.count(), 1);
    let answer = world.ask(patrol("cso-114", "barlow", "2026-11-20")).await;
    assert_eq!(answer.verdict(), pb::Verdict::Yes, "no silent revocation");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_is_asked_for_questions_at_once_and_a_voided_doubt_is_not_raised_again() {
    let world = world().await;
    world.sat_through().await;
    world.outcomes("2026-11-18").await;
    let void = |record| pb::VoidRecordRequest {
        officer: "cso-115".into(),
        record,
    };
    // That the instructor ever had the credential was a mistake.
    let mut client = world.client.clone();
    let listed = pb::ListRecordsRequest {
        officer: "cso-115".into(),
        ..pb::ListRecordsRequest::default()
    };
    let records = done(client.list_records(by("trainer-1", listed)).await).records;
    done(
        client
            .void_record(by("trainer-1", void(records[0].seq)))
            .await,
    );
    let review = || {
        let request = pb::ReviewInstructorsRequest {
            session: "core-2026-11".into(),
        };
        let mut courses = world.courses.clone();
        async move { done(courses.review_instructors(by("trainer-1", request)).await) }
    };
    assert!(review().await.outcomes[0].questioned_now);
    let listed = pb::ListRecordsRequest {
        officer: "cso-114".into(),
        ..pb::ListRecordsRequest::default()
    };
    let records = done(client.list_records(by("trainer-1", listed)).await).records;
    let doubt = pb::VoidRecordRequest {
        officer: "cso-114".into(),
        record: records.last().unwrap().seq,
    };
    done(client.void_record(by("director-1", doubt)).await);
    assert!(
        !review().await.outcomes[0].questioned_now,
        "somebody decided"
    );
    assert_eq!(world.watched().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_issued_to_all_or_to_nobody() {
    let world = world().await;
    world.sat_through().await;
    assert!(world.enrol("cso-116", 1).await);
    world.attended(1, &["cso-116"], 240).await;
    assert!(world.assess("cso-116", "baton", 9, "2026-11-20").await);
    let early = world.try_outcomes("2026-11-18").await;
    refused(early, "OUTCOME_BEFORE_ASSESSMENT");
    assert!(!world.facts().await.contains(&"OutcomeIssued".to_owned()));
    let issued = world.outcomes("2026-11-20").await;
    let issued: Vec<_> = issued
        .iter()
        .map(|it| (it.officer.as_str(), it.outcome.as_str()))
        .collect();
    assert_eq!(
        issued,
        [("cso-114", "participation"), ("cso-116", "not_completed")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_lowered_only_after_its_record_was_voided() {
    let world = world().await;
    world.sat_through().await;
    assert!(world.assess("cso-114", "baton", 9, "2026-11-17").await);
    let issued = world.outcomes("2026-11-18").await;
    world.attended(2, &["cso-114"], 30).await;
    refused(
        world.try_outcomes("2026-11-18").await,
        "OUTCOME_WOULD_BE_LOWER",
    );
    let void = pb::VoidRecordRequest {
        officer: "cso-114".into(),
        record: issued[0].seq,
    };
    let mut client = world.client.clone();
    done(client.void_record(by("trainer-1", void)).await);
    let again = world.outcomes("2026-11-18").await;
    assert_eq!(again[0].outcome, "not_completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_above_its_maximum_is_refused_by_its_field() {
    let world = world().await;
    world.sat_through().await;
    let answer = world.try_assess("cso-114", "baton", 11, "2026-11-17").await;
    let refusal = refused(answer, "RECORD_IMPOSSIBLE");
    assert_eq!(refusal.violations[0].field, "points");
    assert!(refusal.message.contains("11 of 10 points"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_learner_keeps_nothing_of_the_course() {
    let world = world().await;
    world.sat_through().await;
    assert!(world.assess("cso-114", "baton", 9, "2026-11-17").await);
    world.outcomes("2026-11-18").await;
    let remove = pb::RemoveLearnerRequest {
        session: "core-2026-11".into(),
        officer: "cso-114".into(),
        on: "2026-11-20".into(),
        because: "unfit".into(),
    };
    let mut courses = world.courses.clone();
    done(courses.remove_learner(by("trainer-1", remove)).await);
    for (on, verdict) in [
        ("2026-11-19", pb::Verdict::Yes),
        ("2026-11-21", pb::Verdict::No),
    ] {
        let answer = world.ask(patrol("cso-114", "barlow", on)).await;
        assert_eq!(answer.verdict(), verdict, "{on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_folded_again_equal_the_live_ones() {
    let world = world().await;
    world.sat_through().await;
    world.assess("cso-114", "baton", 5, "2026-11-17").await;
    world.outcomes("2026-11-18").await;
    for (table, rows) in [("courses", 1), ("sessions", 1), ("fields", 0)] {
        let rebuilt = world.store.rebuild(table).await.unwrap();
        assert!(rebuilt.is_equal(), "{table}: {rebuilt:?}");
        assert_eq!(rebuilt.rows, rows, "{table}");
    }
    let listed = |course: &str| pb::ListSessionsRequest {
        course: course.into(),
        ..pb::ListSessionsRequest::default()
    };
    let mut courses = world.courses.clone();
    for (course, found) in [("", 1), ("core", 1), ("pistol", 0)] {
        let answer = courses.list_sessions(by("jdoe", listed(course))).await;
        let sessions = done(answer).sessions;
        assert_eq!(sessions.len(), found, "{course}");
        assert!(sessions.iter().all(|session| session.learners.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_says_for_each_task_what_it_takes_and_what_shows_competence() {
    let world = world().await;
    let ask = |programme: &str, town: &str| {
        let request = pb::GetTaskMatrixRequest {
            programme: programme.into(),
            town: town.into(),
            on: "2026-11-22".into(),
        };
        let mut courses = world.courses.clone();
        async move { courses.get_task_matrix(by("trainer-1", request)).await }
    };
    let whole = done(ask(crate::world::PROGRAMME, "").await);
    let task = |matrix: &pb::TaskMatrix, name: &str| {
        let mut tasks = matrix.tasks.iter();
        tasks.find(|task| task.task == name).cloned()
    };
    let handgun = task(&whole, "handgun").unwrap();
    assert_eq!(
        (handgun.kind.as_str(), handgun.acceptable),
        ("equipment", true)
    );
    assert_eq!(
        handgun.takes,
        ["core", "pistol", "pistol-qualification", "ccw"]
    );
    let beside = task(&whole, "accompanied").unwrap();
    assert!(!beside.acceptable, "attendance shows no competence");
    let shown: Vec<_> = whole
        .requirements
        .iter()
        .filter(|it| it.shows_competence)
        .map(|it| it.requirement.as_str())
        .collect();
    assert!(shown.contains(&"core") && !shown.contains(&"core-attended"));

    let narrowed = done(ask("", "fenwick").await);
    assert_eq!(narrowed.town, "fenwick");
    assert!(task(&narrowed, "handgun").is_none(), "not carried there");
    refused(ask("", "oakham").await, "PROGRAMME_NOT_AGREED");
    assert!(ask("", "").await.is_err());
}
