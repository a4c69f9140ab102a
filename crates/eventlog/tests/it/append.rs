//! One command, its neighbours, and what is stored of them.

use eventlog::{Error, Event, Head, LogId};

use crate::jar::{Command, Jar, JarEvent, assert_sound, log, meta, open, put, sql};

#[tokio::test(flavor = "multi_thread")]
async fn events_are_stored_as_decided_and_read_back_as_state() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");

    let first = put(&store, 1, "a", &[5, -2]).await.unwrap();
    let second = put(&store, 2, "b", &[7]).await.unwrap();

    assert_eq!(
        (first.first_seq, first.last_seq, first.repeated),
        (1, 2, false)
    );
    assert_eq!((second.first_seq, second.last_seq), (3, 3));
    let event = &first.events[0];
    assert_eq!(
        (event.kind.as_str(), event.stream.as_str(), event.version),
        ("filled", "jar/a", 1)
    );
    assert_eq!(event.body, r#"{"amount":5,"label":"plum"}"#);
    assert_eq!(
        first.events[1].event::<JarEvent>().unwrap(),
        JarEvent::Emptied { amount: 2 }
    );
    assert_eq!(event.fact.as_ref().unwrap().0, "JarFilled");
    assert_eq!(
        store.read_events(&jars, 0, 10).await.unwrap()[..2],
        first.events[..]
    );

    let (state, version) = store.state::<Jar>(&jars, "a").await.unwrap();
    assert_eq!((state.total, version), (3, 2));
    assert_eq!(
        store.head(&jars).await.unwrap(),
        Head {
            seq: 3,
            fact_seq: 3
        }
    );
    assert_eq!(store.head(&log("other")).await.unwrap(), Head::default());
    let found = assert_sound(&store, &jars).await;
    assert_eq!((found.events, found.facts, found.streams), (3, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_does_not_fail_its_neighbours() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let bad: [(&str, Command); 4] = [
        ("panics in decide", Command::Panic),
        (
            "panics in a projection",
            Command::Put(vec![1], "panic in projection"),
        ),
        (
            "is refused by the database",
            Command::Put(vec![1], "nul \0 in jsonb"),
        ),
        ("is refused by a rule", Command::Put(vec![-1], "plum")),
    ];
    // The first command makes the queue wait, so that the others share a batch.
    let mut tasks = Vec::new();
    for n in 0..200u128 {
        let store = store.clone();
        let (what, command) = match n % 50 {
            49 => bad[usize::try_from(n / 50).unwrap()].clone(),
            _ => ("", Command::Put(vec![1], "plum")),
        };
        tasks.push(tokio::spawn(async move {
            let key = format!("k{}", n % 7 + if what.is_empty() { 0 } else { 100 });
            (
                what,
                store
                    .execute::<Jar>(&log("jars"), &key, command, meta(n))
                    .await,
            )
        }));
    }
    let mut failed = Vec::new();
    for task in tasks {
        let (what, result) = task.await.unwrap();
        match result {
            Ok(_) => assert_eq!(what, ""),
            Err(error) => {
                assert!(!error.is_transient(), "{what}: {error}");
                failed.push(what);
            }
        }
    }
    assert_eq!(failed.len(), 4, "{failed:?}");
    assert_eq!(assert_sound(&store, &log("jars")).await.events, 196);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_harms_nobody() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let mut others = Vec::new();
    for n in 0..100u128 {
        let leaving = store.clone();
        let task = tokio::spawn(async move { put(&leaving, n, "gone", &[1]).await });
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        task.abort();
        let staying = store.clone();
        others.push(tokio::spawn(async move {
            put(&staying, 1000 + n, "here", &[1]).await
        }));
    }
    for other in others {
        other.await.unwrap().unwrap();
    }
    let (state, _) = store.state::<Jar>(&log("jars"), "here").await.unwrap();
    assert_eq!(state.total, 100);
    assert_sound(&store, &log("jars")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_decides_and_writes_nothing() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    let jars = log("jars");
    put(&store, 1, "a", &[5]).await.unwrap();
    let dry = |id, amounts: Vec<i64>| {
        let mut meta = meta(id);
        meta.dry_run = true;
        store.execute::<Jar>(&jars, "a", Command::Put(amounts, "plum"), meta)
    };
    let outcome = dry(2, vec![1, 2]).await.unwrap();
    assert_eq!(
        (outcome.first_seq, outcome.last_seq, outcome.events.len()),
        (2, 3, 2)
    );
    assert_eq!(outcome.events[1].version, 3);
    assert!(matches!(dry(3, vec![-9]).await, Err(Error::Refused(_))));

    assert_eq!(store.head(&jars).await.unwrap().seq, 1);
    // The ids of dry runs are free.
    put(&store, 2, "a", &[1]).await.unwrap();
    put(&store, 3, "a", &[1]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_time_never_decreases_along_a_log() {
    let world = local::testing::world().await;
    let clock = std::sync::Arc::new(eventlog::Replayed::new(
        1,
        "2026-10-02T00:00:00Z".parse().unwrap(),
    ));
    let mut options = crate::jar::options(world.database_url("log"));
    options.surroundings = clock.clone();
    let store = eventlog::Store::open(options).await.unwrap();
    let before = put(&store, 1, "a", &[1]).await.unwrap().events[0].recorded_at;
    clock.set("2026-10-01T00:00:00Z".parse().unwrap());
    let after = put(&store, 2, "a", &[1]).await.unwrap().events[0].recorded_at;
    assert_eq!(before, after);
    store.verify(&log("jars")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_log_can_not_be_changed_or_deleted() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    put(&store, 1, "a", &[5]).await.unwrap();
    let client = sql(&world.database_url("log")).await;
    for statement in [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
    ] {
        let error = client.execute(statement, &[]).await.unwrap_err();
        assert!(
            error
                .as_db_error()
                .unwrap()
                .message()
                .contains("never changed"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_names_the_row_that_was_tampered_with() {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    for n in 0..5 {
        put(&store, n, "a", &[5]).await.unwrap();
    }
    let client = sql(&world.database_url("log")).await;
    client
        .batch_execute("ALTER TABLE event DISABLE TRIGGER ALL")
        .await
        .unwrap();
    let jars: LogId = log("jars");
    let tampers = [
        (
            "UPDATE event SET body = replace(body, '5', '6') WHERE seq = 3",
            "seq 3: the leaf hash",
        ),
        ("DELETE FROM event WHERE seq = 2", "seq 3: seq 2 is missing"),
        (
            "UPDATE event SET seq = 2 WHERE seq = 3",
            "seq 2: names 2 as the fact before it, which is 1",
        ),
    ];
    for (statement, sentence) in tampers {
        client.batch_execute(statement).await.unwrap();
        let error = store.verify(&jars).await.unwrap_err();
        assert!(error.to_string().contains(sentence), "{error}");
    }
}

#[test]
fn the_jar_has_the_shape_of_an_aggregate() {
    use eventlog::testing::given;
    let filled = |amount| JarEvent::Filled {
        amount,
        label: "plum".to_owned(),
    };
    let state = given::<Jar>([filled(2)])
        .when(Command::Put(vec![3, -1], "plum"))
        .then([filled(3), JarEvent::Emptied { amount: 1 }]);
    assert_eq!(state.total, 4);
    let refusal = given::<Jar>([])
        .when(Command::Put(vec![-1], ""))
        .then_refused("TOO_LITTLE");
    assert!(refusal.to_string().starts_with("The jar holds only 0"));
    given::<Jar>([])
        .when(Command::Put(vec![], ""))
        .then_nothing();
    let facts = given::<Jar>([filled(2)])
        .when(Command::Put(vec![3, -1], "plum"))
        .facts();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].bytes, 5i64.to_be_bytes());
    assert_eq!(
        eventlog::testing::kinds::<JarEvent>(),
        ["filled", "emptied"]
    );
}

#[test]
fn golden_files_must_exist_for_every_kind_and_come_back_identically() {
    let dir = tempfile::tempdir().unwrap();
    let check = || std::panic::catch_unwind(|| eventlog::testing::golden::<JarEvent>(dir.path()));
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "filled.1.json",
        "{\"filled\":{\"amount\":5,\"label\":\"x\"}}\n",
    );
    assert!(check().is_err(), "emptied has no file");
    write("emptied.1.json", "{\"emptied\":{\"amount\":5}}\n");
    check().unwrap();
    write("emptied.1.json", "{\"emptied\":{ \"amount\":5}}\n");
    assert!(check().is_err(), "written differently");
    write("emptied.1.json", "{\"emptied\":{\"amount\":5}}\n");
    write(
        "emptied.0.json",
        "{\"emptied\":{\"amount\":5,\"was_once\":1}}\n",
    );
    check().unwrap();
    write("emptied.0.json", "{\"emptied\":{\"count\":5}}\n");
    assert!(check().is_err(), "an old form does not load any more");
    assert_eq!(JarEvent::Emptied { amount: 5 }.revision(), 1);
}
