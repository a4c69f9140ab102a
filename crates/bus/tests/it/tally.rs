//! The smallest owner and the smallest listener: numbers are counted here and copied there.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bus::{ApplyError, Backfill, Listener, Unreachable};
use eventlog::{Decider, Event, Fact, FactRow, LogId, Meta, Refuse, Store, reaction_id};
use futures::future::try_join_all;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The number that a listener refuses until it is healed.
pub(crate) const POISON: u64 = 666;

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

/// The number at which a listener panics.
pub(crate) const PANIC: u64 = 13;

/// The owner's aggregate.
pub(crate) struct Tally;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Counted {
    #[serde(rename = "counted")]
    Counted { value: u64 },
    /// Stays private: the fact positions have holes.
    #[serde(rename = "mused")]
    Mused { value: u64 },
}

impl Event for Counted {
    fn valid_on(&self) -> Date {
        date(2026, 10, 1)
    }
}

impl Decider for Tally {
    const STREAM: &'static str = "tally";
    /// One command, one group: a private event, then a fact for each number.
    type Command = Vec<u64>;
    type Event = Counted;
    type State = ();
    type Refusal = Never;

    fn decide((): &(), values: &Vec<u64>) -> Result<Vec<Counted>, Never> {
        let mused = values.first().map(|value| Counted::Mused { value: *value });
        let counted = values
            .iter()
            .map(|value| Counted::Counted { value: *value });
        Ok(mused.into_iter().chain(counted).collect())
    }

    fn evolve((): &mut (), _: &Counted) {}

    fn publish((): &(), event: &Counted) -> Option<Fact> {
        match event {
            Counted::Counted { value } => Some(Fact {
                kind: "Counted",
                bytes: value.to_be_bytes().to_vec(),
            }),
            Counted::Mused { .. } => None,
        }
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

pub(crate) fn value_of(fact: &FactRow) -> u64 {
    u64::from_be_bytes(fact.bytes.as_slice().try_into().expect("eight bytes"))
}

/// The log that the listener writes.
pub(crate) fn books() -> LogId {
    LogId::try_new("books").unwrap()
}

/// Copies every fact into its own log, then accepts the batch.
pub(crate) struct Copier {
    store: Store,
    /// Numbers that are poison are taken all the same.
    pub(crate) healed: AtomicBool,
    /// So many receipts are lost: the process "dies" between the effect and the receipt.
    pub(crate) receipts_lost: AtomicU64,
    /// Only receipts, no effects: what the bus itself can do.
    pub(crate) ears_only: AtomicBool,
    /// Calls of `apply`.
    pub(crate) calls: AtomicU64,
    busy: AtomicBool,
}

impl Copier {
    pub(crate) fn new(store: Store) -> Copier {
        Copier {
            store,
            healed: AtomicBool::new(false),
            receipts_lost: AtomicU64::new(0),
            ears_only: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            busy: AtomicBool::new(false),
        }
    }

    /// A call that was aborted did not say that it ended.
    pub(crate) fn crashed(&self) {
        self.busy.store(false, Ordering::SeqCst);
    }

    async fn copy(&self, fact: &FactRow) -> Result<(), ApplyError> {
        let value = value_of(fact);
        if value == POISON && !self.healed.load(Ordering::SeqCst) {
            return Err(ApplyError::Unacceptable(format!("{value} is poison")));
        }
        let id = reaction_id(&fact.log, fact.seq, &books(), 0);
        let copy = Copied::Copied {
            log: fact.log.to_string(),
            seq: fact.seq,
            value,
        };
        let meta = Meta::new(id, "books").with_content(fact.bytes.clone());
        self.store
            .execute::<Copies>(&books(), fact.log.leaf(), copy, meta)
            .await?;
        Ok(())
    }

    async fn take(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        assert!(
            batch.last().is_some_and(|last| last.group_last),
            "cut inside a command"
        );
        if !self.ears_only.load(Ordering::SeqCst) {
            try_join_all(batch.iter().map(|fact| self.copy(fact))).await?;
        }
        let left = self.receipts_lost.load(Ordering::SeqCst);
        if left > 0 {
            self.receipts_lost.store(left - 1, Ordering::SeqCst);
            return Err(ApplyError::Unavailable(
                "died before the receipt".to_owned(),
            ));
        }
        bus::accept(&self.store, self.name(), batch).await
    }
}

impl Listener for Copier {
    fn name(&self) -> &'static str {
        "books"
    }

    fn sources(&self) -> &'static [&'static str] {
        &["towns", "roads"]
    }

    async fn apply(&self, batch: &[FactRow]) -> Result<(), ApplyError> {
        assert!(
            !self.busy.swap(true, Ordering::SeqCst),
            "two sources at once"
        );
        self.calls.fetch_add(1, Ordering::SeqCst);
        let panics = batch.iter().any(|fact| value_of(fact) == PANIC);
        if panics {
            self.crashed();
        }
        assert!(!panics, "13 is too much");
        let taken = self.take(batch).await;
        self.busy.store(false, Ordering::SeqCst);
        taken
    }
}

/// Asks the owners' stores, in pages smaller than what is asked for.
pub(crate) struct Owners {
    pub(crate) stores: BTreeMap<&'static str, Store>,
    pub(crate) away: AtomicBool,
    /// Neither answers nor hangs up.
    pub(crate) silent: AtomicBool,
    /// So many questions still panic: a bug in whoever asks the owner.
    pub(crate) panics: AtomicU64,
    /// Answers with facts in them.
    pub(crate) pages: AtomicU64,
}

impl Owners {
    fn store(&self, service: &str) -> Result<&Store, Unreachable> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Unreachable("the owner is away".to_owned()));
        }
        self.stores
            .get(service)
            .ok_or_else(|| Unreachable(format!("no {service}")))
    }
}

impl Backfill for Owners {
    async fn read(&self, log: &LogId, after: u64, limit: u32) -> Result<Vec<FactRow>, Unreachable> {
        let store = self.store(bus::subject::owner(log.as_str()))?;
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let rows = store.read_facts(log, after, limit.min(100)).await;
        let rows = rows.map_err(|error| Unreachable(error.to_string()))?;
        self.pages
            .fetch_add(u64::from(!rows.is_empty()), Ordering::SeqCst);
        Ok(rows)
    }

    async fn heads(&self, service: &'static str) -> Result<Vec<(LogId, u64)>, Unreachable> {
        let left = self.panics.load(Ordering::SeqCst);
        self.panics.store(left.saturating_sub(1), Ordering::SeqCst);
        assert_eq!(left, 0, "a bug");
        let heads = self.store(service)?.heads().await;
        let heads = heads.map_err(|error| Unreachable(error.to_string()))?;
        Ok(heads
            .into_iter()
            .map(|(log, head)| (log, head.fact_seq))
            .collect())
    }
}
