//! The registry as payroll meets it: a log of facts in a database of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use eventlog::{Class, Decider, Event, Fact, LogId, Meta, Options, Refuse, Store};
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::registry::v1 as facts;

/// Says facts, one command each.
pub(crate) struct Registry {
    pub(crate) store: Store,
    said: AtomicU64,
}

pub(crate) fn log() -> LogId {
    "registry".parse().unwrap()
}

impl Registry {
    pub(crate) async fn open(database_url: String) -> Registry {
        let store = Store::open(Options::new("registry", database_url))
            .await
            .unwrap();
        let said = AtomicU64::new(0);
        Registry { store, said }
    }

    pub(crate) async fn say(&self, kind: &'static str, message: &impl Message) {
        let said = Said {
            kind,
            bytes: message.encode_to_vec(),
        };
        let id = Uuid::from_u64_pair(1, self.said.fetch_add(1, Ordering::SeqCst));
        let meta = Meta::new(id, "ops-1");
        self.store
            .execute::<Teller>(&log(), "all", said, meta)
            .await
            .unwrap();
    }

    /// Three towns of one agreement, a fourth without; one officer at $20.00 with a burden of a
    /// fifth, assigned to the provider.
    pub(crate) async fn usual(&self) {
        for town in ["barlow", "corbin", "dexter", "elsewhere"] {
            self.town(town).await;
        }
        self.agreement("three-rivers", &["barlow", "corbin", "dexter"])
            .await;
        self.officer("cso-114").await;
    }

    pub(crate) async fn town(&self, town: &str) {
        let fact = facts::TownRegistered {
            town: town.into(),
            name: town.to_uppercase(),
            state: "MO".into(),
            zone: "America/Chicago".into(),
        };
        self.say("TownRegistered", &fact).await;
    }

    pub(crate) async fn agreement(&self, agreement: &str, towns: &[&str]) {
        let fact = facts::AgreementSigned {
            agreement: agreement.into(),
            towns: towns.iter().map(|&town| town.into()).collect(),
            starts_on: "2026-07-01".into(),
            zone: "America/Chicago".into(),
            ..facts::AgreementSigned::default()
        };
        self.say("AgreementSigned", &fact).await;
    }

    pub(crate) async fn officer(&self, officer: &str) {
        let enrolled = facts::OfficerEnrolled {
            officer: officer.into(),
            from: "2026-01-01".into(),
        };
        self.say("OfficerEnrolled", &enrolled).await;
        self.rate(officer, "2026-01-01", "2000/1").await;
        let assigned = facts::OfficerAssigned {
            officer: officer.into(),
            from: "2026-01-01".into(),
            until: String::new(),
            account: "provider".into(),
        };
        self.say("OfficerAssigned", &assigned).await;
    }

    pub(crate) async fn rate(&self, officer: &str, from: &str, cents_per_hour: &str) {
        let fact = facts::PayRateSet {
            officer: officer.into(),
            from: from.into(),
            cents_per_hour: cents_per_hour.into(),
            burden: "1/5".into(),
            burden_on_premium: false,
        };
        self.say("PayRateSet", &fact).await;
    }
}

struct Teller;

struct Said {
    kind: &'static str,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Told {
    #[serde(rename = "told")]
    Told { kind: String, bytes: Vec<u8> },
}

impl Event for Told {
    fn valid_on(&self) -> Date {
        "2026-10-01".parse().unwrap()
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

impl Decider for Teller {
    const STREAM: &'static str = "told";
    type Command = Said;
    type Event = Told;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), said: &Said) -> Result<Vec<Told>, Never> {
        Ok(vec![Told::Told {
            kind: said.kind.to_owned(),
            bytes: said.bytes.clone(),
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

const KINDS: &[&str] = &[
    "TownRegistered",
    "OfficerEnrolled",
    "OfficerEnded",
    "OfficerErased",
    "PayRateSet",
    "OfficerAssigned",
    "AgreementSigned",
    "Unheard",
];
