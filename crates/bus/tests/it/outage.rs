//! Servers that are absent, killed or wiped, and processes that die at the wrong moment.

use std::sync::atomic::Ordering;
use std::time::Duration;

use local::{Options, Stack};
use tokio::time::Instant;

use crate::pair::{Pair, log, until};

#[tokio::test(flavor = "multi_thread")]
async fn nats_killed_in_the_middle_of_two_thousand_publishes_loses_and_doubles_nothing() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let pair = Pair::on(&stack).await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.stream().await;
    let burst = pair.burst(&north, 400, 5);
    let kills = async {
        for stored in [100, 700, 1_300] {
            until("some facts are stored", || async {
                pair.stored().await > stored
            })
            .await;
            stack.kill_nats();
            stack.start_nats().await.unwrap();
        }
    };
    tokio::join!(burst, kills);
    pair.caught_up(&north).await;
    until("the stream has all facts", || async {
        pair.stored().await >= 2_000
    })
    .await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_jetstream_store_is_filled_again_from_the_log() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let pair = Pair::on(&stack).await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.burst(&north, 50, 2).await;
    pair.caught_up(&north).await;
    stack.wipe_jetstream().await.unwrap();
    pair.burst(&north, 50, 2).await;
    pair.caught_up(&north).await;
    until("the stream is full again", || async {
        pair.stored().await == 200
    })
    .await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_absent_at_the_start_is_waited_for() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let mut pair = Pair::on(&stack).await;
    stack.stop_nats().await.unwrap();
    pair.patience = Duration::from_millis(100);
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.burst(&north, 10, 2).await;
    // The owner answers, so facts flow even now, by comparing heads.
    pair.caught_up(&north).await;
    stack.start_nats().await.unwrap();
    until("the stream has all facts", || async {
        pair.stored().await == 20
    })
    .await;
    let pages = pair.owners.pages.load(Ordering::SeqCst);
    pair.assert_copied_once(&pair.towns, &north).await;
    let stream = pair.stream().await;
    let there = || async { stream.consumer_info("books-towns").await.is_ok() };
    until("the consumer is there", there).await;
    pair.count(&north, &[1]).await;
    pair.caught_up(&north).await;
    // One page to catch up when the pull opens, one to see that the owner's past is the same.
    assert!(pair.owners.pages.load(Ordering::SeqCst) <= pages + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_killed_in_the_middle_is_waited_for_and_parks_nothing() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let pair = Pair::on(&stack).await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    pair.burst(&north, 200, 3).await;
    let _consumer = pair.listen().await;
    until("some facts are applied", || async {
        pair.books
            .receipt("books", &north)
            .await
            .is_ok_and(|receipt| receipt > 0)
    })
    .await;
    stack.kill_postgres();
    stack.start_postgres().await.unwrap();
    pair.caught_up(&north).await;
    pair.burst(&north, 10, 3).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_between_effect_and_receipt_gives_one_effect() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    pair.copier.receipts_lost.store(2, Ordering::SeqCst);
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    assert_eq!(pair.copier.receipts_lost.load(Ordering::SeqCst), 0);
    consumer.stop().await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_and_relays_that_crash_again_and_again_lose_and_double_nothing() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    for round in 1..=6 {
        let relay = pair.relay().await;
        let consumer = pair.listen().await;
        let before = pair.copier.calls.load(Ordering::SeqCst);
        pair.burst(&north, 40, 3).await;
        // Wherever it is after so many batches; at the latest when all is done.
        until("it is somewhere in the middle", || async {
            let calls = pair.copier.calls.load(Ordering::SeqCst) - before;
            calls > round % 3 || pair.has_all(&pair.towns, &north).await
        })
        .await;
        // Dropped, not stopped: aborted wherever they are.
        drop((relay, consumer));
        pair.copier.crashed();
    }
    let relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.caught_up(&north).await;
    relay.stop().await;
    consumer.stop().await;
    assert!(pair.stored().await >= 720);
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_never_answers_does_not_hold_up_the_end() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.count(&north, &[20]).await;
    pair.owners.silent.store(true, Ordering::SeqCst);
    let consumer = pair.listen().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    consumer.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_breaks_down_begins_again_by_itself() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    pair.burst(&north, 5, 2).await;
    // Both sources ask for heads when they begin: one of them breaks down three times.
    pair.owners.panics.store(3, Ordering::SeqCst);
    let consumer = pair.listen().await;
    pair.caught_up(&north).await;
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    assert_eq!(pair.owners.panics.load(Ordering::SeqCst), 0);
    consumer.stop().await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_does_not_wait_for_a_server_that_is_away() {
    let mut stack = Stack::start(Options::temporary()).await.unwrap();
    let pair = Pair::on(&stack).await;
    let north = log("towns/north");
    let relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    stack.stop_nats().await.unwrap();
    let began = Instant::now();
    consumer.stop().await;
    relay.stop().await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
}
