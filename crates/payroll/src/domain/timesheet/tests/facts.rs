use eventlog::testing::golden;
use prost::Message;
use wire::payroll::v1 as fact;

use super::world::*;
use crate::domain::timesheet::*;
use crate::publish;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<Event>(format!("{GOLDEN}/events"));
}

/// Published bytes are for ever: neighbours' logs hold copies of them.
#[test]
fn the_fact_of_every_golden_event_keeps_its_bytes() {
    for entry in std::fs::read_dir(format!("{GOLDEN}/events")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let event: Event = serde_json::from_str(&text).unwrap();
        let fact = publish::fact(&event);
        let hex: String = fact
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let written = format!("{} {hex}\n", fact.kind);
        let stored = std::fs::read_to_string(format!("{GOLDEN}/facts/{name}.txt"));
        assert_eq!(stored.unwrap_or_default(), written, "the fact of {name}");
    }
}

#[test]
fn no_fact_carries_a_reason() {
    let events = events_of([
        record("2026-10-05 08:00", "2026-10-05 12:00", "town:barlow"),
        submit("2026-10-05"),
        Act::Return {
            week: "2026-10-05".parse().unwrap(),
            reason: reason(),
        },
        Act::RemoveDuty {
            duty: "cso-114.1".parse().unwrap(),
            reason: reason(),
        },
    ]);
    for event in &events {
        let bytes = publish::fact(event).bytes;
        let token = reason().unwrap().0;
        let found = bytes
            .windows(token.len())
            .any(|part| part == token.as_bytes());
        assert!(!found, "{event:?}");
    }
}

#[test]
fn a_removed_duty_is_a_correction_without_pieces() {
    let past = after([record(
        "2026-10-05 08:00",
        "2026-10-05 12:00",
        "town:barlow",
    )]);
    let facts = past
        .when(ask(Act::RemoveDuty {
            duty: "cso-114.1".parse().unwrap(),
            reason: reason(),
        }))
        .facts();
    assert_eq!(facts[0].kind, "DutyCorrected");
    let corrected = fact::DutyCorrected::decode(facts[0].bytes.as_slice()).unwrap();
    assert!(corrected.pieces.is_empty());
    assert_eq!(corrected.duty, "cso-114.1");
}
