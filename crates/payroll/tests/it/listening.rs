//! What payroll learns from the registry, and how.

use std::sync::Arc;
use std::time::Duration;

use bus::subject::Names;
use bus::{ApplyError, Backfill, Connection, Consuming, Listener, Relaying, Unreachable};
use eventlog::{FactRow, LogId, Store, Table};
use payroll::Payroll;
use tokio::sync::watch;
use wire::payroll::v1 as pb;
use wire::registry::v1 as facts;

use crate::registry::log;
use crate::world::{World, by, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_set_later_counts_from_its_day_at_the_next_approval() {
    let world = World::usual().await;
    world.record("2026-10-05", 8, "town:barlow").await;
    world.record("2026-10-07", 8, "town:barlow").await;
    world.registry.rate("cso-114", "2026-10-06", "2500/1").await;
    world.listen().await;
    world.submit("2026-10-05").await;
    // 8 h at $20.00 and 8 h at $25.00, a fifth on both.
    assert_eq!(world.approve("2026-10-05").await[0].cost_cents, "43200/1");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_left_cannot_come_on_duty() {
    let world = World::usual().await;
    let ended = facts::OfficerEnded {
        officer: "cso-114".into(),
        on: "2026-10-04".into(),
    };
    world.registry.say("OfficerEnded", &ended).await;
    world.listen().await;
    let asked = pb::ClockInRequest {
        officer: "cso-114".into(),
        at: "2026-10-05T08:00".into(),
        location: "town:barlow".into(),
        account: String::new(),
    };
    let refused = refusal(world.client.clone().clock_in(by("jdoe", asked)).await);
    assert_eq!(refused.reason, "OFFICER_ENDED");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_heard_twice_changes_nothing() {
    let world = World::empty().await;
    world.registry.usual().await;
    let batch = world.unheard().await;
    let payroll = Payroll::new(world.store.clone());
    payroll.apply(&batch).await.unwrap();
    let mirror = Table::Mirror("officers");
    let digest = world.store.digest(mirror).await.unwrap();
    let again = payroll.apply(&batch).await;
    assert!(
        matches!(again, Err(ApplyError::ReceiptMoved(_))),
        "{again:?}"
    );
    assert_eq!(world.store.digest(mirror).await.unwrap(), digest);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_cannot_be_read_is_not_skipped() {
    let world = World::usual().await;
    world.registry.rate("cso-114", "2026-10-06", "a lot").await;
    let batch = world.unheard().await;
    let refused = Payroll::new(world.store.clone()).apply(&batch).await;
    let Err(ApplyError::Unacceptable(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("PayRateSet at registry:"), "{why}");
    assert_eq!(world.unheard().await.len(), batch.len());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_no_concern_move_the_receipt() {
    let world = World::usual().await;
    world
        .registry
        .say("Unheard", &facts::TownRegistered::default())
        .await;
    world.listen().await;
    assert!(world.unheard().await.is_empty());
    world.end().await;
}

/// Asks the registry's store directly, as production asks its gRPC.
struct Owner(Store);

impl Backfill for Owner {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let facts = self.0.read_facts(log, after, limit).await;
        facts.map_err(|e| Unreachable(e.to_string()))
    }

    async fn heads(&self, _service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.0.heads().await;
        let heads = heads.map_err(|e| Unreachable(e.to_string()))?;
        Ok(heads
            .into_iter()
            .map(|(log, head)| (log, head.fact_seq))
            .collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registry_says_over_nats_is_known_to_the_next_punch() {
    let world = World::empty().await;
    world.registry.usual().await;
    let names = Names::try_prefixed(world.servers.prefix()).unwrap();
    let connect = async |client: &str| {
        bus::connect(Connection {
            login: None,
            url: world.servers.nats_url(),
            client: client.to_owned(),
            names: names.clone(),
            patience: Duration::from_secs(10),
        })
        .await
        .unwrap()
    };
    let (stop, stopped) = watch::channel(false);
    let relay = tokio::spawn(bus::relay(
        connect("registry").await,
        world.registry.store.clone(),
        "registry",
        Relaying::default(),
        stopped.clone(),
    ));
    let consumer = tokio::spawn(bus::consume(
        connect("payroll").await,
        world.store.clone(),
        Arc::new(Payroll::new(world.store.clone())),
        Arc::new(Owner(world.registry.store.clone())),
        Consuming::default(),
        stopped,
    ));
    world.registry.town("fairview").await;
    let head = world.registry.store.head(&log()).await.unwrap();
    let heard = async {
        while world.store.receipt("payroll", &log()).await.unwrap() < head.fact_seq {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heard)
        .await
        .expect("payroll hears the registry");
    world.clock_in("2026-10-05T08:00", "town:barlow").await;
    stop.send_replace(true);
    relay.await.unwrap();
    consumer.await.unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_waits_for_a_register_that_cannot_be_written_and_is_not_parked() {
    let world = World::usual().await;
    let folder = tempfile::tempdir().unwrap();
    let register = folder.path().join("register");
    let mut options = payroll::options(world.servers.database_url("payroll"));
    options.register = Some(register.clone());
    let store = Store::open(options).await.unwrap();
    let erased = facts::OfficerErased {
        officer: "cso-114".into(),
        on: "2026-11-15".into(),
    };
    world.registry.say("OfficerErased", &erased).await;
    let batch = world.unheard().await;
    let aside = folder.path().join("aside");
    std::fs::rename(&register, &aside).unwrap();
    std::fs::create_dir(&register).unwrap();
    let payroll = Payroll::new(store.clone());
    let waits = payroll.apply(&batch).await;
    assert!(
        matches!(waits, Err(ApplyError::Unavailable(_))),
        "{waits:?}"
    );
    std::fs::remove_dir(&register).unwrap();
    std::fs::rename(&aside, &register).unwrap();
    payroll.apply(&batch).await.unwrap();
    assert_eq!(store.vault().erased().await.unwrap().len(), 1);
    store.close().await;
    world.end().await;
}
