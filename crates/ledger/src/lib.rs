//! An agreement's log, read as the input of its settlements.
//!
//! ```text
//! source fact ── fact() ──▶ Concern (whose log it belongs in) and Entries (what it changes)
//! log leaves ── read() ──▶ Log ── ledger() ──▶ allocation::Ledger
//!                           └──── check() ──▶ every statement recomputed, or the first wrong leaf
//! ```
//!
//! The service that writes these logs, the offline verifier and the calculator share this reading:
//! what a town recomputes is what it was charged by.

mod check;
mod log;
pub mod own;
mod source;
#[cfg(test)]
mod tests;

pub use check::{Checked, difference};
pub use log::{Content, Copied, Issued, Leaf, Log, Placed, Wrong, read};
pub use own::Cut;
pub use source::{Concern, SourceFact, Unreadable, fact};
