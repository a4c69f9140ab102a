//! The bus carries facts from the log of the service that owns them to the services that listen.
//!
//! The logs in PostgreSQL are the truth, JetStream is delivery: every stream and consumer may be
//! wiped at any moment and is made and filled again. The README holds the invariants.
//!
//! - [`relay`] publishes a service's own facts, in order, from a cursor that follows the acks.
//! - [`consume`] feeds a [`Listener`] with the facts of its sources, in order, exactly once.
//! - Facts that could not be applied are listed by `Store::parked`; [`retry`] asks for another
//!   attempt.

mod backoff;
mod connect;
mod consumer;
mod envelope;
mod listener;
mod relay;
mod shutdown;
mod signals;
mod standing;
mod streams;
pub mod subject;
mod version;
mod walk;

pub use connect::{Bus, Connection, Health, connect};
pub use consumer::{Consuming, consume};
pub use listener::{ApplyError, Backfill, Listener, Refill, Unreachable, accept};
pub use relay::{Relaying, relay};
pub use shutdown::Shutdown;
pub use standing::{Standing, Standings};
pub use version::VERSION_MIN;

/// What can go wrong outside a running relay or consumer, which recover by themselves.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server is reachable and must not be used: too old, or without JetStream.
    #[error("{0}")]
    Refused(String),
    /// A name, prefix or address that cannot be used.
    #[error("{0}")]
    Invalid(String),
}
