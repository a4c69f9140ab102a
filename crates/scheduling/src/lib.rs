//! The scheduling service: who is to be where, when, and whether they may.
//!
//! ```text
//! request ─▶ grpc ─▶ domain::{roster, town, calendar} ─▶ events ─▶ publish ─▶ ShiftPublished …
//!              ▲                                            └────▶ projection
//! registry, training ─▶ mirror ─▶ the gate ─▶ policy: shifts flagged and cleared
//! payroll, statements ─▶ mirror (worked and billed minutes)
//! ```

mod calendar;
pub mod domain;
mod grpc;
mod listener;
mod mirror;
mod policy;
mod projection;
mod publish;
mod view;

use eventlog::{LogId, Options, Store};
use roster::Limits;
use rpc::Services;
use vocabulary::Minutes;
use wire::scheduling::v1::availability_service_server::AvailabilityServiceServer;
use wire::scheduling::v1::coverage_service_server::CoverageServiceServer;
use wire::scheduling::v1::scheduling_service_server::SchedulingServiceServer;

pub use calendar::routes;
pub use listener::Scheduling;
pub use policy::attend;

/// The service's name, and its log's.
pub const SERVICE: &str = "scheduling";

/// The service's one log.
pub fn log() -> LogId {
    LogId::try_new(SERVICE).expect("a lower-case word is a log id")
}

/// What the provider sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The limits of work and rest, with the employer's workweek and zone.
    pub limits: Limits,
    /// The least time between telling an officer and the start of a shift.
    pub notice: Minutes,
    /// Minutes a week of an officer of whom nothing else was said.
    pub weekly_minutes: Minutes,
    /// Minutes of the way between two towns of which nobody said it.
    pub travel: Minutes,
    /// What makes the ids of calendar events unique in the world: the provider's domain.
    pub domain: String,
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
    let scheduling = grpc::Scheduling::new(store.clone(), settings);
    Services::new()
        .with(SchedulingServiceServer::new(scheduling.clone()))
        .with(CoverageServiceServer::new(scheduling.clone()))
        .with(AvailabilityServiceServer::new(scheduling))
}
