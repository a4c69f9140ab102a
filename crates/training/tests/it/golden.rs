//! Stored and published forms are for ever: a file for each kind, never edited, only added to. The
//! bytes of evidence are held by crate `evidence`.

use eventlog::Decider;
use eventlog::testing::golden;
use training::domain::dossier::{Dossier, Event, State};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<Event>(format!("{GOLDEN}/dossier"));
}

/// Published bytes are for ever: neighbours' logs hold copies of them.
#[test]
fn the_fact_of_every_golden_event_keeps_its_bytes() {
    let mut differing = Vec::new();
    for entry in std::fs::read_dir(format!("{GOLDEN}/dossier")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let event: Event = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let written = match Dossier::publish(&State::default(), &event) {
            None => "nothing\n".to_owned(),
            Some(fact) => {
                let hex: String = fact.bytes.iter().map(|b| format!("{b:02x}")).collect();
                format!("{} {hex}\n", fact.kind)
            }
        };
        let path = format!("{GOLDEN}/facts/{name}.txt");
        if std::fs::read_to_string(&path).unwrap_or_default() != written {
            differing.push(format!("{path}\n{written}"));
        }
    }
    differing.sort();
    assert!(
        differing.is_empty(),
        "a new kind needs its file, an old one its bytes:\n{}",
        differing.join("\n")
    );
}
