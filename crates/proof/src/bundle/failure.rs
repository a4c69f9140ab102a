//! The first thing that is wrong with a bundle, as a sentence for people.

use jiff::Timestamp;

use super::{CHECKPOINT, CONSISTENCY, LOG, MANIFEST, PREVIOUS_CHECKPOINT};
use crate::Hash;
use crate::checkpoint::CheckpointError;
use crate::tree::ProofError;

/// Why a bundle is not to be believed. `Display` is a whole sentence naming file or leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("{CHECKPOINT}: {0}")]
    Checkpoint(CheckpointError),
    #[error("{MANIFEST}: It names the key `{stated}`, but the pinned key is `{pinned}`.")]
    Key { stated: String, pinned: String },
    #[error("{CHECKPOINT}: Its origin is `{found}`, but {MANIFEST} says `{expected}`.")]
    Origin { found: String, expected: String },
    #[error("{MANIFEST}: The origin `{origin}` does not end in the log `/{log}`.")]
    OtherLog { origin: String, log: String },
    #[error("{MANIFEST}: The log `{log}` does not end in the agreement `/{agreement}`.")]
    OtherAgreement { log: String, agreement: String },

    #[error("leaf {seq}: It is missing; line {seq} of {LOG} holds leaf {found}.")]
    Missing { seq: u64, found: u64 },
    #[error("leaf {seq}: It stands twice; line {line} of {LOG} holds it again.")]
    Twice { seq: u64, line: u64 },
    #[error("leaf {seq}: It is out of order; line {seq} of {LOG} holds leaf {found} in its place.")]
    OutOfOrder { seq: u64, found: u64 },
    #[error(
        "leaf {seq}: It is missing; {LOG} ends before it, the checkpoint covers {size} leaves."
    )]
    CutOff { seq: u64, size: u64 },
    #[error("leaf {seq}: It was added; the checkpoint covers {size} leaves.")]
    Added { seq: u64, size: u64 },
    #[error("leaf {seq}: It was altered; its contents give the hash {computed}, not {stated}.")]
    Altered {
        seq: u64,
        computed: Hash,
        stated: Hash,
    },
    #[error("leaf {seq}: It was recorded at {at}, before the leaf ahead of it, at {ahead}.")]
    BackInTime {
        seq: u64,
        at: Timestamp,
        ahead: Timestamp,
    },
    #[error("leaf {seq}: It is version {found} of stream `{stream}`, where {expected} is due.")]
    Version {
        seq: u64,
        stream: String,
        found: u64,
        expected: u64,
    },
    #[error(
        "{LOG}: Its {size} leaves give the root {computed}, but the provider signed {signed}; \
         a leaf was dropped, added, altered or moved."
    )]
    Root {
        size: u64,
        computed: Hash,
        signed: Hash,
    },

    #[error("{PREVIOUS_CHECKPOINT}: {0}")]
    PreviousCheckpoint(CheckpointError),
    #[error("{PREVIOUS_CHECKPOINT}: Its origin is `{found}`, that of the checkpoint `{expected}`.")]
    PreviousOrigin { found: String, expected: String },
    #[error(
        "{CONSISTENCY}: It leads from {from} to {to} leaves, but the checkpoints have \
         {previous} and {size}."
    )]
    ConsistencySizes {
        from: u64,
        to: u64,
        previous: u64,
        size: u64,
    },
    #[error("{CONSISTENCY}: {0}")]
    Consistency(ProofError),
    #[error(
        "{PREVIOUS_CHECKPOINT}: It is of another history: the first {size} leaves give the root \
         {computed}, not {signed}."
    )]
    PreviousHistory {
        size: u64,
        computed: Hash,
        signed: Hash,
    },

    #[error("The checkpoint you kept is of `{found}`, this one of `{expected}`.")]
    KeptOrigin { found: String, expected: String },
    #[error("The checkpoint you kept covers {kept} leaves, this one only {size}: the log shrank.")]
    KeptLonger { kept: u64, size: u64 },
    #[error(
        "The checkpoint you kept is of another history: the first {size} leaves now give the root \
         {computed}, not {kept}; the provider rewrote its log."
    )]
    KeptHistory {
        size: u64,
        computed: Hash,
        kept: Hash,
    },
}
