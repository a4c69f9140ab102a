//! Runs a private PostgreSQL and NATS as child processes of this one: for `commonwatch up`, the
//! demo and every test.
//!
//! - [`Stack`]: both servers over one data folder, loopback only, on free ports, never as root.
//! - [`testing::world`]: a database and a prefix of one's own on a stack that all tests share.
//! - [`remove`]: takes a data folder away, only if it is one of ours and nothing runs on it.
//!
//! # Why a shell stands between us and each server
//!
//! Nothing may be left running when this process ends, a `kill -9` included. The kernel closes our
//! pipes in every case, so the server's parent is a small `sh` (`guard.sh`) that reads from one and
//! stops the server at its end. It needs no `unsafe`, and Ctrl-C does not reach the servers before
//! the services have drained, because each guard leads its own process group.

mod account;
mod binaries;
mod error;
mod folder;
mod guard;
mod install;
mod nats;
mod options;
mod ports;
mod postgres;
mod stack;
pub mod testing;
mod version;

pub use binaries::Binaries;
pub use error::Error;
pub use folder::{default_cache_dir, default_data_dir, remove};
pub use options::{Data, Durability, Options};
pub use stack::Stack;
