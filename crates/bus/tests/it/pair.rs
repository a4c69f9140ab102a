//! Two owners and a listener on real servers, and how a test waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use async_nats::jetstream;
use bus::subject::Names;
use bus::{Bus, Connection, Consuming, Relaying};
use eventlog::{LogId, Meta, Options, Store};
use futures::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::tally::{Copied, Copier, Owners, Tally, books, value_of};

/// Longer than anything takes on a busy machine, shorter than somebody's patience.
const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until the condition holds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < DEADLINE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A relay or consumer at work.
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

/// Service `towns` (two logs), service `roads` (one), and `books`, which listens to both.
pub(crate) struct Pair {
    pub(crate) towns: Store,
    pub(crate) roads: Store,
    pub(crate) books: Store,
    pub(crate) copier: Arc<Copier>,
    pub(crate) owners: Arc<Owners>,
    pub(crate) names: Names,
    pub(crate) nats_url: String,
    /// How long a connection waits for its first answer.
    pub(crate) patience: Duration,
    // Dropped last: databases and streams go with it.
    _world: Option<local::testing::World>,
}

impl Pair {
    /// On the shared servers.
    pub(crate) async fn new() -> Pair {
        Pair::with_urls().await.0
    }

    /// The same, and where everything is: for another process.
    pub(crate) async fn with_urls() -> (Pair, String) {
        let world = local::testing::world().await;
        let urls = ["towns", "roads", "books"].map(|name| world.database_url(name));
        let names = Names::try_prefixed(world.prefix()).unwrap();
        let nats_url = world.nats_url();
        let all = format!("{} {nats_url} {}", urls.join(" "), world.prefix());
        (Pair::open(urls, nats_url, names, Some(world)).await, all)
    }

    /// On servers that the test may kill.
    pub(crate) async fn on(stack: &local::Stack) -> Pair {
        for name in ["towns", "roads", "books"] {
            stack.create_database(name).await.unwrap();
        }
        let urls = ["towns", "roads", "books"].map(|name| stack.postgres_url(name));
        Pair::open(urls, stack.nats_url(), Names::new(), None).await
    }

