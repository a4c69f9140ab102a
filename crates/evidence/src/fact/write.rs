//! Evidence as the bytes that are published.

use eligibility::{Fact, Outcome, Position, Weapon};
use jiff::civil::Date;
use prost::Message;
use vocabulary::{Minutes, OfficerId};
use wire::training::v1 as facts;

/// The fact that tells this of an officer.
pub fn write(officer: &OfficerId, fact: &Fact) -> eventlog::Fact {
    let officer = officer.to_string();
    match fact {
        Fact::Checked { .. }
        | Fact::AgeProved { .. }
        | Fact::OutcomeIssued { .. }
        | Fact::Removed { .. }
        | Fact::Assessed { .. }
        | Fact::PhaseSignedOff { .. }
        | Fact::Supervised { .. } => learnt(officer, fact),
        Fact::CredentialGranted { .. }
        | Fact::CredentialSuspended { .. }
        | Fact::CredentialReinstated { .. }
        | Fact::CredentialRevoked { .. } => credential(officer, fact),
        Fact::WaiverGranted { .. } | Fact::WaiverEnded { .. } | Fact::EquivalenceDecided { .. } => {
            decided(officer, fact)
        }
        Fact::Voided { record } => told(
            "RecordVoided",
            &facts::RecordVoided {
                officer,
                record: Some(position(record)),
            },
        ),
        Fact::Questioned { record, because } => told(
            "RecordQuestioned",
            &facts::RecordQuestioned {
                officer,
                record: Some(position(record)),
                because: because.to_string(),
            },
        ),
    }
}

fn told(kind: &'static str, message: &impl Message) -> eventlog::Fact {
    eventlog::Fact {
        kind,
        bytes: message.encode_to_vec(),
    }
}

/// What was checked, learnt or served.
fn learnt(officer: String, fact: &Fact) -> eventlog::Fact {
    match fact.clone() {
        Fact::Checked {
            check,
            on,
            passed,
            until,
        } => told(
            "CheckRecorded",
            &facts::CheckRecorded {
                officer,
                check: check.to_string(),
                on: on.to_string(),
                passed,
                until: day(until),
            },
        ),
        Fact::AgeProved { years, on } => told(
            "AgeProved",
            &facts::AgeProved {
                officer,
                years: u32::from(years),
                on: on.to_string(),
            },
        ),
        Fact::Removed { course, on } => told(
            "LearnerRemoved",
            &facts::LearnerRemoved {
                officer,
                course: course.to_string(),
                on: on.to_string(),
            },
        ),
        Fact::PhaseSignedOff {
            training,
            phase,
            started,
            on,
            trainer,
        } => told(
            "PhaseSignedOff",
            &facts::PhaseSignedOff {
                officer,
                training: training.to_string(),
                phase,
                started: started.to_string(),
                on: on.to_string(),
                trainer: trainer.to_string(),
            },
        ),
        Fact::Supervised {
            service,
            on,
            minutes,
        } => told(
            "ServiceSupervised",
            &facts::ServiceSupervised {
                officer,
                service: service.to_string(),
                on: on.to_string(),
                minutes: count(minutes),
            },
        ),
        other => tested(officer, other),
    }
}

/// How a course or an assessment ended.
fn tested(officer: String, fact: Fact) -> eventlog::Fact {
    match fact {
        Fact::OutcomeIssued {
            course,
            session,
            started,
            on,
            outcome,
            minutes,
        } => told(
            "OutcomeIssued",
            &facts::OutcomeIssued {
                officer,
                course: course.to_string(),
                session: text(session),
                started: started.to_string(),
                on: on.to_string(),
                outcome: word(outcome).to_owned(),
                minutes: count(minutes),
            },
        ),
        Fact::Assessed {
            qualification,
            on,
            passed,
            weapon: with,
            score,
        } => told(
            "AssessmentRecorded",
            &facts::AssessmentRecorded {
                officer,
                qualification: qualification.to_string(),
                on: on.to_string(),
                passed,
                weapon: with.map(weapon),
                score: score.map(|score| facts::Score {
                    points: score.points,
                    maximum: score.maximum,
                    pass_mark: score.pass_mark,
                }),
            },
        ),
        other => unreachable!("{other:?} is written elsewhere"),
    }
}

