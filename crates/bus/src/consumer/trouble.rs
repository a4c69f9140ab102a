//! What is missing on our own side: said once, waited for; and the note of a parked fact.

use std::fmt::Display;

use eventlog::{LogId, Parked};

use super::{Ending, Source};
use crate::listener::{Backfill, Listener, Refill};
use crate::shutdown::nap;

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Waits before the next attempt.
    pub(super) async fn pause(
        &mut self,
        what: &str,
        reason: &(dyn Display + Sync),
    ) -> Result<(), Ending> {
        let reason = reason.to_string();
        let pause = self.own_pauses.failed();
        let (listener, source) = (self.listener.name(), self.source);
        if self.own_pauses.tell() {
            tracing::warn!(listener, source, reason, "{what}; trying until it works");
        } else {
            tracing::debug!(listener, source, reason, "{what}");
        }
        if nap(&mut self.shutdown, pause).await {
            Err(Ending)
        } else {
            Ok(())
        }
    }

    /// What [`Self::pause`] waited for works again.
    pub(super) fn recovered(&mut self) {
        if self.own_pauses.worked() {
            let (listener, source) = (self.listener.name(), self.source);
            tracing::info!(listener, source, "the consumer goes on");
        }
    }

    /// Fills mirrors that do not hold what was taken in: nothing can be decided from them.
    pub(super) async fn fill_mirrors(&mut self) -> Result<(), Ending> {
        loop {
            // In turn: nothing is taken in meanwhile, and of two sources one fills.
            let turn = self.turn.lock().await;
            let owners = Refill(&*self.backfill);
            let filled = self.store.fill_mirrors(self.listener.name(), &owners).await;
            drop(turn);
            match filled {
                Ok(()) => break,
                Err(error) => self.pause("a mirror cannot be filled", &error).await?,
            }
        }
        self.recovered();
        Ok(())
    }

    /// Between two batches: whether there may be another.
    pub(super) fn go_on(&self) -> Result<(), Ending> {
        if *self.shutdown.borrow() {
            Err(Ending)
        } else {
            Ok(())
        }
    }

    /// Stops a log at `seq`, because these facts of one command cannot be applied, until an
    /// operator says how to go on.
    pub(super) async fn park(
        &mut self,
        log: &LogId,
        seq: u64,
        facts: &[u64],
        kind: &str,
        reason: &str,
    ) -> Result<(), Ending> {
        let listener = self.listener.name();
        tracing::error!(
            listener,
            log = log.as_str(),
            seq,
            kind,
            error = reason,
            "a log is parked and waits for a retry"
        );
        let parked = loop {
            match self.note(log, seq, facts, (kind, reason)).await {
                Ok(parked) => break parked,
                Err(error) => self.pause("a parked log cannot be noted", &error).await?,
            }
        };
        self.recovered();
        self.logs.entry(log.clone()).or_default().parked = Some(parked);
        Ok(())
    }

    /// Notes where a log stands still. A retry that failed is the same trouble still: it keeps
    /// its beginning and counts on.
    async fn note(
        &self,
        log: &LogId,
        seq: u64,
        facts: &[u64],
        why: (&str, &str),
    ) -> Result<Parked, eventlog::Error> {
        let listener = self.listener.name();
        self.store.park(listener, log, seq, facts, why).await?;
        let known = self.store.parked().await?;
        let noted = known
            .into_iter()
            .find(|p| p.consumer == listener && p.log == *log);
        let mut noted = noted.ok_or_else(|| {
            eventlog::Error::Unavailable("the parked log was released meanwhile".to_owned())
        })?;
        let before = self
            .logs
            .get(log)
            .and_then(|progress| progress.retried.as_ref());
        if let Some(before) = before.filter(|before| before.seq == seq) {
            noted.since = before.since;
            noted.attempts = before.attempts.saturating_add(1);
            let attempts = i32::try_from(noted.attempts).unwrap_or(i32::MAX);
            let sql = "UPDATE parked SET since = $3, attempts = $4
                       WHERE log_id = $1 AND consumer = $2 AND seq = $5";
            let client = self.store.pool().get().await?;
            let at = i64::try_from(seq).unwrap_or(i64::MAX);
            client
                .execute(
                    sql,
                    &[&log.as_str(), &listener, &noted.since, &attempts, &at],
                )
                .await?;
        }
        Ok(noted)
    }
}
