//! Stored and published forms are for ever: a file for each kind, never edited, only added to.

use std::collections::BTreeMap;
use std::fmt::Write;

use eventlog::testing::{given, golden, kinds};
use eventlog::{Decider, Event, Fact};
use prost::Message;
use registry::domain::{agreement, grant, officer, programme, town};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<town::Event>(format!("{GOLDEN}/town"));
    golden::<officer::Event>(format!("{GOLDEN}/officer"));
    golden::<agreement::Event>(format!("{GOLDEN}/agreement"));
    golden::<grant::Event>(format!("{GOLDEN}/grant"));
    golden::<programme::Event>(format!("{GOLDEN}/programme"));
}

/// The golden event of a kind and revision.
fn stored<E: Event>(stream: &str, kind: &str) -> E {
    let path = format!("{GOLDEN}/{stream}/{kind}.1.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What each golden event of an aggregate publishes, in the given order.
fn published<D: Decider>(order: &[&str]) -> Vec<Fact> {
    let mut all = kinds::<D::Event>().to_vec();
    all.retain(|kind| !order.contains(kind));
    assert!(all.is_empty(), "left out: {all:?}");
    let mut past = Vec::new();
    let mut facts = Vec::new();
    for kind in order {
        past.push(stored::<D::Event>(D::STREAM, kind));
        let given = given::<D>(past.clone());
        facts.extend(D::publish(given.state(), past.last().unwrap()));
    }
    facts
}

#[test]
fn every_fact_is_published_in_the_bytes_it_always_was() {
    let town = [
        "registered",
        "contact_named",
        "changed",
        "figure_recorded",
        "contact_erased",
    ];
    let officer = [
        "enrolled",
        "pay_rate_set",
        "assigned",
        "assignment_ended",
        "ended",
        "erased",
    ];
    let agreement = [
        "drafted",
        "terms_proposed",
        "terms_signed",
        "brought_into_force",
        "amended",
        "terms_withdrawn",
        "ended",
    ];
    let grant = ["given", "changed", "token_rotated", "revoked"];
    let programme = ["profile_issued", "agreed"];
    let mut facts = BTreeMap::new();
    for fact in published::<town::Town>(&town)
        .into_iter()
        .chain(published::<officer::Officer>(&officer))
        .chain(published::<agreement::Agreement>(&agreement))
        .chain(published::<grant::Grant>(&grant))
        .chain(published::<programme::Programme>(&programme))
    {
        facts.insert(fact.kind.to_owned(), fact.bytes);
    }
    let mut differing = String::new();
    for (kind, bytes) in &facts {
        let path = format!("{GOLDEN}/facts/{kind}.1.hex");
        let frozen = std::fs::read_to_string(&path).unwrap_or_default();
        if frozen.trim_end() != hex(bytes) {
            writeln!(differing, "{path}\n{}", hex(bytes)).unwrap();
        }
    }
    assert!(
        differing.is_empty(),
        "a new kind needs its file, an old one its bytes:\n{differing}"
    );
    let declared = declared_facts();
    assert_eq!(
        facts.into_keys().collect::<Vec<_>>(),
        declared,
        "one file for each kind"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every digit");
        text
    })
}

/// The messages of `registry_facts.proto` that are facts: all but what they are made of.
fn declared_facts() -> Vec<String> {
    let set = prost_types::FileDescriptorSet::decode(wire::DESCRIPTOR_SET).unwrap();
    let file = set
        .file
        .into_iter()
        .find(|file| file.name() == "commonwatch/registry/v1/registry_facts.proto")
        .unwrap();
    let mut names: Vec<_> = file
        .message_type
        .iter()
        .map(|message| message.name().to_owned())
        .collect();
    names.retain(|name| name != "Terms" && name != "AccessGrant");
    names.sort();
    names
}
