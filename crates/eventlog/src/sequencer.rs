//! The one writer of a log: takes what is queued, decides it in order, commits it at once.

mod job;

use crate::error::Error;
use crate::log_id::LogId;
use crate::projection::Projection;
use crate::store::Shared;
use crate::store::tables::Layout;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) use job::{Command, Job};

pub(crate) fn spawn(
    _shared: Arc<Shared>,
    _log: LogId,
    mut jobs: mpsc::Receiver<Job>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(mut job) = jobs.recv().await {
            job.answer(Err(Error::Unavailable("not yet".into())));
        }
    })
}
pub(crate) fn append_sql(_p: &[(Box<dyn Projection>, Layout)]) -> String {
    String::new()
}
pub(crate) async fn refresh(_shared: &Arc<Shared>, _log: &LogId) -> Result<(), Error> {
    Ok(())
}
