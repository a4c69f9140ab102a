//! Runs pure deciders durably on PostgreSQL: sequence, append, project, rebuild.
//!
//! ```text
//! command ─▶ sequencer (one per log) ─▶ fold ─▶ decide ─▶ event rows ┐
//!                                         many commands of a batch   ├─ one statement, one commit
//!                            projections ─▶ rows · stored outcomes   ┘
//! ```
//!
//! # Why
//!
//! The log is the truth and everything else (JetStream, projections, mirrors) can be made again
//! from it, so its order must be beyond doubt: `seq` is 1, 2, 3 … per log, without holes and in
//! commit order, because one writer commits by compare-and-set on the head. Whoever reads
//! "everything after n" misses nothing.

pub mod archive;
mod as_of;
mod change;
mod checkpoint;
mod decider;
mod denial;
mod encoded;
mod error;
mod kill;
mod listening;
mod locks;
mod log_id;
mod parking;
mod projection;
mod record;
mod schema;
mod sequencer;
mod signals;
mod store;
mod surroundings;
pub mod testing;
pub mod upkeep;
mod vault;

pub use as_of::AsOf;
pub use change::{Change, Preview};
pub use checkpoint::Checkpoint;
pub use decider::{Class, Decider, Event, Fact, Refuse, Refused, Violation};
pub use denial::{DENIAL_OVERFLOW, DenialKey, Denials};
pub use error::Error;
pub use kill::kill_point;
pub use listening::{Cursor, Receipt, Standing};
pub use log_id::{LogId, LogIdError};
pub use parking::{Parked, Skipped};
pub use projection::{Mirror, Projection, Typed, TypedMirror, TypedRows};
pub use record::{Cause, FactRow, Head, LeafRow, Meta, Outcome, Recorded, reaction_id};
pub use schema::Migration;
pub use store::{
    ERASURES, EventFilter, Options, Owners, Page, Progress, Rebuilt, Row, Stage, Store, Table,
    TableState, Verified, Window,
};
pub use surroundings::{Real, Replayed, Surroundings};
pub use vault::{Erased, Erasure, Item, Register, Vault};
