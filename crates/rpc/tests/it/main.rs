//! The server over real sockets, the log service over a real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: clippy excuses only #[test] functions"
)]

mod access;
mod as_of;
mod denials;
mod dry_run;
mod echo;
mod gateway;
mod grants;
mod log;
mod serving;
mod tls;
mod upkeep;
mod world;
