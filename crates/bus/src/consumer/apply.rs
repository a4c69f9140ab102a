//! Giving facts to the listener, and what follows when it says no.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use eventlog::{FactRow, LogId};
use futures::FutureExt as _;

use super::progress::{batches, groups};
use super::{Ending, Source};
use crate::listener::{ApplyError, Backfill, Listener};
use crate::walk;

/// What became of some facts.
enum Applied {
    Yes,
    /// The log moved or stopped: what was meant to follow must not.
    Stop,
}

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Applies facts that end with a command's last one, batch by batch, until all are applied,
    /// the log is parked, or the receipt turns out to stand elsewhere.
    pub(super) async fn apply(&mut self, log: &LogId, rows: &[FactRow]) -> Result<(), Ending> {
        for batch in batches(rows, self.consuming.batch) {
            self.go_on()?;
            if let Applied::Stop = self.apply_batch(log, batch).await? {
                break;
            }
        }
        Ok(())
    }

    async fn apply_batch(&mut self, log: &LogId, batch: &[FactRow]) -> Result<Applied, Ending> {
        let Err(error) = self.offer(log, batch).await? else {
            return Ok(Applied::Yes);
        };
        if let ApplyError::Unacceptable(_) = error
            && groups(batch).count() > 1
        {
            // Command by command, to find the one that is at fault and apply those before it.
            for group in groups(batch) {
                if let Err(error) = self.offer(log, group).await? {
                    return self.stop(log, group, error).await;
                }
            }
            return Ok(Applied::Yes);
        }
        self.stop(log, batch, error).await
    }

    /// Offers facts to the listener until it takes them or says for good that it will not.
    async fn offer(
        &mut self,
        log: &LogId,
        batch: &[FactRow],
    ) -> Result<Result<(), ApplyError>, Ending> {
        let Some(last) = batch.last() else {
            return Ok(Ok(()));
        };
        loop {
            let turn = self.turn.lock().await;
            let applied = AssertUnwindSafe(self.listener.apply(batch))
                .catch_unwind()
                .await;
            let applied =
                applied.unwrap_or_else(|panic| Err(ApplyError::Unacceptable(told(&panic))));
            drop(turn);
            match applied {
                Err(ApplyError::Unavailable(reason)) => {
                    self.pause("facts cannot be applied for now", &reason)
                        .await?;
                }
                Err(error) => return Ok(Err(error)),
                Ok(()) => break,
            }
        }
        eventlog::kill_point("consumer.applied");
        self.recovered();
        walk::applied(self.listener.name(), self.source, batch);
        let progress = self.logs.entry(log.clone()).or_default();
        progress.receipt = last.seq;
        progress.retried = None;
        Ok(Ok(()))
    }

    /// Parks the log at a fact that cannot be applied, or follows a receipt that moved.
    async fn stop(
        &mut self,
        log: &LogId,
        group: &[FactRow],
        error: ApplyError,
    ) -> Result<Applied, Ending> {
        let listener = self.listener.name();
        if let ApplyError::ReceiptMoved(reason) = &error {
            tracing::warn!(
                listener,
                log = log.as_str(),
                reason,
                "another delivery was faster"
            );
            let receipt = loop {
                match self.store.receipt(listener, log).await {
                    Ok(receipt) => break receipt,
                    Err(error) => self.pause("the receipt cannot be read", &error).await?,
                }
            };
            self.logs.entry(log.clone()).or_default().receipt = receipt;
            self.gaps.insert(log.clone());
            return Ok(Applied::Stop);
        }
        let Some(first) = group.first() else {
            return Ok(Applied::Stop);
        };
        let reason = error.to_string();
        self.park(log, first.seq, &first.kind, &reason).await?;
        Ok(Applied::Stop)
    }
}

/// A listener that panics on a fact has met one that it cannot apply.
fn told(panic: &Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "the listener panicked: {}",
        text.as_deref().unwrap_or("without a word")
    )
}
