use eligibility::Fact;
use vocabulary::OfficerId;

use super::{read, write};

/// Every kind of evidence there is, with and without what may be left out.
const FACTS: &str = include_str!("../../../eligibility/golden/facts.json");

#[test]
fn whatever_is_written_is_read_as_it_was() {
    let facts: Vec<Fact> = serde_json::from_str(FACTS).unwrap();
    let officer: OfficerId = "cso-114".parse().unwrap();
    assert!(facts.len() > 20);
    for fact in facts {
        let told = write(&officer, &fact);
        let again = read(told.kind, &told.bytes).unwrap();
        assert_eq!(again, Some((officer.clone(), fact)), "{}", told.kind);
    }
}

/// Neighbours' logs hold copies of these bytes: a line for each of the facts above, for ever.
#[test]
fn published_bytes_are_what_they_always_were() {
    let facts: Vec<Fact> = serde_json::from_str(FACTS).unwrap();
    let officer: OfficerId = "cso-114".parse().unwrap();
    let lines = facts.iter().map(|fact| {
        let told = write(&officer, fact);
        let hex: String = told.bytes.iter().map(|b| format!("{b:02x}")).collect();
        format!("{} {hex}\n", told.kind)
    });
    let written: String = lines.collect();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/facts.txt");
    let stored = std::fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(stored, written, "{golden}");
}

#[test]
fn what_is_no_evidence_is_none_and_what_is_garbled_says_so() {
    assert_eq!(read("CredentialLapsed", b"anything"), Ok(None));
    assert!(read("AgeProved", b"\xff").is_err());
    // A check of nobody.
    assert!(read("CheckRecorded", b"").is_err());
}
