//! The smallest owner and the smallest listener: a meter counts, the books copy.

use std::convert::Infallible;
use std::fmt;

use bus::{ApplyError, Listener};
use eventlog::{
    Decider, Event, Fact, FactRow, LogId, Meta, Options, Recorded, Refuse, Store, Typed,
    TypedMirror, TypedRows, reaction_id,
};
use futures::future::try_join_all;
use jiff::civil::{Date, date};
use proof::Hash;
use serde::{Deserialize, Serialize};

/// The owner's aggregate.
pub(crate) struct Meter;

/// One command: a private event, then a fact for each value.
pub(crate) struct Count {
    pub(crate) values: Vec<u64>,
    /// Refused unless the stream stands at this version.
    pub(crate) expected: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum MeterEvent {
    #[serde(rename = "counted")]
    Counted { value: u64 },
    /// Stays private: the positions of facts have holes.
    #[serde(rename = "mused")]
    Mused { value: u64 },
}

impl Event for MeterEvent {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("The meter stands at version {stands}, not at {expected}.")]
pub(crate) struct Moved {
    expected: u64,
    stands: u64,
}

impl Refuse for Moved {
    fn reason(&self) -> &'static str {
        "MOVED"
    }
}

#[derive(Clone, Default)]
pub(crate) struct Stand {
    version: u64,
}

impl Decider for Meter {
    const STREAM: &'static str = "meter";
    type Command = Count;
    type Event = MeterEvent;
    type State = Stand;
    type Refusal = Moved;

    fn decide(state: &Stand, command: &Count) -> Result<Vec<MeterEvent>, Moved> {
        let stands = state.version;
        if let Some(expected) = command.expected.filter(|expected| *expected != stands) {
            return Err(Moved { expected, stands });
        }
        let values = &command.values;
        let mused = values
            .first()
            .map(|value| MeterEvent::Mused { value: *value });
        let counted = values
            .iter()
            .map(|value| MeterEvent::Counted { value: *value });
        Ok(mused.into_iter().chain(counted).collect())
    }

    fn evolve(state: &mut Stand, _: &MeterEvent) {
        state.version += 1;
    }

    fn publish(_: &Stand, event: &MeterEvent) -> Option<Fact> {
        match event {
            MeterEvent::Counted { value } => Some(Fact {
                kind: "Counted",
                bytes: value.to_be_bytes().to_vec(),
            }),
            MeterEvent::Mused { .. } => None,
        }
    }
}

/// A chain over everything that was applied, in the order in which it was: another order, a thing
/// left out or a thing twice gives another chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chain {
    pub(crate) links: u64,
    pub(crate) last: u64,
    pub(crate) chain: String,
    /// Times that something came at or before the last position.
    pub(crate) disorder: u64,
}

impl Chain {
    pub(crate) fn add(mut self, seq: u64, content: &[u8]) -> Chain {
        self.disorder += u64::from(seq <= self.last);
        self.links += 1;
        self.last = seq;
        let mut bytes = self.chain.into_bytes();
        bytes.extend(seq.to_be_bytes());
        bytes.extend(content);
        self.chain = Hash::of(&bytes).to_string();
        self
    }
}

/// The owner's projection: a chain per stream, and one over the whole log.
pub(crate) struct Chains;

impl TypedRows for Chains {
    const NAME: &'static str = "chains";
    const VERSION: u32 = 1;
    type Row = Chain;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream.clone(), "all".to_owned()]
    }

    fn apply(event: &Recorded, _: &str, old: Option<Chain>) -> Option<Chain> {
        let old = old.unwrap_or_default();
        Some(old.add(event.seq, event.body.as_bytes()))
    }
}

/// What the listener remembers of each log of the owner.
pub(crate) struct Heard;

impl TypedMirror for Heard {
    const NAME: &'static str = "heard";
    const VERSION: u32 = 1;
    type Row = Chain;

    fn keys(_: &FactRow) -> Vec<String> {
        vec!["all".to_owned()]
    }

    fn apply(fact: &FactRow, _: &str, old: Option<Chain>) -> Option<Chain> {
        Some(old.unwrap_or_default().add(fact.seq, &fact.bytes))
    }
}

/// Never happens.
#[derive(Clone, Debug)]
pub(crate) struct Never(Infallible);

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl std::error::Error for Never {}

impl Refuse for Never {
    fn reason(&self) -> &'static str {
        match self.0 {}
    }
}

/// The listener's aggregate: takes whatever it is told, so that a second effect would be seen.
pub(crate) struct Copies;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Copied {
    #[serde(rename = "copied")]
    Copied { log: String, seq: u64, value: u64 },
}

impl Event for Copied {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

impl Decider for Copies {
    const STREAM: &'static str = "copies";
    type Command = Copied;
    type Event = Copied;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), copy: &Copied) -> Result<Vec<Copied>, Never> {
        Ok(vec![copy.clone()])
    }

    fn evolve((): &mut (), _: &Copied) {}

    fn publish((): &(), _: &Copied) -> Option<Fact> {
        None
    }
}

/// Copies every fact into its own log, then accepts the batch.
pub(crate) struct Books {
    pub(crate) store: Store,
}

impl Books {
    async fn copy(&self, fact: &FactRow) -> Result<(), ApplyError> {
        let id = reaction_id(&fact.log, fact.seq, &books(), 0);
        let copy = Copied::Copied {
            log: fact.log.to_string(),
            seq: fact.seq,
            value: value_of(fact),
        };
        let meta = Meta::new(id, "books").with_content(fact.bytes.clone());
        self.store
            .execute::<Copies>(&books(), fact.log.leaf(), copy, meta)
            .await?;
        Ok(())
    }
}

impl Listener for Books {
    fn name(&self) -> &'static str {
        "books"
    }

    fn sources(&self) -> &'static [&'static str] {
        &["towns"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        try_join_all(batch.iter().map(|fact| self.copy(fact))).await?;
        bus::accept(&self.store, self.name(), batch).await
    }
}

pub(crate) fn value_of(fact: &FactRow) -> u64 {
    u64::from_be_bytes(fact.bytes.as_slice().try_into().expect("eight bytes"))
}

/// The log that the listener writes.
pub(crate) fn books() -> LogId {
    log("books")
}

pub(crate) fn log(name: &str) -> LogId {
    LogId::try_new(name).unwrap()
}

/// The owner's store; `service` names its connections.
pub(crate) fn owner(service: &'static str, url: &str) -> Options {
    let mut options = Options::new(service, url);
    options.projections = vec![Box::new(Typed::of::<Chains>())];
    options
}

/// The listener's store.
pub(crate) fn listener(url: &str) -> Options {
    let mut options = Options::new("books", url);
    options.mirrors = vec![Box::new(Typed::of::<Heard>())];
    options
}
