//! A fact that cannot be applied stops its log, and nothing else.

use std::sync::atomic::Ordering;

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
