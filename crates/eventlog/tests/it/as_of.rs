//! What is read as of an instant is what was shown at that instant.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use eventlog::{AsOf, Error, Page, Projection, Recorded, Replayed, Store, Table};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::jar::{log, open, options, put};

const TABLES: [Table; 2] = [Table::Projection("jars"), Table::Projection("letters")];

type Rows = Vec<eventlog::Row<Value>>;

/// What is shown: both tables, in full, filtered and from the middle on.
async fn shown(store: &Store) -> Result<Vec<Rows>, Error> {
    let (jars, mut shown) = (log("jars"), Vec::new());
    for table in TABLES {
        let page = Page::first(100);
        shown.push(store.read_rows(table, &jars, &[], &page).await?);
        let page = Page {
            after: "ax".to_owned(),
            limit: 2,
        };
        shown.push(store.read_rows(table, &jars, &[], &page).await?);
    }
    let plums = [("label", "plum")];
    let page = Page::first(100);
    shown.push(store.read_rows(TABLES[0], &jars, &plums, &page).await?);
    Ok(shown)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_as_of_then_is_what_was_shown_then() {
    let world = local::testing::world().await;
    let start: Timestamp = "2026-10-01T12:00:00Z".parse().unwrap();
    let clock = Arc::new(Replayed::new(3, start));
    let mut options = options(world.database_url("log"));
    options.surroundings = clock.clone();
    let store = Store::open(options).await.unwrap();
    let (jars, key) = (log("jars"), Table::Projection("jars"));
    let amounts = proptest::collection::vec(-6i64..9, 0..4);
    let commands = proptest::collection::vec(("[ab][xy]", amounts, 0..3i64), 60);
    let commands = commands.new_tree(&mut TestRunner::deterministic()).unwrap();
    let (mut now, mut seen) = (start, Vec::new());
    for (n, (jar, amounts, hours)) in (0u128..).zip(commands.current()) {
        let before = (
            now,
            store.head(&jars).await.unwrap().seq,
            shown(&store).await.unwrap(),
        );
        let row: Option<Value> = store.read_row(key, &jars, &jar).await.unwrap();
        if hours > 0 {
            // Nothing more is recorded at this instant.
            seen.push((before, jar.clone(), row));
        }
        now = now.checked_add(hours.hours()).unwrap();
        clock.set(now);
        // Refused or accepted: both belong to a day's work.
        let _ = put(&store, n, &jar, &amounts).await;
    }
    assert!(seen.len() > 20, "{}", seen.len());
    for ((at, seq, then), jar, row) in seen {
        assert_eq!(store.position_at(&jars, at).await.unwrap(), seq, "{at}");
        let as_of = AsOf::new(at);
        let again = as_of.scope(shown(&store)).await.unwrap();
        assert_eq!(again, then, "{at}");
        assert_eq!(as_of.answered().await, Some(vec![(jars.clone(), seq)]));
        let again: Option<Value> = store.read_row_as_of(key, &jars, &jar, seq).await.unwrap();
        assert_eq!(again, row, "{jar} at {at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_the_present_is_noted_and_nothing_is_done_in_the_past() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    put(&store, 1, "a", &[1]).await.unwrap();
    let jars = log("jars");
    let now = store.surroundings().now();

    let as_of = AsOf::new(now);
    assert_eq!(as_of.answered().await, None, "nothing was read");
    let both = async {
        let row: Option<Value> = store.read_row(TABLES[0], &jars, "a").await?;
        store.head(&jars).await.map(|_| row)
    };
    assert!(as_of.scope(both).await.unwrap().is_some());
    assert_eq!(as_of.answered().await, None, "the head is that of now");

    let as_of = AsOf::new(now);
    let done = as_of.scope(put(&store, 2, "a", &[1])).await;
    assert!(matches!(done, Err(Error::Refused(r)) if r.reason == "AS_OF_NOT_KEPT"));
    let mirror = store
        .read_row_as_of::<Value>(Table::Mirror("x"), &jars, "a", 1)
        .await;
    assert!(matches!(mirror, Err(Error::Refused(r)) if r.reason == "AS_OF_NOT_KEPT"));
    let field = [("total", "1")];
    let page = Page::first(1);
    let unindexed = store
        .read_rows_as_of::<Value>(TABLES[0], &jars, &field, &page, 1)
        .await;
    assert!(matches!(unindexed, Err(Error::Setup(_))));
    assert_eq!(store.position_at(&log("none"), now).await.unwrap(), 0);
}

/// A table whose fold may be held up.
struct Held(Arc<Barrier>, Arc<AtomicBool>);

impl Projection for Held {
    fn name(&self) -> &'static str {
        "held"
    }
    fn version(&self) -> u32 {
        1
    }
    fn keys(&self, _: &Recorded) -> Vec<String> {
        vec!["all".to_owned()]
    }
    fn apply(&self, _: &Recorded, _: &str, old: Option<Value>) -> Option<Value> {
        if self.1.load(Ordering::SeqCst) {
            tokio::task::block_in_place(|| self.0.wait());
        }
        old.or(Some(Value::Null))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_as_of_an_earlier_day_hold_up_nobody_who_asks_about_today() {
    let world = local::testing::world().await;
    let (held, barrier) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(3)));
    let mut options = options(world.database_url("log"));
    options.readers_max = 1;
    let slow = Held(Arc::clone(&barrier), Arc::clone(&held));
    options.projections.push(Box::new(slow));
    let store = Store::open(options).await.unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    held.store(true, Ordering::SeqCst);
    let ask = |n: usize| {
        let store = store.clone();
        tokio::spawn(async move {
            let (table, jars) = (Table::Projection("held"), log("jars"));
            let read = store.read_row_as_of::<Value>(table, &jars, "all", 1).await;
            read.map(|row| (n, row))
        })
    };
    let asked: Vec<_> = (0..4).map(ask).collect();
    // Two of them fold, and stand still; the others wait until those have ended.
    for _ in 0..2 {
        let row: Option<Value> = store.read_row(TABLES[0], &log("jars"), "a").await.unwrap();
        assert!(row.is_some());
        let barrier = Arc::clone(&barrier);
        let met = tokio::task::spawn_blocking(move || barrier.wait());
        met.await.unwrap();
    }
    for asked in asked {
        assert_eq!(asked.await.unwrap().unwrap().1, Some(Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_is_answered_as_of_one_position() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    put(&store, 1, "a", &[1]).await.unwrap();
    let jars = log("jars");
    // An instant that is not over yet.
    let later = store.surroundings().now().checked_add(1.hours()).unwrap();
    let as_of = AsOf::new(later);
    let total = async || {
        let read = store.read_row::<Value>(TABLES[0], &jars, "a");
        let row = as_of.scope(read).await.unwrap().unwrap();
        row["total"].as_i64()
    };
    assert_eq!(total().await, Some(1));
    put(&store, 2, "a", &[1]).await.unwrap();
    assert_eq!(total().await, Some(1), "what the call rests on stays");
    assert_eq!(as_of.answered().await, Some(vec![(jars.clone(), 1)]));
}
