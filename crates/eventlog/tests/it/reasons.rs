//! Why something was done: kept once for each command of a log, and for an erasure beyond it.

use std::sync::Arc;

use eventlog::{Meta, Options, Register, Store};
use futures::future::join_all;

use crate::jar::{Command, Jar, log, meta, open};

fn why(id: u128, reason: &str) -> Meta {
    let mut meta = meta(id);
    meta.reason = Some(reason.to_owned());
    meta
}

async fn put(store: &Store, of: &str, key: &str, meta: Meta) -> bool {
    let command = Command::Put(vec![1], "plum");
    let done = store.execute::<Jar>(&log(of), key, command, meta).await;
    done.is_ok()
}

async fn reason(store: &Store, of: &str, id: u128) -> Option<String> {
    let reason = store.reason(&log(of), meta(id).command_id).await;
    reason.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_in_two_logs_has_the_reason_of_each() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    for of in ["jars", "jars/north"] {
        assert!(put(&store, of, "a", why(1, of)).await);
    }
    for of in ["jars", "jars/north"] {
        assert_eq!(reason(&store, of, 1).await.as_deref(), Some(of));
        let ids = [meta(1).command_id, meta(2).command_id];
        let all = store.reasons(&log(of), &ids).await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[&ids[0]], of);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_under_the_id_of_another_command_does_not_change_its_reason() {
    let world = local::testing::world().await;
    let store = Arc::new(open(&world, "log").await);
    // At once, so that none of them can find the others stored; only one is the command.
    let calls = (0..8).map(|n| {
        let meta = why(1, &format!("reason {n}")).with_content(n.to_string());
        let store = Arc::clone(&store);
        async move { (n, put(&store, "jars", "a", meta).await) }
    });
    let done: Vec<_> = join_all(calls).await;
    assert_eq!(done.iter().filter(|(_, done)| *done).count(), 1);
    let kept = reason(&store, "jars", 1).await;
    assert!(kept.is_some());
    assert!(!put(&store, "jars", "a", why(1, "late").with_content("late")).await);
    assert_eq!(reason(&store, "jars", 1).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_takes_reasons_along_but_not_its_own() {
    let world = local::testing::world().await;
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new("jars", world.database_url("log"));
    options.register = Some(Register::path(folder.path(), "jars"));
    let store = Store::open(options).await.unwrap();
    assert!(put(&store, "jars", "a", why(1, "Ann was late")).await);
    let mut erases = why(2, "asked for by letter");
    erases.reason_stays = true;
    assert!(put(&store, "jars", "a", erases).await);
    let vault = store.vault();
    let now = store.surroundings().now();
    for _ in 0..2 {
        vault.erase("jar/a", now).await.unwrap();
        assert_eq!(reason(&store, "jars", 1).await, None);
        let own = reason(&store, "jars", 2).await;
        assert_eq!(own.as_deref(), Some("asked for by letter"));
    }
    // It may hold a name itself: then it is erased by its own.
    let own = format!("command/jars/{}", meta(2).command_id);
    vault.erase(&own, now).await.unwrap();
    assert_eq!(reason(&store, "jars", 2).await, None);
}
