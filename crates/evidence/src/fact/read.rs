//! Published bytes into evidence.

use std::str::FromStr;

use eligibility::{Fact, Outcome, Position, Score, Weapon};
use prost::Message;
use vocabulary::{Minutes, OfficerId};
use wire::training::v1 as facts;

type Read = Result<Fact, String>;

/// What a fact of training says of whom; nothing for one that is no evidence.
///
/// # Errors
/// What cannot be read, in words.
pub fn read(kind: &str, bytes: &[u8]) -> Result<Option<(OfficerId, Fact)>, String> {
    macro_rules! reads {
        ($($message:ident => $read:path),* $(,)?) => {
            match kind {
                $(stringify!($message) => {
                    let fact = facts::$message::decode(bytes).map_err(|e| e.to_string())?;
                    let officer = value(&fact.officer)?;
                    Ok(Some((officer, $read(fact)?)))
                })*
                _ => Ok(None),
            }
        };
    }
    reads! {
        CheckRecorded => check,
        AgeProved => age,
        OutcomeIssued => outcome,
        LearnerRemoved => removed,
        AssessmentRecorded => assessment,
        PhaseSignedOff => phase,
        ServiceSupervised => service,
        CredentialGranted => granted,
        CredentialSuspended => suspended,
        CredentialReinstated => reinstated,
        CredentialRevoked => revoked,
        WaiverGranted => waiver,
        WaiverEnded => waiver_ended,
        EquivalenceDecided => equivalence,
        RecordVoided => voided,
        RecordQuestioned => questioned,
    }
}

fn check(fact: facts::CheckRecorded) -> Read {
    Ok(Fact::Checked {
        check: value(&fact.check)?,
        on: value(&fact.on)?,
        passed: fact.passed,
        until: optional(&fact.until)?,
    })
}

fn age(fact: facts::AgeProved) -> Read {
    let years = u8::try_from(fact.years);
    Ok(Fact::AgeProved {
        years: years.map_err(|_| format!("{} years is no age", fact.years))?,
        on: value(&fact.on)?,
    })
}

fn outcome(fact: facts::OutcomeIssued) -> Read {
    Ok(Fact::OutcomeIssued {
        course: value(&fact.course)?,
        session: optional(&fact.session)?,
        started: value(&fact.started)?,
        on: value(&fact.on)?,
        outcome: match fact.outcome.as_str() {
            "not_completed" => Outcome::NotCompleted,
            "participation" => Outcome::Participation,
            "completion" => Outcome::Completion,
            "completion_and_proficiency" => Outcome::CompletionAndProficiency,
            other => return Err(format!("\"{other}\" is no outcome")),
        },
        minutes: Minutes(i64::from(fact.minutes)),
    })
}

fn removed(fact: facts::LearnerRemoved) -> Read {
    Ok(Fact::Removed {
        course: value(&fact.course)?,
        on: value(&fact.on)?,
    })
}

fn assessment(fact: facts::AssessmentRecorded) -> Read {
    let score = fact.score.map(|score| Score {
        points: score.points,
        maximum: score.maximum,
        pass_mark: score.pass_mark,
    });
    Ok(Fact::Assessed {
        qualification: value(&fact.qualification)?,
        on: value(&fact.on)?,
        passed: fact.passed,
        weapon: weapon(fact.weapon)?,
        score,
    })
}

fn phase(fact: facts::PhaseSignedOff) -> Read {
    Ok(Fact::PhaseSignedOff {
        training: value(&fact.training)?,
        phase: fact.phase,
        started: value(&fact.started)?,
        on: value(&fact.on)?,
        trainer: value(&fact.trainer)?,
    })
}

fn service(fact: facts::ServiceSupervised) -> Read {
    Ok(Fact::Supervised {
        service: value(&fact.service)?,
        on: value(&fact.on)?,
        minutes: Minutes(i64::from(fact.minutes)),
    })
}

fn granted(fact: facts::CredentialGranted) -> Read {
    Ok(Fact::CredentialGranted {
        id: value(&fact.credential)?,
        credential: value(&fact.kind)?,
        issuer: value(&fact.issuer)?,
        issued: value(&fact.issued)?,
        from: value(&fact.from)?,
        until: optional(&fact.until)?,
        weapon: weapon(fact.weapon)?,
        towns: values(&fact.towns)?,
        rests_on: fact.rests_on.into_iter().map(position).collect(),
    })
}

fn suspended(fact: facts::CredentialSuspended) -> Read {
    Ok(Fact::CredentialSuspended {
        id: value(&fact.credential)?,
        from: value(&fact.from)?,
    })
}

fn reinstated(fact: facts::CredentialReinstated) -> Read {
    Ok(Fact::CredentialReinstated {
        id: value(&fact.credential)?,
        from: value(&fact.from)?,
    })
}

fn revoked(fact: facts::CredentialRevoked) -> Read {
    Ok(Fact::CredentialRevoked {
        id: value(&fact.credential)?,
        from: value(&fact.from)?,
    })
}

fn waiver(fact: facts::WaiverGranted) -> Read {
    Ok(Fact::WaiverGranted {
        id: value(&fact.waiver)?,
        requirement: value(&fact.requirement)?,
        from: value(&fact.from)?,
        until: value(&fact.until)?,
        signer: value(&fact.signer)?,
        towns: values(&fact.towns)?,
    })
}

fn waiver_ended(fact: facts::WaiverEnded) -> Read {
    Ok(Fact::WaiverEnded {
        id: value(&fact.waiver)?,
        on: value(&fact.on)?,
    })
}

fn equivalence(fact: facts::EquivalenceDecided) -> Read {
    Ok(Fact::EquivalenceDecided {
        id: value(&fact.decision)?,
        foreign: value(&fact.foreign)?,
        by: value(&fact.by)?,
        basis: value(&fact.basis)?,
        satisfies: values(&fact.satisfies)?,
        lacks: values(&fact.lacks)?,
        from: value(&fact.from)?,
        until: optional(&fact.until)?,
    })
}

fn voided(fact: facts::RecordVoided) -> Read {
    let record = fact.record.ok_or("it names no record")?;
    Ok(Fact::Voided {
        record: position(record),
    })
}

fn questioned(fact: facts::RecordQuestioned) -> Read {
    let record = fact.record.ok_or("it names no record")?;
    Ok(Fact::Questioned {
        record: position(record),
        because: value(&fact.because)?,
    })
}

fn weapon(weapon: Option<facts::Weapon>) -> Result<Option<Weapon>, String> {
    let read = |weapon: facts::Weapon| {
        Ok(Weapon {
            model: value(&weapon.model)?,
            serial: optional(&weapon.serial)?,
        })
    };
    weapon.map(read).transpose()
}

fn position(at: facts::RecordPosition) -> Position {
    let facts::RecordPosition { log, seq } = at;
    Position { log, seq }
}

fn values<T: FromStr<Err: std::fmt::Display>>(texts: &[String]) -> Result<Vec<T>, String> {
    texts.iter().map(|text| value(text)).collect()
}

fn optional<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Option<T>, String> {
    match text {
        "" => Ok(None),
        text => value(text).map(Some),
    }
}

fn value<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{e}"))
}
