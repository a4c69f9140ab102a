//! The registry over a real PostgreSQL and real sockets; its stored and published forms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod agreements;
mod erasing;
mod golden;
mod grants;
mod officers;
mod programmes;
mod projections;
mod towns;
mod world;
