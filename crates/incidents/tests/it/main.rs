//! The service on a real PostgreSQL: calls, imports, what it remembers, what is for ever.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by ending"
)]

mod calls;
mod golden;
mod imports;
mod listening;
mod world;
