//! `CourseService`: one method per call; courses themselves.

use eligibility::Name;
use eventlog::{Decider, Outcome, Row, Table, TypedRows};
use rpc::{Page, meta, refuse};
use tonic::{Code, Request, Response, Status};
use wire::convert::{all, required};
use wire::training::v1 as pb;
use wire::training::v1::course_service_server::CourseService;

use super::{Training, sessions};
use crate::domain::course::{Command, Course, Define};
use crate::log;
use crate::projection::{CourseRow, Courses};

pub(super) type Answer<T> = Result<Response<T>, Status>;

impl Training {
    /// Carries a command of any aggregate out.
    pub(super) async fn carry_out<D: Decider>(
        &self,
        key: &str,
        command: D::Command,
        meta: eventlog::Meta,
    ) -> Result<Outcome, Status> {
        let outcome = self.store.execute::<D>(&log(), key, command, meta).await;
        outcome.map_err(refuse)
    }

    /// A course, which somebody defined.
    pub(super) async fn course(&self, course: &Name) -> Result<CourseRow, Status> {
        let table = Table::Projection(Courses::NAME);
        let row = self.store.read_row(table, &log(), course.as_str()).await;
        row.map_err(refuse)?.ok_or_else(|| {
            let message = format!("The course {course} is not known: define it first.");
            wire::status(Code::NotFound, "COURSE_UNKNOWN", message, [])
        })
    }
}

/// The typed events of an outcome.
pub(super) fn events<E: eventlog::Event>(outcome: &Outcome) -> Result<Vec<E>, Status> {
    let typed = outcome.events.iter().map(|recorded| recorded.event());
    typed.collect::<Result<_, _>>().map_err(refuse)
}

#[tonic::async_trait]
impl CourseService for Training {
    async fn define_course(
        &self,
        request: Request<pb::DefineCourseRequest>,
    ) -> Answer<pb::DefineCourseResponse> {
        let meta = meta(&request)?;
        let asked = request.get_ref();
        let (course, curriculum) = all((
            required::<Name>("course", &asked.course),
            sessions::read_curriculum(asked.curriculum.as_ref()),
        ))?;
        let command = Command::Define(Define {
            course: course.clone(),
            curriculum,
            on: self.today(),
        });
        let outcome = self.carry_out::<Course>(course.as_str(), command, meta);
        let outcome = outcome.await?;
        let known = events::<crate::domain::course::Event>(&outcome)?;
        let version = match known.last() {
            Some(crate::domain::course::Event::CurriculumAdopted { version, .. }) => *version,
            None => newest(&self.course(&course).await?).0,
        };
        Ok(Response::new(pb::DefineCourseResponse {
            seq: outcome.last_seq,
            version,
        }))
    }

    async fn get_course(&self, request: Request<pb::GetCourseRequest>) -> Answer<pb::Course> {
        let course: Name = required("course", &request.get_ref().course)?;
        let row = self.course(&course).await?;
        Ok(Response::new(reply(course.to_string(), row, true)))
    }

