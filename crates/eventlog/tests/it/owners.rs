//! Who writes a log: one process, whatever the others believe.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use eventlog::{Error, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::jar::{Command, Jar, assert_sound, log, meta, open, options, put, sql};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_told_who_is_writing_and_takes_over_when_the_first_ends() {
    let world = local::testing::world().await;
    let first = open(&world, "log").await;
    put(&first, 1, "a", &[1]).await.unwrap();

    let mut hasty = options(world.database_url("log"));
    hasty.patience = Duration::from_millis(50);
    let second = Store::open(hasty).await.unwrap();
    let error = put(&second, 2, "a", &[1]).await.unwrap_err();
    let expected = "log jars is being written by another process";
    assert_eq!(error, Error::Unavailable(expected.to_owned()));
    // What the first wrote can be read all the same.
    assert_eq!(second.head(&log("jars")).await.unwrap().seq, 1);

    put(&first, 3, "a", &[1]).await.unwrap();
    first.close().await;
    let patient = open(&world, "log").await;
    assert_eq!(put(&patient, 2, "a", &[1]).await.unwrap().first_seq, 3);
    assert!(matches!(
        put(&first, 4, "a", &[1]).await,
        Err(Error::Unavailable(_))
    ));
    assert_sound(&patient, &log("jars")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_whose_epoch_was_raised_notices_and_goes_on() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let client = sql(&world.database_url("log")).await;
    for n in 0..5 {
        put(&store, n, "a", &[1]).await.unwrap();
        client
            .batch_execute("UPDATE log_head SET epoch = epoch + 7")
            .await
            .unwrap();
    }
    assert_eq!(assert_sound(&store, &log("jars")).await.events, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_another_process_ran_meanwhile_is_answered_as_a_repeated_one() {
    let world = local::testing::world().await;
    let (first, second) = (open(&world, "log").await, open(&world, "log").await);
    put(&first, 1, "a", &[1]).await.unwrap();
    // The first has looked the command up and decides; meanwhile it loses the log.
    let barrier = Arc::new(Barrier::new(2));
    let (slow, deciding) = (Command::Slow(Arc::clone(&barrier)), first.clone());
    let same = || meta(7).with_content("[1]");
    let id = same();
    let slow = async move { deciding.execute::<Jar>(&log("jars"), "a", slow, id).await };
    let slow = tokio::spawn(slow);
    meet(&barrier).await;
    let client = sql(&world.database_url("log")).await;
    client.query_one(STEAL, &[]).await.unwrap();
    assert!(!put(&second, 7, "a", &[1]).await.unwrap().repeated);
    second.close().await;
    // Decided twice: what it made of it the first time is not written.
    meet(&barrier).await;
    let told = slow.await.unwrap().unwrap();
    assert!(told.repeated, "it was the other's, and earlier");
    assert_eq!(told.last_seq, 2);
    assert_eq!(assert_sound(&first, &log("jars")).await.events, 2);
}

/// Waits without holding up the runtime.
async fn meet(barrier: &Arc<Barrier>) {
    let barrier = Arc::clone(barrier);
    let met = tokio::task::spawn_blocking(move || barrier.wait());
    met.await.unwrap();
}

/// Ends the sessions that hold log locks.
const STEAL: &str = "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l
    JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND a.datname = current_database()
      AND a.application_name = 'commonwatch jars lock'";

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_at_once_never_both_commit() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let stores = [open(&world, "log").await, open(&world, "log").await];
    let mut writers = Vec::new();
    for (n, store) in stores.iter().enumerate() {
        for writer in 0..8u128 {
            let store = store.clone();
            let base = u128::try_from(n).unwrap() * 1_000_000 + writer * 1_000;
            writers.push(tokio::spawn(async move {
                for i in 0..20 {
                    put(&store, base + i, &format!("k{writer}"), &[1])
                        .await
                        .unwrap();
                }
            }));
        }
    }
    // Whoever holds the lock loses it without being asked, again and again, so that both believe
    // to own the log in turn while their commits are under way.
    let client = sql(&url).await;
    let thief = tokio::spawn(async move {
        let mut stolen = 0;
        loop {
            stolen += client.query_one(STEAL, &[]).await.unwrap().get::<_, i64>(0);
            tokio::time::sleep(Duration::from_millis(30)).await;
            if stolen > 10_000 {
                return stolen;
            }
        }
    });
    for writer in writers {
        writer.await.unwrap();
    }
    thief.abort();
    let found = assert_sound(&stores[0], &log("jars")).await;
    assert_eq!(found.events, 2 * 8 * 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_told_to_callers_and_used_again_when_it_speaks() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let (address, silent) = silenceable(&url).await;
    let mut hasty = options(url.replace(&host_of(&url), &address));
    hasty.patience = Duration::from_millis(100);
    let store = Store::open(hasty).await.unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    let row = store.pool().get().await.unwrap();
    let row = row.query_one("SHOW tcp_keepalives_idle", &[]).await;
    assert_eq!(
        row.unwrap().get::<_, &str>(0),
        "10",
        "dead clients are found out"
    );

    silent.send_replace(true);
    let (command, other) = (Command::Put(vec![1], "plum"), log("other"));
    let started = Instant::now();
    let error = store.execute::<Jar>(&other, "a", command, meta(2)).await;
    assert!(error.unwrap_err().is_transient());
    assert!(started.elapsed() < Duration::from_secs(25));
    silent.send_replace(false);
    let command = Command::Put(vec![1], "plum");
    let again = store.execute::<Jar>(&other, "a", command, meta(2)).await;
    assert_eq!(again.unwrap().last_seq, 1);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_does_not_wait_for_ever_for_a_server_that_fell_silent() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let (address, silent) = silenceable(&url).await;
    let mut hasty = options(url.replace(&host_of(&url), &address));
    hasty.patience = Duration::from_millis(100);
    let store = Store::open(hasty).await.unwrap();
    put(&store, 1, "a", &[1]).await.unwrap();
    silent.send_replace(true);
    let (waiting, other) = (store.clone(), store.clone());
    // One log is in the middle of a commit, another one asks for its lock.
    let commit = tokio::spawn(async move { put(&waiting, 2, "a", &[1]).await });
    let (command, others) = (Command::Put(vec![1], "plum"), log("other"));
    let claim =
        tokio::spawn(async move { other.execute::<Jar>(&others, "a", command, meta(3)).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    store.close().await;
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(commit.await.unwrap().unwrap_err().is_transient());
    assert!(claim.await.unwrap().unwrap_err().is_transient());
    silent.send_replace(false);
    // Whether the commit happened is found out by whoever asks next.
    let store = open(&world, "log").await;
    let outcome = put(&store, 2, "a", &[1]).await.unwrap();
    assert_eq!(outcome.last_seq, 2);
    assert_sound(&store, &log("jars")).await;
}

fn host_of(url: &str) -> String {
    let after = url.split('@').nth(1).unwrap();
    after.split('/').next().unwrap().to_owned()
}

/// Stands before the server; while it is silent nothing passes and nothing is closed.
async fn silenceable(url: &str) -> (String, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (silent, heard) = watch::channel(false);
    let server = host_of(url);
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(&server).await.unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(pass(from_client, to_server, heard.clone()));
            tokio::spawn(pass(from_server, to_client, heard.clone()));
        }
    });
    (address, silent)
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut silent: watch::Receiver<bool>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        if silent.wait_for(|silent| !silent).await.is_err() {
            return;
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}
