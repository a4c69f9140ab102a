//! How fast facts go from one log to the next service.

use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::pair::{Pair, log, until, without_heads};

/// Prints the rate and asserts only how the facts came: a clock proves nothing on a busy machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_flows_by_jetstream_alone() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.copier.ears_only.store(true, Ordering::SeqCst);
    let relay = pair.relay().await;
    let stream = pair.stream().await;
    let _consumer = pair.listen_with(without_heads()).await;
    let there = || async { stream.consumer_info("books-towns").await.is_ok() };
    until("the consumer is there", there).await;
    // The second of these is surely behind the first look at the heads.
    for value in [1, 2] {
        pair.count(&north, &[value]).await;
        pair.caught_up(&north).await;
    }
    relay.stop().await;
    let (pages, calls) = (&pair.owners.pages, &pair.copier.calls);
    let (pages_before, calls_before) = (pages.load(Ordering::SeqCst), calls.load(Ordering::SeqCst));
    pair.burst(&north, 500, 10).await;

    let start = Instant::now();
    let _relay = pair.relay().await;
    pair.caught_up(&north).await;
    let elapsed = start.elapsed();
    let batches = calls.load(Ordering::SeqCst) - calls_before;
    println!("5,000 facts from log to receipt: {elapsed:?} in {batches} batches");
    assert_eq!(
        pages.load(Ordering::SeqCst),
        pages_before,
        "none was read from the owner"
    );
    assert!(
        batches <= 250,
        "{batches} batches: facts are hardly taken together"
    );
}
