//! Reading from the owner: first start, gap and lost tail alike, and the retry of a parked log.

use std::collections::BTreeMap;

use eventlog::{FactRow, LogId, Parked, Skipped};
use jiff::Timestamp;
use tokio::time::Instant;

use super::progress::{Progress, aligned};
use super::pull::FAILURES_UNTOLD;
use super::{Ending, Source};
use crate::listener::{Backfill, Listener, Unreachable};
use crate::{signals, subject};

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Takes up receipts and parked logs as the database has them.
    pub(super) async fn load(&mut self) -> Result<(), Ending> {
        let listener = self.listener.name();
        let (receipts, parked, skipped) = loop {
            let read = async {
                Ok::<_, eventlog::Error>((
                    self.store.receipts(listener).await?,
                    self.store.parked().await?,
                    self.store.skipped().await?,
                ))
            };
            match read.await {
                Ok(read) => break read,
                Err(error) => self.pause("receipts cannot be read", &error).await?,
            }
        };
        self.recovered();
        // After the receipts: whoever took facts in before them may not know all our mirrors, and
        // who does so from now on moves a receipt that we believe to know.
        self.fill_mirrors().await?;
        self.take_up(skipped);
        let source = self.source;
        let ours = |log: &LogId| subject::owner(log.as_str()) == source;
        for (log, receipt) in receipts.into_iter().filter(|(log, _)| ours(log)) {
            self.logs.insert(
                log,
                Progress {
                    receipt,
                    ..Progress::default()
                },
            );
        }
        for parked in parked {
            if parked.consumer == listener && ours(&parked.log) {
                tracing::error!(
                    listener,
                    log = parked.log.as_str(),
                    seq = parked.seq,
                    error = parked.error,
                    "a log is still parked; it waits for a retry"
                );
                let progress = self.logs.entry(parked.log.clone()).or_default();
                progress.parked = Some(parked);
            }
        }
        Ok(())
    }

    /// Compares the owner's heads with the receipts; `at_once` reads whatever is behind, else
    /// only what did not move since the last look. True: something had to be read.
    pub(super) async fn compare_heads(&mut self, at_once: bool) -> Result<bool, Ending> {
        // Before the question: what is recorded while it is answered may be missing in it.
        let at = self.store.surroundings().now();
        let heads = match self.backfill.heads(self.source).await {
            Ok(heads) => heads,
            Err(error) => {
                self.postpone_heads(at_once, &error);
                return Ok(false);
            }
        };
        self.heads_at = None;
        signals::owner_answers(self.listener.name(), self.source, true);
        if self.heads_pauses.worked() {
            tracing::info!(
                listener = self.listener.name(),
                source = self.source,
                "the owner answers"
            );
        }
        self.park_shortened(&heads).await?;
        if at_once && !self.park_rewritten(&heads).await? {
            return Ok(false);
        }
        self.asked.get_or_insert_with(|| (at, heads.clone()));
        self.confirm();
        let mut stuck = Vec::new();
        for (log, head) in &heads {
            let progress = self.logs.entry(log.clone()).or_default();
            if progress.is_stuck(*head, at_once) {
                stuck.push(log.clone());
            }
        }
        let found = !stuck.is_empty();
        for log in stuck {
            self.read_from_owner(log).await?;
        }
        self.tell_lag(&heads).await;
        Ok(found)
    }

    /// Tells that everything up to the heads of the last question was applied, once it was.
    pub(super) fn confirm(&mut self) {
        let reached = |(log, head): &(LogId, u64)| {
            let progress = self.logs.get(log);
            *head == 0 || progress.is_some_and(|it| it.parked.is_none() && it.receipt >= *head)
        };
        let reached = |(_, heads): &mut (Timestamp, Vec<_>)| heads.iter().all(reached);
        if let Some((at, _)) = self.asked.take_if(reached) {
            self.standing.send_modify(|it| it.confirmed_at = Some(at));
        }
    }

    /// Parks every log that ends before the last fact that was taken from it: its owner lost facts
    /// (an older backup was restored) and will give their positions to others, which would pass
    /// for copies here. The heads are younger than the receipts, so nothing else looks like this.
    async fn park_shortened(&mut self, heads: &[(LogId, u64)]) -> Result<(), Ending> {
        let head = |log| heads.iter().find(|(of, _)| of == log).map_or(0, |it| it.1);
        let shortened: Vec<(LogId, u64, u64)> = self
            .logs
            .iter()
            .filter(|(_, progress)| progress.parked.is_none())
            .map(|(log, progress)| (log.clone(), progress.receipt, head(log)))
            .filter(|(_, receipt, head)| head < receipt)
            .collect();
        for (log, receipt, head) in shortened {
            let reason = format!(
                "{log} ends at {head} at its owner, but facts up to {receipt} were taken in: the \
                 owner lost facts and must get them back"
            );
            self.park(&log, receipt, &[], "", &reason).await?;
        }
        Ok(())
    }

    /// Parks every log that holds another fact than the one our receipt stands for: its owner came
    /// back from an older backup and went on. False: an owner or our own database did not answer,
    /// and nothing may be read before it has.
    async fn park_rewritten(&mut self, heads: &[(LogId, u64)]) -> Result<bool, Ending> {
        let taken = match self.store.taken(self.listener.name()).await {
            Ok(taken) => taken,
            Err(error) => {
                self.postpone_heads(true, &Unreachable(error.to_string()));
                return Ok(false);
            }
        };
        for (log, seq, leaf_hash) in taken {
            let known = self.logs.get(&log).is_some_and(|of| of.parked.is_none());
            if !known || !heads.iter().any(|(of, head)| *of == log && *head >= seq) {
                continue;
            }
            let same = |fact: &FactRow| fact.seq == seq && fact.leaf_hash == leaf_hash;
            if let Err(error) = self.park_if_rewritten(&log, seq, same).await? {
                self.postpone_heads(true, &error);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes sure that the owner's log goes on behind the very fact that our receipt stands for;
    /// else it is parked.
    async fn goes_on(&mut self, log: &LogId) -> Result<Result<(), String>, Ending> {
        let taken = match self.store.taken(self.listener.name()).await {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Some((_, seq, leaf_hash)) = taken.into_iter().find(|(of, ..)| of == log) else {
            return Ok(Ok(()));
        };
        let same = |fact: &FactRow| fact.seq == seq && fact.leaf_hash == leaf_hash;
        let checked = self.park_if_rewritten(log, seq, same).await?;
        Ok(checked.map_err(|error| error.to_string()))
    }

    /// Looks at what the owner holds at `seq`; if it is not what was taken in there, the log is
    /// parked.
    async fn park_if_rewritten(
        &mut self,
        log: &LogId,
        seq: u64,
        same: impl Fn(&FactRow) -> bool + Send,
    ) -> Result<Result<(), Unreachable>, Ending> {
        let theirs = match self.backfill.read(log, seq.saturating_sub(1), 1).await {
            Ok(theirs) => theirs,
            Err(error) => return Ok(Err(error)),
        };
        if theirs.first().is_some_and(same) {
            return Ok(Ok(()));
        }
        let reason = format!(
            "{log} holds another fact at {seq} than the one that was taken in, or none: its owner \
             lost facts and must get them back"
        );
        self.park(log, seq, &[], "", &reason).await?;
        Ok(Ok(()))
    }

    /// Reads a log from its owner until there is nothing more. An owner that does not answer
    /// leaves the log on the list of gaps.
    pub(super) async fn read_from_owner(&mut self, log: LogId) -> Result<(), Ending> {
        if let Some(progress) = self.logs.get_mut(&log) {
            progress.held.clear();
        }
        self.gaps.insert(log.clone());
        let parked = |this: &Self| this.logs.get(&log).is_some_and(|of| of.parked.is_some());
        if !parked(self)
            && let Err(reason) = self.goes_on(&log).await?
        {
            self.postpone(&log, &reason);
            return Ok(());
        }
        let mut page = self.consuming.page;
        loop {
            self.go_on()?;
            let Some(progress) = self.logs.get(&log) else {
                return Ok(());
            };
            let receipt = progress.receipt;
            if progress.parked.is_some() {
                self.gaps.remove(&log);
                return Ok(());
            }
            let rows = match self.read_contiguous(&log, receipt, page).await {
                Ok(rows) => rows,
                Err(reason) => {
                    self.postpone(&log, &reason);
                    return Ok(());
                }
            };
            if rows.is_empty() {
                self.gaps.remove(&log);
                if self.gap_pauses.worked() {
                    tracing::info!(log = log.as_str(), receipt, "the owner answers again");
                }
                return Ok(());
            }
            let cut = aligned(&rows);
            if cut == 0 && rows.len() < page as usize {
                self.postpone(&log, "the owner's last command has no end");
                return Ok(());
            }
            if cut == 0 {
                // One command made more facts than a page holds.
                page = page.saturating_mul(2);
            }
            self.apply(&log, &rows[..cut]).await?;
        }
    }

    /// One page, made of several answers where the owner's own limit is smaller.
    async fn read_contiguous(
        &self,
        log: &LogId,
        receipt: u64,
        page: u32,
    ) -> Result<Vec<FactRow>, String> {
        let mut rows: Vec<FactRow> = Vec::new();
        while rows.len() < page as usize {
            let last = rows.last().map_or(receipt, |row| row.seq);
            let room = page.saturating_sub(u32::try_from(rows.len()).unwrap_or(page));
            let more = self.backfill.read(log, last, room).await;
            let more = more.map_err(|error| error.to_string())?;
            if more.is_empty() {
                break;
            }
            for row in more {
                let last = rows.last().map_or(receipt, |row| row.seq);
                if row.prev != last || row.log != *log {
                    return Err(format!("the owner's facts do not follow {log}:{last}"));
                }
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// An owner that starts together with us may answer a moment later.
    fn postpone_heads(&mut self, at_once: bool, error: &Unreachable) {
        let pause = self.heads_pauses.failed();
        if at_once {
            self.heads_at = Some(Instant::now() + pause);
        }
        let (listener, source) = (self.listener.name(), self.source);
        signals::owner_answers(listener, source, false);
        if self.heads_pauses.failures() > FAILURES_UNTOLD && self.heads_pauses.tell() {
            tracing::warn!(listener, source, %error, "the owner does not answer; trying on");
        } else {
            tracing::debug!(listener, source, %error, "heads cannot be compared");
        }
    }

    fn postpone(&mut self, log: &LogId, reason: &str) {
        self.gaps_at = Instant::now() + self.gap_pauses.failed();
        let (listener, log) = (self.listener.name(), log.as_str());
        if self.gap_pauses.tell() {
            tracing::warn!(
                listener,
                log,
                reason,
                "facts are missing and cannot be read; trying on"
            );
        } else {
            tracing::debug!(listener, log, reason, "missing facts still cannot be read");
        }
    }

    /// Tries every open gap again.
    pub(super) async fn close_gaps(&mut self) -> Result<(), Ending> {
        for log in self.gaps.clone() {
            self.read_from_owner(log).await?;
        }
        Ok(())
    }

    /// Takes up which facts are to be passed over.
    fn take_up(&mut self, skipped: Vec<Skipped>) {
        let listener = self.listener.name();
        for Skipped {
            consumer, log, seq, ..
        } in skipped
        {
            if consumer == listener && subject::owner(log.as_str()) == self.source {
                self.skipped.entry(log).or_default().insert(seq);
            }
        }
    }

    /// Goes on with every log whose parking was lifted.
    pub(super) async fn retry_parked(&mut self) -> Result<(), Ending> {
        let listener = self.listener.name();
        let (Ok(mut stored), Ok(skipped)) = (self.store.parked().await, self.store.skipped().await)
        else {
            return Ok(());
        };
        self.take_up(skipped);
        // Decided and recorded, but the operator's call died before it could release the log. What
        // was passed over when it was parked is not among its facts.
        let decided = |parked: &Parked| {
            let skipped = self.skipped.get(&parked.log);
            parked.consumer == listener
                && skipped.is_some_and(|of| parked.facts.iter().any(|seq| of.contains(seq)))
        };
        for parked in stored.extract_if(.., |parked| decided(parked)) {
            let unparked = self.store.unpark(listener, &parked.log, parked.seq);
            if unparked.await.is_err() {
                return Ok(());
            }
        }
        let still: BTreeMap<_, _> = stored
            .iter()
            .filter(|parked| parked.consumer == listener)
            .map(|parked| (&parked.log, parked.seq))
            .collect();
        let lifted = |(log, progress): (&LogId, &Progress)| {
            (progress.parked.is_some() && !still.contains_key(log)).then(|| log.clone())
        };
        for log in self.logs.iter().filter_map(lifted).collect::<Vec<_>>() {
            tracing::info!(listener, log = log.as_str(), "a parked log is tried again");
            if let Some(progress) = self.logs.get_mut(&log) {
                progress.retried = progress.parked.take();
            }
            self.read_from_owner(log).await?;
        }
        Ok(())
    }
}
