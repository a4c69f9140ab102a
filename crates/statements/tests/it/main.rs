//! The service on real servers: what it hears, what it answers, what it signs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bundles;
mod calls;
mod closes;
mod crashes;
mod hearing;
mod told;
mod walk;
mod world;
