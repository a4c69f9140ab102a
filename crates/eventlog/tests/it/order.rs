//! Order: contiguous positions, and readers that miss nothing.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::jar::{Jar, assert_sound, log, open, options, put};

const WRITERS: u128 = 32;
const EACH: u128 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_beside_32_writers_sees_every_position_once_and_in_order() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            for n in 0..EACH {
                // Two events each, one without a fact; every jar is written by four writers.
                let key = format!("k{}", writer % 8);
                put(&store, writer * 1000 + n, &key, &[2, -1])
                    .await
                    .unwrap();
            }
        }));
    }
    let total = u64::try_from(WRITERS * EACH * 2).unwrap();
    let reader = async {
        let mut ticks = store.watch();
        let (mut seen, mut fact, mut facts) = (0, 0, 0);
        while seen < total {
            for event in store.read_events(&jars, seen, 500).await.unwrap() {
                assert_eq!(event.seq, seen + 1);
                seen = event.seq;
            }
            for row in store.read_facts(&jars, fact, 100).await.unwrap() {
                assert_eq!(row.prev, fact);
                assert!(row.group_last);
                fact = row.seq;
                facts += 1;
            }
            if seen < total {
                ticks.changed().await.unwrap();
            }
        }
        facts += store.read_facts(&jars, fact, 10_000).await.unwrap().len();
        assert_eq!(facts, usize::try_from(WRITERS * EACH).unwrap());
    };
    reader.await;
    for writer in writers {
        writer.await.unwrap();
    }
    let found = assert_sound(&store, &jars).await;
    assert_eq!((found.events, found.streams), (total, 8));
}

/// A command: which jar, which amounts, whether its id is one that was there before.
fn commands() -> impl Strategy<Value = Vec<(u8, Vec<i64>, bool)>> {
    let command = (
        0..6u8,
        prop::collection::vec(-4..6i64, 0..4),
        prop::bool::weighted(0.2),
    );
    prop::collection::vec(command, 1..60)
}

/// Runs `check` on random command sequences; every case has a log of its own in one database.
#[test]
fn whatever_the_commands_the_log_is_whole_and_folds_to_the_live_rows_and_states() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(local::testing::world());
    let mut runner = TestRunner::new(Config {
        cases: 12,
        ..Config::default()
    });
    let mut case = 0;
    let case = std::cell::RefCell::new(&mut case);
    runner
        .run(&commands(), |commands| {
            **case.borrow_mut() += 1;
            let database = format!("case{}", **case.borrow());
            runtime.block_on(run_case(options(world.database_url(&database)), commands));
            Ok(())
        })
        .unwrap();
}

async fn run_case(options: eventlog::Options, commands: Vec<(u8, Vec<i64>, bool)>) {
    let store = eventlog::Store::open(options).await.unwrap();
    let jars = log("jars");
    let mut tasks = Vec::new();
    for (n, (key, amounts, again)) in commands.into_iter().enumerate() {
        let store = store.clone();
        let id = u128::try_from(if again { n / 2 } else { 1000 + n }).unwrap();
        tasks.push(tokio::spawn(async move {
            let key = char::from(b'a' + key).to_string();
            (key.clone(), put(&store, id, &key, &amounts).await)
        }));
    }
    let mut appended = 0;
    let mut totals: HashMap<String, i64> = HashMap::new();
    for task in tasks {
        let (key, result) = task.await.unwrap();
        if let Ok(outcome) = result
            && !outcome.repeated
        {
            appended += outcome.events.len();
            for event in &outcome.events {
                let sign = if event.kind == "filled" { 1 } else { -1 };
                let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
                *totals.entry(key.clone()).or_default() += sign * body["amount"].as_i64().unwrap();
            }
        }
    }
    let found = assert_sound(&store, &jars).await;
    assert_eq!(found.events, u64::try_from(appended).unwrap());
    for (key, total) in totals {
        let (state, _) = store.state::<Jar>(&jars, &key).await.unwrap();
        assert_eq!(state.total, total, "jar {key}");
    }
    store.close().await;
}
