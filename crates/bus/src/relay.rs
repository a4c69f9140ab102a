//! The relay publishes a service's own facts and keeps their order through trouble.
//!
//! # Why
//! A client that publishes into a lost connection drops what was in flight and sends what was
//! queued behind it, so acks of later facts say nothing about earlier ones; and a lost ack does
//! not say that the fact was not stored. Hence: the cursor moves over contiguous acks only, and
//! after the first failed or lost one everything behind the cursor is published again under the
//! same message ids. A copy too many is dropped by JetStream or by the listener's receipt.

mod audit;
mod window;

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream;
use eventlog::{LogId, Store};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::connect::Bus;
use crate::shutdown::{Shutdown, nap, stopped};
use crate::signals;

use audit::Stamp;

/// How a relay behaves; `Default` is meant for production.
#[derive(Clone, Debug)]
pub struct Relaying {
    /// Facts published before their acks are looked at.
    pub window: u32,
    /// How long an ack may take before its fact counts as lost.
    pub ack_within: Duration,
    /// How often the log is looked at without having been woken.
    pub poll_every: Duration,
    /// How often the stream is checked against what was acknowledged.
    pub audit_every: Duration,
    /// How long JetStream remembers message ids. Must exceed the longest pause between two
    /// attempts; the server keeps the ids in memory.
    pub duplicate_window: Duration,
    /// Whether a new stream refuses purges and single deletions; deleting it whole stays possible.
    pub guarded: bool,
    /// Copies of the stream in a cluster.
    pub replicas: usize,
    /// First and longest pause after a failure.
    pub pauses: (Duration, Duration),
    /// How long the last facts may take to go out when the process ends.
    pub drain_within: Duration,
}

impl Default for Relaying {
    fn default() -> Relaying {
        Relaying {
            window: 512,
            ack_within: Duration::from_secs(5),
            poll_every: Duration::from_secs(1),
            audit_every: Duration::from_secs(5),
            duplicate_window: Duration::from_secs(120),
            guarded: true,
            replicas: 1,
            pauses: (Duration::from_millis(50), Duration::from_secs(2)),
            drain_within: Duration::from_secs(2),
        }
    }
}

/// Why a round of the relay ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("{0}")]
    Database(#[from] eventlog::Error),
    #[error("{0}")]
    Nats(String),
    /// Somebody else's change of the stream; looked at again at once.
    #[error("the stream lost facts")]
    Lost,
}

/// Publishes all facts of the service's logs until the end is asked for. Recovers by itself from
/// a missing or restarted server, a lost stream and an absent database; says each trouble once.
pub async fn relay(
    bus: Bus,
    store: Store,
    service: &'static str,
    relaying: Relaying,
    mut shutdown: Shutdown,
) {
    signals::relaying(service);
    let mut backoff = Backoff::new(relaying.pauses);
    let jetstream = bus.jetstream(relaying.ack_within, relaying.window as usize * 4);
    let mut relay = Relay {
        bus,
        store,
        service,
        relaying,
        jetstream,
        stamp: Stamp::default(),
        acked: 0,
        cursors: BTreeMap::new(),
        generation: 0,
    };
    loop {
        let Some(generation) = relay.bus.ready(&mut shutdown).await else {
            return;
        };
        relay.generation = generation;
        let trouble = match relay.session(&mut shutdown, &mut backoff).await {
            Ok(Next::End) => return,
            Ok(Next::Again) => continue,
            Err(trouble) => trouble,
        };
        let pause = backoff.failed();
        signals::publishing_failed(service);
        // A lost connection was told by whoever looks after it.
        if relay.bus.is_ready() && backoff.tell() {
            tracing::warn!(service, reason = %trouble, "publishing stopped; trying until it works");
        } else {
            tracing::debug!(service, reason = %trouble, "publishing failed");
        }
        if nap(&mut shutdown, pause).await {
            return;
        }
    }
}

/// What to do after a session without trouble.
enum Next {
    /// The connection is another one: look at the stream anew.
    Again,
    End,
}

struct Relay {
    bus: Bus,
    store: Store,
    service: &'static str,
    relaying: Relaying,
    jetstream: jetstream::Context,
    /// The stream that the cursors stand for.
    stamp: Stamp,
    /// The highest stream sequence that was acknowledged on this connection.
    acked: u64,
    /// Per log: the last fact up to which everything was acknowledged.
    cursors: BTreeMap<LogId, u64>,
    /// Number of the connection this session runs on.
    generation: u64,
}

impl Relay {
    /// Everything on one connection: look at the stream closely, then publish what comes.
    async fn session(
        &mut self,
        shutdown: &mut Shutdown,
        backoff: &mut Backoff,
    ) -> Result<Next, Trouble> {
        // An end in the middle costs nothing: what the cursor has not passed goes out again.
        tokio::select! {
            done = self.audit_closely() => done?,
            () = stopped(shutdown) => return Ok(Next::End),
        }
        let mut watch = self.store.watch();
        let mut audited = Instant::now();
        loop {
            watch.mark_unchanged();
            tokio::select! {
                done = self.publish_all() => done?,
                () = stopped(shutdown) => return self.drain().await,
            }
            if backoff.worked() {
                tracing::info!(service = self.service, "publishing goes on");
            }
            tokio::select! {
                () = stopped(shutdown) => return self.drain().await,
                () = self.bus.lost(self.generation) => return Ok(Next::Again),
                changed = watch.changed() => if changed.is_err() {
                    tokio::time::sleep(self.relaying.poll_every).await;
                },
                () = tokio::time::sleep(self.relaying.poll_every) => {}
            }
            if audited.elapsed() >= self.relaying.audit_every {
                tokio::select! {
                    done = self.audit() => done?,
                    () = stopped(shutdown) => return self.drain().await,
                    () = self.bus.lost(self.generation) => return Ok(Next::Again),
                }
                audited = Instant::now();
            }
        }
    }

    /// The end was asked for: sends what it can in the time it has.
    async fn drain(&mut self) -> Result<Next, Trouble> {
        let last = tokio::time::timeout(self.relaying.drain_within, self.publish_all());
        last.await.unwrap_or(Ok(())).map(|()| Next::End)
    }

    /// Publishes until no log has a fact behind its cursor.
    async fn publish_all(&mut self) -> Result<(), Trouble> {
        for (log, head) in self.store.heads().await? {
            while self.cursor(&log) < head.fact_seq {
                if self.publish_next(&log).await? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    fn cursor(&self, log: &LogId) -> u64 {
        self.cursors.get(log).copied().unwrap_or(0)
    }
}
