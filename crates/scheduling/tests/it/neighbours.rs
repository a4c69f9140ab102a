//! The neighbours as scheduling meets them over NATS: a log of facts each, in databases of their
//! own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bus::subject::Names;
use bus::{Backfill, Bus, Connection, Consuming, Relaying, Unreachable};
use eventlog::{Class, Decider, Event, Fact, FactRow, LogId, Meta, Options, Refuse, Store};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::world::{Said, World};

const SERVICES: [&str; 4] = ["registry", "training", "payroll", "statements"];

/// Says facts, one command each, and answers for them.
#[derive(Clone)]
pub(crate) struct Neighbours {
    stores: Arc<Vec<(&'static str, Store)>>,
    said: Arc<AtomicU64>,
}

impl Neighbours {
    pub(crate) async fn open(world: &World) -> Neighbours {
        let mut stores = Vec::new();
        for service in SERVICES {
            let url = world.local.database_url(service);
            let store = Store::open(Options::new(service, url)).await.unwrap();
            stores.push((service, store));
        }
        Neighbours {
            stores: Arc::new(stores),
            said: Arc::default(),
        }
    }

    fn store(&self, log: &str) -> &Store {
        let owner = log.split('/').next().unwrap();
        let found = self.stores.iter().find(|(service, _)| *service == owner);
        &found.unwrap().1
    }

    /// Says a fact; gives its position.
    pub(crate) async fn say(&self, (log, kind, bytes): Said) -> u64 {
        let id = Uuid::from_u64_pair(1, self.said.fetch_add(1, Ordering::SeqCst));
        let (meta, log) = (Meta::new(id, "ops-1"), LogId::try_new(log).unwrap());
        let store = self.store(log.as_str());
        let done = store.execute::<Teller>(&log, "all", (kind, bytes), meta);
        done.await.unwrap().last_seq
    }

    pub(crate) async fn close(&self) {
        for (_, store) in self.stores.iter() {
            store.close().await;
        }
    }
}

impl Backfill for Neighbours {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let facts = self.store(log.as_str()).read_facts(log, after, limit).await;
        facts.map_err(|e| Unreachable(e.to_string()))
    }

    async fn heads(&self, service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let heads = self.store(service).heads().await;
        let heads = heads.map_err(|e| Unreachable(e.to_string()))?;
        let told = heads.into_iter().map(|(log, head)| (log, head.fact_seq));
        Ok(told.collect())
    }
}

/// Relays out of every neighbour, and the ear of scheduling.
pub(crate) struct Wires {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Wires {
    pub(crate) async fn connect(world: &World, neighbours: &Neighbours) -> Wires {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = Vec::new();
        for (service, store) in neighbours.stores.iter() {
            let bus = connect(world, service).await;
            let (store, relaying) = (store.clone(), Relaying::default());
            let relay = bus::relay(bus, store, service, relaying, stopped.clone());
            tasks.push(tokio::spawn(relay));
        }
        let ear = bus::consume(
            connect(world, "scheduling").await,
            world.store.clone(),
            Arc::new(world.listener()),
            Arc::new(neighbours.clone()),
            Consuming::default(),
            stopped,
        );
        tasks.push(tokio::spawn(ear));
        Wires { stop, tasks }
    }

    pub(crate) async fn cut(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

async fn connect(world: &World, client: &str) -> Bus {
    let connection = Connection {
        login: None,
        url: world.local.nats_url(),
        client: client.to_owned(),
        names: Names::try_prefixed(world.local.prefix()).unwrap(),
        patience: Duration::from_secs(10),
    };
    bus::connect(connection).await.unwrap()
}

struct Teller;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Told {
    #[serde(rename = "told")]
    Told { kind: String, bytes: Vec<u8> },
}

impl Event for Told {
    fn valid_on(&self) -> Date {
        "2026-11-01".parse().unwrap()
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("Nothing is refused here.")]
struct Never;

impl Refuse for Never {
    fn reason(&self) -> &'static str {
        "NEVER"
    }
    fn class(&self) -> Class {
        Class::FailedPrecondition
    }
}

const KINDS: &[&str] = &[
    "TownRegistered",
    "AgreementSigned",
    "ProfileIssued",
    "ProgrammeAgreed",
    "OfficerEnrolled",
    "CredentialGranted",
    "CredentialLapsed",
    "CredentialSuspended",
];

impl Decider for Teller {
    const STREAM: &'static str = "told";
    type Command = (&'static str, Vec<u8>);
    type Event = Told;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), (kind, bytes): &Self::Command) -> Result<Vec<Told>, Never> {
        Ok(vec![Told::Told {
            kind: (*kind).to_owned(),
            bytes: bytes.clone(),
        }])
    }

    fn evolve((): &mut (), _event: &Told) {}

    fn publish((): &(), event: &Told) -> Option<Fact> {
        let Told::Told { kind, bytes } = event;
        Some(Fact {
            kind: KINDS.iter().find(|known| **known == kind).copied()?,
            bytes: bytes.clone(),
        })
    }
}
