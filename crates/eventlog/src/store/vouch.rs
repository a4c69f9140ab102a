//! Hears what the server says beside its answers: a commit that no standby has yet.
//!
//! # Why
//!
//! Where commits wait for a standby, somebody may cancel the wait: the server then says "committed"
//! and, beside it, that the transaction may exist here alone. Nobody may be told "done" on the
//! strength of that: it is unknown, like a lost answer, until a later commit has waited in full.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use crate::error::Error;

/// The function of the server that waits for standbys: the name of a message's origin is never
/// translated, its text is.
const WAITS: &str = "SyncRepWaitForLSN";

/// Counts the commits that the server did not vouch for, over all of a store's writers.
#[derive(Clone, Default)]
pub(crate) struct Doubts(Arc<AtomicU64>);

impl Doubts {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// # Errors
    /// [`Error::Unavailable`] when a commit since `before` may stand here alone. Taking the log
    /// over again commits, and so waits for the standby in its place.
    pub(crate) fn none_since(&self, before: u64) -> Result<(), Error> {
        if self.count() == before {
            return Ok(());
        }
        let reason = "a commit is not known to stand on a standby";
        Err(Error::Unavailable(reason.to_owned()))
    }

    fn hear(&self, notice: &DbError) {
        if notice.routine() == Some(WAITS) {
            tracing::warn!(notice = notice.message(), "a commit may stand here alone");
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

type Connecting<'a> = Pin<
    Box<dyn Future<Output = Result<(Client, JoinHandle<()>), tokio_postgres::Error>> + Send + 'a>,
>;

impl Connect for Doubts {
    fn connect(&self, config: &Config) -> Connecting<'_> {
        let (config, doubts) = (config.clone(), self.clone());
        Box::pin(async move {
            let (client, mut connection) = config.connect(NoTls).await?;
            // A message is heard before what follows it is handed to whoever waits for an answer.
            let driver = tokio::spawn(async move {
                loop {
                    match poll_fn(|cx| connection.poll_message(cx)).await {
                        Some(Ok(AsyncMessage::Notice(notice))) => doubts.hear(&notice),
                        Some(Ok(_)) => {}
                        Some(Err(error)) => {
                            tracing::debug!(%error, "a writer's connection was lost");
                            return;
                        }
                        None => return,
                    }
                }
            });
            Ok((client, driver))
        })
    }
}
