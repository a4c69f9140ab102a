//! The statements service: expenses, closes, what every party owes, and the proof of it.
//!
//! ```text
//! fact ─▶ listener ─▶ policy: whose books? ─▶ domain::books, in order ─▶ mirrors + receipt
//! CloseMonth ─▶ owners' heads ─▶ wait for receipts ─▶ open time ─▶ books decide ─▶ sign the log
//! ```

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
use eventlog::{Error, LogId, Options, Store};
use rpc::Services;
use vocabulary::AgreementId;
use wire::statements::v1::statements_service_server::StatementsServiceServer;

pub use checkpoint::Signing;
pub use listener::Statements;

/// The service's name; its logs are named after it.
pub const SERVICE: &str = "statements";

/// The log of an agreement.
pub fn log(agreement: &AgreementId) -> LogId {
    LogId::try_new(&format!("{SERVICE}/{agreement}"))
        .expect("an agreement's id is one lower-case word")
}

/// How its store is opened. It needs no SQL of its own.
pub fn options(database_url: impl Into<String>) -> Options {
    Options {
        projections: projection::all(),
        mirrors: mirror::all(),
        ..Options::new(SERVICE, database_url)
    }
}

/// What it answers. `owners` are asked how far their logs have come; a close waits up to
/// `patience` until all of it was heard.
pub fn services<B: Backfill>(
    store: &Store,
    owners: Arc<B>,
    signing: Signing,
    patience: Duration,
) -> Services {
    let closing = close::Closing {
        store: store.clone(),
        owners,
        signing,
        patience,
    };
    Services::new().with(StatementsServiceServer::new(grpc::Statements { closing }))
}

/// Signs every close that a crash left without its checkpoint: to be called at start.
pub async fn heal(store: &Store, signing: &Signing) -> Result<(), Error> {
    for (log, _) in store.heads().await? {
        checkpoint::heal(store, signing, &log).await?;
    }
    Ok(())
}
