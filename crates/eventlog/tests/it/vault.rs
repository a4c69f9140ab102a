//! Personal data: sealed per person, gone with the key.

use eventlog::{Options, Store};

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
    vault.seal("cso-114", "name", "Ada Quill").await.unwrap();
    vault.seal("cso-114", "phone", "555-0100").await.unwrap();
    vault
        .seal("cso-114", "name", "Ada Quill-Moor")
        .await
        .unwrap();
    vault.seal("cso-115", "name", "Bo Reed").await.unwrap();
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
    vault.erase("cso-114").await.unwrap();
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
    vault.seal("cso-114", "name", "Ada Quill").await.unwrap();
    let client = sql(&url).await;
    client
        .batch_execute("UPDATE vault.item SET field = 'phone'")
        .await
        .unwrap();
    assert!(vault.open("cso-114", "phone").await.is_err());
}
