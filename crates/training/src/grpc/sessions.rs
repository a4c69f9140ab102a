//! Sessions: look up, carry out, reply.

mod parse;
mod reply;
mod review;

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Evidence, Fact, Known, Name, Outcome, instructor_on};
use eventlog::{Row, Table, TypedRows};
use jiff::civil::Date;
use rpc::{Page, actor, meta, refuse};
use tonic::{Request, Response, Status};
use vocabulary::OfficerId;
use wire::Violation;
use wire::convert::{all, date, optional, required};
use wire::training::v1 as pb;

use super::Training;
use super::courses::{Answer, events};
use crate::domain::course::Curriculum;
use crate::domain::session::{
    self, Act, Assess, Command, Employed, Enrol, Event, Instructor, IssueOutcomes, Part, Refusal,
    Schedule, Session, State,
};
use crate::projection::{SessionRow, Sessions};
use crate::{log, mirror};

pub(super) use parse::curriculum as read_curriculum;
pub(super) use reply::curriculum as show_curriculum;

impl Training {
    async fn act<T: prost::Message>(
        &self,
        request: &Request<T>,
        session: Name,
        act: Act,
    ) -> Result<eventlog::Outcome, Status> {
        let meta = meta(request)?;
        let key = session.to_string();
        let command = Command {
            session,
            today: self.today(),
            act,
        };
        self.carry_out::<Session>(&key, command, meta).await
    }

    /// A session, which somebody scheduled.
    async fn known_session(&self, session: &Name) -> Result<session::Known, Status> {
        let table = Table::Projection(Sessions::NAME);
        let row = self.store.read_row(table, &log(), session.as_str()).await;
        let row: Option<SessionRow> = row.map_err(refuse)?;
        match row.map(|row| row.session) {
            Some(State::Known(known)) => Ok(*known),
            _ => {
                let unknown = Refusal::Unknown {
                    session: session.clone(),
                };
                let refused = eventlog::Refused::new(&unknown);
                Err(refuse(eventlog::Error::Refused(refused)))
            }
        }
    }

    /// What is known of whoever teaches a block on a day.
    async fn instructor(
        &self,
        officer: &OfficerId,
        takes: Option<&Name>,
        on: Date,
    ) -> Result<Instructor, Status> {
        let credential = match takes {
            None => None,
            Some(kind) => {
                let evidence = self.evidence_of(officer).await?;
                instructor_on(&evidence, officer, kind, on, &Known::Now)
            }
        };
        Ok(Instructor {
            officer: officer.clone(),
            employed: self.employed(officer, on).await? == Employed::Yes,
            credential,
        })
    }

    /// Whether an officer is employed on a day.
    pub(super) async fn employed(&self, officer: &OfficerId, on: Date) -> Result<Employed, Status> {
        let found = mirror::employment(&self.store, officer).await;
        Ok(match found.map_err(refuse)? {
            None => Employed::Unknown,
            Some(days) if days.covers(on) => Employed::Yes,
            Some(_) => Employed::No,
        })
    }

    pub(super) async fn schedule(
        &self,
        request: &Request<pb::ScheduleSessionRequest>,
    ) -> Answer<pb::ScheduleSessionResponse> {
        let asked = parse::schedule(request.get_ref())?;
        let zone = self.zone_of("town", &asked.town).await?;
        let parts = parse::parts(&request.get_ref().parts, &zone)?;
        let (version, curriculum) = self.curriculum(&asked.course, asked.version).await?;
        let mut instructors = Vec::new();
        for Part {
            block,
            on,
            instructor,
            ..
        } in &parts
        {
            let block = curriculum.block(block);
            let takes = block.and_then(|block| block.instructor.as_ref());
            instructors.push(self.instructor(instructor, takes, *on).await?);
        }
        let act = Act::Schedule(Box::new(Schedule {
            course: asked.course,
            version,
            curriculum,
            town: asked.town,
            place: asked.place,
            presenter: asked.presenter,
            seats: request.get_ref().seats,
            parts,
            instructors,
        }));
        let seq = self.act(request, asked.session, act).await?.last_seq;
        Ok(Response::new(pb::ScheduleSessionResponse { seq }))
    }

