//! A projection is folded again and put in the live one's place while writing goes on.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eventlog::upkeep::{Event, Swap};
use eventlog::{Error, Meta, Progress, Stage, Store, Table};
use tokio::process::Command;
use tokio::sync::watch;

use crate::crash::set;
use crate::jar::{JarRow, assert_sound, log, meta, open, options, put, sql};

const JARS: Table = Table::Projection("jars");

/// An operator's command, with or without a reason.
fn act(n: u128, reason: Option<&str>) -> Meta {
    let mut meta = meta(n);
    meta.reason = reason.map(str::to_owned);
    meta
}

async fn swap(store: &Store, meta: Meta) -> Result<eventlog::Rebuilt, Error> {
    let progress = watch::Sender::default();
    store.swap_projection("jars", meta, &progress).await
}

/// The swaps that the upkeep log tells of.
pub(crate) async fn swaps(store: &Store) -> Vec<Swap> {
    let events = store
        .read_events(&store.upkeep_log(), 0, 100)
        .await
        .unwrap();
    let swaps = events.iter().map(|event| match event.event().unwrap() {
        Event::ProjectionSwapped { swap, .. } | Event::MirrorSwapped { swap, .. } => swap,
        other => panic!("{other:?}"),
    });
    swaps.collect()
}

/// Tables that a rebuild has beside the live ones.
pub(crate) async fn beside(url: &str) -> i64 {
    let tables = r"SELECT count(*) FROM pg_tables WHERE tablename LIKE '%\_\_beside'";
    sql(url).await.query_one(tables, &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_swapped_while_8_writers_write_and_each_reads_what_it_wrote() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    for n in 0..200u128 {
        put(&store, n, &format!("old{n}"), &[1]).await.unwrap();
    }
    let ended = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 1..=8u128 {
        let (store, jars, ended) = (store.clone(), jars.clone(), Arc::clone(&ended));
        writers.push(tokio::spawn(async move {
            let key = format!("k{writer}");
            let mut n = 0;
            while !ended.load(Ordering::SeqCst) {
                n += 1;
                let id = writer * 1_000_000 + n;
                put(&store, id, &key, &[1]).await.unwrap();
                let row: Option<JarRow> = store.read_row(JARS, &jars, &key).await.unwrap();
                assert_eq!(row.unwrap().total, i64::try_from(n).unwrap(), "{key}");
            }
            n
        }));
    }
    let progress = watch::Sender::default();
    for n in 0..5u128 {
        let meta = act(900 + n, None);
        let rebuilt = store
            .swap_projection("jars", meta, &progress)
            .await
            .unwrap();
        assert!(rebuilt.is_equal() && rebuilt.swapped, "{rebuilt:?}");
        println!("writers were held up for {:?}", rebuilt.pause);
    }
    let Progress {
        stage,
        folded,
        upto,
    } = *progress.borrow();
    assert_eq!((stage, folded), (Stage::Swapping, upto));
    ended.store(true, Ordering::SeqCst);
    let mut written = 200;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let found = assert_sound(&store, &jars).await;
    assert_eq!(u128::from(found.events), written);
    let swaps = swaps(&store).await;
    assert_eq!(swaps.len(), 5);
    assert!(
        swaps
            .iter()
            .all(|swap| swap.digest == swap.live_digest && !swap.reason)
    );
    assert_eq!(beside(&world.database_url("log")).await, 0);

    // The names of tables and indexes are those of before: a start finds nothing to make.
    let indexes = "SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes
        WHERE tablename = 'p_jars_v1'";
    let client = sql(&world.database_url("log")).await;
    let indexes: String = client.query_one(indexes, &[]).await.unwrap().get(0);
    assert_eq!(indexes, "p_jars_v1_i0 p_jars_v1_pkey");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_table_is_replaced_only_for_a_reason() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let store = open(&world, "log").await;
    for n in 0..10 {
        put(&store, n, "a", &[1]).await.unwrap();
    }
    let right = store.digest(JARS).await.unwrap();
    let client = sql(&url).await;
    let spoil = r#"UPDATE p_jars_v1 SET row = '{"total": 99, "label": "x"}'"#;
    client.batch_execute(spoil).await.unwrap();
    let wrong = store.digest(JARS).await.unwrap();

    let compared = store.rebuild("jars").await.unwrap();
    assert_eq!((&compared.digest, &compared.live_digest), (&right, &wrong));
    assert_eq!((compared.rows, compared.swapped), (1, false));
    let refused = swap(&store, act(100, None)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(r) if r.reason == "DIGESTS_DIFFER"));
    assert_eq!(store.digest(JARS).await.unwrap(), wrong);
    assert_eq!((beside(&url).await, swaps(&store).await.len()), (0, 0));

    let told = "somebody wrote into the table by hand";
    let meta = act(101, Some(told));
    let command_id = meta.command_id;
    let swapped = swap(&store, meta).await.unwrap();
    assert!(swapped.swapped && !swapped.is_equal());
    assert_eq!(store.digest(JARS).await.unwrap(), right);
    let recorded = swaps(&store).await.remove(0);
    assert_eq!((&recorded.digest, &recorded.live_digest), (&right, &wrong));
    assert!(recorded.reason);
    let reason = store.reason(&store.upkeep_log(), command_id).await.unwrap();
    assert_eq!(reason.as_deref(), Some(told));
    // The writer remembers nothing of the spoilt row.
    put(&store, 200, "a", &[1]).await.unwrap();
    assert_sound(&store, &log("jars")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_step_leaves_one_whole_table_and_the_truth_about_it() {
    for (point, swapped) in [
        ("rebuild.folded", false),
        ("rebuild.swapping", false),
        ("rebuild.swapped", true),
    ] {
        let world = local::testing::world().await;
        let url = world.database_url("log");
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rebuild::child_that_swaps", "--nocapture"])
            .env("EVENTLOG_TEST_SWAP", &url)
            .env("COMMONWATCH_KILL_AT", point)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .unwrap();
        assert!(!status.success(), "{point}: the child was not killed");
        let store = open(&world, "log").await;
        assert_eq!(beside(&url).await, 0, "{point}");
        assert_eq!(swaps(&store).await.len(), usize::from(swapped), "{point}");
        let equal = store.rebuild("jars").await.unwrap().is_equal();
        assert_eq!(
            equal, swapped,
            "{point}: the spoilt table stays until it is swapped"
        );
        put(&store, 50, "b", &[1]).await.unwrap();
        swap(&store, act(901, Some("again"))).await.unwrap();
        assert_sound(&store, &log("jars")).await;
    }
}

/// Does nothing unless the test above runs it as a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_swaps() {
    let Ok(url) = std::env::var("EVENTLOG_TEST_SWAP") else {
        return;
    };
    let store = Store::open(options(&url)).await.unwrap();
    put(&store, 1, "a", &[5]).await.unwrap();
    let spoil = r#"UPDATE p_jars_v1 SET row = '{"total": 99, "label": "x"}'"#;
    sql(&url).await.batch_execute(spoil).await.unwrap();
    swap(&store, act(900, Some("spoilt"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rebuilds_of_one_table_do_not_meet() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    for n in 0..5u128 {
        put(&store, n, "a", &[1]).await.unwrap();
    }
    let both = tokio::join!(store.rebuild("jars"), store.rebuild("jars"));
    let refused = |result: &Result<eventlog::Rebuilt, Error>| match result {
        Err(Error::Refused(refused)) => refused.reason == "REBUILD_RUNS",
        _ => false,
    };
    match both {
        (Ok(one), Ok(two)) => assert!(one.is_equal() && two.is_equal(), "one after the other"),
        (one, two) => assert!(refused(&one) != refused(&two), "{one:?} {two:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_again_gets_its_answer_and_swaps_nothing() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let store = open(&world, "log").await;
    put(&store, 1, "a", &[1]).await.unwrap();
    let first = swap(&store, act(100, Some("to be sure"))).await.unwrap();
    // Were it swapped again, this would be gone.
    let spoil = r#"UPDATE p_jars_v1 SET row = '{"total": 99, "label": "x"}'"#;
    sql(&url).await.batch_execute(spoil).await.unwrap();
    put(&store, 2, "b", &[1]).await.unwrap();
    let wrong = store.digest(JARS).await.unwrap();
    for _ in 0..2 {
        let again = swap(&store, act(100, Some("to be sure"))).await.unwrap();
        let expected = eventlog::Rebuilt {
            pause: std::time::Duration::ZERO,
            ..first.clone()
        };
        assert_eq!(again, expected);
        assert_eq!(store.digest(JARS).await.unwrap(), wrong);
    }
    let reused = swap(&store, act(100, None).with_content("another")).await;
    assert!(matches!(reused, Err(Error::CommandIdReused { .. })));
    assert_eq!(swaps(&store).await.len(), 1);
    assert_eq!(beside(&url).await, 0);
}

/// Every commit waits for a standby that there is not. Lets those go on that only lead to the swap,
/// and breaks the connection of the swap: it is committed, and nobody is told.
async fn break_the_swap(client: &tokio_postgres::Client) {
    let waits = "SELECT a.pid, EXISTS (
            SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE l.pid = a.pid AND l.mode = 'AccessExclusiveLock' AND c.relname = 'p_jars_v1')
        FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.wait_event = 'SyncRep'";
    loop {
        for row in client.query(waits, &[]).await.unwrap() {
            let (pid, swaps): (i32, bool) = (row.get(0), row.get(1));
            let end = if swaps {
                "SELECT pg_terminate_backend($1)"
            } else {
                "SELECT pg_cancel_backend($1)"
            };
            client.query_one(end, &[&pid]).await.unwrap();
            if swaps {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_whose_commit_was_not_answered_is_found_out_and_told() {
    // Only a server that may have standbys waits for them.
    let safe = local::Options {
        durability: local::Durability::PowerCut,
        ..local::Options::temporary()
    };
    let stack = local::Stack::start(safe).await.unwrap();
    stack.create_database("log").await.unwrap();
    let url = stack.postgres_url("log");
    let store = Store::open(options(&url)).await.unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    let client = sql(&url).await;
    set(
        &client,
        "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
    )
    .await;
    let swapping = store.clone();
    let swapping = tokio::spawn(async move { swap(&swapping, act(900, None)).await });
    break_the_swap(&client).await;
    set(&client, "ALTER SYSTEM RESET synchronous_standby_names").await;
    let rebuilt = swapping.await.unwrap().unwrap();
    assert!(rebuilt.swapped && rebuilt.is_equal(), "{rebuilt:?}");
    assert_eq!(swaps(&store).await.len(), 1);
    put(&store, 2, "a", &[1]).await.unwrap();
    assert_sound(&store, &log("jars")).await;
    store.close().await;
    stack.stop().await.unwrap();
}
