//! The consumer feeds one listening service with all facts of its sources, in order, once.
//!
//! # Why
//! JetStream only says that there may be something new. What is right is decided by the receipt
//! in the listener's own database: a fact at or before it is a copy, the fact whose `Log-Prev` is
//! the receipt is next, anything else proves a gap. First start, gap and lost tail are one path:
//! read from the owner after the receipt until there is nothing more, then go on live.

mod apply;
mod catch_up;
mod lag;
mod live;
mod progress;
mod pull;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use eventlog::{LogId, Store};
use futures::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use crate::backoff::Backoff;
use crate::connect::Bus;
use crate::listener::{Backfill, Listener};
use crate::shutdown::{Shutdown, nap, stopped};
use crate::standing::{Standing, Standings};
use crate::{signals, subject};
use progress::Progress;
use pull::{Heard, Pull};

/// How long a batch that is being applied, or an owner that is being asked, may hold up the end.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// How a consumer behaves; `Default` is meant for production.
#[derive(Clone, Debug)]
pub struct Consuming {
    /// Facts of one log given to the listener at once (more only where one command made more).
    pub batch: usize,
    /// Facts asked of the owner at once.
    pub page: u32,
    /// How often the owner's heads are compared with the receipts.
    pub heads_every: Duration,
    /// How often a parked log looks whether a retry was asked for.
    pub retry_poll_every: Duration,
    /// Unacknowledged messages the server may have out.
    pub ack_pending_max: usize,
    /// After this the server sends an unacknowledged message again.
    pub ack_wait: Duration,
    /// A pull that is silent for twice as long is opened anew.
    pub heartbeat: Duration,
    /// First and longest pause after a failure.
    pub pauses: (Duration, Duration),
    /// Where it is told how far the listener has come; keep a clone to follow it.
    pub standings: Standings,
}

impl Default for Consuming {
    fn default() -> Consuming {
        Consuming {
            batch: 256,
            page: 1024,
            heads_every: Duration::from_secs(10),
            retry_poll_every: Duration::from_secs(1),
            ack_pending_max: 4096,
            ack_wait: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            pauses: (Duration::from_millis(50), Duration::from_secs(2)),
            standings: Standings::default(),
        }
    }
}

/// Feeds the listener from all its sources until the end is asked for. Recovers by itself from a
/// missing or restarted server, a deleted stream or consumer, an absent owner and an absent
/// database; says each trouble once.
pub async fn consume<L: Listener, B: Backfill>(
    bus: Bus,
    store: Store,
    listener: Arc<L>,
    backfill: Arc<B>,
    consuming: Consuming,
    shutdown: Shutdown,
) {
    let begin = Beginning {
        turn: Arc::new(Mutex::new(())),
        bus,
        store,
        listener,
        backfill,
        consuming,
        shutdown,
    };
    let mut sources = JoinSet::new();
    for source in begin.listener.sources() {
        signals::listening(begin.listener.name(), source);
        sources.spawn(begin.clone().tend(source));
    }
    while sources.join_next().await.is_some() {}
}

/// What every source of a listener begins with.
struct Beginning<L, B> {
    bus: Bus,
    store: Store,
    listener: Arc<L>,
    backfill: Arc<B>,
    turn: Arc<Mutex<()>>,
    consuming: Consuming,
    shutdown: Shutdown,
}

// Not derived: neither the listener nor the owners need be cloned for it.
impl<L, B> Clone for Beginning<L, B> {
    fn clone(&self) -> Self {
        Beginning {
            bus: self.bus.clone(),
            store: self.store.clone(),
            listener: Arc::clone(&self.listener),
            backfill: Arc::clone(&self.backfill),
            turn: Arc::clone(&self.turn),
            consuming: self.consuming.clone(),
            shutdown: self.shutdown.clone(),
        }
    }
}

impl<L: Listener, B: Backfill> Beginning<L, B> {
    /// Runs one source until the end is asked for. A consumer that breaks down is a bug; it begins
    /// again from its receipts, so that the others' facts do not wait for somebody to come.
    async fn tend(mut self, source: &'static str) {
        let mut pauses = Backoff::new(self.consuming.pauses);
        loop {
            let run = AssertUnwindSafe(self.source(source).run()).catch_unwind();
            let Err(panic) = run.await else { return };
            let (listener, error) = (self.listener.name(), apply::words(&panic));
            tracing::error!(
                listener,
                source,
                error,
                "a consumer broke down; it begins again"
            );
            if nap(&mut self.shutdown, pauses.failed()).await {
                return;
            }
        }
    }

