//! The registry: towns and their figures, officers and what they cost, agreements and their terms.
//!
//! It listens to nobody; everybody listens to it. README.md says what it owns, answers and
//! publishes.

pub mod domain;
mod grpc;
mod projection;
mod publish;

use eventlog::{LogId, Mirror, Options, Projection, Store};

/// The service's name: of its role, its stream, its database.
pub const NAME: &str = "registry";

/// Its one log.
pub fn log() -> LogId {
    NAME.parse().expect("the name is one lower-case word")
}

/// Tables that answer questions, folded from its own events.
pub fn projections() -> Vec<Box<dyn Projection>> {
    projection::all()
}

/// What it remembers of others' facts: nothing.
pub fn mirrors() -> Vec<Box<dyn Mirror>> {
    Vec::new()
}

/// How its store is opened.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projections(),
        mirrors: mirrors(),
        ..Options::new(NAME, database_url)
    }
}

/// Its calls, answered from `store`.
pub fn service(store: Store) -> rpc::Services {
    grpc::services(store)
}