    /// A version of a course's curriculum; 0 is the newest.
    async fn curriculum(&self, course: &Name, version: u32) -> Result<(u32, Curriculum), Status> {
        let row = self.course(course).await?;
        let newest = u32::try_from(row.versions.len()).unwrap_or(u32::MAX);
        let version = if version == 0 { newest } else { version };
        let index = usize::try_from(version).unwrap_or(usize::MAX) - 1;
        match row.versions.into_iter().nth(index) {
            Some((_, curriculum)) => Ok((version, curriculum)),
            None => {
                let problem = format!("{version}: the course {course} has versions 1 to {newest}");
                Err(Violation::new("version", problem).into())
            }
        }
    }

    pub(super) async fn another_instructor(
        &self,
        request: &Request<pb::ChangeInstructorRequest>,
    ) -> Answer<pb::ChangeInstructorResponse> {
        let asked = request.get_ref();
        let (session, officer) = all((
            required::<Name>("session", &asked.session),
            required::<OfficerId>("instructor", &asked.instructor),
        ))?;
        let known = self.known_session(&session).await?;
        let part = known.part(asked.part);
        let block = part.and_then(|part| known.curriculum.block(&part.block));
        let takes = block.and_then(|block| block.instructor.as_ref());
        let on = part.map_or_else(|| self.today(), |part| part.on);
        let instructor = self.instructor(&officer, takes, on).await?;
        let act = Act::ChangeInstructor {
            part: asked.part,
            instructor,
        };
        let seq = self.act(request, session, act).await?.last_seq;
        Ok(Response::new(pb::ChangeInstructorResponse { seq }))
    }

    pub(super) async fn cancel(
        &self,
        request: &Request<pb::CancelSessionRequest>,
    ) -> Answer<pb::CancelSessionResponse> {
        let asked = request.get_ref();
        let (session, because) = all((
            required("session", &asked.session),
            required("because", &asked.because),
        ))?;
        let outcome = self.act(request, session, Act::Cancel { because });
        let seq = outcome.await?.last_seq;
        Ok(Response::new(pb::CancelSessionResponse { seq }))
    }

    pub(super) async fn hold(
        &self,
        request: &Request<pb::HoldSeatsRequest>,
    ) -> Answer<pb::HoldSeatsResponse> {
        let asked = request.get_ref();
        let (session, agency) = all((
            required("session", &asked.session),
            required("agency", &asked.agency),
        ))?;
        let seats = asked.seats;
        let outcome = self.act(request, session, Act::HoldSeats { agency, seats });
        let outcome = outcome.await?;
        Ok(Response::new(pb::HoldSeatsResponse {
            seq: outcome.last_seq,
            promoted: promoted(&events(&outcome)?),
        }))
    }

    pub(super) async fn enrol(
        &self,
        request: &Request<pb::EnrolLearnerRequest>,
    ) -> Answer<pb::EnrolLearnerResponse> {
        let asked = request.get_ref();
        let (session, officer, class) = all((
            required::<Name>("session", &asked.session),
            required::<OfficerId>("officer", &asked.officer),
            parse::class(asked.class),
        ))?;
        let known = self.known_session(&session).await?;
        let first_day = known.first_day();
        let evidence = self.evidence_of(&officer).await?;
        let act = Act::Enrol(Enrol {
            employed: self.employed(&officer, first_day).await?,
            completed: completed(&evidence, &officer, first_day),
            officer: officer.clone(),
            class,
        });
        let outcome = self.act(request, session.clone(), act).await?;
        let confirmed = match events::<Event>(&outcome)?.last() {
            Some(event) => matches!(event, Event::SeatConfirmed { .. }),
            // Had asked before.
            None => {
                let known = self.known_session(&session).await?;
                let learner = known.learners.get(&officer);
                learner.is_some_and(|learner| learner.seat == session::Seat::Confirmed)
            }
        };
        Ok(Response::new(pb::EnrolLearnerResponse {
            seq: outcome.last_seq,
            confirmed,
        }))
    }

