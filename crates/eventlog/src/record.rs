//! What goes in with a command and what comes back from the log.

use jiff::Timestamp;
use jiff::civil::Date;
use proof::{Hash, Leaf, Salt};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::change::{Change, Preview};
use crate::decider::Event;
use crate::encoded;
use crate::error::Error;
use crate::log_id::LogId;

/// What comes with a command, beside its content.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Recognises the command when it comes twice; the outcome is stored under it.
    pub command_id: Uuid,
    /// Who did it: an id, never a name.
    pub actor: String,
    /// The fact that made us, when a listener reacts to a neighbour.
    pub cause: Option<Cause>,
    /// W3C `traceparent`; stored on the event rows and sent along with their facts.
    pub trace: Option<String>,
    /// The bytes by which "the same command again" is told from an id reused: the request's
    /// encoding. Only its keyed hash is stored.
    pub content: Vec<u8>,
    /// Decide and answer, but write nothing.
    pub dry_run: bool,
    /// Where a dry run leaves what it would change, for whoever stands around the caller.
    pub preview: Option<Preview>,
    /// Why, in the words of the one who did it. May hold personal data: it is sealed in the vault
    /// under log and command id and stands in no event ([`crate::Store::reason`]).
    pub reason: Option<String>,
    /// The reason stays when what the stream is about is erased: it says why that was done.
    pub reason_stays: bool,
}

impl Meta {
    /// A command by `actor`, without cause, trace or content.
    pub fn new(command_id: Uuid, actor: impl Into<String>) -> Meta {
        let actor = actor.into();
        Meta {
            command_id,
            actor,
            cause: None,
            trace: None,
            content: Vec::new(),
            dry_run: false,
            preview: None,
            reason: None,
            reason_stays: false,
        }
    }

    #[must_use]
    pub fn with_content(mut self, content: impl Into<Vec<u8>>) -> Meta {
        self.content = content.into();
        self
    }
}

/// Position of the fact that caused a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub log: LogId,
    pub seq: u64,
}

/// The id of the `n`-th command that a listener makes from the fact at `(log, seq)` for log
/// `target`: the same whenever the fact is delivered again.
pub fn reaction_id(log: &LogId, seq: u64, target: &LogId, n: u32) -> Uuid {
    let mut digest = Sha256::new_with_prefix(b"commonwatch/reaction/v1\n");
    for name in [log.as_str(), target.as_str()] {
        digest.update(name.as_bytes());
        digest.update([0]);
    }
    digest.update(seq.to_be_bytes());
    digest.update(n.to_be_bytes());
    let hash: [u8; 32] = digest.finalize().into();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Position of the first event; without events the log's head at the decision.
    pub first_seq: u64,
    /// Position of the last event; without events the same as `first_seq`.
    pub last_seq: u64,
    /// The events as appended (in a dry run: as they would be).
    pub events: Vec<Recorded>,
    /// This answers an earlier call with the same command id.
    pub repeated: bool,
    /// Rows of projections that a dry run would change, by table and key; else empty.
    pub changes: Vec<Change>,
}

/// One event row, without its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub log: LogId,
    /// 1, 2, 3 … in the log, without holes, in commit order.
    pub seq: u64,
    /// `<Decider::STREAM>/<key>`.
    pub stream: String,
    /// 1, 2, 3 … in the stream.
    pub version: u64,
    pub kind: String,
    pub revision: u16,
    /// The private body: the exact JSON text that is stored and hashed.
    pub body: String,
    /// The public fact's kind and bytes, where the event has one.
    pub fact: Option<(String, Vec<u8>)>,
    pub valid_on: Date,
    /// Microseconds; never decreases along a log.
    pub recorded_at: Timestamp,
    pub actor: String,
    pub command_id: Uuid,
    pub cause: Option<Cause>,
    pub trace: Option<String>,
    pub leaf_hash: Hash,
}

impl Recorded {
    /// The typed event.
    pub fn event<E: Event>(&self) -> Result<E, Error> {
        encoded::decode(&self.kind, &self.body)
    }

    /// The stream's key: `cso-114` of `timesheet/cso-114`.
    pub fn stream_key(&self) -> &str {
        self.stream.split_once('/').map_or("", |(_, key)| key)
    }

    /// The stream's prefix: `timesheet` of `timesheet/cso-114`.
    pub fn stream_kind(&self) -> &str {
        self.stream
            .split_once('/')
            .map_or(&self.stream, |(kind, _)| kind)
    }
}

/// Where a log stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Position of the last row.
    pub seq: u64,
    /// Position of the last row that has a fact; 0 when there is none.
    pub fact_seq: u64,
}

/// One public fact of a log, as neighbours see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    pub log: LogId,
    pub seq: u64,
    /// Position of the log's previous fact; 0 for the first.
    pub prev: u64,
    /// The fact's kind (`DutyRecorded`), not the private event's.
    pub kind: String,
    pub bytes: Vec<u8>,
    pub recorded_at: Timestamp,
    pub valid_on: Date,
    pub actor: String,
    pub trace: Option<String>,
    pub leaf_hash: Hash,
    /// The last fact of its command: a batch may be cut after it, and nowhere else.
    pub group_last: bool,
}

/// Everything that proves one row: the leaf's fields, the fact, and for the owner the salt and
/// body under the private hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafRow {
    pub log: LogId,
    pub seq: u64,
    pub stream: String,
    pub version: u64,
    pub kind: String,
    pub revision: u16,
    pub valid_on: Date,
    pub recorded_at: Timestamp,
    pub fact_kind: Option<String>,
    pub fact: Option<Vec<u8>>,
    pub private_hash: Hash,
    pub leaf_hash: Hash,
}

impl LeafRow {
    /// The leaf that `proof` hashes and encodes.
    pub fn leaf(&self) -> Leaf<'_> {
        Leaf {
            log: self.log.as_str(),
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

/// The leaf hash of a row about to be stored.
pub(crate) fn leaf_hash(row: &Recorded, salt: &Salt) -> Hash {
    Leaf {
        log: row.log.as_str(),
        seq: row.seq,
        stream: &row.stream,
        version: row.version,
        kind: &row.kind,
        revision: row.revision,
        valid_on: row.valid_on,
        recorded_at: row.recorded_at,
        fact: row.fact.as_ref().map(|(_, bytes)| bytes.as_slice()),
        private_hash: proof::private_hash(salt, row.body.as_bytes()),
    }
    .hash()
}
