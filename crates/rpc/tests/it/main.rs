//! The server over real sockets, the log service over a real PostgreSQL.

mod access;
mod echo;
mod log;
mod serving;
mod world;
