//! Stored and published forms are for ever: a file for each kind, never edited, only added to.

use std::path::Path;

use eventlog::testing::{given, golden};
use eventlog::{Decider, Fact};
use scheduling::domain::calendar::Event as CalendarEvent;
use scheduling::domain::roster::{Event, Roster};
use scheduling::domain::town::{Event as TownEvent, Town};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<Event>(format!("{GOLDEN}/roster"));
    golden::<TownEvent>(format!("{GOLDEN}/town"));
    golden::<CalendarEvent>(format!("{GOLDEN}/calendar"));
}

fn stored<E: eventlog::Event>(folder: &str, kind: &str) -> E {
    let path = format!("{GOLDEN}/{folder}/{kind}.1.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the last of these golden events publishes.
fn published<D: Decider>(folder: &str, past: &[&str]) -> Fact {
    let events: Vec<D::Event> = past.iter().map(|kind| stored(folder, kind)).collect();
    let state = given::<D>(events.clone());
    D::publish(state.state(), events.last().unwrap()).unwrap()
}

#[test]
fn every_fact_is_published_in_the_bytes_it_always_was() {
    let told = ["shift_drafted", "shift_published"];
    let with = |more: &[&'static str]| [&told[..], more].concat();
    let leave = ["request_made", "request_approved"];
    let walks = [
        ("ShiftPublished.1", with(&[])),
        ("ShiftChanged.1", with(&["shift_changed"])),
        ("ShiftCancelled.1", with(&["shift_cancelled"])),
        ("ShiftFlagged.1", with(&["shift_flagged"])),
        ("FlagCleared.1", with(&["shift_flagged", "flag_cleared"])),
        ("LeaveApproved.1", leave.to_vec()),
        (
            "LeaveCancelled.1",
            [&leave[..], &["request_withdrawn"]].concat(),
        ),
    ];
    let mut differing = Vec::new();
    for (name, past) in walks {
        differing.extend(compared(name, &published::<Roster>("roster", &past)));
    }
    let coverage = published::<Town>("town", &["coverage_set"]);
    differing.extend(compared("CoverageSet.1", &coverage));
    assert!(
        differing.is_empty(),
        "a new kind needs its file, an old one its bytes (GOLDEN=write writes new ones):\n{}",
        differing.join("\n")
    );
}

/// What is not as its file says.
fn compared(name: &str, fact: &Fact) -> Option<String> {
    assert!(name.starts_with(fact.kind), "{name} is {}", fact.kind);
    let path = format!("{GOLDEN}/facts/{name}.hex");
    let bytes: String = fact
        .bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if !Path::new(&path).exists() && std::env::var("GOLDEN").is_ok_and(|how| how == "write") {
        std::fs::write(&path, format!("{bytes}\n")).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    (known.trim_end() != bytes).then(|| format!("{path}\n{bytes}"))
}
