//! The leaf layout is for ever: these vectors were made by the second verifier, not by this crate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use proof::{Hash, Leaf, private_hash};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    what: String,
    log: String,
    seq: u64,
    stream: String,
    version: u64,
    kind: String,
    revision: u16,
    valid_on: Date,
    recorded_at: Timestamp,
    recorded_at_micros: i64,
    fact: Option<String>,
    salt: Hash,
    body: String,
    private_hash: Hash,
    record: String,
    leaf_hash: Hash,
}

#[test]
fn every_golden_leaf_still_has_its_record_and_its_hash() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../golden/leaf.json")).unwrap();
    assert_eq!(vectors.len(), 4, "vectors are only ever added");
    for vector in &vectors {
        let what = &vector.what;
        assert_eq!(
            vector.recorded_at.as_microsecond(),
            vector.recorded_at_micros,
            "{what}"
        );
        let private = private_hash(vector.salt.as_bytes(), vector.body.as_bytes());
        assert_eq!(private, vector.private_hash, "{what}");
        let fact = vector
            .fact
            .as_ref()
            .map(|text| STANDARD.decode(text).unwrap());
        let leaf = Leaf {
            log: &vector.log,
            seq: vector.seq,
            stream: &vector.stream,
            version: vector.version,
            kind: &vector.kind,
            revision: vector.revision,
            valid_on: vector.valid_on,
            recorded_at: vector.recorded_at,
            fact: fact.as_deref(),
            private_hash: private,
        };
        let record: String = leaf
            .encode()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(record, vector.record, "{what}");
        assert_eq!(leaf.hash(), vector.leaf_hash, "{what}");
    }
}

/// `docs/bundle.md` is what strangers implement: its example must be the golden one.
#[test]
fn the_documented_record_and_note_are_the_golden_ones() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bundle.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = |name: &str| {
        let (_, after) = page.split_once(&format!("```{name}\n")).unwrap();
        after.split_once("```").unwrap().0.to_owned()
    };
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../golden/leaf.json")).unwrap();
    let first_column = |line: &str| line.split(' ').next().unwrap().to_owned();
    let record: String = block("record").lines().map(first_column).collect();
    assert_eq!(record, vectors[0].record);
    assert!(page.contains(&vectors[0].leaf_hash.to_string()));
    assert_eq!(block("note"), include_str!("../golden/bundle/checkpoint"));
    assert!(page.contains(&crate::sample::key().to_string()));
}
