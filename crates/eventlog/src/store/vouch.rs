//! Hears what the server says beside its answers: a commit that no standby has yet.
//!
//! # Why
//!
//! Where commits wait for a standby, somebody may cancel the wait: the server then says "committed"
//! and, beside it, that the transaction may exist here alone. Nobody may be told "done" on the
//! strength of that: it is unknown, like a lost answer, until a later commit has waited in full.
//! Nor may a neighbour learn of it: a fact that a standby never got is gone when that takes over.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::{Connect, Object};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::DbError;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use super::Store;
use crate::error::Error;
use crate::log_id::LogId;

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

/// Up to which fact each log is known to outlive this server.
#[derive(Default)]
pub(crate) struct Vouched {
    known: watch::Sender<HashMap<LogId, u64>>,
    /// Who makes sure of more does it alone: a commit that waits for a standby holds a connection.
    waits: Mutex<()>,
}

impl Vouched {
    /// The log's writer knows.
    pub(crate) fn note(&self, log: &LogId, fact_seq: u64) {
        self.known.send_modify(|known| match known.get_mut(log) {
            Some(upto) => *upto = fact_seq,
            None => {
                known.insert(log.clone(), fact_seq);
            }
        });
    }

    fn reaches(&self, log: &LogId, seq: u64) -> bool {
        let known = self.known.borrow();
        known.get(log).is_some_and(|upto| *upto >= seq)
    }
}

/// A commit of nothing, which waits like any other; where there are no standbys none is needed:
/// what can be read is on this server's disk.
const WAIT: &str = "SELECT pg_logical_emit_message(true, 'commonwatch', '')
    WHERE current_setting('synchronous_standby_names') <> ''";

/// A standby that takes longer is away: whoever reads asks again.
const WAIT_AT_MOST: Duration = Duration::from_secs(5);

impl Store {
    /// Makes sure that what can be read of `log` up to `seq` outlives this server.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while no standby says that it has it.
    pub(super) async fn vouch(&self, log: &LogId, seq: u64) -> Result<(), Error> {
        let shared = &self.inner.shared;
        if shared.vouched.reaches(log, seq) {
            return Ok(());
        }
        let _alone = shared.vouched.waits.lock().await;
        if shared.vouched.reaches(log, seq) {
            return Ok(());
        }
        let client = shared.writers.get().await?;
        let before = shared.doubts.count();
        let waited = match timeout(WAIT_AT_MOST, client.query_opt(WAIT, &[])).await {
            Ok(waited) => waited.map_err(Error::from),
            Err(_) => Err(Error::Unavailable(
                "no standby says that it has what is to be read".to_owned(),
            )),
        };
        if let Err(error) = waited {
            // Nobody else gets a connection of which it is open what still runs on it.
            drop(Object::take(client));
            return Err(error);
        }
        shared.doubts.none_since(before)?;
        if !shared.vouched.reaches(log, seq) {
            shared.vouched.note(log, seq);
        }
        Ok(())
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
