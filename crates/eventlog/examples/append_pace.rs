//! How fast a log takes commands in, on new streams and on one stream whose state grows.
//!
//! `cargo run --release -p eventlog --example append_pace [-- <commands>]`
//! starts a PostgreSQL of its own
//! that is safe against a power cut, and prints figures.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use eventlog::{
    Decider, Event, Fact, LogId, Meta, Options, Recorded, Refuse, Store, Typed, TypedRows,
};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use uuid::Uuid;

const IN_FLIGHT: usize = 256;
/// Figures are printed this often per run.
const PARTS: u64 = 4;

/// Keeps every amount that was ever put in.
struct Jar;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum JarEvent {
    #[serde(rename = "filled")]
    Filled { amount: u64 },
}

impl Event for JarEvent {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("A jar takes everything.")]
struct Never;

impl Refuse for Never {
    fn reason(&self) -> &'static str {
        "NEVER"
    }
}

impl Decider for Jar {
    const STREAM: &'static str = "jar";
    type Command = u64;
    type Event = JarEvent;
    type State = Vec<u64>;
    type Refusal = Never;

    fn decide(_: &Vec<u64>, amount: &u64) -> Result<Vec<JarEvent>, Never> {
        let amount = *amount;
        Ok(vec![JarEvent::Filled { amount }])
    }

    fn evolve(state: &mut Vec<u64>, JarEvent::Filled { amount }: &JarEvent) {
        state.push(*amount);
    }

    fn publish(state: &Vec<u64>, _: &JarEvent) -> Option<Fact> {
        let (kind, bytes) = ("JarFilled", state.len().to_be_bytes().to_vec());
        Some(Fact { kind, bytes })
    }
}

struct Jars;

impl TypedRows for Jars {
    const NAME: &'static str = "jars";
    const VERSION: u32 = 1;
    type Row = u64;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream_key().to_owned()]
    }

    fn apply(_: &Recorded, _: &str, old: Option<u64>) -> Option<u64> {
        Some(old.unwrap_or(0) + 1)
    }
}

async fn run(
    store: &Store,
    log: &LogId,
    commands: u64,
    key: impl Fn(u64) -> String,
) -> Result<(), Box<dyn Error>> {
    let permits = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut tasks = tokio::task::JoinSet::new();
    let part = (commands / PARTS).max(1);
    let (start, mut part_start) = (Instant::now(), Instant::now());
    for n in 0..commands {
        let (store, log, key) = (store.clone(), log.clone(), key(n));
        let permit = Arc::clone(&permits).acquire_owned().await?;
        tasks.spawn(async move {
            let meta = Meta::new(Uuid::from_u128(u128::from(n) + 1), "ops-1");
            let outcome = store.execute::<Jar>(&log, &key, n, meta).await;
            drop(permit);
            outcome
        });
        if (n + 1) % part == 0 {
            let took = part_start.elapsed().as_millis().max(1);
            let rate = u128::from(part) * 1000 / took;
            println!("  to {:>7}: {rate:>6} commands/s", n + 1);
            part_start = Instant::now();
        }
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let took = start.elapsed().as_millis().max(1);
    let rate = u128::from(commands) * 1000 / took;
    println!("  all {commands}: {took} ms, {rate} commands/s");
    let start = Instant::now();
    store.verify(log).await?;
    println!("  verified in {} ms", start.elapsed().as_millis());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let commands = std::env::args().nth(1).map_or(Ok(20_000), |n| n.parse())?;
    let mut durable = local::Options::temporary();
    durable.durability = local::Durability::PowerCut;
    let stack = local::Stack::start(durable).await?;
    stack.create_database("pace").await?;
    let mut options = Options::new("pace", stack.postgres_url("pace"));
    options.projections = vec![Box::new(Typed::of::<Jars>())];
    let store = Store::open(options).await?;
    println!("{commands} commands on new streams, {IN_FLIGHT} in flight:");
    run(&store, &"spread".parse()?, commands, |n| format!("k{n}")).await?;
    println!("{commands} commands on one stream whose state grows, {IN_FLIGHT} in flight:");
    run(&store, &"single".parse()?, commands, |_| "one".to_owned()).await?;
    let start = Instant::now();
    let rebuilt = store.rebuild("jars").await?;
    println!(
        "projection folded again and compared in {} ms",
        start.elapsed().as_millis()
    );
    assert!(rebuilt.is_equal(), "{rebuilt:?}");
    store.close().await;
    stack.stop().await?;
    Ok(())
}
