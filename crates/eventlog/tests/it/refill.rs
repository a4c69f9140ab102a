//! Mirrors: folded again from their owners' logs, as far as their facts were taken in.

use std::sync::atomic::{AtomicBool, Ordering};

use eventlog::{
    Error, FactRow, LogId, Meta, Mirror, Options, Owners, Page, Store, Table, Typed, upkeep,
};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::jar::{log, meta, open, put, sql};
use crate::listening::Totals;
use crate::rebuild::{beside, swaps};

/// The owner's store, asked in small pages.
struct Owner {
    store: Store,
    away: AtomicBool,
}

impl Owners for Owner {
    async fn facts(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Error> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Error::Unavailable("the owner is away".to_owned()));
        }
        self.store.read_facts(log, after, limit.min(7)).await
    }
}

/// An owner before whose first answer something happens.
struct Meddled<'a> {
    owner: &'a Owner,
    begun: AtomicBool,
    meddle: Box<dyn Fn() -> BoxFuture<'a, ()> + Send + Sync + 'a>,
}

impl<'a> Meddled<'a> {
    fn new<F: Future<Output = ()> + Send + 'a>(
        owner: &'a Owner,
        meddle: impl Fn() -> F + Send + Sync + 'a,
    ) -> Meddled<'a> {
        Meddled {
            owner,
            begun: AtomicBool::new(false),
            meddle: Box::new(move || Box::pin(meddle())),
        }
    }
}

impl Owners for Meddled<'_> {
    async fn facts(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Error> {
        if !self.begun.swap(true, Ordering::SeqCst) {
            (self.meddle)().await;
        }
        self.owner.facts(log, after, limit).await
    }
}

async fn owner(world: &local::testing::World) -> Owner {
    Owner {
        store: open(world, "owner").await,
        away: AtomicBool::new(false),
    }
}

async fn listener(world: &local::testing::World, mirror: Box<dyn Mirror>) -> Store {
    let mut options = Options::new("listener", world.database_url("listener"));
    options.mirrors = vec![mirror];
    Store::open(options).await.unwrap()
}

/// Takes in what the owner has, up to `upto`.
async fn listen(owner: &Owner, listener: &Store, upto: u64) -> Result<(), Error> {
    let jars = log("jars");
    let receipt = listener.receipt("listener", &jars).await?;
    let mut facts = owner.store.read_facts(&jars, receipt, 1_000).await?;
    facts.retain(|fact| fact.seq <= upto);
    let Some(last) = facts.last().map(|fact| fact.seq) else {
        return Ok(());
    };
    listener
        .accept("listener", &jars, receipt, last, &facts)
        .await
}

async fn swap(
    listener: &Store,
    owner: &impl Owners,
    meta: Meta,
) -> Result<eventlog::Rebuilt, Error> {
    let progress = watch::Sender::default();
    listener
        .swap_mirror("totals", "listener", owner, meta, &progress)
        .await
}