    fn source(&self, source: &'static str) -> Source<L, B> {
        let begin = self.clone();
        let pauses = self.consuming.pauses;
        Source {
            jetstream: self.bus.jetstream(Duration::from_secs(5), 16),
            bus: begin.bus,
            store: begin.store,
            consumer: subject::consumer(self.listener.name(), source),
            listener: begin.listener,
            backfill: begin.backfill,
            source,
            turn: begin.turn,
            logs: BTreeMap::new(),
            skipped: BTreeMap::new(),
            gaps: BTreeSet::new(),
            gaps_at: Instant::now(),
            gap_pauses: Backoff::new(pauses),
            heads_at: None,
            heads_pauses: Backoff::new(pauses),
            own_pauses: Backoff::new(pauses),
            asked: None,
            standing: begin.consuming.standings.sender(source),
            shutdown: begin.shutdown,
            consuming: begin.consuming,
        }
    }
}

/// One listener on one source.
struct Source<L, B> {
    bus: Bus,
    store: Store,
    listener: Arc<L>,
    backfill: Arc<B>,
    source: &'static str,
    /// `<listener>-<source>`: durable name, receipts, parked facts.
    consumer: String,
    jetstream: jetstream::Context,
    /// All sources of one listener take turns: nothing interleaves inside one service.
    turn: Arc<Mutex<()>>,
    logs: BTreeMap<LogId, Progress>,
    /// Facts that operators had passed over.
    skipped: BTreeMap<LogId, BTreeSet<u64>>,
    /// Logs that must be read from the owner before anything live counts.
    gaps: BTreeSet<LogId>,
    gaps_at: Instant,
    gap_pauses: Backoff,
    /// When the heads are to be compared although it is not time: the owner did not answer.
    heads_at: Option<Instant>,
    heads_pauses: Backoff,
    /// For what is missing on our own side: the database, above all.
    own_pauses: Backoff,
    /// When the owner was asked for its heads, and what it answered, until the receipts have
    /// reached them.
    asked: Option<(Timestamp, Vec<(LogId, u64)>)>,
    standing: watch::Sender<Standing>,
    consuming: Consuming,
    shutdown: Shutdown,
}

/// The work must stop because the end was asked for.
struct Ending;

impl<L: Listener, B: Backfill> Source<L, B> {
    async fn run(mut self) {
        let mut end = self.shutdown.clone();
        let overdue = async {
            stopped(&mut end).await;
            sleep(FINISH_WITHIN).await;
        };
        // An end in the middle of the work leaves nothing half done: the receipt says how far.
        tokio::select! {
            Err(Ending) = self.work() => {}
            () = overdue => {
                tracing::warn!(consumer = self.consumer, "a batch was left in the middle");
            }
        }
        self.bus.flush().await;
        tracing::debug!(consumer = self.consumer, "consumer ended");
    }

    async fn work(&mut self) -> Result<std::convert::Infallible, Ending> {
        self.load().await?;
        let mut heads = interval(self.consuming.heads_every);
        let mut retries = interval(self.consuming.retry_poll_every);
        heads.set_missed_tick_behavior(MissedTickBehavior::Delay);
        retries.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pull = Pull::closed(self.bus.clone(), self.consuming.pauses);
        let mut end = self.shutdown.clone();
        loop {
            let parked = self.logs.values().any(|log| log.parked.is_some());
            tokio::select! {
                biased;
                () = stopped(&mut end) => return Err(Ending),
                _ = heads.tick() => {
                    if self.compare_heads(false).await? {
                        // Facts were there and did not come: this pull is not to be trusted.
                        pull.reopen();
                    }
                }
                _ = retries.tick(), if parked => self.retry_parked().await?,
                () = at(self.heads_at) => {
                    self.compare_heads(true).await?;
                }
                () = at((!self.gaps.is_empty()).then_some(self.gaps_at)) => {
                    self.close_gaps().await?;
                }
                heard = pull.next(self.consuming.batch * 2) => match heard {
                    Heard::Messages(messages) => self.take(messages).await?,
                    Heard::Lost(reason) => self.lost_pull(&mut pull, &reason),
                    Heard::Due => if self.open(&mut pull).await {
                        // After the consumer exists, not before: a fact published in between
                        // is either in the heads or will be delivered.
                        self.compare_heads(true).await?;
                        heads.reset();
                    }
                },
            }
        }
    }
}

/// Resolves at that time; never without one.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
