//! Courses, sessions and seats as callers meet them; acceptance case T15.

use tonic::Code;
use wire::training::v1 as pb;

use crate::classroom::{core, define, schedule};
use crate::world::{by, done, refused, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_course_gets_a_version_for_each_other_curriculum() {
    let world = world().await;
    let mut courses = world.courses.clone();
    for version in [1, 1] {
        let answer = courses.define_course(by("trainer-1", define(core()))).await;
        assert_eq!(done(answer).version, version, "the same again is no other");
    }
    let mut longer = core();
    longer.blocks[0].minutes = 300;
    let answer = courses.define_course(by("trainer-1", define(longer))).await;
    assert_eq!(done(answer).version, 2);
    let mut wrong = core();
    wrong.blocks[1].minimum_minutes = 500;
    let answer = courses.define_course(by("trainer-1", define(wrong))).await;
    let refusal = refused(answer, "CURRICULUM_INVALID");
    assert_eq!(refusal.violations[0].field, "blocks[1].minimum_minutes");
    let request = pb::GetCourseRequest {
        course: "core".into(),
    };
    let shown = done(courses.get_course(by("scheduler-1", request)).await);
    let minutes: Vec<u32> = shown
        .versions
        .iter()
        .map(|version| version.curriculum.as_ref().unwrap().blocks[0].minutes)
        .collect();
    assert_eq!(minutes, [240, 300]);
    let listed = courses.list_courses(by("scheduler-1", pb::ListCoursesRequest::default()));
    let listed = done(listed.await).courses;
    assert_eq!((listed.len(), listed[0].minutes), (1, 420));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_with_no_qualified_instructor_is_refused_by_block_and_day() {
    let world = world().await;
    let mut courses = world.courses.clone();
    done(courses.define_course(by("trainer-1", define(core()))).await);
    let answer = courses.schedule_session(by("trainer-1", schedule(4))).await;
    let refusal = refused(answer, "INSTRUCTOR_NOT_QUALIFIED");
    assert_eq!(refusal.violations[0].field, "parts[1].instructor");
    assert_eq!(
        refusal.violations[0].description,
        "part 2, baton-drill on 2026-11-17: cso-115 has no baton-instructor"
    );
    // Qualified a day too late.
    world.instructor("2026-11-18").await;
    let answer = courses.schedule_session(by("trainer-1", schedule(4))).await;
    let refusal = refused(answer, "INSTRUCTOR_NOT_QUALIFIED");
    assert!(
        refusal.message.contains("from 2026-11-18 only"),
        "{refusal}"
    );
    world.instructor("2026-02-01").await;
    done(courses.schedule_session(by("trainer-1", schedule(4))).await);
    let again = courses.schedule_session(by("trainer-1", schedule(4))).await;
    refused(again, "SESSION_ALREADY_SCHEDULED");
    let mut unknown = schedule(4);
    unknown.course = "unheard-of".into();
    let answer = courses.schedule_session(by("trainer-1", unknown)).await;
    assert_eq!(refused(answer, "COURSE_UNKNOWN").code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_the_towns_and_what_the_clocks_skip_is_refused() {
    let world = world().await;
    world.scheduled(4).await;
    let parts = world.session().await.parts;
    let starts = parts[0].starts.unwrap();
    assert_eq!((starts.seconds % 86_400) / 3_600, 14, "8 in the morning");
    let mut skipped = schedule(4);
    skipped.session = "core-2027-03".into();
    skipped.parts[0].starts = "2027-03-14T02:30".into();
    let mut courses = world.courses.clone();
    let answer = courses.schedule_session(by("trainer-1", skipped)).await;
    refused(answer, "TIME_IN_GAP");
}

#[tokio::test(flavor = "multi_thread")]
async fn t15_standby_behind_another_agency_is_promoted_in_order_when_it_frees_a_seat() {
    let world = world().await;
    world.on("2026-11-10");
    world.scheduled(1).await;
    let hold = |seats| pb::HoldSeatsRequest {
        session: "core-2026-11".into(),
        agency: "county-sheriff".into(),
        seats,
    };
    let mut courses = world.courses.clone();
    done(courses.hold_seats(by("trainer-1", hold(1))).await);
    assert!(!world.enrol("cso-116", 2).await);
    assert!(!world.enrol("cso-114", 1).await);
    assert!(!world.enrol("cso-114", 1).await, "asked again, still waits");
    world.on("2026-11-15");
    let freed = done(courses.hold_seats(by("trainer-1", hold(0))).await);
    assert_eq!(freed.promoted, ["cso-114"]);
    let seats: Vec<_> = world
        .session()
        .await
        .learners
        .into_iter()
        .map(|learner| (learner.officer, learner.seat))
        .collect();
    let expected = [("cso-114", "confirmed"), ("cso-116", "standby")];
    assert_eq!(seats, expected.map(|(o, s)| (o.to_owned(), s.to_owned())));
    // An officer gives the own seat back, and nobody else's.
    let withdraw = |officer: &str| pb::WithdrawLearnerRequest {
        session: "core-2026-11".into(),
        officer: officer.into(),
    };
    let other = courses
        .withdraw_learner(by("jdoe", withdraw("cso-116")))
        .await;
    assert_eq!(other.unwrap_err().code(), Code::PermissionDenied);
    let own = done(
        courses
            .withdraw_learner(by("jdoe", withdraw("cso-114")))
            .await,
    );
    assert_eq!(own.promoted, ["cso-116"]);
}
