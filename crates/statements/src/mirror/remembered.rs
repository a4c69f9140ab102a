//! A neighbour's fact, kept whole until an agreement needs it.

use eventlog::{FactRow, LogId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::books::Bytes;

/// What of a fact is copied, wherever it is copied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) log: LogId,
    pub(crate) seq: u64,
    pub(crate) kind: String,
    pub(crate) body: Bytes,
    pub(crate) leaf_hash: proof::Hash,
    pub(crate) valid_on: Date,
}

impl From<&FactRow> for Remembered {
    fn from(fact: &FactRow) -> Self {
        Self {
            log: fact.log.clone(),
            seq: fact.seq,
            kind: fact.kind.clone(),
            body: Bytes(fact.bytes.clone()),
            leaf_hash: fact.leaf_hash,
            valid_on: fact.valid_on,
        }
    }
}
