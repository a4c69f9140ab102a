//! What is told of how far a listener has come.

use std::sync::atomic::Ordering;

use bus::{Consuming, Standing, Standings};

use crate::pair::{Pair, consuming, log, until};
use crate::tally::POISON;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_confirmed_while_its_owner_answers_and_no_longer() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let standings = Standings::default();
    let told = standings.of("towns");
    pair.owners.away.store(true, Ordering::SeqCst);
    pair.count(&north, &[1]).await;
    let _relay = pair.relay().await;
    let watched = Consuming {
        standings: standings.clone(),
        ..consuming()
    };
    let _consumer = pair.listen_with(watched).await;
    assert_eq!(*told.borrow(), Standing::default());

    let before = pair.books.surroundings().now();
    pair.owners.away.store(false, Ordering::SeqCst);
    until("it is confirmed", || async {
        told.borrow().confirmed_at.is_some()
    })
    .await;
    let first = told.borrow().confirmed_at.unwrap();
    assert!(first >= before && first <= pair.books.surroundings().now());
    until("it is confirmed again", || async {
        told.borrow().confirmed_at > Some(first)
    })
    .await;

    // The question that is under way when the owner goes may still be answered; no later one is.
    pair.owners.away.store(true, Ordering::SeqCst);
    let gone = pair.books.surroundings().now();
    let applied = told.borrow().applied;
    pair.count(&north, &[2]).await;
    until("facts still come", || async {
        told.borrow().applied > applied
    })
    .await;
    assert!(told.borrow().confirmed_at <= Some(gone));
    assert_eq!(standings.of("roads").borrow().applied, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_log_leaves_its_source_unconfirmed() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    pair.count(&north, &[POISON]).await;
    let standings = Standings::default();
    let (towns, roads) = (standings.of("towns"), standings.of("roads"));
    let watched = Consuming {
        standings,
        ..consuming()
    };
    let _consumer = pair.listen_with(watched).await;
    until("it is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
    // The other source is asked on the same timer: it shows that the time for it has come.
    let parked_at = pair.books.surroundings().now();
    until("the other source is confirmed", || async {
        roads.borrow().confirmed_at > Some(parked_at)
    })
    .await;
    assert_eq!(towns.borrow().confirmed_at, None);
}
