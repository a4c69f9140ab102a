//! Stored and published forms are for ever: a file for each kind, never edited, only added to.

use eventlog::testing::{given, golden};
use eventlog::{Decider, Fact};
use incidents::domain::incident::{Event, Incident};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<Event>(format!("{GOLDEN}/incident"));
}

fn stored(kind: &str) -> Event {
    let path = format!("{GOLDEN}/incident/{kind}.1.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the last of these golden events publishes.
fn published(past: &[&str]) -> Fact {
    let events: Vec<Event> = past.iter().map(|kind| stored(kind)).collect();
    let state = given::<Incident>(events.clone());
    Incident::publish(state.state(), events.last().unwrap()).unwrap()
}

#[test]
fn every_fact_is_published_in_the_bytes_it_always_was() {
    let walks: [(&str, &[&str]); 3] = [
        ("IncidentClosed.1", &["opened", "unit_recorded", "closed"]),
        ("IncidentClosed.1.moved", &["opened", "closed", "imported"]),
        ("IncidentWithdrawn.1", &["opened", "closed", "withdrawn"]),
    ];
    let mut differing = Vec::new();
    for (name, past) in walks {
        let fact = published(past);
        assert!(name.starts_with(fact.kind), "{name} is {}", fact.kind);
        let path = format!("{GOLDEN}/facts/{name}.hex");
        let bytes: String = fact
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if std::fs::read_to_string(&path)
            .unwrap_or_default()
            .trim_end()
            != bytes
        {
            differing.push(format!("{path}\n{bytes}"));
        }
    }
    assert!(
        differing.is_empty(),
        "a new kind needs its file, an old one its bytes:\n{}",
        differing.join("\n")
    );
}
