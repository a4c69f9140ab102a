//! The service on a real PostgreSQL: calls, the gate, what it remembers, what is for ever.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by ending"
)]

mod calls;
mod cases;
mod classroom;
mod courses;
mod field;
mod gate;
mod golden;
mod golden_courses;
mod listening;
mod outcomes;
mod watching;
mod world;
