use std::sync::Arc;

use eventlog::{Replayed, Store};
use training::watch_once;

use crate::world::{World, settings, world};

async fn lapses(world: &World) -> usize {
    let facts = world.facts().await;
    facts
        .iter()
        .filter(|kind| *kind == "CredentialLapsed")
        .count()
}

async fn kinds(world: &World) -> Vec<String> {
    let events = world
        .store
        .read_events(&training::log(), 0, 100)
        .await
        .unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_nothing_renewed_is_told_once_on_the_day_after_its_last() {
    let world = world().await;
    world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    for (day, noticed, told) in [
        ("2026-11-30", 0, 0),
        // Its renewal window opens: noted, told nobody.
        ("2026-12-01", 1, 0),
        ("2026-12-01", 0, 0),
        ("2027-03-01", 0, 0),
        ("2027-03-02", 1, 1),
        ("2027-03-02", 0, 1),
        ("2027-03-03", 0, 1),
    ] {
        world.on(day);
        let found = watch_once(&world.store, &settings()).await.unwrap();
        assert_eq!((found, lapses(&world).await), (noticed, told), "{day}");
    }
    assert_eq!(
        kinds(&world).await,
        ["recorded", "renewal_window_opened", "credential_lapsed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_a_watch_are_caught_up_and_midnight_is_the_employers() {
    let world = world().await;
    world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    // In Chicago it is still the first of March.
    world.clock.set("2027-03-02T05:59:00Z".parse().unwrap());
    watch_once(&world.store, &settings()).await.unwrap();
    assert_eq!(lapses(&world).await, 0);
    world.on("2027-04-20");
    watch_once(&world.store, &settings()).await.unwrap();
    assert_eq!(lapses(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_watch_at_once_tell_it_once() {
    let world = world().await;
    for officer in ["cso-114", "cso-115", "cso-116"] {
        world.permit(officer, "2026-01-20", "2027-03-01").await;
    }
    world.on("2027-03-02");
    let mut options = training::options(world.local.database_url("training"));
    let clock = "2027-03-02T12:00:01Z".parse().unwrap();
    options.surroundings = Arc::new(Replayed::new(6, clock));
    let other = Store::open(options).await.unwrap();
    let settings = settings();
    let (one, two) = tokio::join!(
        watch_once(&world.store, &settings),
        watch_once(&other, &settings)
    );
    // One of the two may have found the log held by the other, and tries again.
    assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
    watch_once(&world.store, &settings).await.unwrap();
    assert_eq!(lapses(&world).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_a_day_ahead_tells_early_and_never_again() {
    let world = world().await;
    world.permit("cso-114", "2026-01-20", "2027-03-01").await;
    world.on("2027-03-02");
    watch_once(&world.store, &settings()).await.unwrap();
    // Put right again.
    world.on("2027-03-01");
    watch_once(&world.store, &settings()).await.unwrap();
    world.on("2027-03-02");
    watch_once(&world.store, &settings()).await.unwrap();
    assert_eq!(lapses(&world).await, 1);
}