    pub(super) async fn withdraw(
        &self,
        request: &Request<pb::WithdrawLearnerRequest>,
    ) -> Answer<pb::WithdrawLearnerResponse> {
        let asked = request.get_ref();
        let (session, officer) = all((
            required("session", &asked.session),
            required("officer", &asked.officer),
        ))?;
        let outcome = self.act(request, session, Act::Withdraw { officer });
        let outcome = outcome.await?;
        Ok(Response::new(pb::WithdrawLearnerResponse {
            seq: outcome.last_seq,
            promoted: promoted(&events(&outcome)?),
        }))
    }

    pub(super) async fn attendance(
        &self,
        request: &Request<pb::RecordAttendanceRequest>,
    ) -> Answer<pb::RecordAttendanceResponse> {
        let asked = request.get_ref();
        let (session, minutes) = all((
            required("session", &asked.session),
            parse::attended(&asked.attended),
        ))?;
        let part = asked.part;
        let outcome = self.act(request, session, Act::RecordAttendance { part, minutes });
        let seq = outcome.await?.last_seq;
        Ok(Response::new(pb::RecordAttendanceResponse { seq }))
    }

    pub(super) async fn assess(
        &self,
        request: &Request<pb::RecordAssessmentRequest>,
    ) -> Answer<pb::RecordAssessmentResponse> {
        let asked = request.get_ref();
        let (session, officer, assessment, on, weapon) = all((
            required("session", &asked.session),
            required("officer", &asked.officer),
            required("assessment", &asked.assessment),
            date("on", &asked.on),
            super::parse::weapon("weapon", asked.weapon.as_ref()),
        ))?;
        let act = Act::Assess(Assess {
            officer,
            assessment,
            points: asked.points,
            weapon,
            on,
            assessor: actor(request)?.id.clone(),
        });
        let outcome = self.act(request, session, act).await?;
        let passed = events(&outcome)?;
        let passed = passed
            .iter()
            .any(|event| matches!(event, Event::Assessed { passed: true, .. }));
        Ok(Response::new(pb::RecordAssessmentResponse {
            seq: outcome.first_seq,
            passed,
        }))
    }

    pub(super) async fn remediate(
        &self,
        request: &Request<pb::OpenRemediationRequest>,
    ) -> Answer<pb::OpenRemediationResponse> {
        let asked = request.get_ref();
        let (session, officer, assessment) = all((
            required("session", &asked.session),
            required("officer", &asked.officer),
            required("assessment", &asked.assessment),
        ))?;
        let act = Act::Remediate {
            officer,
            assessment,
        };
        let seq = self.act(request, session, act).await?.last_seq;
        Ok(Response::new(pb::OpenRemediationResponse { seq }))
    }

    pub(super) async fn outcomes(
        &self,
        request: &Request<pb::IssueOutcomesRequest>,
    ) -> Answer<pb::IssueOutcomesResponse> {
        let asked = request.get_ref();
        let (session, officers, on) = all((
            required::<Name>("session", &asked.session),
            super::parse::list::<OfficerId>("officers", &asked.officers),
            date("on", &asked.on),
        ))?;
        let known = self.known_session(&session).await?;
        let mut standing = BTreeMap::new();
        for officer in known.learners.keys() {
            let evidence = self.evidence_of(officer).await?;
            let best = issued(&evidence, officer, &session)
                .into_iter()
                .map(|(_, it)| it);
            standing.extend(best.max().map(|best| (officer.clone(), best)));
        }
        let act = Act::IssueOutcomes(IssueOutcomes {
            officers: officers.into_iter().collect(),
            on,
            standing,
        });
        let outcome = self.act(request, session, act).await?;
        Ok(Response::new(reply::outcomes(&outcome)?))
    }

