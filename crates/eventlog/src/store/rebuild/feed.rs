//! What a table is folded from: our own events, or neighbours' facts.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::GenericClient;

use super::Owners;
use crate::error::Error;
use crate::listening::log_of;
use crate::log_id::LogId;
use crate::projection::{Mirror, Projection};
use crate::record::FactRow;
use crate::sequencer::guarded;
use crate::store::fold::{self, Copies, Folder};
use crate::store::{Store, from_db};
use crate::upkeep::Source;

/// Facts asked of an owner at a time.
const FACTS: u32 = 1_000;

/// Where the items of a table come from, and how they are applied.
pub(crate) enum Feed<'a, O> {
    Events(&'a dyn Projection),
    Facts {
        mirror: &'a dyn Mirror,
        owners: &'a O,
        consumer: &'a str,
        store: &'a Store,
        /// Facts that operators had passed over, as of the last look at the receipts.
        skipped: BTreeMap<LogId, BTreeSet<u64>>,
    },
}

/// For feeds of events, which need none.
pub(crate) struct NoOwners;

impl Owners for NoOwners {
    async fn facts(&self, log: &LogId, _: u64, _: u32) -> Result<Vec<FactRow>, Error> {
        Err(Error::Setup(format!("nobody owns {log} but us")))
    }
}

impl<'a, O: Owners> Feed<'a, O> {
    pub(super) fn facts(
        store: &'a Store,
        name: &str,
        consumer: &'a str,
        owners: &'a O,
    ) -> Result<Feed<'a, O>, Error> {
        let found = store.mirrors().iter().find(|(m, _)| m.name() == name);
        let (mirror, _) = found.ok_or_else(|| store.without(name))?;
        Ok(Feed::Facts {
            mirror: mirror.as_ref(),
            owners,
            consumer,
            store,
            skipped: BTreeMap::new(),
        })
    }

    pub(super) fn source(&self) -> Source {
        match self {
            Feed::Events(_) => Source::Projection,
            Feed::Facts { .. } => Source::Mirror,
        }
    }

    /// How far each log is to be folded now: its head, or the receipt.
    pub(super) async fn positions(
        &mut self,
        client: &impl GenericClient,
    ) -> Result<Vec<(LogId, u64)>, Error> {
        let rows = match &*self {
            Feed::Events(_) => {
                let sql = "SELECT log_id, last_seq FROM log_head
                           WHERE log_id NOT LIKE '%/\\_upkeep' AND last_seq > 0 ORDER BY log_id";
                client.query(sql, &[]).await?
            }
            Feed::Facts { consumer, .. } => {
                let sql = "SELECT log_id, seq FROM receipt
                           WHERE consumer = $1 AND seq > 0 ORDER BY log_id";
                client.query(sql, &[consumer]).await?
            }
        };
        if let Feed::Facts {
            consumer,
            store,
            skipped,
            ..
        } = self
        {
            // After the receipts: none moves over a fact before it is recorded that it may.
            for fact in store.skipped_as(client).await? {
                if fact.consumer == *consumer {
                    skipped.entry(fact.log).or_default().insert(fact.seq);
                }
            }
        }
        let read = |row: &tokio_postgres::Row| Ok((log_of(row.get(0))?, from_db(row.get(1))));
        rows.iter().map(read).collect()
    }

    /// Folds one page after `after`, never beyond `upto`; gives the position it came to.
    pub(super) async fn page(
        &self,
        client: &impl Copies,
        folder: &mut Folder<'_>,
        log: &LogId,
        (after, upto): (u64, u64),
    ) -> Result<u64, Error> {
        match self {
            Feed::Events(projection) => {
                let events = fold::events(client, log, after, upto).await?;
                let Some(last) = events.last() else {
                    return Err(missing(log, after, upto));
                };
                folder.take_events(client, *projection, &events).await?;
                Ok(last.seq)
            }
            Feed::Facts {
                mirror,
                owners,
                skipped,
                ..
            } => {
                let mut facts = owners.facts(log, after, FACTS).await?;
                let mut at = after;
                for fact in &facts {
                    if fact.prev != at || fact.log != *log {
                        return Err(missing(log, at, upto));
                    }
                    at = fact.seq;
                }
                facts.retain(|fact| fact.seq <= upto);
                let Some(last) = facts.last().map(|fact| fact.seq) else {
                    return Err(missing(log, after, upto));
                };
                if let Some(skipped) = skipped.get(log) {
                    facts.retain(|fact| !skipped.contains(&fact.seq));
                }
                let name = mirror.name();
                let keys = |fact| guarded(name, || mirror.keys(fact));
                let keys = facts.iter().map(keys).collect::<Result<Vec<_>, _>>()?;
                let seq = |n: usize| facts[n].seq;
                let apply =
                    |n: usize, key: &str, old| guarded(name, || mirror.apply(&facts[n], key, old));
                folder.take(client, &keys, seq, apply).await?;
                Ok(last)
            }
        }
    }
}

fn missing(log: &LogId, after: u64, upto: u64) -> Error {
    Error::Unavailable(format!(
        "what follows {log}:{after} up to {upto} can not be read from its owner"
    ))
}
