//! What operators do about parked facts: once, to what they saw, and to facts alone.

use std::process::Stdio;

use eventlog::{Error, LogId, Meta, Options, Store};
use tokio::process::Command;

use crate::jar::{log, meta};

const EAR: &str = "listener";

async fn listener(world: &local::testing::World) -> Store {
    let options = Options::new("listener", world.database_url("listener"));
    Store::open(options).await.unwrap()
}

fn why(id: u128) -> Meta {
    let mut meta = meta(id);
    meta.reason = Some("the town gave it up".to_owned());
    meta
}

async fn park(store: &Store, facts: &[u64]) {
    let (log, error) = (log("jars"), ("JarFilled", "no"));
    store.park(EAR, &log, facts[0], facts, error).await.unwrap();
}

async fn stopped_at(store: &Store) -> Vec<u64> {
    let parked = store.parked().await.unwrap();
    parked.first().map_or(vec![], |parked| parked.facts.clone())
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Refused(refused)) => (refused.reason, refused.message),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_comes_again_gets_its_answer_and_releases_nothing_more() {
    let world = local::testing::world().await;
    let (store, jars) = (listener(&world).await, log("jars"));
    let retry = |meta| store.retry_parked(EAR, &jars, meta);
    let skip = |seq, meta| store.skip_parked(EAR, &jars, seq, meta);
    assert_eq!(refusal(retry(meta(1)).await).0, "NOTHING_PARKED");

    park(&store, &[5, 6]).await;
    let first = retry(meta(1)).await.unwrap();
    assert!(!first.repeated);
    assert_eq!(stopped_at(&store).await, [0u64; 0]);
    // The caller did not hear it. By now nothing is parked; or the same again, after the retry.
    for again in [&[][..], &[5, 6]] {
        if !again.is_empty() {
            // As the listener notes it: the same trouble, counted on.
            park(&store, again).await;
            park(&store, again).await;
        }
        let answer = retry(meta(1)).await.unwrap();
        assert!(answer.repeated);
        assert_eq!(answer.events, first.events);
        assert_eq!(stopped_at(&store).await, again);
    }

    let first = skip(5, why(2)).await.unwrap();
    assert_eq!(stopped_at(&store).await, [0u64; 0]);
    for again in [&[][..], &[6]] {
        if !again.is_empty() {
            park(&store, again).await;
        }
        let answer = skip(5, why(2)).await.unwrap();
        assert!(answer.repeated);
        assert_eq!(answer.events, first.events);
        assert_eq!(stopped_at(&store).await, again);
    }
    // Another act under the id of the first.
    let reused = skip(6, why(2).with_content("another")).await;
    assert!(matches!(reused, Err(Error::CommandIdReused { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_fact_that_could_not_be_applied_is_not_passed_over() {
    let world = local::testing::world().await;
    let (store, jars) = (listener(&world).await, log("jars"));
    let skip = |seq, id| store.skip_parked(EAR, &jars, seq, why(id));
    // Between two facts of a command stands an event that is none.
    park(&store, &[5, 7, 8]).await;
    for seq in [4, 6, 9] {
        let (reason, message) = refusal(skip(seq, seq.into()).await);
        assert_eq!(reason, "PARKED_ELSEWHERE");
        assert!(message.contains(&format!("at {seq}")), "{message}");
        assert!(message.contains("5, 7, 8"), "{message}");
    }
    skip(7, 20).await.unwrap();
    // The rest of the command does not go either; what was passed over is not among it.
    park(&store, &[5, 8]).await;
    assert_eq!(refusal(skip(7, 21).await).0, "PARKED_ELSEWHERE");
    skip(8, 22).await.unwrap();
    assert_eq!(seqs(&store, &jars).await, [7, 8]);

    let reason = ("", "jars ends at 2");
    store.park(EAR, &jars, 5, &[], reason).await.unwrap();
    let (reason, message) = refusal(skip(5, 23).await);
    assert_eq!(reason, "PARKED_ELSEWHERE");
    assert!(message.contains("jars ends at 2"), "{message}");
    // One that is parked elsewhere by now is not what was read.
    store.unpark(EAR, &jars, 4).await.unwrap();
    assert_eq!(store.parked().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_between_the_event_and_the_release_is_made_good_by_the_same_command() {
    let world = local::testing::world().await;
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "parked::child_that_skips", "--nocapture"])
        .env("EVENTLOG_TEST_SKIP", world.database_url("listener"))
        .env("COMMONWATCH_KILL_AT", "parked.recorded")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(!status.success(), "the child was not killed");
    let (store, jars) = (listener(&world).await, log("jars"));
    assert_eq!(store.skipped().await.unwrap().len(), 1);
    let again = store.skip_parked(EAR, &jars, 5, why(1)).await.unwrap();
    assert!(again.repeated);
    assert_eq!(stopped_at(&store).await, [0u64; 0]);
    assert_eq!(store.skipped().await.unwrap().len(), 1);
}

/// Does nothing unless the test above runs it as a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_skips() {
    let Ok(url) = std::env::var("EVENTLOG_TEST_SKIP") else {
        return;
    };
    let store = Store::open(Options::new("listener", url)).await.unwrap();
    park(&store, &[5, 6]).await;
    let jars = log("jars");
    store.skip_parked(EAR, &jars, 5, why(1)).await.unwrap();
}

async fn seqs(store: &Store, log: &LogId) -> Vec<u64> {
    let skipped = store.skipped().await.unwrap();
    let of = skipped.iter().filter(|skipped| skipped.log == *log);
    of.map(|skipped| skipped.seq).collect()
}
