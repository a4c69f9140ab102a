//! The bus on a real PostgreSQL and a real NATS.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod connection;
mod delivery;
mod killed;
mod loss;
mod mirrors;
mod outage;
mod pair;
mod poison;
mod rate;
mod standing;
mod tally;
