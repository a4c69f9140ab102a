//! The payroll service: hours clocked or entered, reviewed, costed.
//!
//! ```text
//! request ─▶ grpc ─▶ domain::timesheet ─▶ events ─▶ publish ─▶ DutyRecorded … LabourCosted
//!              ▲                            └─────▶ projection (duties, timesheets, on_duty)
//! registry ─▶ mirror (towns, officers with rates and assignments, agreements)
//! ```

pub mod domain;
mod publish;

mod grpc;
mod listener;
mod mirror;
mod projection;

use eventlog::{LogId, Options, Store};
use rpc::Services;
use vocabulary::Workweek;
use wire::payroll::v1::payroll_service_server::PayrollServiceServer;

pub use listener::Payroll;

/// The service's name, and its log's.
pub const SERVICE: &str = "payroll";

/// The service's one log.
pub fn log() -> LogId {
    LogId::try_new(SERVICE).expect("a lower-case word is a log id")
}

/// What the provider sets, once and for good (29 CFR 778.105: a workweek stays fixed).
#[derive(Debug, Clone)]
pub struct Settings {
    /// The employer's workweek, with the employer's zone.
    pub workweek: Workweek,
}

/// How its store is opened. Payroll needs no SQL of its own.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projection::all(),
        mirrors: mirror::all(),
        ..Options::new(SERVICE, database_url)
    }
}

/// What it answers.
pub fn services(store: &Store, settings: Settings) -> Services {
    let payroll = grpc::Payroll::new(store.clone(), settings);
    Services::new().with(PayrollServiceServer::new(payroll))
}
