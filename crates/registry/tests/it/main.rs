//! The registry over a real PostgreSQL and real sockets; its stored and published forms.

mod agreements;
mod golden;
mod officers;
mod projections;
mod towns;
mod world;
