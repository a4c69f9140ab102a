//! What the gate is asked with: every record of an officer, by officer. Read from the facts of all
//! streams, so that whatever is published of an officer counts here as it does with the neighbours.

use eventlog::{Recorded, TypedRows};
use evidence::OfficerRecords;

/// The table.
pub(crate) struct Records;

fn record(event: &Recorded) -> Option<eligibility::Record> {
    let (kind, bytes) = event.fact.as_ref()?;
    evidence::record((&event.log, event.seq), event.recorded_at, kind, bytes)
}

impl TypedRows for Records {
    const NAME: &'static str = "records";
    const VERSION: u32 = 1;
    type Row = OfficerRecords;

    fn keys(event: &Recorded) -> Vec<String> {
        record(event).map_or_else(Vec::new, |record| vec![record.officer.to_string()])
    }

    fn apply(event: &Recorded, _key: &str, old: Option<OfficerRecords>) -> Option<OfficerRecords> {
        match record(event) {
            Some(record) => Some(OfficerRecords::with(old, record)),
            None => old,
        }
    }
}