    pub(super) async fn remove(
        &self,
        request: &Request<pb::RemoveLearnerRequest>,
    ) -> Answer<pb::RemoveLearnerResponse> {
        let asked = request.get_ref();
        let (session, officer, on, because) = all((
            required("session", &asked.session),
            required("officer", &asked.officer),
            date("on", &asked.on),
            required("because", &asked.because),
        ))?;
        let act = Act::Remove {
            officer,
            on,
            because,
        };
        let outcome = self.act(request, session, act).await?;
        Ok(Response::new(pb::RemoveLearnerResponse {
            seq: outcome.first_seq,
            promoted: promoted(&events(&outcome)?),
        }))
    }

    pub(super) async fn session(&self, asked: &pb::GetSessionRequest) -> Answer<pb::Session> {
        let session = required("session", &asked.session)?;
        let known = self.known_session(&session).await?;
        Ok(Response::new(reply::session(&known, true)))
    }

    pub(super) async fn sessions(
        &self,
        asked: &pb::ListSessionsRequest,
    ) -> Answer<pb::ListSessionsResponse> {
        let course: Option<Name> = optional("course", &asked.course)?;
        let page = Page::read(asked.page_size, &asked.page_token, &[&asked.course])?;
        let filter = course.as_ref().map(|course| ("course", course.as_str()));
        let filter: Vec<(&str, &str)> = filter.into_iter().collect();
        let table = Table::Projection(Sessions::NAME);
        let (log, window) = (log(), page.rows());
        let rows = self.store.read_rows(table, &log, &filter, &window).await;
        let rows: Vec<Row<SessionRow>> = rows.map_err(refuse)?;
        let (rows, next_page_token) = page.cut(rows, |row| &row.key);
        let sessions = rows.iter().filter_map(|row| match &row.row.session {
            State::Known(known) => Some(reply::session(known, false)),
            State::Unknown => None,
        });
        Ok(Response::new(pb::ListSessionsResponse {
            sessions: sessions.collect(),
            next_page_token,
        }))
    }
}

/// Who got a seat from standby.
fn promoted(events: &[Event]) -> Vec<String> {
    let promoted = events.iter().filter_map(|event| match event {
        Event::StandbyPromoted { officer, .. } => Some(officer.to_string()),
        _ => None,
    });
    promoted.collect()
}

/// The outcomes of a session that stand for an officer, each with its position.
fn issued(evidence: &Evidence, officer: &OfficerId, session: &Name) -> Vec<(u64, Outcome)> {
    let records = evidence.known(officer, &Known::Now).into_iter();
    let of_it = records.filter_map(|record| match &record.fact {
        Fact::OutcomeIssued {
            session: Some(id),
            outcome,
            ..
        } if id.as_str() == session.as_str() => Some((record.at.seq, *outcome)),
        _ => None,
    });
    of_it.collect()
}

/// The courses that an officer has completed by a day, and was not removed from since.
fn completed(evidence: &Evidence, officer: &OfficerId, by: Date) -> BTreeSet<Name> {
    let mut records = evidence.known(officer, &Known::Now);
    let day = |fact: &Fact| match fact {
        Fact::OutcomeIssued { on, .. } | Fact::Removed { on, .. } => Some(*on),
        _ => None,
    };
    records.retain(|record| day(&record.fact).is_some_and(|on| on <= by));
    records.sort_by_key(|record| day(&record.fact));
    let mut found = BTreeSet::new();
    for record in records {
        match &record.fact {
            Fact::OutcomeIssued {
                course, outcome, ..
            } if *outcome >= Outcome::Completion => {
                found.insert(course.clone());
            }
            Fact::Removed { course, .. } => {
                found.remove(course);
            }
            _ => {}
        }
    }
    found
}
