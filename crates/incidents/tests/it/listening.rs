use bus::{ApplyError, Listener};
use eventlog::LogId;

use crate::world::{hear, rows, town, world};

#[tokio::test]
async fn a_fact_that_cannot_be_read_stops_the_listener_and_moves_no_receipt() {
    let world = world().await;
    let listener = incidents::Incidents::new(world.store.clone());
    let spoilt = rows(
        5,
        &[town("oakham", "America/Chicago"), town("elm", "Moon/Tycho")],
    );
    let error = listener.apply(&spoilt).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Unacceptable(why) if why.contains("registry:7")),
        "{error}"
    );
    let registry = LogId::try_new("registry").unwrap();
    assert_eq!(
        world.store.receipt("incidents", &registry).await.unwrap(),
        5
    );
}

#[tokio::test]
async fn a_town_heard_of_later_can_be_written_about_at_once() {
    let world = world().await;
    hear(&world.store, 5, &[town("oakham", "America/New_York")]).await;
    let request = wire::incidents::v1::OpenIncidentRequest {
        incident: "desk/1".into(),
        town: "oakham".into(),
        call_type: "welfare-check".into(),
        received_at: "2026-11-01T00:30".into(),
        narrative: String::new(),
    };
    crate::world::done(world.client.clone().open_incident(request).await);
}
