//! Commands that come together are committed together. Figures: `benches/pace`.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;

use crate::jar::{log, open, put};

const IN_FLIGHT: usize = 256;

async fn run(commands: u128) -> u128 {
    let world = local::testing::world().await;
    let store = open(&world, "log").await;
    put(&store, u128::MAX, "warm", &[1]).await.unwrap();
    let permits = Arc::new(Semaphore::new(IN_FLIGHT));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for n in 0..commands {
        let (store, permit) = (
            store.clone(),
            Arc::clone(&permits).acquire_owned().await.unwrap(),
        );
        tasks.push(tokio::spawn(async move {
            put(&store, n, &format!("k{n}"), &[1]).await.unwrap();
            drop(permit);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let milliseconds = start.elapsed().as_millis().max(1);
    let rate = commands * 1000 / milliseconds;
    let commits = u128::from(*store.watch().borrow()).max(1);
    println!("{commits} commits, {} commands each", commands / commits);
    println!(
        "{commands} commands on new streams, two projections, {IN_FLIGHT} in flight: \
        {milliseconds} ms, {rate}/s"
    );
    let start = Instant::now();
    let rebuilt = store.rebuild("jars").await.unwrap();
    assert!(rebuilt.is_equal());
    println!("rebuild with digests: {} ms", start.elapsed().as_millis());
    let start = Instant::now();
    store.verify(&log("jars")).await.unwrap();
    println!("verify: {} ms", start.elapsed().as_millis());
    rate
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_committed_in_groups() {
    // A commit each would be some hundreds a second; the machine may be busy, so only that is told
    // apart here.
    assert!(run(3_000).await > 300);
}
