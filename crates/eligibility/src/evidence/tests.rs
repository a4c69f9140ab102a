//! The stored form of facts, and what no record may say.

use serde_json::{Value, json};

use super::{Fact, Known};
use crate::samples::*;

const GOLDEN: &str = include_str!("../../golden/facts.json");

/// A kind that is added here must be added to the golden file.
fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Checked { .. } => "checked",
        Fact::AgeProved { .. } => "age_proved",
        Fact::OutcomeIssued { .. } => "outcome_issued",
        Fact::Removed { .. } => "removed",
        Fact::Assessed { .. } => "assessed",
        Fact::PhaseSignedOff { .. } => "phase_signed_off",
        Fact::Supervised { .. } => "supervised",
        Fact::CredentialGranted { .. } => "credential_granted",
        Fact::CredentialSuspended { .. } => "credential_suspended",
        Fact::CredentialReinstated { .. } => "credential_reinstated",
        Fact::CredentialRevoked { .. } => "credential_revoked",
        Fact::WaiverGranted { .. } => "waiver_granted",
        Fact::WaiverEnded { .. } => "waiver_ended",
        Fact::EquivalenceDecided { .. } => "equivalence_decided",
        Fact::Voided { .. } => "voided",
        Fact::Questioned { .. } => "questioned",
    }
}

#[test]
fn every_kind_of_fact_loads_and_is_stored_as_it_was() {
    let golden: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for stored in golden {
        let fact: Fact = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(stored["kind"], kind(&fact));
        assert_eq!(serde_json::to_value(&fact).unwrap(), stored);
        assert_eq!(fact.check(), Ok(()));
        kinds.insert(kind(&fact));
    }
    assert_eq!(kinds.len(), 16, "one at least of every kind");
}

#[test]
fn a_record_that_cannot_be_so_is_refused_with_the_reason() {
    let refused = |fact: Value| {
        let fact: Fact = serde_json::from_value(fact).unwrap();
        fact.check().unwrap_err().to_string()
    };
    let assessed = |passed: bool, points: u32, maximum: u32, pass_mark: u32| {
        refused(
            json!({"kind": "assessed", "qualification": "pistol", "on": "2026-01-15",
            "passed": passed,
            "score": {"points": points, "maximum": maximum, "pass_mark": pass_mark}}),
        )
    };
    assert!(assessed(true, 21, 20, 15).contains("21 of 20 points"));
    assert!(assessed(false, 2, 20, 25).contains("cannot be reached with 20"));
    assert!(assessed(true, 14, 20, 15).contains("are a fail"));
    let backwards = json!({"kind": "waiver_granted", "id": "w1", "requirement": "refresher",
        "from": "2027-03-20", "until": "2027-01-20", "signer": "director-1"});
    assert!(refused(backwards).contains("it ends on 2027-01-20, before it begins"));
    let early = json!({"kind": "credential_granted", "id": "c1", "credential": "mo-ccw",
        "issuer": "clay-sheriff", "issued": "2026-01-20", "from": "2026-01-19"});
    assert!(refused(early).contains("before it was issued on 2026-01-20"));
    let both = json!({"kind": "equivalence_decided", "id": "q1", "foreign": "az-academy",
        "by": "director-1", "basis": "transcript", "satisfies": ["core"], "lacks": ["core"],
        "from": "2026-01-20"});
    assert!(refused(both).contains("`core` stands among"));
    let negative = json!({"kind": "supervised", "service": "ride-along", "on": "2026-01-20",
        "minutes": -1});
    assert!(refused(negative).contains("less than no time"));
}

#[test]
fn a_waiver_without_an_end_does_not_even_load() {
    let endless = json!({"kind": "waiver_granted", "id": "w1", "requirement": "refresher",
        "from": "2027-01-20", "signer": "director-1"});
    let refused = serde_json::from_value::<Fact>(endless)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("until"), "{refused}");
}

#[test]
fn of_a_log_that_no_head_names_nothing_is_known() {
    let log = finished();
    let evidence = log.evidence();
    let heads = |log: &str, seq: u64| Known::Heads([(log.to_owned(), seq)].into());
    assert_eq!(
        evidence.known(&officer(114), &heads("training", 3)).len(),
        3
    );
    assert_eq!(evidence.known(&officer(114), &heads("payroll", 9)).len(), 0);
}
