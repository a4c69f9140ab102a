//! The log on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod append;
mod as_of;
mod crash;
mod dry_run;
mod facts;
mod growing;
mod identity;
mod jar;
mod listening;
mod order;
mod owners;
mod parked;
mod projection;
mod rate;
mod reasons;
mod rebuild;
mod refill;
mod restore;
mod schema;
mod shapes;
mod vault;
