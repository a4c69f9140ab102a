//! A fact that cannot be applied stops its log, and nothing else.

use std::sync::atomic::Ordering;

use eventlog::upkeep::{self, Upkeep};
use eventlog::{Error, FactRow, LogId, Meta, Outcome};

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
    retry(&pair, &north).await.unwrap();
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
    retry(&pair, &north).await.unwrap();
    pair.caught_up(&north).await;
    let nothing = retry(&pair, &north).await.unwrap_err();
    assert!(matches!(nothing, Error::Refused(r) if r.reason == "NOTHING_PARKED"));
    pair.count(&north, &[6]).await;
    pair.caught_up(&north).await;
    pair.assert_copied_once(&pair.towns, &north).await;
    pair.assert_copied_once(&pair.towns, &south).await;
}

async fn skip(pair: &Pair, log: &LogId, seq: u64) -> Result<Outcome, Error> {
    pair.books.skip_parked("books", log, seq, why(pair)).await
}

fn reason_of<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(refused)) => refused.reason,
        other => panic!("not refused: {other:?}"),
    }
}

async fn parked(pair: &Pair) {
    until("the log is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_is_passed_over_alone_when_an_operator_says_so_and_why() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    pair.count(&north, &[1]).await;
    pair.count(&north, &[3, POISON, 4]).await;
    pair.count(&north, &[5, POISON]).await;
    pair.count(&north, &[POISON]).await;
    pair.count(&north, &[6]).await;
    parked(&pair).await;
    let found = pair.books.parked().await.unwrap().remove(0);
    assert_eq!((found.seq, found.upto), (4, 6));

    let mut dry = why(&pair);
    dry.dry_run = true;
    pair.books
        .skip_parked("books", &north, 5, dry)
        .await
        .unwrap();
    let unexplained = Meta::new(pair.books.surroundings().uuid(), "ops-1");
    let unexplained = pair
        .books
        .skip_parked("books", &north, 5, unexplained)
        .await;
    assert_eq!(reason_of(unexplained), "REASON_MISSING");
    assert_eq!(reason_of(skip(&pair, &north, 7).await), "PARKED_ELSEWHERE");
    assert_eq!(
        reason_of(skip(&pair, &log("roads"), 5).await),
        "NOTHING_PARKED"
    );
    assert_eq!(pair.books.parked().await.unwrap(), [found]);

    let meta = why(&pair);
    for repeated in [false, true] {
        let outcome = pair
            .books
            .skip_parked("books", &north, 5, meta.clone())
            .await
            .unwrap();
        assert_eq!(outcome.repeated, repeated);
    }
    let log = pair.books.upkeep_log();
    let reason = pair.books.reason(&log, meta.command_id).await;
    assert_eq!(reason.unwrap().as_deref(), Some("the town gave it up"));

    // The last fact of a command, and a command's only one.
    for seq in [9, 11] {
        until("the next one is parked", || async {
            let parked = pair.books.parked().await.unwrap();
            parked.first().is_some_and(|parked| parked.upto == seq)
        })
        .await;
        skip(&pair, &north, seq).await.unwrap();
    }
    pair.caught_up(&north).await;
    let values: Vec<u64> = pair
        .copies(&north)
        .await
        .into_iter()
        .map(|copy| copy.1)
        .collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [1, 3, 4, 5, 6], "{values:?}");
    let skipped = pair.books.skipped().await.unwrap();
    let seqs: Vec<u64> = skipped.iter().map(|skipped| skipped.seq).collect();
    assert_eq!(seqs, [5, 9, 11]);
    assert_eq!(
        (skipped[0].actor.as_str(), skipped[0].kind.as_str()),
        ("ops-1", "Counted")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_to_pass_over_holds_when_its_call_dies_before_the_release() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    let _relay = pair.relay().await;
    let consumer = pair.listen().await;
    pair.count(&north, &[POISON, 1]).await;
    parked(&pair).await;
    // What a process leaves that dies at `parked.recorded`.
    let command = upkeep::Command::SkipParked {
        on: jiff::civil::date(2026, 11, 2),
        fact: upkeep::Position {
            log: north.clone(),
            seq: 2,
        },
        consumer: "books".to_owned(),
        kind: "Counted".to_owned(),
        reason: true,
    };
    let upkeep = pair.books.upkeep_log();
    let key = "parked/books/towns/north";
    let decided = pair
        .books
        .execute::<Upkeep>(&upkeep, key, command, why(&pair));
    decided.await.unwrap();
    pair.caught_up(&north).await;
    assert_eq!(pair.copies(&north).await, [(3, 1)]);
    assert_eq!(pair.books.parked().await.unwrap(), []);
    consumer.stop().await;

    // Nothing of it is tried again by the next process.
    let _consumer = pair.listen().await;
    pair.count(&north, &[2]).await;
    pair.caught_up(&north).await;
    assert_eq!(pair.copies(&north).await, [(3, 1), (5, 2)]);
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

/// An operator's command, for a reason.
fn why(pair: &Pair) -> Meta {
    let mut meta = Meta::new(pair.books.surroundings().uuid(), "ops-1");
    meta.reason = Some("the town gave it up".to_owned());
    meta
}

async fn retry(pair: &Pair, log: &LogId) -> Result<Outcome, Error> {
    pair.books.retry_parked("books", log, why(pair)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_owner_went_on_from_an_older_backup_is_parked_and_not_taken_for_the_same() {
    let pair = Pair::new().await;
    let (north, south) = (log("towns/north"), log("towns/south"));
    // Taken from the owner before it went back: the same position, another fact.
    let theirs = row_of(&pair, &north).await;
    let taken = FactRow {
        leaf_hash: [7; 32].into(),
        ..theirs.clone()
    };
    pair.books
        .accept("books", &north, 0, taken.seq, std::slice::from_ref(&taken))
        .await
        .unwrap();
    // By now the owner is further than it was, and its next fact names the position as its last.
    pair.count(&north, &[20]).await;
    pair.count(&south, &[21]).await;
    let _relay = pair.relay().await;
    let _consumer = pair.listen().await;
    until("the log is parked", || async {
        !pair.books.parked().await.unwrap().is_empty()
    })
    .await;
    let parked = pair.books.parked().await.unwrap();
    assert_eq!((&parked[0].log, parked[0].seq), (&north, theirs.seq));
    assert!(
        parked[0].error.contains("another fact"),
        "{}",
        parked[0].error
    );
    pair.caught_up(&south).await;
    assert_eq!(pair.copies(&north).await, []);

    // Trying again makes it no other log.
    retry(&pair, &north).await.unwrap();
    tried(&pair, 2).await;
    assert_eq!(pair.copies(&north).await, []);
    assert_eq!(
        pair.books.receipt("books", &north).await.unwrap(),
        taken.seq
    );
}

/// Waits until what is parked was tried so many times.
async fn tried(pair: &Pair, attempts: u32) {
    until("it is parked again", || async {
        let parked = pair.books.parked().await.unwrap();
        parked
            .first()
            .is_some_and(|parked| parked.attempts == attempts)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_became_another_one_is_parked_also_when_the_timer_finds_its_facts() {
    let pair = Pair::new().await;
    let north = log("towns/north");
    // No relay: what is found is found by comparing heads.
    let _consumer = pair.listen().await;
    pair.count(&north, &[1]).await;
    pair.caught_up(&north).await;
    // Its owner has another fact there by now.
    let client = pair.books.pool().get().await.unwrap();
    let other = "UPDATE taken SET leaf_hash = sha256('another')";
    assert_eq!(client.execute(other, &[]).await.unwrap(), 1);
    pair.count(&north, &[2]).await;
    parked(&pair).await;
    let parked = pair.books.parked().await.unwrap();
    assert!(
        parked[0].error.contains("another fact"),
        "{}",
        parked[0].error
    );
    assert_eq!(pair.copies(&north).await, [(2, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_also_without_the_fact_passed_over_is_tried_once_and_waits() {
    let pair = Pair::new().await;
    let (north, south) = (log("towns/north"), log("towns/south"));
    let _consumer = pair.listen().await;
    pair.count(&north, &[POISON, 1, POISON]).await;
    parked(&pair).await;
    // The wrong one, and in the middle of those at fault.
    skip(&pair, &north, 3).await.unwrap();
    tried(&pair, 2).await;
    let parked = pair.books.parked().await.unwrap();
    assert_eq!(parked[0].facts, [2, 4]);
    for value in 0..10 {
        pair.count(&south, &[value]).await;
        pair.caught_up(&south).await;
    }
    assert_eq!(pair.books.parked().await.unwrap(), parked);
    for seq in [2, 4] {
        skip(&pair, &north, seq).await.unwrap();
        if seq == 2 {
            tried(&pair, 1).await;
        }
    }
    pair.caught_up(&north).await;
    assert_eq!(pair.copies(&north).await, []);
}

/// The one fact that the log holds.
async fn row_of(pair: &Pair, log: &LogId) -> FactRow {
    pair.count(log, &[7]).await;
    let facts = pair.towns.read_facts(log, 0, 10).await.unwrap();
    facts[0].clone()
}
