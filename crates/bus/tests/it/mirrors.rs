//! Mirrors of a listener beside a program that does not know them.

use std::sync::atomic::Ordering;

use eventlog::{Error, FactRow, Options, Store, Table, Typed, TypedMirror};

use crate::pair::{Pair, log};

/// How many facts were heard of.
struct Heard;

impl TypedMirror for Heard {
    const NAME: &'static str = "heard";
    const VERSION: u32 = 1;
    type Row = u64;

    fn keys(_: &FactRow) -> Vec<String> {
        vec!["all".to_owned()]
    }

    fn apply(_: &FactRow, _: &str, old: Option<u64>) -> Option<u64> {
        Some(old.unwrap_or(0) + 1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_program_took_in_is_found_out_and_filled_in() {
    let (pair, urls) = Pair::with_urls().await;
    let north = log("towns/north");
    let older = pair.books.clone();
    let mut options = Options::new("books", urls.split(' ').nth(2).unwrap());
    options.mirrors = vec![Box::new(Typed::of::<Heard>())];
    let newer = Store::open(options).await.unwrap();
    let pair = pair.heard_by(newer.clone());
    let _consumer = pair.listen().await;
    pair.count(&north, &[1, 2]).await;
    pair.caught_up(&north).await;
    let mut facts = 2;
    for value in 3..6 {
        // The older one is faster, where it is.
        pair.owners.away.store(true, Ordering::SeqCst);
        pair.count(&north, &[value]).await;
        let receipt = older.receipt("books", &north).await.unwrap();
        let rows = pair.towns.read_facts(&north, receipt, 10).await.unwrap();
        let last = rows.last().unwrap().seq;
        match older.accept("books", &north, receipt, last, &rows).await {
            Ok(()) | Err(Error::ReceiptMoved { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        pair.owners.away.store(false, Ordering::SeqCst);
        pair.count(&north, &[value]).await;
        pair.caught_up(&north).await;
        facts += 2;
    }
    let table = Table::Mirror("heard");
    let heard: Option<u64> = newer.read_row(table, &north, "all").await.unwrap();
    assert_eq!(heard, Some(facts));
}
