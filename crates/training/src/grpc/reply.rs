//! Rows and answers into replies.

use eligibility::{
    Answer, CredentialState, Evidence, Finding, Position, Record, Standing, Subject, Verdict,
    Weapon,
};
use evidence::fact;
use jiff::civil::Date;
use wire::convert::timestamp_value;
use wire::training::v1 as pb;

use crate::domain::dossier::{Held, Waiver};

pub(super) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn credential(officer: &str, held: &Held, on: Date, number: String) -> pb::Credential {
    let (state, since) = match held.on(on) {
        _ if held.voided => (pb::CredentialState::Voided, None),
        CredentialState::NotYet { .. } => (pb::CredentialState::NotYet, None),
        CredentialState::Valid { .. } | CredentialState::Grace { .. } => {
            (pb::CredentialState::Valid, None)
        }
        CredentialState::Late { .. } | CredentialState::Expired { .. } => {
            (pb::CredentialState::Expired, None)
        }
        CredentialState::Suspended { since } => (pb::CredentialState::Suspended, Some(since)),
        CredentialState::Revoked { on } => (pb::CredentialState::Revoked, Some(on)),
    };
    pb::Credential {
        credential: held.id.to_string(),
        officer: officer.to_owned(),
        kind: held.kind.to_string(),
        issuer: held.issuer.to_string(),
        number,
        issued: held.issued.to_string(),
        from: held.from.to_string(),
        until: text(held.until),
        weapon: held.weapon.as_ref().map(weapon),
        towns: held.towns.iter().map(ToString::to_string).collect(),
        state: state.into(),
        since: text(since),
        renewal_opened: text(held.renewal_opened),
    }
}

pub(super) fn weapon(weapon: &Weapon) -> pb::Weapon {
    pb::Weapon {
        model: weapon.model.to_string(),
        serial: text(weapon.serial.as_ref()),
    }
}

pub(super) fn waiver(officer: &str, waiver: &Waiver) -> pb::Waiver {
    pb::Waiver {
        waiver: waiver.id.to_string(),
        officer: officer.to_owned(),
        requirement: waiver.requirement.to_string(),
        from: waiver.from.to_string(),
        until: waiver.until.to_string(),
        ended: text(waiver.ended()),
        signer: waiver.signer.to_string(),
        towns: waiver.towns.iter().map(ToString::to_string).collect(),
        voided: waiver.voided,
    }
}

pub(super) fn verdict(verdict: Verdict) -> pb::Verdict {
    match verdict {
        Verdict::No => pb::Verdict::No,
        Verdict::YesWithWaiver => pb::Verdict::YesWithWaiver,
        Verdict::Yes => pb::Verdict::Yes,
    }
}

pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Duty(duty) => format!("duty:{duty}"),
        Subject::Equipment(item) => format!("equipment:{item}"),
        Subject::CallType(code) => format!("call:{code}"),
    }
}

pub(super) fn finding(finding: &Finding, of: &[Record]) -> pb::Finding {
    let standing = match finding.standing {
        Standing::Met => pb::Standing::Met,
        Standing::Waived => pb::Standing::Waived,
        Standing::Missing => pb::Standing::Missing,
    };
    pb::Finding {
        needed_for: subject(&finding.needed_for),
        requirement: text(finding.requirement.as_ref()),
        title: finding.title.clone(),
        mandatory: finding.mandatory,
        standing: standing.into(),
        says: finding.sentence(),
        proofs: finding.evidence.iter().map(|at| proof(at, of)).collect(),
        stays_until: text(finding.stays_until),
    }
}

/// The event at a position, with its kind and time where it is one of the officer's records.
fn proof(at: &Position, of: &[Record]) -> pb::Proof {
    let record = of.iter().find(|record| record.at == *at);
    pb::Proof {
        log: at.log.clone(),
        seq: at.seq,
        kind: record.map_or_else(String::new, kind),
        recorded_at: record.map(|record| timestamp_value(record.recorded)),
    }
}

/// The kind of the fact that told a record.
pub(super) fn kind(record: &Record) -> String {
    fact::write(&record.officer, &record.fact).kind.to_owned()
}

/// What is missing for a yes, by the requirements' names.
pub(super) fn missing(answer: &Answer) -> Vec<String> {
    let missing = answer.missing().map(|finding| match &finding.requirement {
        Some(requirement) => requirement.to_string(),
        None => "permission".to_owned(),
    });
    let mut missing: Vec<String> = missing.collect();
    missing.sort();
    missing.dedup();
    missing
}

pub(super) fn eligible(answer: &Answer) -> pb::EligibleOfficer {
    pb::EligibleOfficer {
        officer: answer.officer.to_string(),
        verdict: verdict(answer.verdict).into(),
        stays_until: text(answer.stays_until),
        missing: missing(answer),
        conditions: answer.conditions.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn answer(
    answer: &Answer,
    evidence: &Evidence,
    registry: (&vocabulary::AgreementId, u64),
) -> pb::CheckEligibilityResponse {
    let of = evidence.of(&answer.officer);
    let mut heads = answer.heads.clone();
    heads.entry(crate::SERVICE.to_owned()).or_default();
    heads.insert("registry".to_owned(), registry.1);
    let heads = heads
        .into_iter()
        .map(|(log, seq)| pb::KnownHead { log, seq });
    pb::CheckEligibilityResponse {
        verdict: verdict(answer.verdict).into(),
        on: answer.on.to_string(),
        stays_until: text(answer.stays_until),
        findings: answer
            .findings
            .iter()
            .map(|found| finding(found, of))
            .collect(),
        conditions: answer.conditions.iter().map(ToString::to_string).collect(),
        programme: answer.programme.to_string(),
        version: answer.version,
        agreement: registry.0.to_string(),
        heads: heads.collect(),
        says: answer.sentences().into_iter().next().unwrap_or_default(),
    }
}
