//! An officer's records, as they were learnt.

use eligibility::{Position, Record};
use eventlog::{FactRow, LogId, TypedMirror};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact;

/// A table's row: everything that is known of one officer, in the order of its positions.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct OfficerRecords {
    /// What.
    pub records: Vec<Record>,
}

impl OfficerRecords {
    /// The row with one record more.
    #[must_use]
    pub fn with(old: Option<Self>, record: Record) -> Self {
        let mut row = old.unwrap_or_default();
        row.records.push(record);
        row
    }
}

/// What a fact at a position records; nothing for one that is no evidence, or that cannot be read
/// (a listener has checked, and an owner wrote it himself).
pub fn record(at: (&LogId, u64), recorded: Timestamp, kind: &str, bytes: &[u8]) -> Option<Record> {
    let (officer, fact) = fact::read(kind, bytes).ok().flatten()?;
    Some(Record {
        at: Position {
            log: at.0.to_string(),
            seq: at.1,
        },
        recorded,
        officer,
        fact,
    })
}

/// Mirror `records`, for whoever listens to training: records by officer.
pub struct Records;

impl Records {
    fn of(fact: &FactRow) -> Option<Record> {
        let at = (&fact.log, fact.seq);
        record(at, fact.recorded_at, &fact.kind, &fact.bytes)
            .filter(|_| fact.log.as_str() == "training")
    }
}

impl TypedMirror for Records {
    const NAME: &'static str = "records";
    const VERSION: u32 = 1;
    type Row = OfficerRecords;

    fn keys(fact: &FactRow) -> Vec<String> {
        let record = Self::of(fact);
        record.map_or_else(Vec::new, |record| vec![record.officer.to_string()])
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<OfficerRecords>) -> Option<OfficerRecords> {
        match Self::of(fact) {
            Some(record) => Some(OfficerRecords::with(old, record)),
            None => old,
        }
    }
}