    async fn list_courses(
        &self,
        request: Request<pb::ListCoursesRequest>,
    ) -> Answer<pb::ListCoursesResponse> {
        let asked = request.get_ref();
        let page = Page::read(asked.page_size, &asked.page_token, &[])?;
        let table = Table::Projection(Courses::NAME);
        let rows = self.store.read_rows(table, &log(), &[], &page.rows()).await;
        let rows: Vec<Row<CourseRow>> = rows.map_err(refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        let courses = rows.into_iter().map(|row| reply(row.key, row.row, false));
        Ok(Response::new(pb::ListCoursesResponse {
            courses: courses.collect(),
            next_page_token,
        }))
    }

    async fn schedule_session(
        &self,
        request: Request<pb::ScheduleSessionRequest>,
    ) -> Answer<pb::ScheduleSessionResponse> {
        self.schedule(&request).await
    }

    async fn change_instructor(
        &self,
        request: Request<pb::ChangeInstructorRequest>,
    ) -> Answer<pb::ChangeInstructorResponse> {
        self.another_instructor(&request).await
    }

    async fn cancel_session(
        &self,
        request: Request<pb::CancelSessionRequest>,
    ) -> Answer<pb::CancelSessionResponse> {
        self.cancel(&request).await
    }

    async fn hold_seats(
        &self,
        request: Request<pb::HoldSeatsRequest>,
    ) -> Answer<pb::HoldSeatsResponse> {
        self.hold(&request).await
    }

    async fn enrol_learner(
        &self,
        request: Request<pb::EnrolLearnerRequest>,
    ) -> Answer<pb::EnrolLearnerResponse> {
        self.enrol(&request).await
    }

    async fn withdraw_learner(
        &self,
        request: Request<pb::WithdrawLearnerRequest>,
    ) -> Answer<pb::WithdrawLearnerResponse> {
        self.withdraw(&request).await
    }

    async fn record_attendance(
        &self,
        request: Request<pb::RecordAttendanceRequest>,
    ) -> Answer<pb::RecordAttendanceResponse> {
        self.attendance(&request).await
    }

    async fn record_assessment(
        &self,
        request: Request<pb::RecordAssessmentRequest>,
    ) -> Answer<pb::RecordAssessmentResponse> {
        self.assess(&request).await
    }

    async fn open_remediation(
        &self,
        request: Request<pb::OpenRemediationRequest>,
    ) -> Answer<pb::OpenRemediationResponse> {
        self.remediate(&request).await
    }

    async fn issue_outcomes(
        &self,
        request: Request<pb::IssueOutcomesRequest>,
    ) -> Answer<pb::IssueOutcomesResponse> {
        self.outcomes(&request).await
    }

    async fn remove_learner(
        &self,
        request: Request<pb::RemoveLearnerRequest>,
    ) -> Answer<pb::RemoveLearnerResponse> {
        self.remove(&request).await
    }

    async fn review_instructors(
        &self,
        request: Request<pb::ReviewInstructorsRequest>,
    ) -> Answer<pb::ReviewInstructorsResponse> {
        self.review(&request).await
    }

    async fn get_session(&self, request: Request<pb::GetSessionRequest>) -> Answer<pb::Session> {
        self.session(request.get_ref()).await
    }

    async fn list_sessions(
        &self,
        request: Request<pb::ListSessionsRequest>,
    ) -> Answer<pb::ListSessionsResponse> {
        self.sessions(request.get_ref()).await
    }

    async fn get_task_matrix(
        &self,
        request: Request<pb::GetTaskMatrixRequest>,
    ) -> Answer<pb::TaskMatrix> {
        self.task_matrix(request.get_ref()).await
    }

    async fn begin_field_training(
        &self,
        request: Request<pb::BeginFieldTrainingRequest>,
    ) -> Answer<pb::BeginFieldTrainingResponse> {
        self.begin_field(&request).await
    }

    async fn record_observation(
        &self,
        request: Request<pb::RecordObservationRequest>,
    ) -> Answer<pb::RecordObservationResponse> {
        self.observe(&request).await
    }

    async fn sign_off_phase(
        &self,
        request: Request<pb::SignOffPhaseRequest>,
    ) -> Answer<pb::SignOffPhaseResponse> {
        self.sign_off(&request).await
    }

    async fn end_field_training(
        &self,
        request: Request<pb::EndFieldTrainingRequest>,
    ) -> Answer<pb::EndFieldTrainingResponse> {
        self.end_field(&request).await
    }

    async fn get_field_training(
        &self,
        request: Request<pb::GetFieldTrainingRequest>,
    ) -> Answer<pb::GetFieldTrainingResponse> {
        self.field_training(&request).await
    }
}

/// The newest version with its number.
fn newest(row: &CourseRow) -> (u32, Option<&crate::domain::course::Curriculum>) {
    let version = u32::try_from(row.versions.len()).unwrap_or(u32::MAX);
    (
        version,
        row.versions.last().map(|(_, curriculum)| curriculum),
    )
}

fn reply(course: String, row: CourseRow, versions: bool) -> pb::Course {
    let (version, curriculum) = newest(&row);
    let title = curriculum.map(|it| it.title.to_string());
    let minutes = curriculum.map(|it| it.blocks.iter().map(|block| block.minutes).sum());
    let all = (1..).zip(&row.versions).filter(|_| versions);
    let all = all.map(|(version, (on, curriculum))| pb::CurriculumVersion {
        version,
        on: on.to_string(),
        curriculum: Some(sessions::show_curriculum(curriculum)),
    });
    pb::Course {
        course,
        title: title.unwrap_or_default(),
        version,
        minutes: minutes.unwrap_or(0),
        versions: all.collect(),
    }
}
