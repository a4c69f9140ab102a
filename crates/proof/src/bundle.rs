//! The folder that a town receives: an agreement's whole log, signed, beside the statement.
//!
//! ```text
//! manifest.json          what the folder says it is; nothing here is signed
//! log.ndjson             every leaf of the log, one JSON object a line
//! checkpoint             signed note over the size and root of that log
//! previous-checkpoint    the checkpoint before it, and …
//! consistency.json       … the proof that it is its beginning (both or neither)
//! statement.json .csv    the statement; opaque here
//! ```
//!
//! # Why
//!
//! The log is there whole, not only what is new, so that a verifier needs no state but the last
//! checkpoint, and so that a line may rest on any earlier fact. The tree is over all of it: a leaf
//! left out, put in, altered or moved changes the root. A [`Bundle`] shows its leaves only through
//! [`Checked`]: none is trusted before the root is.

mod check;
mod failure;
mod line;
mod read;
mod write;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::tree::{self, ProofError};
use crate::{Checkpoint, Hash, Leaf};

pub use failure::Failure;
pub use read::ReadError;

/// File name to bytes: the folder as a value. Who reads and writes disks does that elsewhere.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Format version, in the manifest.
pub const FORMAT: &str = "commonwatch/bundle/v1";

pub const MANIFEST: &str = "manifest.json";
pub const LOG: &str = "log.ndjson";
pub const CHECKPOINT: &str = "checkpoint";
pub const PREVIOUS_CHECKPOINT: &str = "previous-checkpoint";
pub const CONSISTENCY: &str = "consistency.json";
pub const STATEMENT_JSON: &str = "statement.json";
pub const STATEMENT_CSV: &str = "statement.csv";

/// What a folder says of itself. Not signed: `origin`, `log` and `agreement` are compared with
/// what is, `month` and `town` are for whoever recomputes the statement to compare with the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The checkpoint's origin; ends in `/` and the log's id.
    pub origin: String,
    /// The log's id; ends in `/` and the agreement.
    pub log: String,
    pub agreement: String,
    /// Such as `2026-10`.
    pub month: String,
    pub town: String,
    /// The provider's verifier key in textual form: for a clear message when it is not the pinned
    /// one, never to be trusted in its place.
    pub public_key: String,
}

/// One leaf with everything that its hash is taken over, save the log's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub seq: u64,
    pub stream: String,
    pub version: u64,
    pub kind: String,
    pub revision: u16,
    pub valid_on: Date,
    /// Whole microseconds count; what is finer is cut off.
    pub recorded_at: Timestamp,
    /// The fact's bytes; `None` where the event has no public side.
    pub fact: Option<Vec<u8>>,
    pub private_hash: Hash,
    /// The leaf hash as the log stored it when the event was appended.
    pub leaf_hash: Hash,
}

/// An earlier signed checkpoint and the RFC 9162 proof that it is the log's beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The signed note.
    pub checkpoint: String,
    pub from: u64,
    pub to: u64,
    pub hashes: Vec<Hash>,
}

/// What a bundle is made of, for the one who makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub manifest: Manifest,
    /// All leaves of the log, in order.
    pub entries: Vec<Entry>,
    /// The signed note over exactly these leaves.
    pub checkpoint: String,
    pub previous: Option<Previous>,
    pub statement_json: Vec<u8>,
    pub statement_csv: Vec<u8>,
}

/// A bundle nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    contents: Contents,
}

/// What a bundle holds once signature, leaves and root agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<'a> {
    pub checkpoint: Checkpoint,
    pub manifest: &'a Manifest,
    /// Leaf `seq` stands at index `seq - 1`.
    pub entries: &'a [Entry],
    /// Not covered by the tree: compare it with what the facts give.
    pub statement_json: &'a [u8],
    /// Not covered by the tree: compare it with what the facts give.
    pub statement_csv: &'a [u8],
    /// Size of the previous checkpoint that the bundle itself brought, if it brought one.
    pub previous_size: Option<u64>,
    pub history: History,
}

/// What is known about the log before this bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// The log begins with the log of the checkpoint that the verifier kept.
    Kept { size: u64 },
    /// The verifier kept none: the provider may have rewritten what it signed earlier.
    Unchecked,
}

impl Entry {
    /// The leaf that this entry claims to be in `log`.
    pub fn leaf<'a>(&'a self, log: &'a str) -> Leaf<'a> {
        Leaf {
            log,
            seq: self.seq,
            stream: &self.stream,
            version: self.version,
            kind: &self.kind,
            revision: self.revision,
            valid_on: self.valid_on,
            recorded_at: self.recorded_at,
            fact: self.fact.as_deref(),
            private_hash: self.private_hash,
        }
    }
}

impl Previous {
    /// Proves the checkpoint of `from` leaves to be the beginning of these entries' log.
    pub fn prove(checkpoint: String, from: u64, entries: &[Entry]) -> Result<Previous, ProofError> {
        let leaves: Vec<Hash> = entries.iter().map(|entry| entry.leaf_hash).collect();
        let hashes = tree::prove_consistency(&leaves, from)?;
        let to = u64::try_from(leaves.len()).expect("memory holds fewer than 2^64 leaves");
        Ok(Previous {
            checkpoint,
            from,
            to,
            hashes,
        })
    }
}

impl Bundle {
    pub fn new(contents: Contents) -> Bundle {
        Bundle { contents }
    }

    /// What the folder says it is, before anything is checked: for messages only.
    pub fn claims(&self) -> &Manifest {
        &self.contents.manifest
    }
}

impl std::fmt::Display for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            History::Kept { size } => {
                write!(
                    f,
                    "the first {size} leaves are those of the checkpoint you kept"
                )
            }
            History::Unchecked => f.write_str("earlier history unchecked"),
        }
    }
}
