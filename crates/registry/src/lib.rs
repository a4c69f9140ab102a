//! The registry service: towns and their figures, officers and what they cost, agreements and
//! their terms, and who may call what.
//!
//! ```text
//! request ─▶ grpc ─▶ domain::{town, …, grant} ─▶ events ─▶ publish ─▶ TownRegistered …
//!             ▲ └─▶ the vault (names)                         └────▶ projection
//!             └────────────── look-ups across aggregates ◀─────────────┘
//! ```
//!
//! It listens to nobody; everybody listens to it.

pub mod domain;
mod grpc;
mod projection;
mod publish;
mod replay;

use eventlog::{LogId, Options, Store};
use rpc::Services;
use vocabulary::{Keep, Zone};
use wire::registry::v1::access_service_server::AccessServiceServer;
use wire::registry::v1::registry_service_server::RegistryServiceServer;

pub use replay::replay_erasures;

/// The service's name, and its log's.
pub const SERVICE: &str = "registry";

/// The service's one log.
pub fn log() -> LogId {
    LogId::try_new(SERVICE).expect("a lower-case word is a log id")
}

/// What the provider sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The employer's zone: whose day it is when a retention ends.
    pub zone: Zone,
    /// The rules that keep an officer's record after the employment.
    pub keep_officers: Vec<Keep>,
}

/// How its store is opened. It needs no SQL of its own and remembers nothing of others.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projection::all(),
        ..Options::new(SERVICE, database_url)
    }
}

/// What it answers.
pub fn services(store: &Store, settings: Settings) -> Services {
    let (registry, access) = (
        grpc::Registry::new(store.clone(), settings),
        grpc::Access::new(store.clone()),
    );
    Services::new()
        .with(RegistryServiceServer::new(registry))
        .with(AccessServiceServer::new(access))
}
