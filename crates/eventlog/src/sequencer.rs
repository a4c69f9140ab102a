//! The one writer of a log: takes what is queued, decides it in order, commits it at once.
//!
//! ```text
//! queue ─▶ batch (load, decide, project) ─▶ commit (one statement) ─▶ answers
//!            ▲                                  │ lost, deposed or refused by the database
//!            └── own the log again, or one by one ◀┘
//! ```
//!
//! # Why
//!
//! A transaction per command costs a flush per command. Here the commands that arrive while one
//! commit runs make the next one, so the rate grows with the load, and because nobody else writes
//! the log its order is the commit order without a lock that others wait for.

mod batch;
mod cache;
mod commit;
mod job;
mod own;
mod preview;
mod project;
mod shape;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::error::Error;
use crate::kill::kill_point;
use crate::log_id::LogId;
use crate::record::Outcome;
use crate::signals::Signals;
use crate::store::Shared;
use batch::Batch;
use cache::Caches;
use commit::Sent;
use own::Owned;

pub(crate) use job::{Command, Job, guarded};
pub(crate) use own::refresh;
pub(crate) use shape::Shapes;

/// Most commands in one commit.
const BATCH_MAX: usize = 256;

/// A statement that takes longer hangs: the connection is given up and its commit is unknown.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// After trouble, and when a command came twice, the next so many are looked up before they are
/// decided: who repeats one often repeats more.
const LOOKED_UP: usize = 256;

const BACKOFF_FIRST: Duration = Duration::from_millis(10);
const BACKOFF_MAX: Duration = Duration::from_secs(1);

/// Starts the sequencer of `log`; it ends when the queue's last sender is gone.
pub(crate) fn spawn(shared: Arc<Shared>, log: LogId, queue: mpsc::Receiver<Job>) -> JoinHandle<()> {
    let span = tracing::info_span!("sequencer", log = %log);
    let caches = Caches::new(shared.projections.len());
    let signals = Signals::new(&log);
    let sequencer = Sequencer {
        shared,
        signals,
        log,
        queue,
        owned: None,
        caches,
        look_up: LOOKED_UP,
        gathered: 0,
    };
    tokio::spawn(sequencer.run().instrument(span))
}

struct Sequencer {
    shared: Arc<Shared>,
    signals: Signals,
    log: LogId,
    queue: mpsc::Receiver<Job>,
    owned: Option<Owned>,
    caches: Caches,
    /// So many commands are still looked up before they are decided. The others are decided as if
    /// they were new; the append statement finds out when one is not, and writes nothing.
    look_up: usize,
    /// Commands of the last batch.
    gathered: usize,
}

/// Why a batch was not committed.
pub(crate) enum Trouble {
    /// The head moved under us: another process owns the log.
    Deposed,
    /// A command that was not looked up stands in the log already.
    Known,
    Failed(Error),
}

impl Trouble {
    /// Nobody knows whether the batch was written.
    fn is_doubt(&self) -> bool {
        matches!(self, Trouble::Failed(error) if error.is_transient())
    }
}

impl<E: Into<Error>> From<E> for Trouble {
    fn from(error: E) -> Trouble {
        Trouble::Failed(error.into())
    }
}

impl Sequencer {
    async fn run(mut self) {
        while let Some(first) = self.queue.recv().await {
            let mut jobs = vec![first];
            self.gather(&mut jobs).await;
            self.serve(jobs).await;
            self.signals.waiting(self.queue.len());
        }
    }

    /// Takes what else is queued. Callers whose answers went out a moment ago are often about to
    /// send their next command: each yield lets them, until one brings nothing new. A lone caller
    /// is not made to wait for others: a yield moves the work to another thread.
    async fn gather(&mut self, jobs: &mut Vec<Job>) {
        self.take(jobs);
        let mut before = jobs.len();
        if jobs.len() > 1 || self.gathered > 1 {
            loop {
                tokio::task::yield_now().await;
                self.take(jobs);
                if jobs.len() == before || jobs.len() == BATCH_MAX {
                    break;
                }
                before = jobs.len();
            }
        }
        self.gathered = jobs.len();
    }

    fn take(&mut self, jobs: &mut Vec<Job>) {
        while jobs.len() < BATCH_MAX
            && let Ok(job) = self.queue.try_recv()
        {
            jobs.push(job);
        }
    }

    /// Brings every job to an answer.
    async fn serve(&mut self, mut jobs: Vec<Job>) {
        let mut pause = BACKOFF_FIRST;
        loop {
            jobs.retain(|job| job.is_open() && !job.is_abandoned());
            if jobs.is_empty() {
                return;
            }
            self.signals.waiting(jobs.len() + self.queue.len());
            let looked_up = self.look_up > 0 || jobs.iter().any(|job| job.attempted);
            let Err(trouble) = self.attempt(&mut jobs, looked_up).await else {
                self.look_up = self.look_up.saturating_sub(jobs.len());
                return;
            };
            self.look_up = LOOKED_UP;
            if matches!(trouble, Trouble::Known) && !looked_up {
                continue;
            }
            self.signals.failed();
            // Whatever failed, what we remember may be wrong now.
            self.caches.clear();
            let reason = match trouble {
                // Perhaps its answer is known, and it never should have been decided again.
                Trouble::Failed(error) if !looked_up && !error.is_transient() => continue,
                Trouble::Deposed => format!("log {} is being written by another process", self.log),
                Trouble::Failed(Error::Unavailable(reason)) => reason,
                Trouble::Known => "its commands were written meanwhile".to_owned(),
                Trouble::Failed(error) if jobs.len() == 1 => {
                    tracing::warn!(command = %jobs[0].meta.command_id, error = %error,
                        "a command failed");
                    jobs[0].answer(Err(error));
                    return;
                }
                Trouble::Failed(error) => {
                    tracing::warn!(commands = jobs.len(), error = %error,
                        "a batch failed; its commands are run one by one");
                    for job in jobs {
                        Box::pin(self.serve(vec![job])).await;
                    }
                    return;
                }
            };
            self.owned = None;
            tracing::warn!(
                reason,
                commands = jobs.len(),
                "not committed yet; trying again"
            );
            self.give_up(&mut jobs, &reason);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(BACKOFF_MAX);
        }
    }

