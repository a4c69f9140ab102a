//! Projections: read what you wrote, filter, page, compare, new versions.

use eventlog::{Error, Page, Projection, Recorded, Store, Table, Typed};
use serde_json::{Value, json};

use crate::jar::{Command, Jar, JarRow, Jars, assert_sound, log, meta, open, options, put, sql};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_beside_an_older_program_that_writes_is_folded_again_and_never_read_stale() {
    let world = local::testing::world().await;
    let (jars, table) = (log("jars"), Table::Projection("letters"));
    let older = open(&world, "log").await;
    for n in 0..5 {
        put(&older, n, "a", &[1]).await.unwrap();
    }
    let mut next = options(world.database_url("log"));
    next.projections = vec![Box::new(Typed::of::<Jars>()), Box::new(LettersTwo)];
    let newer = Store::open(next).await.unwrap();
    let read = || newer.read_row::<Value>(table, &jars, "a");
    let page = Page::first(10);
    let list = || newer.read_rows::<Value>(table, &jars, &[], &page);
    assert_eq!(read().await.unwrap(), Some(json!({ "count": 5 })));

    // The older one takes the log back, and writes no row of a table that it does not know.
    put(&older, 10, "a", &[1]).await.unwrap();
    for error in [read().await.unwrap_err(), list().await.unwrap_err()] {
        assert!(error.is_transient(), "{error}");
        assert!(error.to_string().contains("p_letters_v2"), "{error}");
    }
    // What both know is written by both.
    let row: Option<JarRow> = newer.read_row(JARS, &jars, "a").await.unwrap();
    assert_eq!(row.unwrap().total, 6);
    older.close().await;

    // It has ended, and nobody ever writes again.
    let rows = list().await.unwrap();
    assert_eq!(rows[0].row, json!({ "count": 6 }));
    assert_eq!(
        read().await.unwrap(),
        rows.into_iter().next().map(|r| r.row)
    );
    assert_sound(&newer, &jars).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_that_only_read_do_not_fold_in_turn() {
    let world = local::testing::world().await;
    let (jars, table) = (log("jars"), Table::Projection("letters"));
    let writer = open(&world, "log").await;
    put(&writer, 1, "a", &[1]).await.unwrap();
    writer.close().await;
    let older = open(&world, "log").await;
    let mut next = options(world.database_url("log"));
    next.projections = vec![Box::new(Typed::of::<Jars>()), Box::new(LettersTwo)];
    let newer = Store::open(next).await.unwrap();
    let client = sql(&world.database_url("log")).await;
    let epoch = async || {
        let row = client.query_one("SELECT epoch FROM log_head", &[]).await;
        row.unwrap().get::<_, i64>(0)
    };
    let before = epoch().await;
    for _ in 0..3 {
        for store in [&older, &newer] {
            let row: Option<Value> = store.read_row(table, &jars, "a").await.unwrap();
            assert!(row.is_some());
        }
    }
    assert_eq!(epoch().await, before);
}
