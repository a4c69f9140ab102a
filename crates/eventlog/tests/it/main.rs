//! The log on a real PostgreSQL.

mod append;
mod crash;
mod facts;
mod identity;
mod jar;
mod listening;
mod order;
mod owners;
mod projection;
mod rate;
mod schema;
mod vault;
