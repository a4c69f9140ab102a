//! Statements: expenses, closes, what every party owes, and the proof of it.
//!
//! It listens to registry, payroll and incidents, and keeps one log per agreement. README.md says
//! what it owns, answers, publishes and listens to.

mod bundle;
mod checkpoint;
mod close;
pub mod domain;
mod grpc;
mod listener;
mod mirror;
mod open;
mod policy;
mod projection;
mod publish;

use std::sync::Arc;
use std::time::Duration;

use bus::Backfill;
use eventlog::{Error, LogId, Mirror, Options, Projection, Store};
use vocabulary::AgreementId;

pub use checkpoint::Signing;
pub use listener::Listener;

/// The service's name: of its role, its stream, its database, its listener.
pub const NAME: &str = "statements";

/// Whom it listens to.
pub const SOURCES: &[&str] = &["registry", "payroll", "incidents"];

/// The log of an agreement.
pub fn log(agreement: &AgreementId) -> LogId {
    format!("{NAME}/{agreement}")
        .parse()
        .expect("an agreement's id is one lower-case word")
}

/// Tables that answer questions, folded from its own events.
pub fn projections() -> Vec<Box<dyn Projection>> {
    projection::all()
}

/// What it remembers of others' facts.
pub fn mirrors() -> Vec<Box<dyn Mirror>> {
    mirror::all()
}

/// How its store is opened.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projections(),
        mirrors: mirrors(),
        ..Options::new(NAME, database_url)
    }
}

/// Its calls, answered from `store`. `owners` are asked how far their logs have come; a close
/// waits up to `patience` until all of it was heard.
pub fn service<B: Backfill>(
    store: Store,
    owners: Arc<B>,
    signing: Signing,
    patience: Duration,
) -> rpc::Services {
    grpc::services(close::Closing {
        store,
        owners,
        signing,
        patience,
    })
}

/// Signs every close that a crash left without its checkpoint: to be called at start.
pub async fn heal(store: &Store, signing: &Signing) -> Result<(), Error> {
    for (log, _) in store.heads().await? {
        checkpoint::heal(store, signing, &log).await?;
    }
    Ok(())
}
