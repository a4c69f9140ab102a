//! Courses and sessions into replies.

use std::collections::BTreeMap;

use eligibility::{Name, Outcome};
use rpc::refuse;
use tonic::Status;
use wire::convert::timestamp_value;
use wire::training::v1 as pb;

use crate::domain::course::{Assessment, AssessmentKind, Block, Curriculum};
use crate::domain::session::{Event, Known, Learner, Part, Seat};
use crate::grpc::reply::text;

pub(in crate::grpc) fn curriculum(curriculum: &Curriculum) -> pb::Curriculum {
    pb::Curriculum {
        title: curriculum.title.to_string(),
        lesson_plan: curriculum.lesson_plan.to_string(),
        delivery: curriculum.delivery.to_string(),
        safety: text(curriculum.safety.as_ref()),
        after: curriculum.after.iter().map(ToString::to_string).collect(),
        blocks: curriculum.blocks.iter().map(block).collect(),
        assessments: curriculum.assessments.iter().map(assessment).collect(),
    }
}

fn block(block: &Block) -> pb::CourseBlock {
    pb::CourseBlock {
        block: block.block.to_string(),
        title: block.title.to_string(),
        kind: block.kind.to_string(),
        minutes: block.minutes,
        minimum_minutes: block.minimum_minutes,
        instructor: text(block.instructor.as_ref()),
        learners_max: block.learners_max.unwrap_or(0),
    }
}

fn assessment(it: &Assessment) -> pb::CourseAssessment {
    let kind = match it.kind {
        AssessmentKind::Written => pb::AssessmentKind::Written,
        AssessmentKind::Practical => pb::AssessmentKind::Practical,
        AssessmentKind::Range => pb::AssessmentKind::Range,
        AssessmentKind::Scenario => pb::AssessmentKind::Scenario,
    };
    pb::CourseAssessment {
        assessment: it.assessment.to_string(),
        title: it.title.to_string(),
        kind: kind.into(),
        maximum: it.maximum,
        pass_mark: it.pass_mark,
        attempts: it.attempts,
        qualification: text(it.qualification.as_ref()),
        weapon: it.weapon,
    }
}

/// A session; in full with learners and what was assessed.
pub(super) fn session(known: &Known, full: bool) -> pb::Session {
    let standby = u32::try_from(known.waiting().len()).unwrap_or(u32::MAX);
    let held = known.held.iter().map(|(agency, seats)| pb::HeldSeats {
        agency: agency.to_string(),
        seats: *seats,
    });
    let parts = (1..).zip(&known.parts).map(|(n, it)| part(known, n, it));
    let learners = known.learners.iter().filter(|_| full);
    let learners = learners.map(|(officer, it)| learner(known, officer.to_string(), it));
    let assessments = known.curriculum.assessments.iter().filter(|_| full);
    pb::Session {
        session: known.session.to_string(),
        course: known.course.to_string(),
        version: known.version,
        title: known.curriculum.title.to_string(),
        lesson_plan: known.curriculum.lesson_plan.to_string(),
        town: known.town.to_string(),
        place: known.place.to_string(),
        presenter: known.presenter.to_string(),
        first_day: known.first_day().to_string(),
        last_day: known.last_day().to_string(),
        seats: known.seats,
        confirmed: known.confirmed(),
        standby,
        cancelled_on: text(known.cancelled),
        held: held.collect(),
        parts: parts.collect(),
        learners: learners.collect(),
        assessments: assessments.map(assessment).collect(),
    }
}

fn part(known: &Known, number: u32, part: &Part) -> pb::SessionPart {
    let block = known.curriculum.block(&part.block);
    let credential = block.and_then(|block| block.instructor.as_ref());
    pb::SessionPart {
        part: number,
        block: part.block.to_string(),
        title: text(block.map(|block| &block.title)),
        kind: text(block.map(|block| &block.kind)),
        on: part.on.to_string(),
        starts: Some(timestamp_value(part.starts)),
        minutes: part.minutes,
        instructor: part.instructor.to_string(),
        credential: text(credential),
        attendance_recorded: known.attended.contains(&number),
    }
}

fn learner(known: &Known, officer: String, learner: &Learner) -> pb::SessionLearner {
    let latest = learner.outcomes.last();
    let seat = match learner.seat {
        Seat::Requested | Seat::Standby => "standby",
        Seat::Confirmed => "confirmed",
        Seat::Withdrawn => "withdrawn",
        Seat::Removed => "removed",
    };
    let attended = learner
        .minutes
        .iter()
        .map(|(part, minutes)| pb::PartAttended {
            part: *part,
            block: text(known.part(*part).map(|part| &part.block)),
            minutes: *minutes,
        });
    let outcomes = learner
        .outcomes
        .iter()
        .map(|(on, outcome)| pb::LearnerOutcome {
            outcome: word(*outcome).to_owned(),
            on: on.to_string(),
        });
    pb::SessionLearner {
        officer,
        seat: seat.to_owned(),
        class: learner.class.into(),
        minutes: learner.total_minutes(),
        outcome: latest.map_or("", |(_, outcome)| word(*outcome)).to_owned(),
        outcome_on: text(latest.map(|(on, _)| on)),
        attended: attended.collect(),
        attempts: attempts(known, learner),
        remediation: learner
            .remediation
            .keys()
            .map(ToString::to_string)
            .collect(),
        outcomes: outcomes.collect(),
    }
}

fn attempts(known: &Known, learner: &Learner) -> Vec<pb::AssessmentAttempt> {
    let mut counted: BTreeMap<&Name, u32> = BTreeMap::new();
    let attempts = learner.attempts.iter().map(|attempt| {
        let number = counted.entry(&attempt.assessment).or_default();
        *number += 1;
        let asked = known.curriculum.assessment(&attempt.assessment);
        pb::AssessmentAttempt {
            assessment: attempt.assessment.to_string(),
            attempt: *number,
            on: attempt.on.to_string(),
            points: attempt.points,
            maximum: asked.map_or(0, |asked| asked.maximum),
            pass_mark: asked.map_or(0, |asked| asked.pass_mark),
            passed: attempt.passed,
            weapon: attempt.weapon.as_ref().map(crate::grpc::reply::weapon),
            assessor: attempt.assessor.to_string(),
        }
    });
    attempts.collect()
}

/// Each outcome that was issued, with what has to be learnt again.
pub(super) fn outcomes(outcome: &eventlog::Outcome) -> Result<pb::IssueOutcomesResponse, Status> {
    let mut outcomes: Vec<pb::IssuedOutcome> = Vec::new();
    for recorded in &outcome.events {
        match recorded.event().map_err(refuse)? {
            Event::OutcomeIssued {
                officer, outcome, ..
            } => outcomes.push(pb::IssuedOutcome {
                officer: officer.to_string(),
                outcome: word(outcome).to_owned(),
                seq: recorded.seq,
                remediation: Vec::new(),
            }),
            Event::RemediationOpened { assessment, .. } => {
                // It stands behind the outcome that opened it.
                if let Some(last) = outcomes.last_mut() {
                    last.remediation.push(assessment.to_string());
                }
            }
            _ => {}
        }
    }
    Ok(pb::IssueOutcomesResponse {
        seq: outcome.last_seq,
        outcomes,
    })
}

/// As it is published.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotCompleted => "not_completed",
        Outcome::Participation => "participation",
        Outcome::Completion => "completion",
        Outcome::CompletionAndProficiency => "completion_and_proficiency",
    }
}
