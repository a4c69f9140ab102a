//! Stored forms of courses, sessions and field training, and the bytes that they publish.

use std::collections::BTreeMap;

use eventlog::testing::{given, golden, kinds};
use eventlog::{Decider, Event};
use training::domain::{course, field, session};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_of_courses_ever_stored_still_loads() {
    golden::<course::Event>(format!("{GOLDEN}/course"));
    golden::<session::Event>(format!("{GOLDEN}/session"));
    golden::<field::Event>(format!("{GOLDEN}/field"));
}

fn stored<E: Event>(stream: &str, kind: &str) -> E {
    let path = format!("{GOLDEN}/{stream}/{kind}.1.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What the golden events of an aggregate publish, each after those before it.
fn published<D: Decider>(order: &[&'static str]) -> BTreeMap<&'static str, String> {
    let mut all = kinds::<D::Event>().to_vec();
    all.retain(|kind| !order.contains(kind));
    assert!(all.is_empty(), "left out: {all:?}");
    let mut past = Vec::new();
    let mut told = BTreeMap::new();
    for kind in order {
        past.push(stored::<D::Event>(D::STREAM, kind));
        let state = given::<D>(past.clone());
        let fact = D::publish(state.state(), past.last().unwrap());
        let written = fact.map_or_else(
            || "nothing".to_owned(),
            |fact| {
                let hex: String = fact.bytes.iter().map(|b| format!("{b:02x}")).collect();
                format!("{} {hex}", fact.kind)
            },
        );
        told.insert(*kind, written);
    }
    told
}

#[test]
fn every_event_of_courses_publishes_the_bytes_it_always_did() {
    let session = [
        "scheduled",
        "instructor_changed",
        "seats_held",
        "seat_requested",
        "put_on_standby",
        "standby_promoted",
        "seat_confirmed",
        "attendance_recorded",
        "assessed",
        "remediation_opened",
        "remediation_closed",
        "outcome_issued",
        "removed",
        "withdrawn",
        "cancelled",
    ];
    let field = ["begun", "observed", "phase_signed_off", "ended"];
    let mut told = published::<course::Course>(&["curriculum_adopted"]);
    told.extend(published::<session::Session>(&session));
    let fields = published::<field::Field>(&field);
    told.extend(fields);
    let mut now = String::new();
    for (kind, written) in told {
        now.push_str(&format!("{kind} {written}\n"));
    }
    let frozen = std::fs::read_to_string(format!("{GOLDEN}/courses.facts")).unwrap_or_default();
    assert_eq!(now, frozen, "published bytes are for ever");
}
