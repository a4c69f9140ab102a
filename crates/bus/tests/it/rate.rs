//! How fast facts go from one log to the next service.

use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::pair::{Pair, log, without_heads};

/// Not a limit but a floor that an idle machine passes many times over: an import of 50,000 facts
/// must not take minutes because a batch waits for a timer somewhere.
#[tokio::test(flavor = "multi_thread")]
async fn facts_flow_at_import_speed() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.copier.ears_only.store(true, Ordering::SeqCst);
    let relay = pair.relay().await;
    pair.stream().await;
    let _consumer = pair.listen_with(without_heads()).await;
    relay.stop().await;
    pair.burst(&north, 500, 20).await;

    let start = Instant::now();
    let _relay = pair.relay().await;
    pair.caught_up(&north).await;
    let elapsed = start.elapsed();
    let calls = pair.copier.calls.load(Ordering::SeqCst);
    println!("10,000 facts, relay to receipt: {elapsed:?} in {calls} batches");
    assert!(elapsed.as_secs() < 20, "{elapsed:?}");
    assert_eq!(
        pair.owners.pages.load(Ordering::SeqCst),
        0,
        "all of it came by JetStream"
    );
}
