//! From a credential that ends to the flagged shift, over NATS; also when JetStream loses it all.

use std::time::{Duration, Instant};

use bus::subject::Names;
use wire::training::v1 as training;

use crate::neighbours::{Neighbours, Wires};
use crate::world::{World, permit, quiet, said, usual};

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let reached = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), reached).await;
    found.unwrap_or_else(|_| panic!("{what} did not come"));
}

async fn heard(world: &World, log: &str, seq: u64) {
    let log = log.parse().unwrap();
    until("the fact", async || {
        world.store.receipt("scheduling", &log).await.unwrap() >= seq
    })
    .await;
}

/// Says the permit's end and its revocation; gives the time until the shift is flagged.
async fn end(world: &World, neighbours: &Neighbours, n: u32) -> Duration {
    let revoked = training::CredentialSuspended {
        officer: format!("cso-{n}"),
        credential: permit(n).credential,
        from: "2026-11-02".into(),
    };
    let before = world.flags().await.len();
    let began = Instant::now();
    neighbours.say(said("training", &revoked)).await;
    until("the flag", async || world.flags().await.len() > before).await;
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_ends_flags_its_shifts_also_after_jetstream_was_wiped() {
    let world = quiet().await;
    let neighbours = Neighbours::open(&world).await;
    let wires = Wires::connect(&world, &neighbours).await;
    for fact in usual() {
        let log = fact.0;
        let seq = neighbours.say(fact).await;
        heard(&world, log, seq).await;
    }
    world.published("b1", "2026-11-09", "cso-1").await;
    world.published("b2", "2026-11-09", "cso-2").await;
    let live = end(&world, &neighbours, 1).await;
    // Every stream of the neighbours goes, with what was to be delivered.
    wires.cut().await;
    let client = async_nats::connect(world.local.nats_url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let names = Names::try_prefixed(world.local.prefix()).unwrap();
    for service in ["registry", "training", "payroll", "statements"] {
        jetstream
            .delete_stream(names.stream(service))
            .await
            .unwrap();
    }
    let revoked = training::CredentialSuspended {
        officer: "cso-2".into(),
        credential: permit(2).credential,
        from: "2026-11-02".into(),
    };
    neighbours.say(said("training", &revoked)).await;
    let began = Instant::now();
    let wires = Wires::connect(&world, &neighbours).await;
    until("the flag", async || world.flags().await.len() == 2).await;
    let wiped = began.elapsed();
    println!("flagged {live:?} after the fact; {wiped:?} after a start with JetStream wiped");
    wires.cut().await;
    neighbours.close().await;
    assert!(world.store.parked().await.unwrap().is_empty());
}
