//! A fact that cannot be applied stops its log, and nothing else.

use std::sync::atomic::Ordering;

use eventlog::{FactRow, LogId};

use crate::pair::{Pair, log, until};
use crate::tally::{PANIC, POISON};

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_cannot_be_applied_parks_its_log_alone_and_a_retry_goes_on() {
    let pair = Pair::new().await;
    let (north, south) = (log("towns/north"), log("towns/south"));
    let _relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.count(&north, &[1, 2]).await;
    pair.count(&north, &[3, POISON, 4]).await;
    pair.count(&north, &[5]).await;
    until("the log is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
    let parked = pair.books.parked().await.unwrap().remove(0);
    assert_eq!(
        (parked.consumer.as_str(), &parked.log, parked.seq),
        ("books", &north, 5)
    );
    assert_eq!(
        (parked.kind.as_str(), parked.error.as_str()),
        ("Counted", "666 is poison")
    );
    assert_eq!(parked.attempts, 1);

    pair.count(&south, &[7, 8]).await;
    pair.caught_up(&south).await;
    assert_eq!(
        pair.books.receipt("books", &north).await.unwrap(),
        3,
        "what stood before is in"
    );

    // Asked for while nothing has changed: the same trouble, counted on.
    assert!(bus::retry(&pair.books, "books", &north).await.unwrap());
    until("it was tried again", || async {
        pair.books
            .parked()
            .await
            .unwrap()
            .first()
            .is_some_and(|again| again.attempts == 2)
    })
    .await;
    assert_eq!(pair.books.parked().await.unwrap()[0].since, parked.since);

    // A restart does not try by itself.
    consumer.stop().await;
    let _consumer = pair.listen().await;
    pair.count(&south, &[9]).await;
    pair.caught_up(&south).await;
    assert_eq!(pair.books.parked().await.unwrap().len(), 1);

    pair.copier.healed.store(true, Ordering::SeqCst);
    assert!(bus::retry(&pair.books, "books", &north).await.unwrap());
    pair.caught_up(&north).await;
    assert!(
        !bus::retry(&pair.books, "books", &north).await.unwrap(),
        "nothing is parked"
    );
    pair.count(&north, &[6]).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
    pair.assert_copied_once(&pair.towns, &south).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_panics_on_a_fact_parks_it() {
    let pair = Pair::new().await;
    let (north, south) = (log("towns/north"), log("towns/south"));
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.count(&north, &[PANIC]).await;
    until("the log is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
    let error = pair.books.parked().await.unwrap().remove(0).error;
    assert_eq!(error, "the listener panicked: 13 is too much");
    pair.count(&south, &[1]).await;
    pair.caught_up(&south).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_its_owner_lost_facts_of_is_parked_before_others_take_their_place() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    // Taken from an owner that then went back to an older backup: one fact less.
    let taken = FactRow {
        prev: 0,
        seq: 9,
        ..row_of(&pair, &north).await
    };
    pair.books
        .accept("books", &north, 0, 9, std::slice::from_ref(&taken))
        .await
        .unwrap();
    let _consumer = pair.listen().await;
    until("the log is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
    let parked = pair.books.parked().await.unwrap();
    assert_eq!((&parked[0].log, parked[0].seq), (&north, 9));
    assert!(parked[0].error.contains("ends at 2"), "{}", parked[0].error);
    // The owner goes on, over the positions that were taken from it once.
    for value in 20..30 {
        pair.count(&north, &[value]).await;
    }
    assert_eq!(pair.books.parked().await.unwrap().len(), 1);
    assert_eq!(pair.books.receipt("books", &north).await.unwrap(), 9);
}

/// The one fact that the log holds.
async fn row_of(pair: &Pair, log: &LogId) -> FactRow {
    pair.count(log, &[7]).await;
    let facts = pair.towns.read_facts(log, 0, 10).await.unwrap();
    facts[0].clone()
}
