//! Personal data: sealed per person, gone with the key.

use std::path::Path;

use eventlog::{Options, Register, Store};
use jiff::Timestamp;
use local::testing::World;

use crate::jar::sql;

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
