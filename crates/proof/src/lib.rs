//! Proves to a stranger that a log was not rewritten: leaf encoding, Merkle tree, signed
//! checkpoints and the bundle that a town receives. Pure: no I/O, no clock, no randomness.
//!
//! ```text
//! event row ── leaf ──▶ leaf hash ── tree ──▶ root ── checkpoint ──▶ signed note
//!     └────────────────────────── bundle: all of it, as files, and its check ──┘
//! ```
//!
//! # Why
//!
//! Every format here is written down in `docs/bundle.md` so that others can implement it, and
//! follows a public specification where there is one (RFC 6962 and RFC 9162 for the tree, C2SP
//! signed-note and tlog-checkpoint for the note). `tests/second_verifier.py` is such a second
//! implementation; it shares no code with this crate.

pub mod bundle;
pub mod checkpoint;
pub mod hash;
pub mod leaf;
pub mod note;
pub mod tree;

pub use bundle::Bundle;
pub use checkpoint::Checkpoint;
pub use hash::Hash;
pub use leaf::{Leaf, Salt, private_hash};
pub use note::{Signer, VerifierKey};
