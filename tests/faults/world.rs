//! An owner, its relay, a stream, a listener: on the shared servers or on the test's own.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use bus::subject::Names;
use bus::{Backfill, Bus, Connection, Consuming, Relaying, Unreachable};
use eventlog::{FactRow, LogId, Store};
use proof::Hash;
use tokio::sync::{RwLock, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::check;
use crate::journal::{Answer, Journal, Told};
use crate::load;
use crate::service::{self, Books};
use crate::streams;

/// Longer than anything takes on a busy machine, shorter than somebody's patience.
const DEADLINE: Duration = Duration::from_secs(90);
/// First bits of the ids of probes.
const PROBES: u128 = 0xb0be << 96;

pub(crate) struct World {
    pub(crate) towns: Store,
    books: RwLock<Store>,
    pub(crate) towns_url: String,
    pub(crate) books_url: String,
    pub(crate) nats_url: String,
    pub(crate) names: Names,
    pub(crate) journal: Journal,
    roots: RwLock<Vec<(LogId, u64, Hash)>>,
    probes: std::sync::atomic::AtomicU64,
    // Dropped last: databases and streams go with it.
    world: Option<local::testing::World>,
}

/// The relay and the listener at work.
pub(crate) struct Working(pub(crate) Vec<Running>);

impl Working {
    pub(crate) async fn stop(self) {
        for running in self.0 {
            running.stop().await;
        }
    }
}

impl World {
    /// On the servers that all tests share.
    pub(crate) async fn shared() -> World {
        let world = local::testing::world().await;
        let urls = ["towns", "books"].map(|name| world.database_url(name));
        let names = Names::try_prefixed(world.prefix()).unwrap();
        let nats = world.nats_url();
        World::open(urls, nats, names, Some(world)).await
    }

    /// On servers that the test may harm.
    pub(crate) async fn on(stack: &local::Stack) -> World {
        for name in ["towns", "books"] {
            stack.create_database(name).await.unwrap();
        }
        let urls = ["towns", "books"].map(|name| stack.postgres_url(name));
        World::open(urls, stack.nats_url(), Names::new(), None).await
    }

    async fn open(
        [towns_url, books_url]: [String; 2],
        nats_url: String,
        names: Names,
        world: Option<local::testing::World>,
    ) -> World {
        let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned());
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
        let towns = Store::open(service::owner("towns", &towns_url));
        let books = Store::open(service::listener(&books_url));
        World {
            towns: towns.await.unwrap(),
            books: RwLock::new(books.await.unwrap()),
            towns_url,
            books_url,
            nats_url,
            names,
            journal: Journal::default(),
            roots: RwLock::default(),
            probes: 0.into(),
            world,
        }
    }

    /// URL of another database of this world, made at the first call.
    pub(crate) fn beside(&self, name: &str) -> String {
        let world = self.world.as_ref();
        world.expect("on the shared servers").database_url(name)
    }

    /// The listener's store as it is now.
    pub(crate) async fn books(&self) -> Store {
        self.books.read().await.clone()
    }

    /// Closes the listener's store; `meanwhile` has its database for itself.
    pub(crate) async fn reopen_books(&self, meanwhile: impl Future<Output = ()>) {
        let mut books = self.books.write().await;
        books.close().await;
        books.pool().close();
        meanwhile.await;
        *books = Store::open(service::listener(&self.books_url))
            .await
            .unwrap();
    }

    /// Gives the logs back and ends every session, so that the servers can stop in good order.
    pub(crate) async fn close(&self) {
        for store in [self.towns.clone(), self.books().await] {
            store.close().await;
            store.pool().close();
        }
    }

    /// Relay and listener, as they should be.
    pub(crate) async fn work(&self) -> Working {
        Working(vec![
            self.relay(relaying()).await,
            self.listen(consuming()).await,
        ])
    }

    pub(crate) async fn relay(&self, relaying: Relaying) -> Running {
        let (bus, store) = (self.bus(&self.nats_url).await, self.towns.clone());
        Running::start(|stop| bus::relay(bus, store, "towns", relaying, stop))
    }

    pub(crate) async fn listen(&self, consuming: Consuming) -> Running {
        self.listen_at(&self.nats_url, consuming).await
    }

    /// The listener, by way of another address.
    pub(crate) async fn listen_at(&self, nats_url: &str, consuming: Consuming) -> Running {
        let (bus, store) = (self.bus(nats_url).await, self.books().await);
        let listener = Arc::new(Books {
            store: store.clone(),
        });
        let owners = Arc::new(Owner(self.towns.clone()));
        Running::start(|stop| bus::consume(bus, store, listener, owners, consuming, stop))
    }

    pub(crate) async fn bus(&self, nats_url: &str) -> Bus {
        bus::connect(Connection {
            login: None,
            url: nats_url.to_owned(),
            client: "faults".to_owned(),
            names: self.names.clone(),
            patience: Duration::from_millis(500),
        })
        .await
        .unwrap()
    }

    /// A look at JetStream beside everybody; none while it is away.
    pub(crate) async fn jetstream(&self) -> Option<jetstream::Context> {
        let client = async_nats::connect(&self.nats_url).await.ok()?;
        Some(jetstream::new(client))
    }

    /// A connection of the test's own, for looking and for breaking things.
    pub(crate) async fn sql(&self, url: &str) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }

    /// Calls one command until it is done and waits until the listener has applied its fact: how
    /// long both took.
    pub(crate) async fn probe(&self, log: &LogId) -> Duration {
        let start = Instant::now();
        let number = self
            .probes
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let (id, values) = (Uuid::from_u128(PROBES | u128::from(number)), vec![number]);
        let mut calls = 0;
        let outcome = loop {
            calls += 1;
            match load::count(&self.towns, log, id, "probe", &values, None).await {
                Ok(outcome) => break outcome,
                Err(error) => {
                    assert!(error.is_transient(), "{error}");
                    assert!(start.elapsed() < DEADLINE, "no answer to a probe: {error}");
                }
            }
        };
        let (first, last) = (outcome.first_seq, outcome.last_seq);
        let told = Told {
            id,
            log: log.to_string(),
            stream: "meter/probe".to_owned(),
            values,
            answer: Answer::Acknowledged { first, last },
            calls,
        };
        self.journal.note(told).await;
        self.until("a probe is heard", async || {
            match self.books().await.receipt("books", log).await {
                Ok(receipt) if receipt >= last => vec![],
                other => vec![format!("{other:?}, not {last}")],
            }
        })
        .await;
        start.elapsed()
    }

    /// Remembers the root of the log as it stands: it must be the same for ever (I8).
    pub(crate) async fn sign(&self, log: &LogId) {
        let size = self.towns.head(log).await.unwrap().seq;
        let root = check::root_of(&self.towns, log, size).await;
        self.roots.write().await.push((log.clone(), size, root));
    }

    pub(crate) async fn roots(&self) -> Vec<(LogId, u64, Hash)> {
        self.roots.read().await.clone()
    }

    /// Waits until the listener and the stream have all of the log.
    pub(crate) async fn settled(&self, log: &LogId) {
        self.until("everything is heard", async || {
            let head = self.towns.head(log).await;
            let receipt = self.books().await.receipt("books", log).await;
            match (head, receipt) {
                (Ok(head), Ok(receipt)) if head.fact_seq == receipt => vec![],
                other => vec![format!("{other:?}")],
            }
        })
        .await;
        self.until("the stream has everything", async || {
            let differences = streams::differences(self, log).await;
            if !differences.is_empty() {
                // A look costs a whole reading.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            differences
        })
        .await;
    }

    /// Waits until `left` finds nothing left.
    pub(crate) async fn until(&self, what: &str, mut left: impl AsyncFnMut() -> Vec<String>) {
        let start = Instant::now();
        loop {
            let found = left().await;
            if found.is_empty() {
                return;
            }
            assert!(
                start.elapsed() < DEADLINE,
                "waited in vain until {what}: {found:#?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A relay or listener at work.
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    fn start<F>(work: impl FnOnce(bus::Shutdown) -> F) -> Running
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, shutdown) = watch::channel(false);
        Running {
            stop,
            task: tokio::spawn(work(shutdown)),
        }
    }

    /// Asks for the end and waits for it.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = tokio::time::timeout(DEADLINE, &mut self.task).await;
        ended
            .expect("ends when asked")
            .expect("ends without a panic");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Without an end of its own it is a crash: nothing is finished.
        self.task.abort();
    }
}

/// The owner, asked directly.
struct Owner(Store);

impl Backfill for Owner {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let rows = self.0.read_facts(log, after, limit.min(200)).await;
        rows.map_err(|error| Unreachable(error.to_string()))
    }

    async fn heads(&self, _: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.0.heads().await;
        let heads = heads.map_err(|error| Unreachable(error.to_string()))?;
        Ok(heads
            .into_iter()
            .map(|(log, head)| (log, head.fact_seq))
            .collect())
    }
}

/// Impatient: a test should not wait for what production may. Open to deletions, so that a test
/// can make them.
pub(crate) fn relaying() -> Relaying {
    Relaying {
        ack_within: Duration::from_secs(2),
        poll_every: Duration::from_millis(200),
        audit_every: Duration::from_millis(200),
        guarded: false,
        ..Relaying::default()
    }
}

pub(crate) fn consuming() -> Consuming {
    Consuming {
        heads_every: Duration::from_millis(500),
        retry_poll_every: Duration::from_millis(50),
        ..Consuming::default()
    }
}
