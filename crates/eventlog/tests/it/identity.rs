//! Command ids: the same id, the same answer.

use eventlog::{Error, Store};
use futures::future::try_join_all;

use crate::jar::{Command, Jar, assert_sound, log, meta, open, options, put};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_gets_the_same_answer_also_after_a_restart() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let first = put(&store, 1, "a", &[5, 6]).await.unwrap();
    let nothing = put(&store, 2, "a", &[]).await.unwrap();
    assert_eq!(
        (nothing.first_seq, nothing.last_seq, nothing.events.len()),
        (2, 2, 0)
    );
    put(&store, 3, "b", &[1]).await.unwrap();

    for round in 0..2 {
        let store = if round == 0 {
            store.clone()
        } else {
            open(&world, "log").await
        };
        let again = put(&store, 1, "a", &[5, 6]).await.unwrap();
        assert!(again.repeated);
        assert_eq!(
            (again.first_seq, again.last_seq),
            (first.first_seq, first.last_seq)
        );
        assert_eq!(again.events, first.events);
        let again = put(&store, 2, "a", &[]).await.unwrap();
        assert_eq!(
            (again.first_seq, again.repeated, again.events.len()),
            (2, true, 0)
        );
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_stored_and_stays_even_when_the_reason_is_gone() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let refused = put(&store, 1, "a", &[-5]).await.unwrap_err();
    let Error::Refused(refusal) = &refused else {
        panic!("{refused}")
    };
    assert_eq!(refusal.reason, "TOO_LITTLE");
    put(&store, 2, "a", &[100]).await.unwrap();
    assert_eq!(put(&store, 1, "a", &[-5]).await.unwrap_err(), refused);
    put(&store, 3, "a", &[-5]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_reused_with_other_content_or_stream_is_refused() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    put(&store, 1, "a", &[5]).await.unwrap();
    put(&store, 2, "a", &[-500]).await.unwrap_err();
    for (id, key, amounts) in [(1, "a", [6]), (1, "b", [5]), (2, "a", [-400])] {
        let error = put(&store, id, key, &amounts).await.unwrap_err();
        assert!(matches!(error, Error::CommandIdReused { .. }), "{error}");
    }
    assert_eq!(store.head(&log("jars")).await.unwrap().seq, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_many_times_at_once_is_run_once() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let mut tasks = Vec::new();
    for n in 0..120 {
        let store = store.clone();
        // Every third call carries other content under one of the ten ids.
        let amounts = if n % 3 == 0 { [2] } else { [1] };
        let task = async move { (amounts, put(&store, n % 10, "a", &amounts).await) };
        tasks.push(tokio::spawn(task));
    }
    let (mut fresh, mut repeated, mut reused) = (0, 0, 0);
    for task in tasks {
        match task.await.unwrap().1 {
            Ok(outcome) if outcome.repeated => repeated += 1,
            Ok(_) => fresh += 1,
            Err(Error::CommandIdReused { .. }) => reused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(fresh, 10);
    assert_eq!(fresh + repeated + reused, 120);
    assert!(reused > 0);
    assert_eq!(assert_sound(&store, &log("jars")).await.events, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_commands_in_replayed_surroundings_give_the_same_leaves() {
    let world = local::testing::world().await;
    let mut leaves = Vec::new();
    for database in ["one", "two"] {
        let mut options = options(world.database_url(database));
        options.surroundings = crate::jar::replayed();
        let store = Store::open(options).await.unwrap();
        for n in 0..20 {
            put(&store, n, if n % 2 == 0 { "a" } else { "b" }, &[1, 2])
                .await
                .unwrap();
        }
        let rows = store.read_leaves(&log("jars"), 0, 40).await.unwrap();
        for row in &rows {
            assert_eq!(row.leaf().hash(), row.leaf_hash);
        }
        leaves.push(rows);
    }
    assert_eq!(leaves[0].len(), 40);
    assert_eq!(leaves[0], leaves[1]);
}

/// New commands are decided without asking first whether they are new; only after trouble, and at
/// the start, so many are asked for.
const ASKED_FOR: u128 = 256;

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_comes_back_long_after_gets_its_answer_and_its_neighbours_get_theirs() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let first = put(&store, 1, "a", &[5]).await.unwrap();
    let refused = put(&store, 2, "a", &[-500]).await.unwrap_err();
    put(&store, 3, "a", &[500]).await.unwrap();
    let mut id = 10;
    for round in 0..4 {
        let ids = id..id + 2 * ASKED_FOR;
        id = ids.end;
        let others = ids.map(|id| {
            let store = store.clone();
            async move {
                put(&store, id, &format!("k{}", id % 7), &[1])
                    .await
                    .map(|_| ())
            }
        });
        try_join_all(others).await.unwrap();
        // What comes back now is found out by the append; beside it stand new commands, of the
        // same stream and of another.
        let (before, again, beside) = tokio::join!(
            put(&store, id, "a", &[1]),
            async {
                match round {
                    0 => put(&store, 1, "a", &[5]).await,
                    1 => put(&store, 2, "a", &[-500]).await,
                    _ => put(&store, 1, "a", &[6]).await,
                }
            },
            put(&store, id + 1, "b", &[1]),
        );
        assert!(!before.unwrap().repeated && !beside.unwrap().repeated);
        id += 2;
        match (round, again) {
            (0, Ok(again)) => {
                assert!(again.repeated);
                assert_eq!(again.events, first.events);
            }
            (1, Err(error)) => assert_eq!(error, refused),
            (_, Err(Error::CommandIdReused { .. })) => {}
            (_, other) => panic!("round {round}: {other:?}"),
        }
    }
    let commands = u64::try_from(2 * 4 * ASKED_FOR + 8 + 2).unwrap();
    assert_eq!(store.head(&log("jars")).await.unwrap().seq, commands);
    assert_sound(&store, &log("jars")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_command_beside_one_that_the_database_refuses_is_still_said_to_be_old() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    for n in 0..40 {
        put(&store, n, "a", &[1]).await.unwrap();
    }
    // Many at once share a batch, and every batch with a bad one in it is sent in vain.
    let calls = (0..40u128).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            if n % 4 == 0 {
                let bad = Command::Put(vec![1], "nul \0 in jsonb");
                let id = meta(1_000 + n);
                let refused = store.execute::<Jar>(&log("jars"), "b", bad, id).await;
                assert!(!refused.unwrap_err().is_transient());
            }
            put(&store, n, "a", &[1]).await.unwrap().repeated
        })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap(), "an old command is said to be new");
    }
    assert_sound(&store, &log("jars")).await;
}
