//! A course, a session of it, and what is done in it: what the tests of both share.

use tonic::{Response, Status};
use wire::training::v1 as pb;
use wire::training::v1::record_evidence_request::Evidence;

use crate::world::{World, by, done, patrol, settings};

/// The core classes, cut short: law, and the baton by somebody who may teach it.
pub(crate) fn core() -> pb::Curriculum {
    let block = |block: &str, kind: &str, minutes, instructor: &str| pb::CourseBlock {
        block: block.into(),
        title: block.into(),
        kind: kind.into(),
        minutes,
        minimum_minutes: minutes,
        instructor: instructor.into(),
        learners_max: 0,
    };
    let assessment =
        |name: &str, kind: pb::AssessmentKind, maximum, qualification: &str| pb::CourseAssessment {
            assessment: name.into(),
            title: name.into(),
            kind: kind.into(),
            maximum,
            pass_mark: maximum * 4 / 5,
            attempts: 2,
            qualification: qualification.into(),
            weapon: false,
        };
    pb::Curriculum {
        title: "CSO core classes".into(),
        lesson_plan: "core-2026-a".into(),
        delivery: "classroom".into(),
        safety: String::new(),
        after: vec![],
        blocks: vec![
            block("law", "lecture", 240, ""),
            block("baton-drill", "practical", 120, "baton-instructor"),
        ],
        assessments: vec![
            assessment("written", pb::AssessmentKind::Written, 100, ""),
            assessment("baton", pb::AssessmentKind::Practical, 10, "baton"),
        ],
    }
}

pub(crate) fn define(curriculum: pb::Curriculum) -> pb::DefineCourseRequest {
    pb::DefineCourseRequest {
        course: "core".into(),
        curriculum: Some(curriculum),
    }
}

pub(crate) fn schedule(seats: u32) -> pb::ScheduleSessionRequest {
    let part = |block: &str, starts: &str, minutes| pb::SchedulePart {
        block: block.into(),
        starts: starts.into(),
        minutes,
        instructor: "cso-115".into(),
    };
    pb::ScheduleSessionRequest {
        session: "core-2026-11".into(),
        course: "core".into(),
        version: 0,
        town: "barlow".into(),
        place: "town-hall".into(),
        presenter: "provider".into(),
        seats,
        parts: vec![
            part("law", "2026-11-16T08:00", 240),
            part("baton-drill", "2026-11-17T08:00", 120),
        ],
    }
}

impl World {
    /// How much the day's watch found.
    pub(crate) async fn watched(&self) -> u32 {
        training::watch_once(&self.store, &settings())
            .await
            .unwrap()
    }

    /// Cso-115 may teach the baton from a day on.
    pub(crate) async fn instructor(&self, from: &str) -> String {
        let request = pb::GrantCredentialRequest {
            officer: "cso-115".into(),
            kind: "baton-instructor".into(),
            issuer: "provider".into(),
            issued: from.into(),
            from: from.into(),
            ..pb::GrantCredentialRequest::default()
        };
        let mut client = self.client.clone();
        done(client.grant_credential(by("trainer-1", request)).await).credential
    }

    /// A session of the core classes, with its instructor.
    pub(crate) async fn scheduled(&self, seats: u32) {
        let mut courses = self.courses.clone();
        done(courses.define_course(by("trainer-1", define(core()))).await);
        self.instructor("2026-02-01").await;
        done(
            courses
                .schedule_session(by("trainer-1", schedule(seats)))
                .await,
        );
    }

    pub(crate) async fn enrol(&self, officer: &str, class: u32) -> bool {
        let request = pb::EnrolLearnerRequest {
            session: "core-2026-11".into(),
            officer: officer.into(),
            class,
        };
        let mut courses = self.courses.clone();
        done(courses.enrol_learner(by("trainer-1", request)).await).confirmed
    }

    pub(crate) async fn attended(&self, part: u32, officers: &[&str], minutes: u32) {
        let attended = officers.iter().map(|officer| pb::Attended {
            officer: (*officer).to_owned(),
            minutes,
        });
        let request = pb::RecordAttendanceRequest {
            session: "core-2026-11".into(),
            part,
            attended: attended.collect(),
        };
        let mut courses = self.courses.clone();
        done(courses.record_attendance(by("trainer-1", request)).await);
    }

    pub(crate) async fn assess(
        &self,
        officer: &str,
        assessment: &str,
        points: u32,
        on: &str,
    ) -> bool {
        let answer = self.try_assess(officer, assessment, points, on).await;
        done(answer).passed
    }

    pub(crate) async fn try_assess(
        &self,
        officer: &str,
        assessment: &str,
        points: u32,
        on: &str,
    ) -> Result<Response<pb::RecordAssessmentResponse>, Status> {
        let request = pb::RecordAssessmentRequest {
            session: "core-2026-11".into(),
            officer: officer.into(),
            assessment: assessment.into(),
            points,
            on: on.into(),
            weapon: None,
        };
        let mut courses = self.courses.clone();
        courses.record_assessment(by("trainer-1", request)).await
    }

    pub(crate) async fn outcomes(&self, on: &str) -> Vec<pb::IssuedOutcome> {
        done(self.try_outcomes(on).await).outcomes
    }

    pub(crate) async fn try_outcomes(
        &self,
        on: &str,
    ) -> Result<Response<pb::IssueOutcomesResponse>, Status> {
        let request = pb::IssueOutcomesRequest {
            session: "core-2026-11".into(),
            officers: vec![],
            on: on.into(),
        };
        let mut courses = self.courses.clone();
        courses.issue_outcomes(by("trainer-1", request)).await
    }

    pub(crate) async fn session(&self) -> pb::Session {
        let request = pb::GetSessionRequest {
            session: "core-2026-11".into(),
        };
        let mut courses = self.courses.clone();
        done(courses.get_session(by("director-1", request)).await)
    }

    /// Cso-114 attended everything, and passed the written examination.
    pub(crate) async fn sat_through(&self) {
        self.scheduled(4).await;
        assert!(self.enrol("cso-114", 1).await);
        self.attended(1, &["cso-114"], 240).await;
        self.attended(2, &["cso-114"], 120).await;
        assert!(self.assess("cso-114", "written", 85, "2026-11-17").await);
        let check = Evidence::Check(pb::Check {
            check: "background".into(),
            on: "2026-01-02".into(),
            passed: true,
            until: String::new(),
        });
        self.record("cso-114", check).await;
    }

    pub(crate) async fn accompanied(&self, on: &str) -> pb::CheckEligibilityResponse {
        let question = pb::Question {
            duty: "accompanied".into(),
            ..patrol("cso-114", "barlow", on)
        };
        self.ask(question).await
    }
}
