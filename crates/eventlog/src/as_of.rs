//! Answering as if an earlier day were today: what was known then, from the same log.
//!
//! # Why
//!
//! A projection keeps one row per key, so what it said earlier is folded again, from the events
//! that were recorded until then. Whoever asks wraps his call into [`AsOf::scope`]; whatever the
//! code inside reads beside projections is noted, so that nobody is shown a present that passes
//! for the past.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::log_id::LogId;

tokio::task_local! {
    static SCOPE: AsOf;
}

/// The instant as of which a call is answered, and what the answer then rested on. Clones are the
/// same.
#[derive(Clone, Debug)]
pub struct AsOf(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    at: Timestamp,
    elsewhere: AtomicBool,
    positions: Mutex<BTreeMap<LogId, u64>>,
}

impl AsOf {
    /// As known at this instant.
    pub fn new(at: Timestamp) -> AsOf {
        AsOf(Arc::new(Inner {
            at,
            elsewhere: AtomicBool::new(false),
            positions: Mutex::default(),
        }))
    }

    /// Runs a future whose reads of projections are answered as of the instant, as long as it
    /// stays in one task.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        SCOPE.scope(self.clone(), work).await
    }

    /// The logs that the answer rests on, each with the position as of which it was read. `None`:
    /// something else was read too, or nothing was, so it is no answer as of then.
    pub async fn answered(&self) -> Option<Vec<(LogId, u64)>> {
        let positions = self.0.positions.lock().await;
        let kept = !self.0.elsewhere.load(Ordering::SeqCst) && !positions.is_empty();
        kept.then(|| {
            positions
                .iter()
                .map(|(log, seq)| (log.clone(), *seq))
                .collect()
        })
    }

    /// The scope that the running task is in: work that goes on in another task takes it along.
    pub fn current() -> Option<AsOf> {
        SCOPE.try_with(AsOf::clone).ok()
    }

    pub(crate) fn at(&self) -> Timestamp {
        self.0.at
    }

    /// Something was read that is as it is now.
    pub(crate) fn note_elsewhere(&self) {
        self.0.elsewhere.store(true, Ordering::SeqCst);
    }

    /// The position that the instant means in `log`, found once: all of a call is answered as of
    /// the same.
    pub(crate) async fn position<E>(
        &self,
        log: &LogId,
        find: impl Future<Output = Result<u64, E>>,
    ) -> Result<u64, E> {
        let mut positions = self.0.positions.lock().await;
        if let Some(known) = positions.get(log) {
            return Ok(*known);
        }
        let found = find.await?;
        positions.insert(log.clone(), found);
        Ok(found)
    }
}
