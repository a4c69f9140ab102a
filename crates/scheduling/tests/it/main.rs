//! The service on a real PostgreSQL: its calls, what it hears, its tables, its calendars, what is
//! for ever.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by ending"
)]

mod calendars;
mod calls;
mod flags;
mod golden;
mod neighbours;
mod towns;
mod wire;
mod world;
