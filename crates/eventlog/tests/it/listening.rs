//! The listening side: receipts and mirrors move together, exactly once.

use eventlog::{
    Cursor, Error, FactRow, Meta, Options, Page, Store, Table, Typed, TypedMirror, reaction_id,
};
use serde::{Deserialize, Serialize};

use crate::jar::{log, open, put};

/// What a neighbour remembers of jars: the last total it heard of, and how often.
pub(crate) struct Totals;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Total {
    pub(crate) total: i64,
    pub(crate) heard: u32,
}

impl TypedMirror for Totals {
    const NAME: &'static str = "totals";
    const VERSION: u32 = 1;
    type Row = Total;

    fn keys(fact: &FactRow) -> Vec<String> {
        if fact.kind == "JarFilled" {
            vec!["last".to_owned()]
        } else {
            vec![]
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<Total>) -> Option<Total> {
        let total = i64::from_be_bytes(fact.bytes.as_slice().try_into().unwrap());
        Some(Total {
            total,
            heard: old.map_or(0, |old| old.heard) + 1,
        })
    }
}

async fn listener(url: String) -> Store {
    let mut options = Options::new("listener", url);
    options.mirrors = vec![Box::new(Typed::of::<Totals>())];
    Store::open(options).await.unwrap()
}

/// Four facts of an owner, which bring its jar to 20.
async fn four_facts(world: &local::testing::World) -> Vec<FactRow> {
    let owner = open(world, "owner").await;
    for n in 0..4 {
        put(&owner, n, "a", &[5]).await.unwrap();
    }
    owner.read_facts(&log("jars"), 0, 100).await.unwrap()
}

async fn last_total(listener: &Store) -> Option<Total> {
    listener
        .read_row(Table::Mirror("totals"), &log("jars"), "last")
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_taken_in_once_however_often_it_comes() {
    let world = local::testing::world().await;
    let facts = four_facts(&world).await;
    let listener = listener(world.database_url("listener")).await;
    let jars = log("jars");
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let (listener, facts, jars) = (listener.clone(), facts.clone(), jars.clone());
        let task = async move { listener.accept("totals", &jars, 0, 2, &facts[..2]).await };
        tasks.push(tokio::spawn(task));
    }
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(Error::ReceiptMoved {
                expected: 0,
                actual: 2,
                ..
            }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
    let gap = listener.accept("totals", &jars, 0, 4, &facts[2..]).await;
    assert!(gap.is_err(), "facts are missing before these");
    listener
        .accept("totals", &jars, 2, 4, &facts[2..])
        .await
        .unwrap();
    assert_eq!(listener.receipt("totals", &jars).await.unwrap(), 4);
    assert_eq!(listener.receipts("totals").await.unwrap(), [(jars, 4)]);
    assert_eq!(
        last_total(&listener).await,
        Some(Total {
            total: 20,
            heard: 4
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_forgotten_can_be_taken_in_again_from_the_first_fact() {
    let world = local::testing::world().await;
    let facts = four_facts(&world).await;
    let listener = listener(world.database_url("listener")).await;
    let jars = log("jars");
    listener
        .accept("totals", &jars, 0, 4, &facts)
        .await
        .unwrap();
    listener.forget("totals").await.unwrap();
    assert_eq!(listener.receipt("totals", &jars).await.unwrap(), 0);
    let (table, page) = (Table::Mirror("totals"), Page::first(5));
    let rows = listener
        .read_rows::<Total>(table, &jars, &[], &page)
        .await
        .unwrap();
    assert_eq!(rows, []);
    listener
        .accept("totals", &jars, 0, 4, &facts)
        .await
        .unwrap();
    assert_eq!(
        last_total(&listener).await,
        Some(Total {
            total: 20,
            heard: 4
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_facts_count_their_attempts_until_they_are_unparked() {
    let world = local::testing::world().await;
    let store = listener(world.database_url("listener")).await;
    let jars = log("jars");
    store
        .park("totals", &jars, 7, &[7, 9], ("JarFilled", "no such town"))
        .await
        .unwrap();
    let first = store.parked().await.unwrap();
    store
        .park(
            "totals",
            &jars,
            7,
            &[7, 9],
            ("JarFilled", "still no such town"),
        )
        .await
        .unwrap();
    let second = store.parked().await.unwrap();
    assert_eq!((first[0].attempts, second[0].attempts), (1, 2));
    assert_eq!(first[0].since, second[0].since);
    assert_eq!(
        (second[0].seq, second[0].upto, second[0].error.as_str()),
        (7, 9, "still no such town")
    );
    store.unpark("totals", &jars, 8).await.unwrap();
    assert_eq!(store.parked().await.unwrap(), second, "it stands elsewhere");
    store.unpark("totals", &jars, 7).await.unwrap();
    assert_eq!(store.parked().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_cursor_can_be_set_back() {
    let world = local::testing::world().await;
    let store = listener(world.database_url("listener")).await;
    let jars = log("jars");
    assert_eq!(store.relay_cursor(&jars).await.unwrap(), None);
    for seq in [9, 3] {
        let cursor = Cursor {
            seq,
            incarnation: "2026-10-01".to_owned(),
        };
        store.set_relay_cursor(&jars, &cursor).await.unwrap();
        assert_eq!(store.relay_cursor(&jars).await.unwrap(), Some(cursor));
    }
}

#[test]
fn a_reaction_has_the_same_id_whenever_its_fact_comes() {
    let (jars, target) = (log("jars"), log("statements/barlow"));
    let id = reaction_id(&jars, 7, &target, 0);
    assert_eq!(id, reaction_id(&jars, 7, &target, 0));
    for other in [
        reaction_id(&jars, 8, &target, 0),
        reaction_id(&jars, 7, &target, 1),
        reaction_id(&target, 7, &jars, 0),
    ] {
        assert_ne!(id, other);
    }
    assert_eq!(Meta::new(id, "x").command_id, id);
}

#[tokio::test]
async fn a_log_stands_at_its_head_and_tells_what_was_not_sent_yet() {
    let world = local::testing::world().await;
    let facts = four_facts(&world).await;
    let owner = open(&world, "owner").await;
    let sent = async |seq| {
        let incarnation = "one".to_owned();
        let cursor = Cursor { seq, incarnation };
        owner.set_relay_cursor(&log("jars"), &cursor).await.unwrap();
        owner.standings().await.unwrap().remove(0)
    };
    let nothing = owner.standings().await.unwrap().remove(0);
    assert_eq!((nothing.sent, nothing.head.fact_seq), (0, facts[3].seq));
    assert_eq!(nothing.oldest_unsent, Some(facts[0].recorded_at));
    let some = sent(facts[1].seq).await;
    assert_eq!(some.oldest_unsent, Some(facts[2].recorded_at));
    assert_eq!(sent(facts[3].seq).await.oldest_unsent, None);
}
