//! A saved database, put back elsewhere: nothing opens before it is whole, and nothing of the
//! manifest is believed that could not be saved.

use std::collections::HashMap;
use std::path::Path;

use eventlog::archive::{self, Database, Keys, Snapshot, Target};
use eventlog::{Error, Options, Register, Store, Table};
use local::testing::World;

use crate::jar::{self, log, put, sql};

/// What a backup holds.
struct Saved {
    database: Database,
    keys: Keys,
    files: HashMap<String, Vec<u8>>,
}

fn options(world: &World, database: &str, register: &Path) -> Options {
    let mut options = jar::options(world.database_url(database));
    options.register = Some(register.to_path_buf());
    options
}

async fn save(url: &str) -> Saved {
    let snapshot = Snapshot::open(url, "jars").await.unwrap();
    let mut database = snapshot.database().await.unwrap();
    let mut files = HashMap::new();
    for table in &mut database.tables {
        let mut bytes = Vec::new();
        let taken = snapshot.copy(table, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        taken.await.unwrap();
        table.rows = bytes.iter().map(|b| u64::from(*b == b'\n')).sum();
        table.digest = snapshot.digest(table).await.unwrap();
        files.insert(table.file.clone(), bytes);
    }
    let keys = snapshot.keys().await.unwrap();
    Saved {
        database,
        keys,
        files,
    }
}

async fn fill(url: &str, saved: &Saved) -> Target {
    let target = Target::begin(url, &saved.database).await.unwrap();
    for table in &saved.database.tables {
        let file = saved.files[&table.file].as_slice();
        target.copy(table, file).await.unwrap();
    }
    target.check(&saved.database).await.unwrap();
    target.put_keys(&saved.keys, &[]).await.unwrap();
    target
}

async fn refused_to_open(options: Options) -> String {
    match Store::open(options).await {
        Err(Error::Setup(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it opened"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_a_database_before_its_restore_has_come_to_its_end() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "jars");
    let store = Store::open(options(&world, "old", &register))
        .await
        .unwrap();
    put(&store, 1, "a", &[1, 2, 3]).await.unwrap();
    let digest = store.digest(Table::Projection("jars")).await.unwrap();
    let saved = save(&world.database_url("old")).await;
    assert_eq!(store.last_backup().await.unwrap(), None);
    let old = world.database_url("old");
    for at in ["2026-10-30T02:00:00Z", "2026-10-31T02:00:00Z"] {
        let noted = archive::note(&old, "jars", at.parse().unwrap());
        noted.await.unwrap();
        assert_eq!(store.last_backup().await.unwrap(), at.parse().ok());
    }

    let url = world.database_url("new");
    // A restore that is broken off, filled or not.
    drop(fill(&url, &saved).await);
    let again = fill(&url, &saved).await;
    let why = refused_to_open(options(&world, "new", &register)).await;
    assert!(why.contains("has not come to its end"), "{why}");
    for head in &saved.database.logs {
        assert_eq!(again.verify(&head.log).await.unwrap().events, head.seq);
    }
    let filled = again.commit().await.unwrap();
    let why = refused_to_open(options(&world, "new", &register)).await;
    assert!(why.contains("has not come to its end"), "{why}");
    assert!(Snapshot::open(&url, "jars").await.is_err());
    filled.release().await.unwrap();
    let restored = Store::open(options(&world, "new", &register))
        .await
        .unwrap();
    assert_eq!(
        restored.digest(Table::Projection("jars")).await.unwrap(),
        digest
    );
    let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'p\\_%'";
    let (old, new) = (sql(&old).await, sql(&url).await);
    let made = new.query_one(indexes, &[]).await.unwrap().get::<_, i64>(0);
    let had = old.query_one(indexes, &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!(made, had);
    store.close().await;
    restored.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_altered_in_the_backup_is_found_before_anything_is_committed() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "jars");
    let store = Store::open(options(&world, "old", &register))
        .await
        .unwrap();
    put(&store, 1, "a", &[1, 2, 3]).await.unwrap();
    let mut saved = save(&world.database_url("old")).await;
    let events = saved.files.get_mut("public.event.copy").unwrap();
    let text = String::from_utf8(events.clone()).unwrap();
    let altered = text.replacen("plum", "pear", 1);
    assert_ne!(altered, text);
    *events = altered.into_bytes();
    let target = fill(&world.database_url("new"), &saved).await;
    let error = target.verify(log("jars").as_str()).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{error:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_names_what_no_backup_holds_is_refused() {
    let world = local::testing::world().await;
    let url = world.database_url("old");
    Store::open(Options::new("jars", &url)).await.unwrap();
    let saved = save(&url).await;
    assert_eq!(saved.database.check(), Ok(()));
    let table = |change: fn(&mut eventlog::archive::TableShape)| {
        let mut database = saved.database.clone();
        change(&mut database.tables[0]);
        database
    };
    let keys = table(|t| t.schema = "keys".to_owned());
    let quoted = table(|t| t.name = "event; DROP TABLE event".to_owned());
    let elsewhere = table(|t| t.file = "../../keys.json".to_owned());
    for wrong in [keys, quoted, elsewhere] {
        assert!(wrong.check().is_err(), "{:?}", wrong.tables[0]);
        assert!(
            Target::begin(&world.database_url("new"), &wrong)
                .await
                .is_err()
        );
    }
    let unknown = table(|t| {
        t.name = "of_nobody".to_owned();
        t.file = "public.of_nobody.copy".to_owned();
        t.schema = "public".to_owned();
    });
    let error = Target::begin(&world.database_url("new"), &unknown).await;
    let error = error.err().unwrap().to_string();
    assert!(error.contains("none of its migrations makes"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_was_forgotten_between_data_and_keys_is_dropped_and_one_that_is_named_is_not() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "jars");
    let store = Store::open(options(&world, "old", &register))
        .await
        .unwrap();
    let outcome = put(&store, 1, "a", &[1]).await.unwrap();
    let event = &outcome.events[0];
    let named = format!("command/{}/{}", event.log, event.command_id);
    let unnamed = uuid::Uuid::from_u128(9).to_string();
    for person in [&named, &unnamed] {
        let sealed = store.vault().seal("jar/a", person, "reason", "why").await;
        sealed.unwrap();
    }
    let mut saved = save(&world.database_url("old")).await;
    saved.keys.keys.retain(|key| key.person != unnamed);
    let target = fill(&world.database_url("new"), &saved).await;
    assert_eq!(target.locked().await.unwrap(), 1);
    assert_eq!(target.drop_unnamed().await.unwrap(), 1);
    assert_eq!(target.locked().await.unwrap(), 0);
    drop(target);
    // Keys that are not those of the data.
    saved.keys.keys.clear();
    let target = fill(&world.database_url("newer"), &saved).await;
    assert_eq!(target.drop_unnamed().await.unwrap(), 1);
    assert_eq!(target.locked().await.unwrap(), 1);
    store.close().await;
}
