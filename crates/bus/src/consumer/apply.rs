//! Giving facts to the listener, and what follows when it says no.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use eventlog::{FactRow, LogId};
use futures::FutureExt as _;
use tokio::time::Instant;

use super::progress::{batches, groups};
use super::{Ending, Source};
use crate::listener::{ApplyError, Backfill, Listener};
use crate::{signals, walk};

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
        if batch.iter().any(|fact| self.is_skipped(fact)) {
            return self.apply_without(log, batch).await;
        }
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

    fn is_skipped(&self, fact: &FactRow) -> bool {
        let skipped = self.skipped.get(&fact.log);
        skipped.is_some_and(|skipped| skipped.contains(&fact.seq))
    }

    /// Applies what is left when the facts that operators had passed over are taken out, command
    /// by command, so that nothing else shares their trouble.
    async fn apply_without(&mut self, log: &LogId, batch: &[FactRow]) -> Result<Applied, Ending> {
        for group in groups(batch) {
            let mut rest: Vec<FactRow> = Vec::with_capacity(group.len());
            let mut prev = group.first().map_or(0, |fact| fact.prev);
            for fact in group.iter().filter(|fact| !self.is_skipped(fact)) {
                let fact = FactRow {
                    prev,
                    ..fact.clone()
                };
                prev = fact.seq;
                rest.push(fact);
            }
            if let Some(last) = rest.last_mut() {
                last.group_last = true;
            }
            if let Err(error) = self.offer(log, &rest).await? {
                return self.stop(log, &rest, error).await;
            }
            if let Some(last) = group.last().filter(|last| last.seq != prev)
                && let Err(error) = self.pass_over(log, prev, last.seq).await?
            {
                return self.stop(log, group, error).await;
            }
        }
        Ok(Applied::Yes)
    }

    /// Moves the receipt over facts that are not applied.
    async fn pass_over(
        &mut self,
        log: &LogId,
        from: u64,
        to: u64,
    ) -> Result<Result<(), ApplyError>, Ending> {
        let listener = self.listener.name();
        loop {
            match self.store.pass_over(listener, log, from, to).await {
                Ok(()) => break,
                Err(error) if error.is_transient() => {
                    self.pause("a fact cannot be passed over for now", &error)
                        .await?;
                }
                Err(error) => return Ok(Err(error.into())),
            }
        }
        self.recovered();
        tracing::warn!(
            listener,
            log = log.as_str(),
            from,
            to,
            "facts were passed over, as an operator decided"
        );
        let progress = self.logs.entry(log.clone()).or_default();
        progress.receipt = to;
        progress.retried = None;
        Ok(Ok(()))
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
            let began = Instant::now();
            let steps = walk::applying(self.listener.name(), self.source, batch);
            let applied = AssertUnwindSafe(self.listener.apply(batch))
                .catch_unwind()
                .await;
            let applied =
                applied.unwrap_or_else(|panic| Err(ApplyError::Unacceptable(told(&panic))));
            drop(turn);
            if let Err(error) = &applied {
                steps.failed(&error.to_string());
                signals::applying_failed(self.listener.name(), self.source);
            }
            match applied {
                Err(ApplyError::Unavailable(_)) if !self.store.has_filled_mirrors() => {
                    self.fill_mirrors().await?;
                }
                Err(ApplyError::Unavailable(reason)) => {
                    self.pause("facts cannot be applied for now", &reason)
                        .await?;
                }
                Err(error) => return Ok(Err(error)),
                Ok(()) => {
                    let (listener, source) = (self.listener.name(), self.source);
                    signals::applied(listener, source, batch.len(), began.elapsed());
                    break;
                }
            }
        }
        eventlog::kill_point("consumer.applied");
        self.recovered();
        walk::applied(self.listener.name(), self.source, batch);
        let progress = self.logs.entry(log.clone()).or_default();
        progress.receipt = last.seq;
        progress.retried = None;
        self.standing.send_modify(|it| it.applied += 1);
        self.confirm();
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
            // Perhaps a program took facts in that does not know all our mirrors.
            self.fill_mirrors().await?;
            self.gaps.insert(log.clone());
            return Ok(Applied::Stop);
        }
        let Some(first) = group.first() else {
            return Ok(Applied::Stop);
        };
        let reason = error.to_string();
        // Not those that were passed over already: they are not what stops it.
        let tried = group.iter().filter(|fact| !self.is_skipped(fact));
        let facts: Vec<u64> = tried.map(|fact| fact.seq).collect();
        self.park(log, first.seq, &facts, &first.kind, &reason)
            .await?;
        Ok(Applied::Stop)
    }
}

/// A listener that panics on a fact has met one that it cannot apply.
fn told(panic: &Box<dyn Any + Send>) -> String {
    format!("the listener panicked: {}", words(panic))
}

/// What a panic said.
pub(super) fn words(panic: &Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a word".to_owned())
}