async fn totals(listener: &Store) -> Result<Vec<Value>, Error> {
    let (table, page) = (Table::Mirror("totals"), Page::first(10));
    let rows = listener
        .read_rows::<Value>(table, &log("jars"), &[], &page)
        .await?;
    Ok(rows.into_iter().map(|row| row.row).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_is_swapped_at_its_receipt_while_the_listener_goes_on() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    let listener = listener(&world, Box::new(Typed::of::<Totals>())).await;
    for n in 0..120u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    listen(&owner, &listener, 60).await.unwrap();
    let half = swap(&listener, &owner, meta(500)).await.unwrap();
    assert!(half.swapped && half.is_equal(), "{half:?}");
    assert_eq!(half.positions, [(log("jars"), 60)]);

    let going_on = async {
        for upto in 61..=120 {
            listen(&owner, &listener, upto).await.unwrap();
        }
    };
    let swapping = async {
        for n in 0..4 {
            let rebuilt = swap(&listener, &owner, meta(600 + n)).await.unwrap();
            assert!(rebuilt.is_equal(), "{rebuilt:?}");
        }
    };
    tokio::join!(going_on, swapping);
    let row = json!({ "total": 120, "heard": 120 });
    assert_eq!(totals(&listener).await.unwrap(), [row]);
    assert_eq!(swaps(&listener).await.len(), 5);
    assert_eq!(beside(&world.database_url("listener")).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_mirror_is_replaced_for_a_reason_without_what_was_passed_over() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    let listener = listener(&world, Box::new(Typed::of::<Totals>())).await;
    for n in 0..10u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    listen(&owner, &listener, 4).await.unwrap();
    pass_over_the_fifth(&listener).await;
    listen(&owner, &listener, 10).await.unwrap();
    let right = json!({ "total": 10, "heard": 9 });
    assert_eq!(
        totals(&listener).await.unwrap(),
        std::slice::from_ref(&right)
    );
    assert!(swap(&listener, &owner, meta(500)).await.unwrap().is_equal());

    let client = sql(&world.database_url("listener")).await;
    let spoil = r#"UPDATE m_totals_v1 SET row = '{"total": 99, "heard": 1}'"#;
    client.batch_execute(spoil).await.unwrap();
    let refused = swap(&listener, &owner, meta(501)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(r) if r.reason == "DIGESTS_DIFFER"));
    let mut why = meta(502);
    why.reason = Some("written by hand".to_owned());
    assert!(swap(&listener, &owner, why).await.unwrap().swapped);
    assert_eq!(totals(&listener).await.unwrap(), [right]);
    let last = swaps_only(&listener).await.pop().unwrap();
    assert_eq!((last.source, last.reason), (upkeep::Source::Mirror, true));

    owner.away.store(true, Ordering::SeqCst);
    assert!(
        swap(&listener, &owner, meta(503))
            .await
            .unwrap_err()
            .is_transient()
    );
}

/// What operator and listener do about the fact at 5.
async fn pass_over_the_fifth(listener: &Store) {
    let jars = log("jars");
    listener
        .park("listener", &jars, 5, &[5], ("JarFilled", "no"))
        .await
        .unwrap();
    let mut why = meta(400);
    why.reason = Some("it was counted twice".to_owned());
    listener
        .skip_parked("listener", &jars, 5, why)
        .await
        .unwrap();
    listener.pass_over("listener", &jars, 4, 5).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_is_passed_over_during_a_rebuild_is_not_in_the_fresh_table() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    let listener = listener(&world, Box::new(Typed::of::<Totals>())).await;
    for n in 0..10u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    listen(&owner, &listener, 4).await.unwrap();
    let meddled = Meddled::new(&owner, || async {
        pass_over_the_fifth(&listener).await;
        listen(&owner, &listener, 10).await.unwrap();
    });
    // For a reason: whatever the fresh table holds takes the live one's place.
    let mut why = meta(500);
    why.reason = Some("to be sure".to_owned());
    let rebuilt = swap(&listener, &meddled, why).await.unwrap();
    assert!(rebuilt.swapped && rebuilt.is_equal(), "{rebuilt:?}");
    let right = json!({ "total": 10, "heard": 9 });
    assert_eq!(totals(&listener).await.unwrap(), [right]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_starts_leaves_the_table_of_a_rebuild_at_work_alone() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    let first = listener(&world, Box::new(Typed::of::<Totals>())).await;
    for n in 0..10u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    listen(&owner, &first, 10).await.unwrap();
    let meddled = Meddled::new(&owner, || async {
        let second = listener(&world, Box::new(Typed::of::<Totals>())).await;
        second.close().await;
    });
    let rebuilt = swap(&first, &meddled, meta(500)).await.unwrap();
    assert!(rebuilt.swapped && rebuilt.is_equal(), "{rebuilt:?}");
}

/// The same as [`swaps`], in a log that tells of other acts too.
async fn swaps_only(store: &Store) -> Vec<upkeep::Swap> {
    let events = store
        .read_events(&store.upkeep_log(), 0, 100)
        .await
        .unwrap();
    let swap = |event: &eventlog::Recorded| match event.event().unwrap() {
        upkeep::Event::MirrorSwapped { swap, .. } => Some(swap),
        _ => None,
    };
    events.iter().filter_map(swap).collect()
}

/// The next version of the totals: only how often.
struct TotalsTwo;

impl Mirror for TotalsTwo {
    fn name(&self) -> &'static str {
        "totals"
    }
    fn version(&self) -> u32 {
        2
    }
    fn keys(&self, _: &FactRow) -> Vec<String> {
        vec!["heard".to_owned()]
    }
    fn apply(&self, _: &FactRow, _: &str, old: Option<Value>) -> Option<Value> {
        let heard = old.and_then(|old| old.as_u64()).unwrap_or(0);
        Some(json!(heard + 1))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_of_a_new_version_is_not_read_before_it_is_filled() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    for n in 0..20u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    let first = listener(&world, Box::new(Typed::of::<Totals>())).await;
    assert!(
        totals(&first).await.unwrap().is_empty(),
        "new, and nothing was taken in"
    );
    listen(&owner, &first, 10).await.unwrap();
    first.close().await;

    let second = listener(&world, Box::new(TotalsTwo)).await;
    assert!(totals(&second).await.unwrap_err().is_transient());
    // Taken in meanwhile: it is in the fold, and nowhere twice.
    listen(&owner, &second, 12).await.unwrap();
    owner.away.store(true, Ordering::SeqCst);
    assert!(
        second
            .fill_mirrors("listener", &owner)
            .await
            .unwrap_err()
            .is_transient()
    );
    owner.away.store(false, Ordering::SeqCst);
    second.fill_mirrors("listener", &owner).await.unwrap();
    assert_eq!(totals(&second).await.unwrap(), [json!(12)]);
    listen(&owner, &second, 14).await.unwrap();
    second.close().await;

    // The version before runs again, and so does the newer one: each is filled when it returns.
    let first = listener(&world, Box::new(Typed::of::<Totals>())).await;
    assert!(totals(&first).await.unwrap_err().is_transient());
    first.fill_mirrors("listener", &owner).await.unwrap();
    assert_eq!(
        totals(&first).await.unwrap(),
        [json!({ "total": 14, "heard": 14 })]
    );
    first.close().await;
    let second = listener(&world, Box::new(TotalsTwo)).await;
    assert_eq!(
        totals(&second).await.unwrap(),
        [json!(14)],
        "it was complete"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_missed_what_an_older_program_took_in_is_filled_before_it_goes_on() {
    let world = local::testing::world().await;
    let owner = owner(&world).await;
    for n in 0..20u128 {
        put(&owner.store, n, "a", &[1]).await.unwrap();
    }
    let older = listener(&world, Box::new(Typed::of::<Totals>())).await;
    listen(&owner, &older, 10).await.unwrap();
    let newer = listener(&world, Box::new(TotalsTwo)).await;
    newer.fill_mirrors("listener", &owner).await.unwrap();
    assert_eq!(totals(&newer).await.unwrap(), [json!(10)]);

    // The older one goes on beside it.
    listen(&owner, &older, 12).await.unwrap();
    let lagging = listen(&owner, &newer, 14).await.unwrap_err();
    assert!(lagging.is_transient(), "{lagging}");
    assert!(!newer.has_filled_mirrors());
    assert!(totals(&newer).await.unwrap_err().is_transient());
    let receipt = newer.receipt("listener", &log("jars")).await;
    assert_eq!(receipt.unwrap(), 12, "nothing is taken in meanwhile");
    newer.fill_mirrors("listener", &owner).await.unwrap();
    assert_eq!(totals(&newer).await.unwrap(), [json!(12)]);
    listen(&owner, &newer, 14).await.unwrap();
    assert_eq!(totals(&newer).await.unwrap(), [json!(14)]);

    // And the other way round; also facts that are passed over move no mirror that lags.
    let jars = log("jars");
    let passed = older.pass_over("listener", &jars, 14, 15).await;
    assert!(passed.unwrap_err().is_transient());
    older.fill_mirrors("listener", &owner).await.unwrap();
    listen(&owner, &older, 20).await.unwrap();
    let row = json!({ "total": 20, "heard": 20 });
    assert_eq!(totals(&older).await.unwrap(), [row]);
}
