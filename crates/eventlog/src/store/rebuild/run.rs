//! One rebuild, from the empty table to the swap.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio_postgres::IsolationLevel;

use super::swap::{Compared, PATIENCE, Swapped};
use super::{Feed, Owners, Progress, Rebuilt, Session, Stage};
use crate::decider::{Class, Decider, Refused};
use crate::error::Error;
use crate::kill::kill_point;
use crate::log_id::LogId;
use crate::record::{Meta, Recorded};
use crate::signals::Rebuilding;
use crate::store::Store;
use crate::store::fold::{self, Copies, Folder};
use crate::store::tables::Layout;
use crate::upkeep::{self, Command, Event, Position, State, Swap, Upkeep};

/// With so few positions to go, the rest is folded while the writers wait.
const NEAR: u64 = 256;

/// Rounds of catching up before it is tried with whatever is left, and tries at the swap.
const ROUNDS_MAX: u32 = 20;
const TRIES_MAX: u32 = 10;

/// Between two looks at what became of a swap whose end was not seen.
const PAUSE: Duration = Duration::from_millis(500);

/// A rebuild at work.
pub(super) struct Run<'a, O> {
    pub(super) store: &'a Store,
    pub(super) layout: &'a Layout,
    pub(super) beside: Layout,
    pub(super) feed: Feed<'a, O>,
    /// How far the table beside is folded.
    pub(super) at: BTreeMap<LogId, u64>,
    progress: &'a watch::Sender<Progress>,
    shown: Rebuilding,
}