    pub(crate) async fn open(
        [towns, roads, books]: [String; 3],
        nats_url: String,
        names: Names,
        world: Option<local::testing::World>,
    ) -> Pair {
        let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "bus=info".to_owned());
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
        let towns = Store::open(Options::new("towns", towns)).await.unwrap();
        let roads = Store::open(Options::new("roads", roads)).await.unwrap();
        let books = Store::open(Options::new("books", books)).await.unwrap();
        let stores = BTreeMap::from([("towns", towns.clone()), ("roads", roads.clone())]);
        let owners = Owners {
            stores,
            away: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            panics: AtomicU64::new(0),
            pages: AtomicU64::new(0),
        };
        Pair {
            copier: Arc::new(Copier::new(books.clone())),
            owners: Arc::new(owners),
            towns,
            roads,
            books,
            names,
            nats_url,
            patience: Duration::from_secs(5),
            _world: world,
        }
    }

    /// The same with another store of the listener's database.
    pub(crate) fn heard_by(self, books: Store) -> Pair {
        Pair {
            copier: Arc::new(Copier::new(books.clone())),
            books,
            ..self
        }
    }

    pub(crate) async fn bus(&self) -> Bus {
        bus::connect(Connection {
            url: self.nats_url.clone(),
            client: "test".to_owned(),
            names: self.names.clone(),
            login: None,
            patience: self.patience,
        })
        .await
        .unwrap()
    }

    /// The relay of `towns`.
    pub(crate) async fn relay(&self) -> Running {
        self.relay_of("towns", &self.towns, relaying()).await
    }

    pub(crate) async fn relay_of(
        &self,
        service: &'static str,
        store: &Store,
        relaying: Relaying,
    ) -> Running {
        let (bus, store) = (self.bus().await, store.clone());
        Running::start(|shutdown| bus::relay(bus, store, service, relaying, shutdown))
    }

    /// The consumers of `books`.
    pub(crate) async fn listen(&self) -> Running {
        self.listen_with(consuming()).await
    }

    pub(crate) async fn listen_with(&self, consuming: Consuming) -> Running {
        let (bus, store) = (self.bus().await, self.books.clone());
        let (copier, owners) = (self.copier.clone(), self.owners.clone());
        Running::start(|stop| bus::consume(bus, store, copier, owners, consuming, stop))
    }

    /// Publishes a group of facts in a log of `towns`.
    pub(crate) async fn count(&self, log: &LogId, values: &[u64]) {
        count(&self.towns, log, values).await;
    }

    /// Publishes `commands` groups of `facts` each, as fast as the log takes them.
    pub(crate) async fn burst(&self, log: &LogId, commands: u64, facts: u64) {
        let groups = (0..commands).map(|n| {
            let values: Vec<u64> = (0..facts).map(|m| 1_000 + n * facts + m).collect();
            async move { count(&self.towns, log, &values).await }
        });
        join_all(groups).await;
    }

    /// Whether `books` has received all facts of the log.
    pub(crate) async fn has_all(&self, store: &Store, log: &LogId) -> bool {
        // While servers are down nothing is known; the caller asks again.
        let (Ok(head), Ok(receipt)) = (
            store.head(log).await,
            self.books.receipt("books", log).await,
        ) else {
            return false;
        };
        head.fact_seq == receipt
    }

    /// Waits until `books` has received all facts of the log of `towns`.
    pub(crate) async fn caught_up(&self, log: &LogId) {
        until("the listener has caught up", || {
            self.has_all(&self.towns, log)
        })
        .await;
    }

    /// Every fact of the log has exactly one effect, with its number; nothing is parked.
    pub(crate) async fn assert_copied_once(&self, store: &Store, log: &LogId) {
        let mut facts = Vec::new();
        while let Some(page) = Some(store.read_facts(log, last(&facts), 1_000).await.unwrap())
            .filter(|page| !page.is_empty())
        {
            facts.extend(page.iter().map(|fact| (fact.seq, value_of(fact))));
        }
        let mut copies = self.copies(log).await;
        copies.sort_unstable();
        assert_eq!(copies, facts, "{log}");
        assert_eq!(self.books.parked().await.unwrap(), []);
    }

    /// The effects of a log's facts, as (position, number), in the order in which they came.
    pub(crate) async fn copies(&self, log: &LogId) -> Vec<(u64, u64)> {
        let mut copies = Vec::new();
        let mut after = 0;
        loop {
            let page = self
                .books
                .read_events(&books(), after, 1_000)
                .await
                .unwrap();
            let Some(last) = page.last() else {
                return copies;
            };
            after = last.seq;
            for event in &page {
                let Copied::Copied {
                    log: of,
                    seq,
                    value,
                } = event.event().unwrap();
                if of == log.as_str() {
                    copies.push((seq, value));
                }
            }
        }
    }

    pub(crate) async fn jetstream(&self) -> jetstream::Context {
        jetstream::new(async_nats::connect(&self.nats_url).await.unwrap())
    }

    /// The stream of `towns`, once the relay has made it.
    pub(crate) async fn stream(&self) -> jetstream::stream::Stream {
        let jetstream = self.jetstream().await;
        let name = self.names.stream("towns");
        until("the stream is there", || async {
            jetstream.get_stream(&name).await.is_ok()
        })
        .await;
        jetstream.get_stream(&name).await.unwrap()
    }

    /// Messages in the stream of `towns`.
    pub(crate) async fn stored(&self) -> u64 {
        self.stream().await.cached_info().state.messages
    }
}

fn last(facts: &[(u64, u64)]) -> u64 {
    facts.last().map_or(0, |(seq, _)| *seq)
}

pub(crate) async fn count(store: &Store, log: &LogId, values: &[u64]) {
    let meta = Meta::new(store.surroundings().uuid(), "clerk");
    store
        .execute::<Tally>(log, "one", values.to_vec(), meta)
        .await
        .unwrap();
}

pub(crate) fn log(name: &str) -> LogId {
    LogId::try_new(name).unwrap()
}

/// Impatient: a test should not wait for what production may.
pub(crate) fn relaying() -> Relaying {
    Relaying {
        ack_within: Duration::from_secs(2),
        poll_every: Duration::from_millis(200),
        audit_every: Duration::from_millis(200),
        ..Relaying::default()
    }
}

pub(crate) fn consuming() -> Consuming {
    Consuming {
        heads_every: Duration::from_millis(300),
        retry_poll_every: Duration::from_millis(50),
        ..Consuming::default()
    }
}

/// Heads are never compared in time: what arrives, arrives by JetStream or because of a gap.
pub(crate) fn without_heads() -> Consuming {
    Consuming {
        heads_every: Duration::from_secs(3_600),
        ..consuming()
    }
}
