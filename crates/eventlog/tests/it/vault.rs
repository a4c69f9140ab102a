//! Personal data: sealed per person, gone with the key.

use std::path::Path;

use eventlog::{Options, Register, Store};
use jiff::Timestamp;
use local::testing::World;

use crate::jar::{self, put, sql};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_sealed_opened_and_erased() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let vault = Store::open(Options::new("vault", &url))
        .await
        .unwrap()
        .vault();
    assert_eq!(vault.open("cso-114", "name").await.unwrap(), None);
    vault
        .seal("officer/cso-114", "cso-114", "name", "Ada Quill")
        .await
        .unwrap();
    vault
        .seal("officer/cso-114", "cso-114", "phone", "555-0100")
        .await
        .unwrap();
    vault
        .seal("officer/cso-114", "cso-114", "name", "Ada Quill-Moor")
        .await
        .unwrap();
    vault
        .seal("officer/cso-115", "cso-115", "name", "Bo Reed")
        .await
        .unwrap();
    let name = vault.open("cso-114", "name").await.unwrap();
    assert_eq!(name.as_deref(), Some("Ada Quill-Moor"));

    let client = sql(&url).await;
    let stored = client
        .query("SELECT sealed FROM vault.item", &[])
        .await
        .unwrap();
    for row in stored {
        let sealed: &[u8] = row.get(0);
        assert!(!String::from_utf8_lossy(sealed).contains("Quill"));
    }
    vault.forget("cso-114").await.unwrap();
    assert_eq!(vault.open("cso-114", "name").await.unwrap(), None);
    assert_eq!(
        vault.open("cso-115", "name").await.unwrap().as_deref(),
        Some("Bo Reed")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_moved_to_another_place_does_not_open() {
    let world = local::testing::world().await;
    let url = world.database_url("log");
    let vault = Store::open(Options::new("vault", &url))
        .await
        .unwrap()
        .vault();
    vault
        .seal("officer/cso-114", "cso-114", "name", "Ada Quill")
        .await
        .unwrap();
    let client = sql(&url).await;
    client
        .batch_execute("UPDATE vault.item SET field = 'phone'")
        .await
        .unwrap();
    assert!(vault.open("cso-114", "phone").await.is_err());
}

/// A store that may erase.
async fn open(world: &World, register: &Path) -> Store {
    let mut options = Options::new("vault", world.database_url("log"));
    options.register = Some(register.to_path_buf());
    Store::open(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_subject_loses_every_key_and_takes_no_more() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "vault");
    let vault = open(&world, &register).await.vault();
    for (person, text) in [("a", "Ada Quill"), ("b", "her reason")] {
        let sealed = vault.seal("officer/cso-114", person, "text", text).await;
        sealed.unwrap();
    }
    vault
        .seal("officer/cso-115", "c", "text", "Bo")
        .await
        .unwrap();
    assert_eq!(vault.items("officer/cso-114").await.unwrap().len(), 2);
    let erased = vault
        .erase("officer/cso-114", Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!((erased.keys, erased.items), (2, 2));
    vault
        .seal("officer/cso-114", "d", "text", "later")
        .await
        .unwrap();
    for (person, text) in [("a", None), ("b", None), ("c", Some("Bo")), ("d", None)] {
        assert_eq!(vault.open(person, "text").await.unwrap().as_deref(), text);
    }
    let again = vault
        .erase("officer/cso-114", Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!((again.keys, again.items), (0, 0));
    let noted = Register::read(&register).unwrap().unwrap().erasures;
    let noted: Vec<_> = noted.keys().map(String::as_str).collect();
    assert_eq!(noted, ["a", "b", "officer/cso-114"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_without_a_register() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let url = world.database_url("log");
    let vault = Store::open(Options::new("vault", &url))
        .await
        .unwrap()
        .vault();
    vault
        .seal("officer/cso-114", "a", "text", "Ada")
        .await
        .unwrap();
    assert!(
        vault
            .erase("officer/cso-114", Timestamp::UNIX_EPOCH)
            .await
            .is_err()
    );
    // A register that cannot be written is none either.
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    drop(vault);
    let mut options = Options::new("vault", &url);
    options.register = Some(file.join("register"));
    assert!(Store::open(options).await.is_err());
    let vault = Store::open(Options::new("vault", &url))
        .await
        .unwrap()
        .vault();
    assert_eq!(
        vault.open("a", "text").await.unwrap().as_deref(),
        Some("Ada")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restored_backup_brings_back_the_next_start_destroys_again() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "vault");
    let store = open(&world, &register).await;
    store
        .vault()
        .seal("officer/cso-114", "a", "text", "Ada")
        .await
        .unwrap();
    let client = sql(&world.database_url("log")).await;
    client
        .batch_execute(
            "CREATE TABLE saved_key AS SELECT * FROM keys.vault_key;
             CREATE TABLE saved_item AS SELECT * FROM vault.item",
        )
        .await
        .unwrap();
    let erased = store
        .vault()
        .erase("officer/cso-114", Timestamp::UNIX_EPOCH)
        .await;
    assert_eq!(erased.unwrap().keys, 1);
    store.close().await;
    // As any tool would restore it: keys, texts, and no word of the erasure.
    client
        .batch_execute(
            "DELETE FROM vault.erasure;
             INSERT INTO keys.vault_key SELECT * FROM saved_key;
             INSERT INTO vault.item SELECT * FROM saved_item",
        )
        .await
        .unwrap();
    let vault = open(&world, &register).await.vault();
    assert_eq!(vault.open("a", "text").await.unwrap(), None);
    let keys = client
        .query_one("SELECT count(*) FROM keys.vault_key", &[])
        .await;
    assert_eq!(keys.unwrap().get::<_, i64>(0), 0);
    assert_eq!(vault.erased().await.unwrap()[0].subject, "officer/cso-114");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_register_is_written_again_from_the_database() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "vault");
    let store = open(&world, &register).await;
    store
        .vault()
        .seal("officer/cso-114", "a", "text", "Ada")
        .await
        .unwrap();
    let erased = store
        .vault()
        .erase("officer/cso-114", Timestamp::UNIX_EPOCH)
        .await;
    erased.unwrap();
    store.close().await;
    let before = Register::read(&register).unwrap();
    std::fs::remove_file(&register).unwrap();
    open(&world, &register).await.close().await;
    assert_eq!(Register::read(&register).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_cannot_be_written_for_now_destroys_nothing_and_may_be_asked_again() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "vault");
    let vault = open(&world, &register).await.vault();
    let sealed = vault.seal("officer/cso-114", "a", "text", "Ada").await;
    sealed.unwrap();
    std::fs::remove_file(&register).unwrap();
    std::fs::create_dir(&register).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let error = vault.erase("officer/cso-114", at).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(vault.open("a", "text").await.unwrap().is_some());
    std::fs::remove_dir(&register).unwrap();
    assert_eq!(vault.erase("officer/cso-114", at).await.unwrap().keys, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_somebody_holds_is_written_anew_as_soon_as_it_is_let_go() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let register = Register::path(folder.path(), "vault");
    let vault = open(&world, &register).await.vault();
    let sealed = vault.seal("officer/cso-114", "a", "text", "Ada").await;
    sealed.unwrap();
    let client = sql(&world.database_url("log")).await;
    let node = async || -> u32 {
        let sql = "SELECT pg_relation_filenode('keys.vault_key')";
        client.query_one(sql, &[]).await.unwrap().get(0)
    };
    let before = node().await;
    let held = "BEGIN; LOCK TABLE keys.vault_key IN ACCESS SHARE MODE";
    client.batch_execute(held).await.unwrap();
    let erased = vault.erase("officer/cso-114", Timestamp::UNIX_EPOCH).await;
    assert_eq!(erased.unwrap().keys, 1);
    assert_eq!(node().await, before);
    client.batch_execute("COMMIT").await.unwrap();
    for _ in 0..600 {
        if node().await != before {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the destroyed key still lies in the table's free space");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_erased_persons_commands_said_cannot_be_guessed_by_their_hashes() {
    let (world, folder) = (local::testing::world().await, tempfile::tempdir().unwrap());
    let mut options = jar::options(world.database_url("log"));
    options.register = Some(Register::path(folder.path(), "jars"));
    let store = Store::open(options).await.unwrap();
    put(&store, 1, "ada", &[1]).await.unwrap();
    put(&store, 2, "bo", &[2]).await.unwrap();
    put(&store, 3, "bo", &[-9]).await.unwrap_err();
    let erased = store.vault().erase("jar/ada", Timestamp::UNIX_EPOCH).await;
    erased.unwrap();
    let client = sql(&world.database_url("log")).await;
    let kept = "SELECT command_id FROM command WHERE content_hash <> ''";
    let kept = client.query(kept, &[]).await.unwrap();
    let kept: Vec<u128> = kept
        .iter()
        .map(|row| row.get::<_, uuid::Uuid>(0).as_u128())
        .collect();
    assert_eq!(kept, [2]);
    // Answered as ever; that its content is another one is not seen any more.
    assert!(put(&store, 1, "ada", &[1]).await.unwrap().repeated);
    assert!(put(&store, 1, "ada", &[7]).await.unwrap().repeated);
    put(&store, 3, "bo", &[-9]).await.unwrap_err();
    let reused = put(&store, 2, "bo", &[7]).await.unwrap_err();
    assert!(matches!(reused, eventlog::Error::CommandIdReused { .. }));
    store.close().await;
}