    /// Answers those that have waited long enough.
    fn give_up(&self, jobs: &mut [Job], reason: &str) {
        let now = Instant::now();
        for job in jobs {
            if now.duration_since(job.arrived) >= self.shared.patience {
                job.answer(Err(Error::Unavailable(reason.to_owned())));
            }
        }
    }

    /// One try at committing all jobs together; answers all of them when it succeeds.
    async fn attempt(&mut self, jobs: &mut [Job], look_up: bool) -> Result<(), Trouble> {
        let mut client = self.shared.writers.get().await?;
        let doubts = self.shared.doubts.count();
        if !self.owned.as_ref().is_some_and(Owned::is_alive) {
            self.caches.clear();
            match own::acquire(&self.shared, &mut client, &self.log).await {
                Ok(owned) => self.owned = Some(owned),
                Err(error) => {
                    give_up_connection(client, &error);
                    return Err(error.into());
                }
            }
        }
        let attempt = self.attempt_on(&client, jobs, look_up, doubts);
        let result = match timeout(STATEMENT_TIMEOUT, attempt).await {
            Ok(result) => result,
            Err(_) => Err(Error::Unavailable("PostgreSQL does not answer".to_owned()).into()),
        };
        if let Err(Trouble::Failed(error)) = &result {
            give_up_connection(client, error);
        }
        result
    }

    async fn attempt_on(
        &mut self,
        client: &Object,
        jobs: &mut [Job],
        look_up: bool,
        doubts: u64,
    ) -> Result<(), Trouble> {
        let owned = self
            .owned
            .as_mut()
            .expect("the caller made sure that the log is ours");
        let loaded = batch::load(client, &self.log, &mut self.caches, jobs, look_up).await?;
        let mut batch = Batch::new(&self.shared, &self.log, owned, loaded);
        batch.decide(jobs)?;
        let mut changes = Vec::new();
        if batch.has_writes() {
            changes = project::project(
                &self.shared,
                client,
                &self.log,
                &mut self.caches,
                &batch.events,
            )
            .await?;
            kill_point("append.before");
            let before: Vec<bool> = jobs.iter().map(|job| job.attempted).collect();
            // Only those that this commit writes: the others were answered by an earlier call.
            for (n, job) in jobs.iter_mut().enumerate() {
                job.attempted |= batch.writes(n);
            }
            let began = Instant::now();
            let sent = commit::commit(&self.shared, client, &self.log, owned, &batch, &changes);
            let trouble = match sent.await {
                Ok(Sent::Written) => None,
                Ok(Sent::Deposed) => Some(Trouble::Deposed),
                Ok(Sent::Known) => Some(Trouble::Known),
                Err(error) => Some(Trouble::Failed(error)),
            };
            if let Some(trouble) = trouble {
                // Nothing was written for certain: whatever is found of them is not this attempt's.
                if !trouble.is_doubt() {
                    let jobs = jobs.iter_mut().zip(before);
                    jobs.for_each(|(job, before)| job.attempted = before);
                }
                return Err(trouble);
            }
            kill_point("append.committed");
            let events = batch.events.len();
            let refused = batch.done.iter().filter_map(|done| done.refusal.as_ref());
            self.signals
                .committed(jobs.len(), events, began.elapsed(), refused);
            tracing::debug!(
                commands = jobs.len(),
                events,
                head = batch.head.seq,
                "committed"
            );
            owned.head = batch.head;
            owned.last_recorded_at = batch.last_recorded_at;
        }
        self.shared.doubts.none_since(doubts)?;
        self.shared.vouched.note(&self.log, owned.head.fact_seq);
        if batch.has_writes() {
            self.shared
                .ticks
                .send_modify(|tick| *tick = tick.wrapping_add(1));
        }
        self.caches.keep(&mut batch, changes);
        answer(&self.shared, client, jobs, batch.into_answers()).await;
        Ok(())
    }
}

/// Tells every caller its outcome; who only asked what would change is told that too.
async fn answer(
    shared: &Shared,
    client: &Object,
    jobs: &mut [Job],
    answers: Vec<Result<Outcome, Error>>,
) {
    for (job, answer) in jobs.iter_mut().zip(answers) {
        let answer = match answer {
            Ok(outcome) if job.meta.dry_run => preview::preview(shared, client, outcome).await,
            answer => answer,
        };
        job.answer(answer);
    }
}

/// After an error that leaves open what still runs on this connection nobody else gets it.
fn give_up_connection(client: Object, error: &Error) {
    if error.is_transient() {
        drop(Object::take(client));
    }
}
