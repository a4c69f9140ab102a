//! Event → fact: the one place where what happened here becomes known elsewhere.

use eligibility::{Fact as Evidence, Score};
use eventlog::Fact;
use prost::Message;
use vocabulary::Minutes;
use wire::training::v1 as facts;

use crate::domain::dossier::Event;
use crate::domain::{field, session};

/// Everything but a renewal window: that is the officer's and the trainer's business.
pub(crate) fn dossier(event: &Event) -> Option<Fact> {
    match event {
        Event::Recorded { officer, fact, .. } => Some(evidence::fact::write(officer, fact)),
        Event::Voided {
            officer, record, ..
        } => {
            let record = record.clone();
            Some(evidence::fact::write(officer, &Evidence::Voided { record }))
        }
        Event::Questioned {
            officer,
            record,
            because,
            ..
        } => {
            let (record, because) = (record.clone(), because.clone());
            let doubt = Evidence::Questioned { record, because };
            Some(evidence::fact::write(officer, &doubt))
        }
        Event::RenewalWindowOpened { .. } => None,
        Event::CredentialLapsed {
            officer,
            credential,
            kind,
            until,
        } => {
            let fact = facts::CredentialLapsed {
                officer: officer.to_string(),
                credential: credential.to_string(),
                kind: kind.to_string(),
                until: until.to_string(),
            };
            Some(Fact {
                kind: "CredentialLapsed",
                bytes: fact.encode_to_vec(),
            })
        }
    }
}

/// Outcomes, removals, and assessments that give a qualification; seats, attendance and
/// remediation are the provider's business.
pub(crate) fn session(state: &session::State, event: &session::Event) -> Option<Fact> {
    let session::State::Known(known) = state else {
        return None;
    };
    match event.clone() {
        session::Event::OutcomeIssued {
            officer,
            outcome,
            minutes,
            on,
        } => {
            let id = known.session.as_str().parse();
            let told = Evidence::OutcomeIssued {
                course: known.course.clone(),
                session: Some(id.expect("a name is a record's id")),
                started: known.first_day(),
                on,
                outcome,
                minutes: Minutes(minutes.into()),
            };
            Some(evidence::fact::write(&officer, &told))
        }
        session::Event::Assessed {
            officer,
            assessment,
            points,
            passed,
            weapon,
            on,
            ..
        } => {
            let assessment = known.curriculum.assessment(&assessment)?;
            let told = Evidence::Assessed {
                qualification: assessment.qualification.clone()?,
                on,
                passed,
                weapon,
                score: Some(Score {
                    points,
                    maximum: assessment.maximum,
                    pass_mark: assessment.pass_mark,
                }),
            };
            Some(evidence::fact::write(&officer, &told))
        }
        session::Event::Removed { officer, on, .. } => {
            let course = known.course.clone();
            let told = Evidence::Removed { course, on };
            Some(evidence::fact::write(&officer, &told))
        }
        _ => None,
    }
}

/// Sign-offs, and that it ended before its end; never what was observed.
pub(crate) fn field(event: &field::Event) -> Option<Fact> {
    match event.clone() {
        field::Event::PhaseSignedOff {
            officer,
            training,
            phase,
            started,
            by,
            on,
        } => {
            let told = Evidence::PhaseSignedOff {
                training,
                phase,
                started,
                on,
                trainer: by,
            };
            Some(evidence::fact::write(&officer, &told))
        }
        field::Event::Ended {
            officer,
            training: course,
            on,
            ..
        } => Some(evidence::fact::write(
            &officer,
            &Evidence::Removed { course, on },
        )),
        field::Event::Begun { .. } | field::Event::Observed { .. } => None,
    }
}
