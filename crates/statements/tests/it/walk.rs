//! The whole way on real servers: the neighbours' logs, NATS, the listener, the close.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bus::subject::Names;
use bus::{Backfill, Bus, Connection, Consuming, Relaying, Unreachable};
use eventlog::{Decider, Event, Fact, FactRow, LogId, Meta, Options, Refuse, Store};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::told::october;
use crate::world;

/// A neighbour that says what it is told to say.
struct Teller;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Told {
    #[serde(rename = "told")]
    Told {
        kind: String,
        body: String,
        on: Date,
    },
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("never")]
struct Never;

impl Refuse for Never {
    fn reason(&self) -> &'static str {
        "NEVER"
    }
}

impl Event for Told {
    fn valid_on(&self) -> Date {
        let Told::Told { on, .. } = self;
        *on
    }
}

impl Decider for Teller {
    const STREAM: &'static str = "teller";
    type Command = Told;
    type Event = Told;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), told: &Told) -> Result<Vec<Told>, Never> {
        Ok(vec![told.clone()])
    }

    fn evolve((): &mut (), _: &Told) {}

    fn publish((): &(), event: &Told) -> Option<Fact> {
        let Told::Told { kind, body, .. } = event;
        let kinds = [
            "AgreementSigned",
            "BasisFigureRecorded",
            "DutyRecorded",
            "IncidentClosed",
            "LabourCosted",
            "WeekApproved",
        ];
        let kind = kinds.into_iter().find(|known| known == kind).unwrap();
        let bytes = STANDARD.decode(body).unwrap();
        Some(Fact { kind, bytes })
    }
}

/// The neighbours' stores, asked directly.
struct Owners(Vec<(&'static str, Store)>);

impl Owners {
    fn store(&self, service: &str) -> Result<&Store, Unreachable> {
        let found = self.0.iter().find(|(name, _)| *name == service);
        let store = found.map(|(_, store)| store);
        store.ok_or_else(|| Unreachable(format!("no {service}")))
    }
}

impl Backfill for Owners {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let rows = self
            .store(log.as_str())?
            .read_facts(log, after, limit)
            .await;
        rows.map_err(|error| Unreachable(error.to_string()))
    }

    async fn heads(&self, service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.store(service)?.heads().await;
        let heads = heads
            .map_err(|error| Unreachable(error.to_string()))?
            .into_iter();
        Ok(heads.map(|(log, head)| (log, head.fact_seq)).collect())
    }
}

async fn connect(world: &local::testing::World) -> Bus {
    bus::connect(Connection {
        login: None,
        url: world.nats_url(),
        client: "test".to_owned(),
        names: Names::try_prefixed(world.prefix()).unwrap(),
        patience: Duration::from_secs(5),
    })
    .await
    .unwrap()
}

/// Says all of a month's facts in the neighbours' own logs.
async fn tell(owners: &Owners) {
    for row in october().rows().into_iter().flatten() {
        let store = owners.store(row.log.as_str()).unwrap();
        let told = Told::Told {
            kind: row.kind,
            body: STANDARD.encode(&row.bytes),
            on: row.valid_on,
        };
        let mut meta = Meta::new(store.surroundings().uuid(), "ops-1");
        meta.trace = row.trace;
        store
            .execute::<Teller>(&row.log, "all", told, meta)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_walks_from_its_facts_to_a_signed_statement_over_the_bus() {
    let world = local::testing::world().await;
    let mut stores = Vec::new();
    for service in ["registry", "payroll", "incidents"] {
        let options = Options::new(service, world.database_url(service));
        stores.push((service, Store::open(options).await.unwrap()));
    }
    let owners = Arc::new(Owners(stores));
    let (stop, stopping) = watch::channel(false);
    let mut tasks = Vec::new();
    for (service, store) in &owners.0 {
        let bus = connect(&world).await;
        let relaying = Relaying::default();
        let relay = bus::relay(bus, store.clone(), service, relaying, stopping.clone());
        tasks.push(tokio::spawn(relay));
    }
    let mut service = world::serve(
        world.database_url("statements"),
        owners.clone(),
        Duration::from_secs(60),
    )
    .await;
    let consuming = bus::consume(
        connect(&world).await,
        service.store.clone(),
        Arc::new(service.listener.clone()),
        owners.clone(),
        Consuming::default(),
        stopping.clone(),
    );
    tasks.push(tokio::spawn(consuming));
    tell(&owners).await;

    // The close itself waits until all of it has come.
    let closed = service.close("2026-10", false).await.unwrap();
    let amounts: Vec<_> = closed.statements.iter().map(|s| s.amount_cents).collect();
    assert_eq!(amounts, [19_200, 0, 0]);
    let files = service.bundle("2026-10", "barlow").await;
    let bundle = proof::Bundle::read(&files).unwrap();
    bundle.check(&world::key(), None).unwrap();

    // One clock-out is followed by its trace: the copy carries the trace of the labour's fact.
    let rows = service
        .store
        .read_facts(&world::log(), 0, 100)
        .await
        .unwrap();
    let labour = october().rows()[1].last().unwrap().trace.clone();
    assert!(rows.iter().any(|row| row.trace == labour), "{rows:?}");

    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(service.store.parked().await.unwrap(), []);
}
