//! The database goes away, or we do: nothing acknowledged is lost, nothing is there twice.

use std::process::Stdio;
use std::time::Duration;

use eventlog::Store;
use tokio::process::Command;

use crate::jar::{assert_sound, log, open, options, put, sql};

/// 16 writers with 25 commands each; every command must succeed in the end, each exactly once.
async fn write_through_trouble(store: &Store, trouble: impl Future<Output = ()>) {
    let mut writers = Vec::new();
    for writer in 0..16u128 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            for n in 0..25 {
                let id = writer * 1000 + n;
                let outcome = put(&store, id, &format!("k{writer}"), &[2, -1])
                    .await
                    .unwrap();
                assert!(!outcome.repeated, "{id} was this call's own");
                assert_eq!(outcome.events.len(), 2);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }));
    }
    trouble.await;
    for writer in writers {
        writer.await.unwrap();
    }
    let found = assert_sound(store, &log("jars")).await;
    assert_eq!((found.events, found.streams), (800, 16));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_killed_at_any_moment_lose_and_double_nothing() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let client = sql(&world.database_url("log")).await;
    write_through_trouble(&store, async {
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'commonwatch%'";
        for _ in 0..25 {
            client.query_one(kill, &[]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_crashes_and_returns_is_recovered_from_without_a_restart() {
    let mut stack = local::Stack::start(local::Options::temporary())
        .await
        .unwrap();
    stack.create_database("log").await.unwrap();
    let store = Store::open(options(stack.postgres_url("log")))
        .await
        .unwrap();
    write_through_trouble(&store, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stack.stop_postgres().await.unwrap();
        stack.start_postgres().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stack.kill_postgres();
        stack.start_postgres().await.unwrap();
    })
    .await;
    store.close().await;
    stack.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_are_told_when_the_database_stays_away_and_served_when_it_is_back() {
    let mut stack = local::Stack::start(local::Options::temporary())
        .await
        .unwrap();
    stack.create_database("log").await.unwrap();
    let mut hasty = options(stack.postgres_url("log"));
    hasty.patience = Duration::from_millis(200);
    let store = Store::open(hasty).await.unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    stack.stop_postgres().await.unwrap();
    let error = put(&store, 2, "a", &[1]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(store.head(&log("jars")).await.unwrap_err().is_transient());
    stack.start_postgres().await.unwrap();
    put(&store, 2, "a", &[1]).await.unwrap();
    assert_eq!(assert_sound(&store, &log("jars")).await.events, 2);
    stack.stop().await.unwrap();
}

/// Changes a setting of the server while it runs.
pub(crate) async fn set(client: &tokio_postgres::Client, sql: &str) {
    client.batch_execute(sql).await.unwrap();
    let reload = "SELECT pg_reload_conf()";
    client.batch_execute(reload).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_wait_for_a_standby_was_cancelled_is_answered_when_a_standby_has_it() {
    // Only a server that may have standbys waits for them.
    let safe = local::Options {
        durability: local::Durability::PowerCut,
        ..local::Options::temporary()
    };
    let stack = local::Stack::start(safe).await.unwrap();
    stack.create_database("log").await.unwrap();
    let store = Store::open(options(stack.postgres_url("log")))
        .await
        .unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    let client = sql(&stack.postgres_url("log")).await;
    set(
        &client,
        "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
    )
    .await;

    // The server takes the setting over when it comes to it: until then commands are answered.
    let (mut id, mut answer) = (1, None);
    let waits = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = 'SyncRep'";
    while client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        if answer
            .as_ref()
            .is_none_or(tokio::task::JoinHandle::is_finished)
        {
            id += 1;
            let writing = store.clone();
            answer = Some(tokio::spawn(
                async move { put(&writing, id, "a", &[1]).await },
            ));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut answer = answer.expect("somebody waits");
    // Somebody cancels the wait, again and again: it is written here, and nobody is told so.
    let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = 'SyncRep'";
    let mut cancelled = 0;
    while cancelled < 3 {
        assert!(!answer.is_finished(), "told before any standby has it");
        let row = client.query_one(cancel, &[]).await.unwrap();
        cancelled += row.get::<_, i64>(0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let early = tokio::time::timeout(Duration::from_millis(200), &mut answer).await;
    assert!(early.is_err(), "told before any standby has it: {early:?}");
    let written = u64::try_from(id).unwrap();
    assert_eq!(store.head(&log("jars")).await.unwrap().seq, written);
    // Nor does a neighbour hear of it, by way of the relay or of a question.
    let jars = log("jars");
    let fact = store.read_facts(&jars, written - 1, 1);
    let early = tokio::time::timeout(Duration::from_millis(300), fact).await;
    assert!(
        !matches!(early, Ok(Ok(_))),
        "heard of before any standby has it"
    );

    // The standby is there (or given up, by whoever may decide that).
    set(&client, "ALTER SYSTEM RESET synchronous_standby_names").await;
    let outcome = answer.await.unwrap().unwrap();
    assert_eq!((outcome.last_seq, outcome.repeated), (written, false));
    let fact = store.read_facts(&jars, written - 1, 1).await;
    assert_eq!(fact.unwrap().len(), 1);
    assert_sound(&store, &log("jars")).await;
    store.close().await;
    stack.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_before_or_after_its_commit_is_finished_by_the_next_one() {
    for (point, written) in [("append.before:3", 2), ("append.committed:3", 3)] {
        let world = local::testing::world().await;
        let url = world.database_url("log");
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_that_appends", "--nocapture"])
            .env("EVENTLOG_TEST_CHILD", &url)
            .env("COMMONWATCH_KILL_AT", point)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .unwrap();
        assert!(!status.success(), "{point}: the child was not killed");
        let store = open(&world, "log").await;
        let head = store.head(&log("jars")).await.unwrap();
        assert_eq!(head.seq, written, "{point}");
        // Whoever repeats the commands gets each of them once.
        for n in 0..5 {
            let outcome = put(&store, n, "a", &[1]).await.unwrap();
            assert_eq!(
                outcome.repeated,
                n < u128::from(written),
                "{point}, command {n}"
            );
        }
        assert_eq!(assert_sound(&store, &log("jars")).await.events, 5);
    }
}

/// Does nothing unless the test above runs it as a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_appends() {
    let Ok(url) = std::env::var("EVENTLOG_TEST_CHILD") else {
        return;
    };
    let store = Store::open(options(url)).await.unwrap();
    for n in 0..5 {
        put(&store, n, "a", &[1]).await.unwrap();
    }
}