fn credential(officer: String, fact: &Fact) -> eventlog::Fact {
    let turned = |id: &eligibility::RecordId, from: &Date| (id.to_string(), from.to_string());
    match fact {
        Fact::CredentialSuspended { id, from } => {
            let (credential, from) = turned(id, from);
            let message = facts::CredentialSuspended {
                officer,
                credential,
                from,
            };
            told("CredentialSuspended", &message)
        }
        Fact::CredentialReinstated { id, from } => {
            let (credential, from) = turned(id, from);
            let message = facts::CredentialReinstated {
                officer,
                credential,
                from,
            };
            told("CredentialReinstated", &message)
        }
        Fact::CredentialRevoked { id, from } => {
            let (credential, from) = turned(id, from);
            let message = facts::CredentialRevoked {
                officer,
                credential,
                from,
            };
            told("CredentialRevoked", &message)
        }
        other => granted(officer, other.clone()),
    }
}

fn granted(officer: String, fact: Fact) -> eventlog::Fact {
    let Fact::CredentialGranted {
        id,
        credential,
        issuer,
        issued,
        from,
        until,
        weapon: good_for,
        towns,
        rests_on,
    } = fact
    else {
        unreachable!("{fact:?} is written elsewhere")
    };
    let message = facts::CredentialGranted {
        officer,
        credential: id.to_string(),
        kind: credential.to_string(),
        issuer: issuer.to_string(),
        issued: issued.to_string(),
        from: from.to_string(),
        until: day(until),
        weapon: good_for.map(weapon),
        towns: texts(&towns),
        rests_on: rests_on.iter().map(position).collect(),
    };
    told("CredentialGranted", &message)
}

/// What somebody decided.
fn decided(officer: String, fact: &Fact) -> eventlog::Fact {
    match fact {
        Fact::WaiverGranted {
            id,
            requirement,
            from,
            until,
            signer,
            towns,
        } => told(
            "WaiverGranted",
            &facts::WaiverGranted {
                officer,
                waiver: id.to_string(),
                requirement: requirement.to_string(),
                from: from.to_string(),
                until: until.to_string(),
                signer: signer.to_string(),
                towns: texts(towns),
            },
        ),
        Fact::WaiverEnded { id, on } => told(
            "WaiverEnded",
            &facts::WaiverEnded {
                officer,
                waiver: id.to_string(),
                on: on.to_string(),
            },
        ),
        Fact::EquivalenceDecided {
            id,
            foreign,
            by,
            basis,
            satisfies,
            lacks,
            from,
            until,
        } => told(
            "EquivalenceDecided",
            &facts::EquivalenceDecided {
                officer,
                decision: id.to_string(),
                foreign: foreign.to_string(),
                by: by.to_string(),
                basis: basis.to_string(),
                satisfies: texts(satisfies),
                lacks: texts(lacks),
                from: from.to_string(),
                until: day(*until),
            },
        ),
        other => unreachable!("{other:?} is written elsewhere"),
    }
}

/// An outcome's published word.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotCompleted => "not_completed",
        Outcome::Participation => "participation",
        Outcome::Completion => "completion",
        Outcome::CompletionAndProficiency => "completion_and_proficiency",
    }
}

fn weapon(weapon: Weapon) -> facts::Weapon {
    facts::Weapon {
        model: weapon.model.to_string(),
        serial: text(weapon.serial),
    }
}

fn position(at: &Position) -> facts::RecordPosition {
    let Position { log, seq } = at.clone();
    facts::RecordPosition { log, seq }
}

fn day(day: Option<Date>) -> String {
    text(day)
}

fn text(value: Option<impl std::fmt::Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn texts<T: std::fmt::Display>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Minutes are never negative (`Fact::check`) and never 8,000 years.
fn count(minutes: Minutes) -> u32 {
    u32::try_from(minutes.0.max(0)).unwrap_or(u32::MAX)
}
