//! The incidents service: what was called in, who went, how it ended; and imports of dispatch
//! systems' exports.
//!
//! ```text
//! request ─▶ grpc ─▶ domain::incident ─▶ events ─▶ publish ─▶ IncidentClosed
//!              ▲                            └────▶ projection::incidents
//! registry ─▶ mirror (towns and their zones, officers)
//! ```

pub mod domain;
mod grpc;
mod listener;
mod mirror;
mod projection;
mod publish;

use eventlog::{LogId, Options, Store};
use rpc::Services;
use vocabulary::{Keep, Zone};
use wire::incidents::v1::incidents_service_server::IncidentsServiceServer;

pub use listener::Incidents;

/// The service's name, and its log's.
pub const SERVICE: &str = "incidents";

/// The service's one log.
pub fn log() -> LogId {
    LogId::try_new(SERVICE).expect("a lower-case word is a log id")
}

/// What the provider sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The employer's zone: whose day it is when a retention ends.
    pub zone: Zone,
    /// The rules that keep an incident's record after its day.
    pub keep_incidents: Vec<Keep>,
}

/// How its store is opened.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projection::all(),
        mirrors: mirror::all(),
        ..Options::new(SERVICE, database_url)
    }
}

/// What it answers.
pub fn services(store: &Store, settings: Settings) -> Services {
    let incidents = grpc::Incidents::new(store.clone(), settings);
    Services::new().with(IncidentsServiceServer::new(incidents))
}