impl<'a, O: Owners> Run<'a, O> {
    pub(super) fn new(
        store: &'a Store,
        layout: &'a Layout,
        feed: Feed<'a, O>,
        progress: &'a watch::Sender<Progress>,
    ) -> Run<'a, O> {
        Run {
            store,
            layout,
            beside: layout.beside(),
            feed,
            at: BTreeMap::new(),
            progress,
            shown: Rebuilding::begin(store.inner.shared.service, &layout.table),
        }
    }

    /// Folds, compares, and swaps unless it is a dry run.
    pub(super) async fn run(mut self, meta: &Meta) -> Result<Rebuilt, Error> {
        let mut session = self.begin().await?;
        if let Some(before) = self.answered(meta).await? {
            session.end().await;
            return Ok(before);
        }
        session
            .client()
            .batch_execute(&self.beside.afresh_ddl())
            .await?;
        let ended = self.compare_and_swap(&mut session, meta).await;
        match ended {
            Ok(rebuilt) if rebuilt.swapped => {
                session.end().await;
                self.store.settle_due().await?;
                Ok(rebuilt)
            }
            Ok(compared) => {
                self.clear_up(&session).await?;
                session.end().await;
                Ok(compared)
            }
            Err(error) => {
                // What is left behind by a lost connection goes at the next open or rebuild.
                let clear_up = async {
                    let _ = self.clear_up(&session).await;
                    session.end().await;
                };
                let _ = tokio::time::timeout(PATIENCE, clear_up).await;
                self.found_out(meta, error).await
            }
        }
    }

    async fn clear_up(&self, session: &Session) -> Result<(), Error> {
        let sql = format!("DROP TABLE IF EXISTS {}", self.beside.table);
        Ok(session.client().batch_execute(&sql).await?)
    }

    /// The answer to a command that was run before. What its act still owes the upkeep log is
    /// appended first.
    async fn answered(&self, meta: &Meta) -> Result<Option<Rebuilt>, Error> {
        if meta.dry_run {
            return Ok(None);
        }
        self.store.settle_due().await?;
        let log = self.store.upkeep_log();
        if !self.store.knows(&log, meta.command_id).await? {
            return Ok(None);
        }
        // Answered by its stored outcome, not decided again.
        let command = self.command(&Rebuilt::default(), meta);
        let key = upkeep::table_key(self.layout.name);
        let executed = self
            .store
            .execute::<Upkeep>(&log, &key, command, meta.clone());
        let outcome = executed.await?;
        match outcome.events.first().map(Recorded::event).transpose()? {
            Some(Event::ProjectionSwapped { swap, .. } | Event::MirrorSwapped { swap, .. }) => {
                Ok(Some(Rebuilt::of(swap)))
            }
            _ => Err(Error::Corrupt("no act on a table".to_owned())),
        }
    }

    /// Whether the table was swapped after all: the end of the transaction may not have been seen.
    /// Its connection was given up; the lock is free when the server has done with it.
    async fn found_out(&self, meta: &Meta, error: Error) -> Result<Rebuilt, Error> {
        let swapping = self.progress.borrow().stage == Stage::Swapping;
        if meta.dry_run || !swapping || matches!(error, Error::Refused(_)) {
            return Err(error);
        }
        for _ in 0..TRIES_MAX {
            match Session::begin(self.store, self.layout).await {
                Ok(Some(alone)) => {
                    let answered = self.answered(meta).await;
                    alone.end().await;
                    let swapped = answered?.ok_or(error)?;
                    self.layout.set_filled(true);
                    return Ok(swapped);
                }
                Ok(None) => {}
                Err(why) => tracing::debug!(%why, "it cannot be found out yet"),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Error::Unavailable(format!(
            "nobody can tell whether {} was swapped: ask again with the same command id ({error})",
            self.layout.table
        )))
    }

    /// Folds and swaps without looking at what the live table holds. Gives the number of rows.
    pub(super) async fn fill(mut self) -> Result<u64, Error> {
        let mut session = self.begin().await?;
        session
            .client()
            .batch_execute(&self.beside.afresh_ddl())
            .await?;
        self.fold(session.client()).await?;
        let Swapped { .. } = self.swap_in_time(&mut session, None).await?;
        let sql = format!("SELECT count(*) FROM {}", self.layout.table);
        let row = session.client().query_one(&sql, &[]).await?;
        session.end().await;
        Ok(crate::store::from_db(row.get(0)))
    }

    async fn begin(&self) -> Result<Session, Error> {
        let table = self.layout.table.as_str();
        let session = Session::begin(self.store, self.layout).await?;
        session.ok_or_else(|| {
            Error::Refused(Refused {
                reason: "REBUILD_RUNS".to_owned(),
                message: format!("Another rebuild of {table} runs: wait for its end."),
                class: Class::FailedPrecondition,
                violations: Vec::new(),
            })
        })
    }

    async fn compare_and_swap(
        &mut self,
        session: &mut Session,
        meta: &Meta,
    ) -> Result<Rebuilt, Error> {
        self.fold(session.client()).await?;
        kill_point("rebuild.folded");
        let mut rebuilt = self.compare(session).await?;
        self.tell(&rebuilt);
        if meta.dry_run {
            return Ok(rebuilt);
        }
        let command = self.command(&rebuilt, meta);
        if let Err(refusal) = Upkeep::decide(&State::default(), &command) {
            return Err(Error::Refused(Refused::new(&refusal)));
        }
        if meta.reason.is_some() {
            self.store
                .seal_reason(&self.store.upkeep_log(), Upkeep::STREAM, meta)
                .await?;
        }
        let compared = Compared {
            equal: rebuilt.is_equal(),
            command,
            meta,
        };
        let swapped = self.swap_in_time(session, Some(compared)).await?;
        (rebuilt.swapped, rebuilt.pause) = (true, swapped.pause);
        let pause_ms = u64::try_from(swapped.pause.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            table = self.layout.table,
            pause_ms,
            "the rebuilt table is live"
        );
        Ok(rebuilt)
    }

    fn tell(&self, rebuilt: &Rebuilt) {
        let (table, rows) = (self.layout.table.as_str(), rebuilt.rows);
        if rebuilt.is_equal() {
            let digest = rebuilt.digest.as_str();
            tracing::info!(table, rows, digest, "the rebuilt table equals the live one");
        } else {
            tracing::error!(table, rows, "the rebuilt table differs from the live one");
        }
    }

    fn command(&self, rebuilt: &Rebuilt, meta: &Meta) -> Command {
        let position = |(log, seq): &(LogId, u64)| Position {
            log: log.clone(),
            seq: *seq,
        };
        Command::Swap {
            on: self.store.today(),
            swap: Swap {
                source: self.feed.source(),
                table: self.layout.name.to_owned(),
                version: self.layout.version,
                positions: rebuilt.positions.iter().map(position).collect(),
                rows: rebuilt.rows,
                live_digest: rebuilt.live_digest.clone(),
                digest: rebuilt.digest.clone(),
                reason: meta.reason.is_some(),
            },
        }
    }

    /// Folds everything there is, makes the indexes, and comes near the heads.
    async fn fold(&mut self, client: &impl Copies) -> Result<(), Error> {
        let upto = self.feed.positions(client).await?;
        self.fold_to(client, &upto, None).await?;
        client.batch_execute(&self.beside.indexes_ddl()).await?;
        self.approach(client, None).await
    }

    /// Catches up in rounds until little is missing.
    async fn approach(
        &mut self,
        client: &impl Copies,
        mut touched: Option<&mut Touched>,
    ) -> Result<(), Error> {
        for _ in 0..ROUNDS_MAX {
            let upto = self.feed.positions(client).await?;
            let missing = self.missing(&upto);
            self.fold_to(client, &upto, touched.as_deref_mut()).await?;
            if missing <= NEAR {
                break;
            }
        }
        Ok(())
    }

    fn missing(&self, upto: &[(LogId, u64)]) -> u64 {
        let of = |(log, upto): &(LogId, u64)| {
            upto.saturating_sub(self.at.get(log).copied().unwrap_or(0))
        };
        upto.iter().map(of).sum()
    }

    /// Folds every log up to a position, noting the keys on the way where somebody asks.
    pub(super) async fn fold_to(
        &mut self,
        client: &impl Copies,
        upto: &[(LogId, u64)],
        mut touched: Option<&mut Touched>,
    ) -> Result<(), Error> {
        let whole: u64 = upto.iter().map(|(_, upto)| *upto).sum();
        for (log, upto) in upto {
            let mut at = self.at.get(log).copied().unwrap_or(0);
            if at >= *upto {
                continue;
            }
            let mut folder = Folder::new(&self.beside, log, at == 0);
            folder.touched = touched.is_some().then(Default::default);
            while at < *upto {
                at = self
                    .feed
                    .page(client, &mut folder, log, (at, *upto))
                    .await?;
                self.at.insert(log.clone(), at);
                let folded = self.at.values().sum();
                self.shown.left(whole.saturating_sub(folded));
                self.progress.send_modify(|progress| {
                    (progress.folded, progress.upto) = (folded, whole.max(folded));
                });
            }
            folder.flush(client).await?;
            let keys = folder.touched.take().unwrap_or_default();
            if let Some(touched) = touched.as_deref_mut() {
                touched.extend(keys.into_iter().map(|key| (log.to_string(), key)));
            }
        }
        Ok(())
    }

    /// Digests of both tables at one position of every log, in one snapshot. Nobody waits.
    async fn compare(&mut self, session: &mut Session) -> Result<Rebuilt, Error> {
        let stage = |progress: &mut Progress| progress.stage = Stage::Comparing;
        self.progress.send_modify(stage);
        let tx = session
            .client_mut()
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()
            .await?;
        let positions = self.feed.positions(&tx).await?;
        self.fold_to(&tx, &positions, None).await?;
        let (digest, rows) = fold::digest(&tx, &self.beside.table).await?;
        let (live_digest, _) = fold::digest(&tx, &self.layout.table).await?;
        tx.commit().await?;
        Ok(Rebuilt {
            positions,
            rows,
            digest,
            live_digest,
            swapped: false,
            pause: Duration::ZERO,
        })
    }

    /// Swaps; where a busy database or owner is in the way, comes near again and tries again.
    async fn swap_in_time(
        &mut self,
        session: &mut Session,
        compared: Option<Compared<'_>>,
    ) -> Result<Swapped, Error> {
        let stage = |progress: &mut Progress| progress.stage = Stage::Swapping;
        self.progress.send_modify(stage);
        let mut touched = Touched::new();
        let mut tries = 0;
        loop {
            self.approach(session.client(), Some(&mut touched)).await?;
            let before = self.at.clone();
            match self.swap(session, compared.as_ref(), &mut touched).await {
                Err(error) if error.is_transient() && tries < TRIES_MAX => {
                    tries += 1;
                    self.at = before;
                    let (table, tried) = (self.layout.table.as_str(), tries);
                    tracing::warn!(table, %error, tried, "not swapped yet; trying again");
                }
                other => return other,
            }
        }
    }
}

/// Log and key of every row that changed since the tables were compared.
pub(super) type Touched = std::collections::BTreeSet<(String, String)>;
