//! Faults, one after the other, on real servers under load, judged by one checker (`check.rs`).
//!
//! Every test runs a few seeds; `COMMONWATCH_FAULT_SEEDS=<n>` runs `n` of them, and `run` beside
//! this file makes the table of `docs/faults.md` from what they print.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do is the test's failure"
)]

mod backups;
mod check;
mod clocks;
mod commits;
mod delivery;
mod dice;
mod disks;
mod journal;
mod load;
mod mounts;
mod owners;
mod proxy;
mod report;
mod schema;
mod service;
mod streams;
mod world;
