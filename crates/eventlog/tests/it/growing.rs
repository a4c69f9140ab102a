//! A stream whose state grows with it is never copied to decide one more command.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use eventlog::{Decider, Error, Event, Fact, Meta, Options, Outcome, Refuse, Store};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jar::{log, sql};

/// Copies of a [`State`] made by this process.
static COPIES: AtomicU64 = AtomicU64::new(0);

struct Pile;

#[derive(Default)]
struct State(Vec<u64>);

impl Clone for State {
    fn clone(&self) -> State {
        COPIES.fetch_add(1, Ordering::SeqCst);
        State(self.0.clone())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum PileEvent {
    #[serde(rename = "piled")]
    Piled { height: u64 },
}

impl Event for PileEvent {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("The pile is {0} high already.")]
struct HighEnough(u64);

impl Refuse for HighEnough {
    fn reason(&self) -> &'static str {
        "HIGH_ENOUGH"
    }
}

impl Decider for Pile {
    const STREAM: &'static str = "pile";
    /// How high it may be before.
    type Command = u64;
    type Event = PileEvent;
    type State = State;
    type Refusal = HighEnough;

    fn decide(state: &State, most: &u64) -> Result<Vec<PileEvent>, HighEnough> {
        let height = state.0.last().copied().unwrap_or(0);
        if height > *most {
            return Err(HighEnough(height));
        }
        let height = height + 1;
        Ok(vec![PileEvent::Piled { height }])
    }

    fn evolve(state: &mut State, PileEvent::Piled { height }: &PileEvent) {
        state.0.push(*height);
    }

    /// The height after the event, so that a fact made from another state would show.
    fn publish(state: &State, _: &PileEvent) -> Option<Fact> {
        Some(Fact {
            kind: "Piled",
            bytes: state.0.len().to_be_bytes().to_vec(),
        })
    }
}

async fn open(url: String) -> Store {
    let mut options = Options::new("piles", url);
    options.patience = Duration::from_secs(30);
    Store::open(options).await.unwrap()
}

async fn pile(store: &Store, id: u64, most: u64, dry_run: bool) -> Result<Outcome, Error> {
    let mut meta = Meta::new(Uuid::from_u128(u128::from(id)), "ops-1");
    meta.dry_run = dry_run;
    store
        .execute::<Pile>(&log("piles"), "one", most, meta)
        .await
}

/// Every event was decided on, and every fact made from, the state that the ones before left.
async fn assert_in_step(store: &Store, events: u64) {
    let rows = store.read_stream::<Pile>(&log("piles"), "one").await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), usize::try_from(events).unwrap());
    for (row, n) in rows.iter().zip(1u64..) {
        let PileEvent::Piled { height } = row.event().unwrap();
        let (_, bytes) = row.fact.as_ref().unwrap();
        assert_eq!((row.version, height), (n, n));
        assert_eq!(bytes.as_slice(), n.to_be_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_commands_copy_no_state_and_stay_right_through_refusals_dry_runs_and_failures() {
    let world = local::testing::world().await;
    let store = open(world.database_url("log")).await;
    for n in 0..1_000 {
        pile(&store, n, u64::MAX, false).await.unwrap();
        if n % 10 == 0 {
            let refused = pile(&store, 100_000 + n, 0, false).await.unwrap_err();
            assert_eq!(
                refused,
                pile(&store, 200_000 + n, 0, true).await.unwrap_err()
            );
        }
    }
    assert_eq!(COPIES.load(Ordering::SeqCst), 0);

    // A dry run copies, once, and leaves what it looked at alone.
    for _ in 0..2 {
        let outcome = pile(&store, 300_000, u64::MAX, true).await.unwrap();
        assert_eq!(outcome.events[0].body, r#"{"height":1001}"#);
    }
    assert_eq!(COPIES.load(Ordering::SeqCst), 2);
    assert_in_step(&store, 1_000).await;

    // Commits that fail take back what they had evolved.
    let client = sql(&world.database_url("log")).await;
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'commonwatch%'";
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    let id = 400_000 + writer * 100 + n;
                    pile(&store, id, u64::MAX, false).await.unwrap();
                }
            })
        })
        .collect();
    for _ in 0..15 {
        client.query_one(kill, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_in_step(&store, 1_200).await;
    assert_eq!(COPIES.load(Ordering::SeqCst), 2);
    store.verify(&log("piles")).await.unwrap();
}
