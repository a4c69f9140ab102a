//! Projections: read what you wrote, filter, page, compare, new versions.

use eventlog::{Error, Page, Projection, Recorded, Store, Table, Typed};
use serde_json::{Value, json};

use crate::jar::{Command, Jar, JarRow, Jars, assert_sound, log, meta, open, options, put};

const JARS: Table = Table::Projection("jars");

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_can_be_read_filtered_and_paged() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    for n in 0..20u128 {
        let label = if n % 2 == 0 { "plum" } else { "pear" };
        let command = Command::Put(vec![1], label);
        store
            .execute::<Jar>(&jars, &format!("k{n:02}"), command, meta(n))
            .await
            .unwrap();
        let row: Option<JarRow> = store
            .read_row(JARS, &jars, &format!("k{n:02}"))
            .await
            .unwrap();
        assert_eq!(row.unwrap().label, label);
    }
    put(&store, 100, "k04", &[-1]).await.unwrap();
    assert_eq!(
        store.read_row::<JarRow>(JARS, &jars, "k04").await.unwrap(),
        None
    );

    let (mut after, mut keys) = (String::new(), Vec::new());
    loop {
        let page = Page { after, limit: 4 };
        let filter = [("label", "plum")];
        let rows = store
            .read_rows::<JarRow>(JARS, &jars, &filter, &page)
            .await
            .unwrap();
        let Some(last) = rows.last() else { break };
        after = last.key.clone();
        keys.extend(rows.into_iter().map(|row| row.key));
    }
    assert_eq!(
        keys,
        [
            "k00", "k02", "k06", "k08", "k10", "k12", "k14", "k16", "k18"
        ]
    );

    let page = Page::first(4);
    let error = store
        .read_rows::<Value>(JARS, &jars, &[("total", "1")], &page)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Setup(_)), "{error}");
    let error = store
        .read_row::<Value>(Table::Projection("x"), &jars, "a")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Setup(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rebuilding_while_32_writers_write_finds_no_difference() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let mut writers = Vec::new();
    for writer in 0..32u128 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            for n in 0..20 {
                put(&store, writer * 100 + n, &format!("k{writer}"), &[3, -1])
                    .await
                    .unwrap();
            }
        }));
    }
    for _ in 0..5 {
        for name in ["jars", "letters"] {
            assert!(store.rebuild(name).await.unwrap().is_equal(), "{name}");
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_sound(&store, &log("jars")).await;
}

/// The next version of the letters: counts jars and not events.
struct LettersTwo;

impl Projection for LettersTwo {
    fn name(&self) -> &'static str {
        "letters"
    }
    fn version(&self) -> u32 {
        2
    }
    fn keys(&self, event: &Recorded) -> Vec<String> {
        vec![event.stream_key()[..1].to_owned()]
    }
    fn apply(&self, _: &Recorded, _: &str, old: Option<Value>) -> Option<Value> {
        let count = old.and_then(|old| old["count"].as_u64()).unwrap_or(0);
        Some(json!({ "count": count + 1 }))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_folded_from_the_log_at_open_and_an_old_one_when_it_returns() {
    let world = local::testing::world().await;
    let jars = log("jars");
    let store = open(&world, "log").await;
    for n in 0..5 {
        put(&store, n, "a", &[1]).await.unwrap();
    }
    store.close().await;

    let mut next = options(world.database_url("log"));
    next.projections = vec![Box::new(Typed::of::<Jars>()), Box::new(LettersTwo)];
    let store = Store::open(next).await.unwrap();
    let table = Table::Projection("letters");
    let row: Value = store.read_row(table, &jars, "a").await.unwrap().unwrap();
    assert_eq!(row, json!({ "count": 5 }));
    put(&store, 10, "a", &[1]).await.unwrap();
    assert_sound(&store, &jars).await;
    store.close().await;

    // The version before comes back: what it missed is folded in.
    let store = open(&world, "log").await;
    let row: Value = store.read_row(table, &jars, "a").await.unwrap().unwrap();
    assert_eq!(row, json!({ "filled": 6 }));
    put(&store, 11, "a", &[1]).await.unwrap();
    assert_sound(&store, &jars).await;
}
