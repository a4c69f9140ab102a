//! The training service: what officers have learnt and hold, and the gate: may this officer be put
//! there, with that, on this day, by which proof?
//!
//! ```text
//! request ─▶ grpc ─▶ domain::dossier ─▶ events ─▶ publish ─▶ CredentialGranted … RecordVoided
//!              │                          └─────▶ projection (dossiers, records)
//!              └─ gate ─▶ eligibility::eligible(profile of the town, records, as known then)
//! registry ─▶ mirror (towns, officers, programmes)          the day's watch ─▶ CredentialLapsed
//! ```

pub mod domain;
mod grpc;
mod listener;
mod mirror;
mod projection;
mod publish;
mod review;
mod watch;

use eventlog::{LogId, Options, Store};
use rpc::Services;
use vocabulary::Zone;
use wire::training::v1::course_service_server::CourseServiceServer;
use wire::training::v1::training_service_server::TrainingServiceServer;

pub use listener::Training;
pub use watch::{watch, watch_once};

/// The service's name, and its log's.
pub const SERVICE: &str = "training";

/// The service's one log.
pub fn log() -> LogId {
    LogId::try_new(SERVICE).expect("a lower-case word is a log id")
}

/// What the provider sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The employer's zone: whose day it is when a credential ends.
    pub zone: Zone,
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
    let training = grpc::Training::new(store.clone(), settings.clone());
    let courses = grpc::Training::new(store.clone(), settings);
    Services::new()
        .with(TrainingServiceServer::new(training))
        .with(CourseServiceServer::new(courses))
}
