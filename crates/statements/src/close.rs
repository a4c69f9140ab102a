//! Closing a month: the workflow around the command.
//!
//! Outside any command it asks the owners how far their logs have come, waits until all of that
//! has been heard, lists the time that is not approved, and only then lets the books decide.
//! Afterwards it signs the log. Every step may be repeated: the same command id finds the stored
//! outcome, and a checkpoint that is missing is signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use allocation::{EDITION, OpenTime};
use bus::Backfill;
use eventlog::{Error, Meta, Outcome, Store};
use metrics::histogram;
use tokio::time::Instant;
use vocabulary::{Account, AgreementId, Month};

use crate::checkpoint::{self, Signing};
use crate::domain::books::{Books, CloseMonth, Command, Cut};
use crate::mirror::agreements::{self, Agreement};
use crate::mirror::{days, duties};
use crate::{listener, open};

/// How often the receipts are looked at while they lag behind.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How often it is told what is still waited for.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// What a close needs beside the books.
pub(crate) struct Closing<B> {
    pub(crate) store: Store,
    pub(crate) owners: Arc<B>,
    pub(crate) signing: Signing,
    /// How long it is waited until all was heard.
    pub(crate) patience: Duration,
}

/// A close, or what it would be in a dry run.
pub(crate) struct Closed {
    pub(crate) outcome: Outcome,
    /// The signed checkpoint; empty in a dry run.
    pub(crate) checkpoint: String,
}

/// Why a close did not come about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotClosed {
    /// No agreement of that id was ever signed.
    #[error("The agreement {0} is not known here: every party must have signed its terms first.")]
    Unknown(AgreementId),
    /// An owner does not answer. Nothing was decided.
    #[error("An owner of facts cannot be asked how far its log has come: {0}. Nothing was closed.")]
    Unreachable(String),
    /// Facts are still on their way. Nothing was decided.
    #[error("Not everything has been heard yet: {}. Nothing was closed.", list(.0))]
    NotHeard(Vec<(Cut, u64)>),
    /// The books, or the store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn list(behind: &[(Cut, u64)]) -> String {
    let words = behind.iter().map(|(cut, heard)| {
        let Cut { log, fact_seq } = cut;
        format!("{log} stands at {fact_seq} and was heard up to {heard}")
    });
    words.collect::<Vec<_>>().join("; ")
}

impl<B: Backfill> Closing<B> {
    /// Closes a month, or says why not.
    pub(crate) async fn close(
        &self,
        agreement: &AgreementId,
        month: Month,
        allow_open: bool,
        meta: Meta,
    ) -> Result<Closed, NotClosed> {
        let began = Instant::now();
        let closed = self.closed(agreement, month, allow_open, meta).await;
        let outcome = if closed.is_ok() { "closed" } else { "refused" };
        histogram!("commonwatch_close_duration_seconds", "outcome" => outcome)
            .record(began.elapsed());
        closed
    }

    async fn closed(
        &self,
        agreement: &AgreementId,
        month: Month,
        allow_open: bool,
        meta: Meta,
    ) -> Result<Closed, NotClosed> {
        let cuts = self.heads().await?;
        let waits = Instant::now();
        let receipts = self.heard(&cuts).await?;
        histogram!("commonwatch_close_wait_seconds").record(waits.elapsed());
        let agreed = agreements::find(&self.store, agreement).await?;
        let agreed = agreed.ok_or_else(|| NotClosed::Unknown(agreement.clone()))?;
        let now = self.store.surroundings().now();
        let close = CloseMonth {
            month,
            cuts,
            receipts,
            open: open_time(&self.store, &agreed, month).await?,
            allow_open,
            edition: EDITION,
            today: agreed.zone.day_of(now),
        };
        let log = crate::log(agreement);
        let dry_run = meta.dry_run;
        let command = Command::CloseMonth(close);
        let key = agreement.as_str();
        let executed = self.store.execute::<Books>(&log, key, command, meta);
        let outcome = executed.await?;
        if dry_run {
            let checkpoint = String::new();
            return Ok(Closed {
                outcome,
                checkpoint,
            });
        }
        eventlog::kill_point("close.committed");
        checkpoint::heal(&self.store, &self.signing, &log).await?;
        let signed = checkpoint::signed(&self.store, &self.signing, &log, outcome.last_seq);
        let checkpoint = signed.await?;
        Ok(Closed {
            outcome,
            checkpoint,
        })
    }

    /// How far the owners' logs have come.
    pub(crate) async fn heads(&self) -> Result<Vec<Cut>, NotClosed> {
        let mut cuts = Vec::new();
        for service in listener::SOURCES {
            let heads = self.owners.heads(service).await;
            let heads = heads.map_err(|error| NotClosed::Unreachable(error.to_string()))?;
            cuts.extend(heads.into_iter().map(|(log, fact_seq)| Cut {
                log: log.to_string(),
                fact_seq,
            }));
        }
        cuts.sort();
        Ok(cuts)
    }

    /// Waits until all of it has been heard. Gives the receipts.
    async fn heard(&self, cuts: &[Cut]) -> Result<Vec<Cut>, NotClosed> {
        let start = Instant::now();
        let mut told = start;
        loop {
            let receipts = receipts(&self.store).await?;
            let behind = behind(cuts, &receipts);
            if behind.is_empty() {
                return Ok(receipts);
            }
            if start.elapsed() >= self.patience {
                return Err(NotClosed::NotHeard(behind));
            }
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                let waiting_for = list(&behind);
                tracing::info!(waiting_for, "a close waits for facts");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// How far each source log has been heard.
pub(crate) async fn receipts(store: &Store) -> Result<Vec<Cut>, Error> {
    let receipts = store.receipts(crate::SERVICE).await?.into_iter();
    let cut = |(log, fact_seq): (eventlog::LogId, u64)| Cut {
        log: log.to_string(),
        fact_seq,
    };
    Ok(receipts.map(cut).collect())
}

fn behind(cuts: &[Cut], receipts: &[Cut]) -> Vec<(Cut, u64)> {
    let heard = |cut: &Cut| {
        let receipt = receipts.iter().find(|receipt| receipt.log == cut.log);
        receipt.map_or(0, |receipt| receipt.fact_seq)
    };
    let lagging = cuts.iter().map(|cut| (cut.clone(), heard(cut)));
    lagging
        .filter(|(cut, heard)| *heard < cut.fact_seq)
        .collect()
}

/// Time up to a month's end that is not approved, as far as it has been heard.
pub(crate) async fn open_time(
    store: &Store,
    agreed: &Agreement,
    month: Month,
) -> Result<Vec<OpenTime>, Error> {
    let account = Account::Agreement(agreed.agreement.clone());
    let duties = duties::of_account(store, &account).await?;
    let worked = duties.iter().flat_map(|duty| duty.touched.keys());
    let months: BTreeSet<Month> = worked.map(|day| Month::of(*day)).collect();
    let mut days = BTreeMap::new();
    for month in months.range(..=month) {
        days.extend(days::of_month(store, *month).await?);
    }
    Ok(open::items(month, &agreed.zone, &duties, &days))
}
