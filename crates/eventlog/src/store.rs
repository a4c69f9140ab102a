//! One service's database: its logs, their projections, what it remembers of others.

mod as_of;
mod due;
pub(crate) mod fold;
pub(crate) mod open;
pub(crate) mod read;
mod reason;
mod rebuild;
pub(crate) mod rows;
mod state;
pub(crate) mod tables;
pub(crate) mod verify;
pub(crate) mod vouch;
mod window;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::Pool;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::as_of::AsOf;
use crate::decider::Decider;
use crate::error::Error;
use crate::locks::Locks;
use crate::log_id::LogId;
use crate::projection::{Mirror, Projection};
use crate::record::{Meta, Outcome};
use crate::schema::Migration;
use crate::sequencer::{self, Command, Job, Shapes};
use crate::surroundings::{Real, Surroundings};
use crate::vault::{Scrubber, Vault};
use tables::Layout;
use vouch::{Doubts, Vouched};

pub use open::ERASURES;
pub use rebuild::{Owners, Progress, Rebuilt, Stage};
pub use rows::{Page, Row, Table};
pub use state::TableState;
pub use verify::Verified;
pub use window::{EventFilter, Window};

/// Commands that may wait for one log's sequencer; more callers wait in front of the queue.
const QUEUE_MAX: usize = 1024;

/// What a close may take beyond the patience of the commands that wait.
const CLOSE_MARGIN: Duration = Duration::from_secs(2);

/// How to open a store.
pub struct Options {
    /// `postgresql://user:password@host:port/database`
    pub database_url: String,
    /// Names the connections, for whoever looks at `pg_stat_activity`.
    pub service: &'static str,
    pub projections: Vec<Box<dyn Projection>>,
    pub mirrors: Vec<Box<dyn Mirror>>,
    pub surroundings: Arc<dyn Surroundings>,
    /// The service's own SQL beyond eventlog's, numbered from 1; usually empty.
    pub migrations: Vec<Migration>,
    /// The file that names every destroyed key ([`Register`](crate::Register)), on another disk
    /// than the database. What it names is destroyed again when the store opens; without it
    /// nothing can be erased.
    pub register: Option<PathBuf>,
    /// Connections for reading, and for appending.
    pub readers_max: usize,
    pub writers_max: usize,
    /// How long a command is kept through trouble (the database away, the log held by another
    /// process) before its caller is told [`Error::Unavailable`].
    pub patience: Duration,
}

impl Options {
    /// A store without projections and mirrors, in the real world.
    pub fn new(service: &'static str, database_url: impl Into<String>) -> Options {
        Options {
            database_url: database_url.into(),
            service,
            projections: Vec::new(),
            mirrors: Vec::new(),
            surroundings: Arc::new(Real),
            migrations: Vec::new(),
            register: None,
            readers_max: 6,
            writers_max: 4,
            patience: Duration::from_secs(10),
        }
    }
}

/// One per service database; cheap to clone. When the last clone is dropped the sequencers finish
/// what they hold and end; [`Store::close`] waits for that.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    running: Mutex<HashMap<LogId, Running>>,
    closed: AtomicBool,
}

struct Running {
    queue: mpsc::Sender<Job>,
    task: JoinHandle<()>,
}

/// What the sequencers and the store's own methods use together.
pub(crate) struct Shared {
    pub(crate) service: &'static str,
    pub(crate) readers: Pool,
    pub(crate) writers: Pool,
    pub(crate) locks: Locks,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) projections: Vec<(Box<dyn Projection>, Layout)>,
    pub(crate) mirrors: Vec<(Box<dyn Mirror>, Layout)>,
    /// Held while a projection is folded that an owner without it left behind.
    refolding: Mutex<()>,
    pub(crate) ticks: watch::Sender<u64>,
    /// Commits that the server did not vouch for.
    pub(crate) doubts: Doubts,
    pub(crate) vouched: Vouched,
    /// Append statements that are prepared.
    pub(crate) shapes: Mutex<Shapes>,
    /// Reads as of an earlier day, which fold: only so many at once.
    folds: Semaphore,
    pub(crate) patience: Duration,
    content_key: Vec<u8>,
    register: Option<PathBuf>,
    scrubber: Scrubber,
}

