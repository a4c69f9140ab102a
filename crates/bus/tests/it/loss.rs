//! JetStream loses things: streams, messages, consumers, everything.

use std::sync::atomic::Ordering;

use bus::Relaying;

use crate::pair::{Pair, log, relaying, until, without_heads};

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_deleted_midway_is_made_and_filled_again() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.burst(&north, 30, 2).await;
    pair.caught_up(&north).await;
    let jetstream = pair.jetstream().await;
    jetstream
        .delete_stream(pair.names.stream("towns"))
        .await
        .unwrap();
    pair.burst(&north, 30, 2).await;
    pair.caught_up(&north).await;
    until("the stream is full again", || async {
        pair.stored().await == 120
    })
    .await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purged_stream_is_filled_again() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let open = Relaying {
        guarded: false,
        ..relaying()
    };
    let _relay = pair.relay_of("towns", &pair.towns, open).await;
    let _consumer = pair.listen().await;
    pair.burst(&north, 30, 2).await;
    until("all facts are stored", || async {
        pair.stored().await == 60
    })
    .await;
    pair.stream().await.purge().await.unwrap();
    until("the stream is full again", || async {
        pair.stored().await == 60
    })
    .await;
    pair.count(&north, &[1]).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_deleted_from_the_middle_is_published_again_despite_its_known_id() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let open = Relaying {
        guarded: false,
        ..relaying()
    };
    let _relay = pair.relay_of("towns", &pair.towns, open).await;
    pair.burst(&north, 10, 1).await;
    until("all facts are stored", || async {
        pair.stored().await == 10
    })
    .await;
    pair.stream().await.delete_message(5).await.unwrap();
    until("the stream is whole again", || async {
        pair.stored().await == 10
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_stream_refuses_purges() {
    let pair = Pair::new().await;
    let _relay = pair.relay().await;
    pair.count(&log("towns/north"), &[1]).await;
    let stream = pair.stream().await;
    assert!(stream.purge().await.is_err());
    assert!(stream.delete_message(1).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_that_was_never_published_is_found_by_comparing_heads() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    relay.stop().await;
    pair.burst(&north, 5, 2).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_deleted_on_the_server_is_made_again() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let stream = pair.stream().await;
    let _consumer = pair.listen_with(without_heads()).await;
    pair.burst(&north, 10, 2).await;
    pair.caught_up(&north).await;
    stream.delete_consumer("books-towns").await.unwrap();
    pair.burst(&north, 10, 2).await;
    pair.caught_up(&north).await;
    let again = || async { stream.consumer_info("books-towns").await.is_ok() };
    until("the consumer is there again", again).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_waits_for_an_owner_that_is_away() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    pair.stream().await;
    let consumer = pair.listen_with(without_heads()).await;
    pair.count(&north, &[1]).await;
    pair.caught_up(&north).await;
    consumer.stop().await;
    // Gone from the stream's memory of this consumer: only the owner has it.
    pair.stream()
        .await
        .delete_consumer("books-towns")
        .await
        .unwrap();
    pair.count(&north, &[2]).await;
    until("both facts are stored", || async {
        pair.stored().await == 2
    })
    .await;
    pair.owners.away.store(true, Ordering::SeqCst);
    let _consumer = pair.listen_with(without_heads()).await;
    let stream = pair.stream().await;
    let there = || async { stream.consumer_info("books-towns").await.is_ok() };
    until("the consumer is there", there).await;
    pair.count(&north, &[3]).await;
    let acked = || async {
        let info = stream.consumer_info("books-towns").await.unwrap();
        info.delivered.consumer_sequence > 0 && info.num_ack_pending == 0
    };
    until("the third fact was delivered", acked).await;
    assert_eq!(
        pair.copies(&north).await.len(),
        1,
        "nothing is applied over a gap"
    );
    pair.owners.away.store(false, Ordering::SeqCst);
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_does_not_wait_for_the_timer_when_the_owner_answers_late() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.count(&north, &[1, 2]).await;
    let _relay = pair.relay().await;
    until("both facts are stored", || async {
        pair.stored().await == 2
    })
    .await;
    pair.owners.away.store(true, Ordering::SeqCst);
    let _consumer = pair.listen_with(without_heads()).await;
    let stream = pair.stream().await;
    let there = || async { stream.consumer_info("books-towns").await.is_ok() };
    until("the consumer is there", there).await;
    pair.owners.away.store(false, Ordering::SeqCst);
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_tells_of_another_past_than_its_log_is_made_anew() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    // What an owner published before its database came back from an older backup: the same
    // positions, other facts.
    let relay = pair.relay().await;
    pair.burst(&north, 5, 2).await;
    until("all facts are stored", || async {
        pair.stored().await == 10
    })
    .await;
    relay.stop().await;
    let jetstream = pair.jetstream().await;
    let name = pair.names.stream("towns");
    let last = pair.stream().await.get_raw_message(10).await.unwrap();
    let mut headers = last.headers.clone();
    headers.insert("Leaf-Hash", "00".repeat(32));
    headers.insert("Nats-Msg-Id", "towns/north:of-another-past");
    let ack = jetstream
        .publish_with_headers(last.subject, headers, last.payload)
        .await;
    ack.unwrap().await.unwrap();
    let relay = pair.relay().await;
    // Neither the old stream nor the old one with these two holds as many.
    pair.count(&north, &[1, 2]).await;
    until("the stream is the log's again", || async {
        let stream = jetstream.get_stream(&name).await;
        stream.is_ok_and(|stream| stream.cached_info().state.messages == 12)
    })
    .await;
    for at in 1..=12 {
        let stored = pair.stream().await.get_raw_message(at).await.unwrap();
        let hash = stored.headers.get("Leaf-Hash").unwrap().as_str().to_owned();
        assert_ne!(hash, "00".repeat(32));
    }
    relay.stop().await;
}
