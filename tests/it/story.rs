//! The platform's promises, told as stories on real processes, PostgreSQL and NATS.
//!
//! Each story has a platform of its own (`platform.rs`) and tells the same two small months
//! (`month.rs`); whatever happens to it meanwhile, the statements must be those of `golden/`, byte
//! for byte.

#![expect(
    clippy::unwrap_used,
    reason = "what a story's helpers cannot do is the story's failure"
)]

mod access;
mod ask;
mod battered;
mod copies;
mod demo;
mod deployed;
mod drill;
mod erased;
mod files;
mod flagged;
mod gateway;
mod golden;
mod killed;
mod month;
mod outage;
mod planted;
mod platform;
mod recovery;
mod redelivered;
mod refused;
mod role;
mod runbook;
mod scrape;
mod signals;
mod spans;
mod streams;
mod tampered;
mod traced;
mod transcripts;
mod undisturbed;
mod wiped;