impl Store {
    /// Runs one command against the stream `<D::STREAM>/<key>` of `log`. Answers after the commit.
    ///
    /// # Errors
    /// [`Error::Refused`] by a rule, [`Error::CommandIdReused`], [`Error::Unavailable`] when the
    /// database stayed away: then the outcome is unknown, and the same call again will tell it.
    pub async fn execute<D: Decider>(
        &self,
        log: &LogId,
        key: &str,
        command: D::Command,
        meta: Meta,
    ) -> Result<Outcome, Error> {
        if AsOf::current().is_some() {
            return Err(as_of::not_kept("what is done is done now"));
        }
        let stream = stream_of::<D>(key)?;
        let content_hash = self.inner.shared.content_hash(&stream, &meta.content);
        self.seal_reason(log, &stream, &meta).await?;
        let preview = meta.preview.clone().filter(|_| meta.dry_run);
        let (reply, answer) = oneshot::channel();
        let command = Box::new(Command::<D>::new(command));
        let job = Job::new(stream, meta, content_hash, command, reply);
        let answered = async {
            let queue = self.queue_of(log).await?;
            queue.send(job).await.map_err(|_| stopped(log))?;
            answer.await.map_err(|_| stopped(log))?
        };
        // A step of the caller's trace: from the queue to the commit.
        let outcome: Outcome = answered
            .instrument(tracing::info_span!("append", log = log.as_str()))
            .await?;
        if let Some(preview) = preview {
            preview.add(&outcome.changes).await;
        }
        Ok(outcome)
    }

    /// Ticks after each commit of this store: wakes the relay.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.inner.shared.ticks.subscribe()
    }

    /// Connections for reading. What is read through them is as it is now: within
    /// [`crate::AsOf::scope`] that is noted.
    pub fn pool(&self) -> &Pool {
        if let Some(as_of) = AsOf::current() {
            as_of.note_elsewhere();
        }
        &self.inner.shared.readers
    }

    /// The vault for personal data.
    pub fn vault(&self) -> Vault {
        let shared = &self.inner.shared;
        // Names are not facts: those of now are shown in answers as of earlier.
        let (register, scrubber) = (shared.register.clone(), shared.scrubber.clone());
        Vault::new(shared.readers.clone(), register, scrubber)
    }

    /// The clock and the source of ids that this store was opened with.
    pub fn surroundings(&self) -> &Arc<dyn Surroundings> {
        &self.inner.shared.surroundings
    }

    /// The private log of what operators did to this service's data (`upkeep`).
    pub fn upkeep_log(&self) -> LogId {
        LogId::upkeep(self.inner.shared.service)
    }

    /// Takes no further commands, finishes those that wait, gives the logs back. A database that
    /// does not answer holds it up for [`Options::patience`] and a little more: who waits then is
    /// told that nobody can tell, and asks again with the same command id.
    pub async fn close(&self) {
        let overdue = Instant::now() + self.inner.shared.patience + CLOSE_MARGIN;
        self.inner.closed.store(true, Ordering::SeqCst);
        let running: Vec<Running> = self
            .inner
            .running
            .lock()
            .await
            .drain()
            .map(|(_, running)| running)
            .collect();
        let mut ending = Vec::new();
        for Running { queue, task } in running {
            drop(queue);
            ending.push(task);
        }
        for mut task in ending {
            match timeout_at(overdue, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(error = %error, "a sequencer ended badly"),
                Err(_) => {
                    tracing::warn!("PostgreSQL does not answer; a sequencer is left in the middle");
                    task.abort();
                }
            }
        }
        self.inner.shared.locks.release().await;
    }

    async fn queue_of(&self, log: &LogId) -> Result<mpsc::Sender<Job>, Error> {
        let mut running = self.inner.running.lock().await;
        if self.inner.closed.load(Ordering::SeqCst) {
            return Err(Error::Unavailable("the store is closing".to_owned()));
        }
        if let Some(found) = running.get(log)
            && !found.queue.is_closed()
        {
            return Ok(found.queue.clone());
        }
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let task = sequencer::spawn(Arc::clone(&self.inner.shared), log.clone(), jobs);
        running.insert(
            log.clone(),
            Running {
                queue: queue.clone(),
                task,
            },
        );
        Ok(queue)
    }

    pub(crate) fn mirrors(&self) -> &[(Box<dyn Mirror>, Layout)] {
        &self.inner.shared.mirrors
    }
}

impl Shared {
    /// Keyed, because the content of a command may be guessable (a phone number, a reason).
    fn content_hash(&self, stream: &str, content: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.content_key)
            .expect("HMAC takes keys of any length");
        mac.update(
            &u64::try_from(stream.len())
                .unwrap_or(u64::MAX)
                .to_be_bytes(),
        );
        mac.update(stream.as_bytes());
        mac.update(content);
        mac.finalize().into_bytes().into()
    }
}

fn stream_of<D: Decider>(key: &str) -> Result<String, Error> {
    if key.is_empty() || key.len() > 200 || key.contains('\0') || D::STREAM.contains('/') {
        return Err(Error::Setup(format!("not a stream: {}/{key:?}", D::STREAM)));
    }
    Ok(format!("{}/{key}", D::STREAM))
}

fn stopped(log: &LogId) -> Error {
    Error::Unavailable(format!("the sequencer of log {log} stopped; try again"))
}

/// Positions are `u64` here and `bigint` there; both count from 1.
pub(crate) fn db_int(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

pub(crate) fn from_db(position: i64) -> u64 {
    u64::try_from(position).unwrap_or(0)
}
