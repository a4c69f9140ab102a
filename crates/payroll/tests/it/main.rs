//! Payroll on a real PostgreSQL and NATS: its calls, what it listens to, its tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod calls;
mod corrections;
mod listening;
mod reasons;
mod refusals;
mod registry;
mod tables;
mod world;
