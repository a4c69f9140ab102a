//! Dry runs: what they say would change is what the same command then changes.

use std::collections::BTreeMap;

use eventlog::{Change, Error, Page, Preview, Store, Table};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::jar::{Command, Jar, assert_sound, log, meta, open};

type Tables = BTreeMap<(&'static str, String), Value>;

/// Every row of every projection.
async fn tables(store: &Store) -> Tables {
    let (mut rows, jars) = (Tables::new(), log("jars"));
    for table in ["jars", "letters"] {
        let page = Page::first(1000);
        let found = store
            .read_rows::<Value>(Table::Projection(table), &jars, &[], &page)
            .await
            .unwrap();
        rows.extend(found.into_iter().map(|row| ((table, row.key), row.row)));
    }
    rows
}

fn changed(mut rows: Tables, changes: &[Change]) -> Tables {
    for change in changes {
        let at = (change.table, change.key.clone());
        assert_eq!(rows.remove(&at), change.before, "{at:?}");
        assert_ne!(change.before, change.after, "{at:?}");
        if let Some(row) = change.after.clone() {
            rows.insert(at, row);
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dry_run_says_is_what_the_command_then_writes() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    let amounts = proptest::collection::vec(-6i64..9, 0..4);
    let commands = proptest::collection::vec(("[ab][xy]", amounts), 60);
    let commands = commands.new_tree(&mut TestRunner::deterministic()).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for (n, (key, amounts)) in (0u128..).zip(commands.current()) {
        let command = || Command::Put(amounts.clone(), "plum");
        let (before, head) = (tables(&store).await, store.head(&jars).await.unwrap());
        let mut dry = meta(n);
        dry.dry_run = true;
        dry.preview = Some(Preview::default());
        let preview = dry.preview.clone().unwrap();
        let said = store.execute::<Jar>(&jars, &key, command(), dry).await;
        assert_eq!(tables(&store).await, before, "a dry run wrote rows");
        assert_eq!(store.head(&jars).await.unwrap(), head, "or events");

        let done = store.execute::<Jar>(&jars, &key, command(), meta(n)).await;
        match (said, done) {
            (Ok(said), Ok(done)) => {
                assert!(!done.repeated, "a dry run stored an outcome");
                assert_eq!(
                    (said.first_seq, said.last_seq),
                    (done.first_seq, done.last_seq)
                );
                assert_eq!(done.changes, []);
                assert_eq!(preview.take().await, Some(said.changes.clone()));
                assert_eq!(tables(&store).await, changed(before, &said.changes));
                accepted += 1;
            }
            (Err(Error::Refused(said)), Err(Error::Refused(done))) => {
                assert_eq!(said, done);
                assert_eq!(preview.take().await, None);
                refused += 1;
            }
            (said, done) => panic!("said {said:?}, did {done:?}"),
        }
    }
    assert!(accepted > 10 && refused > 3, "{accepted} {refused}");
    assert_sound(&store, &jars).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_runs_among_32_writers_start_from_rows_that_were_there() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let mut tasks = Vec::new();
    for n in 0..64u128 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut meta = meta(n);
            meta.dry_run = n % 2 == 0;
            let command = Command::Put(vec![1], "plum");
            store.execute::<Jar>(&log("jars"), "a", command, meta).await
        }));
    }
    for task in tasks {
        let outcome = task.await.unwrap().unwrap();
        for change in outcome.changes.iter().filter(|c| c.table == "jars") {
            // The jar holds as much as it has events: so the row is that of the head before.
            let total =
                |row: &Option<Value>| row.as_ref().map_or(0, |row| row["total"].as_u64().unwrap());
            assert_eq!(total(&change.before), outcome.first_seq - 1);
            assert_eq!(total(&change.after), outcome.first_seq);
        }
    }
    assert_eq!(assert_sound(&store, &log("jars")).await.events, 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_kept_sealed_and_the_first_one_stays() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let put = async |n: u128, reason: &str, dry_run: bool| {
        let mut meta = meta(n);
        (meta.reason, meta.dry_run) = (Some(reason.to_owned()), dry_run);
        let command = Command::Put(vec![1], "plum");
        store
            .execute::<Jar>(&log("jars"), "a", command, meta)
            .await
            .unwrap()
    };
    put(1, "Ann Lee was late", true).await;
    let id = meta(1).command_id;
    assert_eq!(store.reason(&log("jars"), id).await.unwrap(), None);
    put(1, "Ann Lee was late", false).await;
    assert!(put(1, "something else", false).await.repeated);
    assert_eq!(
        store.reason(&log("jars"), id).await.unwrap().as_deref(),
        Some("Ann Lee was late")
    );
    let events = store.read_events(&log("jars"), 0, 10).await.unwrap();
    assert!(
        events
            .iter()
            .all(|event| !format!("{event:?}").contains("Ann"))
    );
    store
        .vault()
        .forget(&format!("command/jars/{id}"))
        .await
        .unwrap();
    assert_eq!(store.reason(&log("jars"), id).await.unwrap(), None);
}
