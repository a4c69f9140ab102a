//! The ordinary way, and what JetStream may do to it.

use std::sync::atomic::Ordering;

use async_nats::HeaderMap;
use bus::Relaying;
use bus::subject::{Names, header};

use crate::pair::{Pair, count, log, relaying, until, without_heads};

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_all_logs_and_sources_arrive_in_order_and_once() {
    let pair = Pair::new().await;
    let (north, south, roads) = (log("towns/north"), log("towns/south"), log("roads"));
    let _relays = [
        pair.relay().await,
        pair.relay_of("roads", &pair.roads, relaying()).await,
    ];
    pair.stream().await;
    let _consumer = pair.listen_with(without_heads()).await;
    for n in 20..40 {
        pair.count(&north, &[n, n + 100]).await;
        pair.count(&south, &[n]).await;
        count(&pair.roads, &roads, &[n, n, n]).await;
    }
    pair.caught_up(&north).await;
    pair.caught_up(&south).await;
    until("roads has arrived", || pair.has_all(&pair.roads, &roads)).await;
    pair.assert_copied_once(&pair.towns, &north).await;
    pair.assert_copied_once(&pair.towns, &south).await;
    pair.assert_copied_once(&pair.roads, &roads).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_carries_cloudevents_and_the_place_in_the_log() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.count(&north, &[7, 8]).await;
    let _relay = pair.relay().await;
    until("both facts are stored", || async {
        pair.stored().await == 2
    })
    .await;
    let stream = pair.stream().await;
    let first = stream.get_raw_message(1).await.unwrap();
    let second = stream.get_raw_message(2).await.unwrap();
    let root = pair.names.stream("x").to_lowercase();
    let root = root.trim_end_matches("_x");
    assert_eq!(
        first.subject.as_str(),
        format!("{root}.towns.north.Counted")
    );
    let of = |headers: &HeaderMap, name: &str| headers.get(name).unwrap().as_str().to_owned();
    for (name, value) in [
        (header::SPEC_VERSION, "1.0"),
        (header::ID, "towns/north:2"),
        (header::MESSAGE_ID, "towns/north:2"),
        (header::SOURCE, "commonwatch/towns/towns/north"),
        (header::TYPE, "commonwatch.towns.v1.Counted"),
        (header::CONTENT_TYPE, "application/protobuf"),
        (header::LOG_SEQ, "2"),
        (header::LOG_PREV, "0"),
        (header::GROUP_LAST, "false"),
        (header::VALID_ON, "2026-10-01"),
        (header::ACTOR, "clerk"),
    ] {
        assert_eq!(of(&first.headers, name), value, "{name}");
    }
    assert_eq!(of(&second.headers, header::LOG_PREV), "2");
    assert_eq!(of(&second.headers, header::GROUP_LAST), "true");
    assert_eq!(of(&second.headers, header::LEAF_HASH).len(), 64);
    assert_eq!(second.payload.as_ref(), 8u64.to_be_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_delivered_twice_and_shuffled_are_applied_once_and_in_order() {
    let mut pair = Pair::new().await;
    let north = log("towns/north");
    pair.burst(&north, 60, 3).await;
    let relay = pair.relay().await;
    until("all facts are stored", || async {
        pair.stored().await == 180
    })
    .await;
    relay.stop().await;
    let (stream, jetstream) = (pair.stream().await, pair.jetstream().await);

    // A second place, where we ourselves are the relay, and a bad one.
    let first_root = pair
        .names
        .stream("x")
        .to_lowercase()
        .trim_end_matches("_x")
        .to_owned();
    let root = format!("{first_root}s");
    pair.names = Names::try_prefixed(&root).unwrap();
    jetstream
        .create_stream(async_nats::jetstream::stream::Config {
            name: pair.names.stream("towns"),
            subjects: vec![pair.names.service("towns")],
            ..Default::default()
        })
        .await
        .unwrap();
    let consumer = pair.listen_with(without_heads()).await;
    // The numbers 0..360 in an order that a multiplication shuffles; each fact comes up twice.
    for at in (0..360).map(|n| (n * 7 + 131) % 360 / 2 + 1) {
        let mut message = stream.get_raw_message(at).await.unwrap();
        message
            .headers
            .insert(header::MESSAGE_ID, format!("{at}-{}", rand_free_id(&pair)));
        let subject = message.subject.replacen(&first_root, &root, 1);
        let ack = jetstream
            .publish_with_headers(subject, message.headers, message.payload)
            .await;
        ack.unwrap().await.unwrap();
    }
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
    consumer.stop().await;
}

/// Never the same twice, so that JetStream keeps every copy.
fn rand_free_id(pair: &Pair) -> String {
    pair.towns.surroundings().uuid().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_reads_from_the_owner_and_then_goes_on_live() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.burst(&north, 100, 5).await;
    let _relay = pair.relay().await;
    until("all facts are stored", || async {
        pair.stored().await == 500
    })
    .await;
    let _consumer = pair.listen_with(without_heads()).await;
    pair.caught_up(&north).await;
    let pages = pair.owners.pages.load(Ordering::SeqCst);
    assert!(pages > 0, "a first start reads from the owner");
    pair.count(&north, &[1, 2, 3]).await;
    pair.caught_up(&north).await;
    assert_eq!(
        pair.owners.pages.load(Ordering::SeqCst),
        pages,
        "what follows comes by JetStream"
    );
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_with_more_facts_than_any_batch_is_applied_as_one() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let values: Vec<u64> = (1_000..3_500).collect();
    pair.count(&north, &values).await;
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.caught_up(&north).await;
    pair.count(&north, &values).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_with_more_facts_than_may_be_unanswered_is_published_window_by_window() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let narrow = Relaying {
        window: 4,
        ..relaying()
    };
    let _relay = pair.relay_of("towns", &pair.towns, narrow).await;
    let values: Vec<u64> = (1_000..1_100).collect();
    pair.count(&north, &values).await;
    until("all facts are stored", || async {
        pair.stored().await == 100
    })
    .await;
    let _consumer = pair.listen().await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
}
