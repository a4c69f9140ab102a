//! What a service brings: how facts are applied, and where missing ones are read.

use std::future::Future;

use eventlog::{FactRow, LogId, Owners, Store};

/// A service that listens to others.
pub trait Listener: Send + Sync + 'static {
    /// The listening service: the consumer under which receipts and parked facts are kept.
    fn name(&self) -> &'static str;

    /// The services whose facts it takes: all facts of all their logs.
    fn sources(&self) -> &'static [&'static str];

    /// Applies facts of one log, in order: first the reactions, as idempotent commands; then, in
    /// one transaction, mirror rows and receipt ([`accept`]).
    ///
    /// A batch is never empty and never ends inside the facts of one command. No two calls
    /// overlap, whatever their sources. The same facts come again, perhaps cut otherwise, when
    /// the process died or an error was returned before the receipt was committed.
    fn apply(&self, batch: &[FactRow]) -> impl Future<Output = Result<(), ApplyError>> + Send;
}

/// The second half of [`Listener::apply`]: mirror rows and the receipt of the batch's last fact.
pub async fn accept(store: &Store, listener: &str, batch: &[FactRow]) -> Result<(), ApplyError> {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
        return Ok(());
    };
    Ok(store
        .accept(listener, &first.log, first.prev, last.seq, batch)
        .await?)
}

/// Why a batch was not applied.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApplyError {
    /// Something of ours is away for now, the database for one: tried again with growing pauses,
    /// never parked.
    #[error("not available: {0}")]
    Unavailable(String),
    /// Another delivery of the same facts won: the receipt is read again.
    #[error("{0}")]
    ReceiptMoved(String),
    /// A fact of this batch cannot be applied. The bus finds out which command's facts it is,
    /// applies what stands before, and parks that log for this consumer.
    #[error("{0}")]
    Unacceptable(String),
}

impl From<eventlog::Error> for ApplyError {
    fn from(error: eventlog::Error) -> ApplyError {
        match error {
            eventlog::Error::Unavailable(reason) => ApplyError::Unavailable(reason),
            moved @ eventlog::Error::ReceiptMoved { .. } => {
                ApplyError::ReceiptMoved(moved.to_string())
            }
            other => ApplyError::Unacceptable(other.to_string()),
        }
    }
}

/// The owners of the logs, asked directly: over gRPC in production, over a store in tests.
pub trait Backfill: Send + Sync + 'static {
    /// Facts after `after`, in order, at most `limit` of them. Fewer may come; none says that the
    /// log has no more.
    fn read(
        &self,
        log: &LogId,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<FactRow>, Unreachable>> + Send;

    /// Every log of the service with the position of its last fact.
    fn heads(
        &self,
        service: &'static str,
    ) -> impl Future<Output = Result<Vec<(LogId, u64)>, Unreachable>> + Send;
}

/// A backfill as the source of a mirror's facts.
pub struct Refill<'a, B>(pub &'a B);

impl<B: Backfill> Owners for Refill<'_, B> {
    async fn facts(
        &self,
        log: &LogId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<FactRow>, eventlog::Error> {
        let facts = self.0.read(log, after, limit).await;
        facts.map_err(|error| eventlog::Error::Unavailable(error.to_string()))
    }
}

/// The owner did not answer, and why; asked again with growing pauses.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);
