//! From a command to its effect in another service, over relay, JetStream and consumer, against
//! making 8 kB durable plus one NATS round trip.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::Client as Nats;
use bus::subject::Names;
use bus::{ApplyError, Backfill, Bus, Connection, Consuming, Listener, Relaying, Unreachable};
use eventlog::{FactRow, LogId, Options, Store, Typed, TypedMirror};
use futures::StreamExt;
use local::Stack;
use tokio::sync::watch;

use crate::figures::{Ratio, Table, median};
use crate::jar::{self, Client};
use crate::{Outcome, ROUNDS, fresh, machine};

/// Commands per round, one at a time.
const SAMPLES: usize = 200;

/// What the listening service remembers of the owner's jars.
struct Seen;

impl TypedMirror for Seen {
    const NAME: &'static str = "seen";
    const VERSION: u32 = 1;
    type Row = u64;

    fn keys(fact: &FactRow) -> Vec<String> {
        vec![fact.kind.clone()]
    }

    fn apply(_: &FactRow, _: &str, old: Option<u64>) -> Option<u64> {
        Some(old.unwrap_or(0) + 1)
    }
}

/// Takes every fact into its mirror and tells how far it is.
struct Follower {
    store: Store,
    seen: watch::Sender<u64>,
}

impl Listener for Follower {
    fn name(&self) -> &'static str {
        "follower"
    }

    fn sources(&self) -> &'static [&'static str] {
        &["owner"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        bus::accept(&self.store, self.name(), batch).await?;
        if let Some(last) = batch.last() {
            self.seen.send_replace(last.seq);
        }
        Ok(())
    }
}

/// The owner, asked without a network between.
struct Direct(Store);

impl Backfill for Direct {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let facts = self.0.read_facts(log, after, limit).await;
        facts.map_err(|error| Unreachable(error.to_string()))
    }

    async fn heads(&self, _: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.0.heads().await;
        let heads = heads.map_err(|error| Unreachable(error.to_string()))?;
        let facts = heads.into_iter().map(|(log, head)| (log, head.fact_seq));
        Ok(facts.collect())
    }
}

pub(crate) async fn run(stack: &Stack, table: &mut Table) -> Outcome<()> {
    let (owner, _) = fresh(stack, "owner").await?;
    stack.create_database("follower").await?;
    let mut options = Options::new("follower", stack.postgres_url("follower"));
    options.mirrors = vec![Box::new(Typed::of::<Seen>())];
    let follower = Store::open(options).await?;
    let (seen, mut news) = watch::channel(0);
    let listener = Follower {
        store: follower.clone(),
        seen,
    };
    let (stop, shutdown) = watch::channel(false);
    let relay = tokio::spawn(bus::relay(
        connect(stack, "owner").await?,
        owner.clone(),
        "owner",
        Relaying::default(),
        shutdown.clone(),
    ));
    let consumer = tokio::spawn(bus::consume(
        connect(stack, "follower").await?,
        follower.clone(),
        Arc::new(listener),
        Arc::new(Direct(owner.clone())),
        Consuming::default(),
        shutdown,
    ));
    let nats = async_nats::connect(stack.nats_url()).await?;
    let echo = tokio::spawn(echo(nats.clone()));
    let log: LogId = "owner".parse()?;
    let mut caller = Client::all(1)[0];
    // The first ones wait for streams and consumers to be made.
    for _ in 0..50 {
        caller = sample(&owner, &log, caller, &mut news).await?.0;
    }
    let (mut whole, mut after, mut least) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for _ in 0..SAMPLES {
            let (next, took, since) = sample(&owner, &log, caller, &mut news).await?;
            caller = next;
            whole.push(took);
            after.push(since);
        }
        least.push(machine::fdatasync()? + round_trip(&nats).await?);
    }
    let least = median(least);
    tell(
        table,
        "(f) command to effect in another service",
        least,
        whole,
    );
    tell(table, "(f) append's answer to effect", least, after);
    stop.send_replace(true);
    relay.await?;
    consumer.await?;
    echo.abort();
    owner.close().await;
    follower.close().await;
    Ok(())
}

async fn connect(stack: &Stack, client: &str) -> Outcome<Bus> {
    let connection = Connection {
        url: stack.nats_url(),
        login: None,
        client: client.to_owned(),
        names: Names::new(),
        patience: Duration::from_secs(5),
    };
    Ok(bus::connect(connection).await?)
}

/// One command: how long until its effect, and how much of that after its answer.
async fn sample(
    owner: &Store,
    log: &LogId,
    caller: Client,
    news: &mut watch::Receiver<u64>,
) -> Outcome<(Client, Duration, Duration)> {
    let start = Instant::now();
    let caller = jar::give(owner.clone(), log.clone(), caller, 1, 1).await?;
    let answered = Instant::now();
    news.wait_for(|seq| *seq >= caller.given).await?;
    Ok((caller, start.elapsed(), answered.elapsed()))
}

async fn echo(nats: Nats) -> Outcome<()> {
    let mut asked = nats.subscribe("echo").await?;
    while let Some(message) = asked.next().await {
        if let Some(reply) = message.reply {
            nats.publish(reply, message.payload).await?;
        }
    }
    Ok(())
}

/// The median time of a request and its answer over NATS.
async fn round_trip(nats: &Nats) -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let start = Instant::now();
        nats.request("echo", "300 bytes, or fewer".into()).await?;
        times.push(start.elapsed());
    }
    Ok(median(times))
}

fn tell(table: &mut Table, what: &str, least: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    let p50 = times[times.len() / 2].as_micros();
    let p99 = times[times.len() * 99 / 100].as_micros();
    table.note(
        &format!("{what} / fdatasync + NATS round trip"),
        format!("{} µs", least.as_micros()),
        format!("p50 {p50} µs, p99 {p99} µs"),
        format!("{} times at p50", Ratio::of(p50, least.as_micros())),
    );
}
