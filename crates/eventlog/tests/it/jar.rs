//! A small aggregate to run through the log: a jar that amounts are put in and taken out of.

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use eventlog::{
    Decider, Error, Event, Fact, LogId, Meta, Options, Outcome, Recorded, Refuse, Replayed, Store,
    Surroundings, Typed, TypedRows,
};
use jiff::civil::{Date, date};
use local::testing::World;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) struct Jar;

#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// Puts each amount in; negative ones take out. No amounts: nothing to do.
    Put(Vec<i64>, &'static str),
    /// A bug in a rule.
    Panic,
    /// Puts one in, but takes its time to decide: meets the test at the barrier, twice.
    Slow(Arc<Barrier>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum JarEvent {
    #[serde(rename = "filled")]
    Filled { amount: i64, label: String },
    #[serde(rename = "emptied")]
    Emptied { amount: i64 },
}

#[derive(Clone, Default, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) total: i64,
    pub(crate) events: u64,
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("The jar holds only {held}, so {wanted} can not be taken out.")]
pub(crate) struct TooLittle {
    held: i64,
    wanted: i64,
}

impl Refuse for TooLittle {
    fn reason(&self) -> &'static str {
        "TOO_LITTLE"
    }
}

impl Event for JarEvent {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

impl Decider for Jar {
    const STREAM: &'static str = "jar";
    type Command = Command;
    type Event = JarEvent;
    type State = State;
    type Refusal = TooLittle;

    fn decide(state: &State, command: &Command) -> Result<Vec<JarEvent>, TooLittle> {
        let (amounts, label) = match command {
            Command::Put(amounts, label) => (amounts.as_slice(), *label),
            Command::Panic => panic!("a bug in a rule"),
            Command::Slow(barrier) => {
                for _ in 0..2 {
                    tokio::task::block_in_place(|| barrier.wait());
                }
                (&[1][..], "plum")
            }
        };
        let mut held = state.total;
        let mut events = Vec::new();
        for amount in amounts {
            held += amount;
            if held < 0 {
                return Err(TooLittle {
                    held: held - amount,
                    wanted: -amount,
                });
            }
            events.push(if *amount < 0 {
                JarEvent::Emptied { amount: -amount }
            } else {
                JarEvent::Filled {
                    amount: *amount,
                    label: label.to_owned(),
                }
            });
        }
        Ok(events)
    }

    fn evolve(state: &mut State, event: &JarEvent) {
        state.events += 1;
        match event {
            JarEvent::Filled { amount, .. } => state.total += amount,
            JarEvent::Emptied { amount } => state.total -= amount,
        }
    }

    /// Taking out is nobody's business: so that not every row has a fact.
    fn publish(state: &State, event: &JarEvent) -> Option<Fact> {
        match event {
            JarEvent::Filled { .. } => Some(Fact {
                kind: "JarFilled",
                bytes: state.total.to_be_bytes().to_vec(),
            }),
            JarEvent::Emptied { .. } => None,
        }
    }
}

/// One row per jar; an empty jar has none.
pub(crate) struct Jars;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JarRow {
    pub(crate) total: i64,
    pub(crate) label: String,
}

impl TypedRows for Jars {
    const NAME: &'static str = "jars";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["label"];
    type Row = JarRow;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream_key().to_owned()]
    }

    fn apply(event: &Recorded, _key: &str, old: Option<JarRow>) -> Option<JarRow> {
        let mut row = old.unwrap_or(JarRow {
            total: 0,
            label: String::new(),
        });
        match event
            .event::<JarEvent>()
            .expect("only jars are kept in this log")
        {
            JarEvent::Filled { amount, label } => {
                assert_ne!(label, "panic in projection");
                row.total += amount;
                row.label = label;
            }
            JarEvent::Emptied { amount } => row.total -= amount,
        }
        (row.total != 0).then_some(row)
    }
}

/// How many jars were touched per letter: a row that many streams share.
pub(crate) struct Letters;

impl TypedRows for Letters {
    const NAME: &'static str = "letters";
    const VERSION: u32 = 1;
    type Row = BTreeMap<String, u64>;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream_key()[..1].to_owned(), "all".to_owned()]
    }

    fn apply(event: &Recorded, _: &str, old: Option<Self::Row>) -> Option<Self::Row> {
        let mut row = old.unwrap_or_default();
        *row.entry(event.kind.clone()).or_default() += 1;
        Some(row)
    }
}

pub(crate) fn log(name: &str) -> LogId {
    name.parse().unwrap()
}

pub(crate) fn options(url: impl Into<String>) -> Options {
    let mut options = Options::new("jars", url);
    options.projections = vec![
        Box::new(Typed::of::<Jars>()),
        Box::new(Typed::of::<Letters>()),
    ];
    options.patience = Duration::from_secs(30);
    options
}

pub(crate) async fn open(world: &World, database: &str) -> Store {
    Store::open(options(world.database_url(database)))
        .await
        .unwrap()
}

pub(crate) fn replayed() -> Arc<dyn Surroundings> {
    Arc::new(Replayed::new(
        11,
        "2026-10-01T12:00:00.123456789Z".parse().unwrap(),
    ))
}

pub(crate) fn meta(id: u128) -> Meta {
    Meta::new(Uuid::from_u128(id), "ops-1")
}

/// Puts `amounts` into jar `key` of log `jars`.
pub(crate) async fn put(
    store: &Store,
    id: u128,
    key: &str,
    amounts: &[i64],
) -> Result<Outcome, Error> {
    let content = format!("{amounts:?}");
    let command = Command::Put(amounts.to_vec(), "plum");
    store
        .execute::<Jar>(&log("jars"), key, command, meta(id).with_content(content))
        .await
}

/// The log is whole, and every projection is what a fresh fold gives.
pub(crate) async fn assert_sound(store: &Store, log: &LogId) -> eventlog::Verified {
    for projection in ["jars", "letters"] {
        let rebuilt = store.rebuild(projection).await.unwrap();
        assert!(
            rebuilt.is_equal(),
            "{projection} differs from its log: {rebuilt:?}"
        );
    }
    store.verify(log).await.unwrap()
}

/// A connection of the test's own, for looking and for breaking things.
pub(crate) async fn sql(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}
