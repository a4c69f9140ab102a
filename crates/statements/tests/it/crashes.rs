//! A process that dies between the close and its signature, and a log that was tampered with.

use tonic::Code;

use crate::told::october;
use crate::world::{Service, answer, by, closing, log, signing, under};

/// As if the process had died before the signature was stored.
async fn lose_checkpoint(service: &Service) {
    let client = service.store.pool().get().await.unwrap();
    client.execute("DELETE FROM checkpoint", &[]).await.unwrap();
    assert!(service.store.checkpoints(&log()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_checkpoint_is_signed_at_start_on_asking_and_on_closing_again() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    let close = || under(3, by("finance-1", closing("2026-10", false)));
    let first = answer(service.client.close_month(close()).await).unwrap();
    let bundle = service.bundle("2026-10", "barlow").await;

    lose_checkpoint(&service).await;
    let again = answer(service.client.close_month(close()).await).unwrap();
    assert_eq!(again, first);

    lose_checkpoint(&service).await;
    assert_eq!(service.bundle("2026-10", "barlow").await, bundle);

    lose_checkpoint(&service).await;
    statements::heal(&service.store, &signing()).await.unwrap();
    let checkpoints = service.store.checkpoints(&log()).await.unwrap();
    assert_eq!(checkpoints.len(), 1);
    assert_eq!(checkpoints[0].note, first.checkpoint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_not_what_was_appended_is_not_signed() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    lose_checkpoint(&service).await;
    tamper(
        &service,
        "UPDATE event SET body = body || ' ' WHERE seq = 2",
    )
    .await;
    let refused = statements::heal(&service.store, &signing())
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("row 2 of statements/three-rivers"),
        "{refused}"
    );
    let request = crate::world::bundle_of("2026-10", "barlow");
    let inside = service
        .client
        .get_bundle(by("finance-1", request))
        .await
        .unwrap_err();
    assert_eq!(inside.code(), Code::Internal);
    assert!(service.store.checkpoints(&log()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_other_than_the_one_that_was_signed_is_not_signed() {
    let world = local::testing::world().await;
    let mut service = Service::having_heard(&world, &october()).await;
    service.close("2026-10", false).await.unwrap();
    // A checkpoint of the same size, rightly signed, over leaves that this log does not have.
    let size = service.leaves().await;
    let origin = format!("commonwatch/river-bend/{}", log());
    let signer = proof::Signer::from_seed("commonwatch/river-bend", &[7; 32]).unwrap();
    let other = proof::Checkpoint::new(&origin, size, proof::Hash::of(b"other leaves"));
    let note = other.sign(&signer).unwrap();
    tamper(&service, &format!("UPDATE checkpoint SET note = '{note}'")).await;
    service.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    let inside = service.close("2026-11", false).await.unwrap_err();
    assert_eq!(inside.code, Code::Internal);
    assert_eq!(service.store.checkpoints(&log()).await.unwrap().len(), 1);
}

/// Changes rows behind the service's back.
async fn tamper(service: &Service, sql: &str) {
    let client = service.store.pool().get().await.unwrap();
    let off = "SET session_replication_role = replica";
    client.batch_execute(off).await.unwrap();
    assert_eq!(client.execute(sql, &[]).await.unwrap(), 1);
    client
        .batch_execute("RESET session_replication_role")
        .await
        .unwrap();
}
