use bus::{ApplyError, Listener};
use eventlog::LogId;
use wire::training::v1 as pb;

use crate::world::{USUAL, by, done, erased, hear, issued, rows, town, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_cannot_be_read_stops_the_listener_and_moves_no_receipt() {
    let world = world().await;
    let listener = training::Training::new(world.store.clone());
    let (kind, _) = issued(2, "2026-06-01");
    let fact = wire::registry::v1::ProfileIssued {
        programme: "p-1".into(),
        version: 1,
        effective_from: "2026-06-01".into(),
        toml: "grammar = 7".into(),
    };
    let spoilt = (kind, prost::Message::encode_to_vec(&fact));
    let batch = rows(USUAL, &[town("oakham"), spoilt]);
    let error = listener.apply(&batch).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Unacceptable(why) if why.contains("registry:11")),
        "{error}"
    );
    let registry = LogId::try_new("registry").unwrap();
    let receipt = world.store.receipt("training", &registry).await;
    assert_eq!(receipt.unwrap(), USUAL);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_loses_numbers_and_words_and_keeps_the_record() {
    let world = world().await;
    world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    world.permit("cso-115", "2026-01-20", "2027-03-01").await;
    hear(&world.store, USUAL, &[erased("cso-114", "2026-11-22")]).await;
    let numbers = async || {
        let request = pb::ListCredentialsRequest::default();
        let mut client = world.client.clone();
        let answer = done(client.list_credentials(by("trainer-1", request)).await);
        answer
            .credentials
            .into_iter()
            .map(|c| c.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, ["", "8841772"]);
    // Told twice, nothing more happens.
    hear(&world.store, USUAL + 1, &[erased("cso-114", "2026-11-22")]).await;
    assert_eq!(numbers().await, ["", "8841772"]);
    let register = std::fs::read_dir(world.register.path()).unwrap().count();
    assert_eq!(register, 1, "the erasure stands in the register");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_folded_again_are_the_same() {
    let world = world().await;
    world.finished("cso-114").await;
    world.revoke("cso-114.c1", "2026-06-01").await;
    for table in ["dossiers", "records"] {
        let rebuilt = world.store.rebuild(table).await.unwrap();
        assert!(rebuilt.is_equal(), "{table}");
    }
}
