//! Listeners: how far they have come, and what they were told to go on without.

use std::collections::{BTreeMap, BTreeSet};

use bus::{Backfill, Unreachable};
use eventlog::{LogId, Receipt, Store};
use tonic::{Request, Status};
use wire::convert;
use wire::log::v1::{Consumer, ListSkippedRequest, ListSkippedResponse, Skipped};

use super::events::sees_bodies;
use super::serve::Logs;
use crate::page::Page;
use crate::refuse::refuse;

/// Facts that are counted at most.
const BEHIND_MAX: u32 = 1000;

/// Every listener of these stores with every log that it takes in.
pub(super) async fn list(logs: &Logs, consumer: &str) -> Result<Vec<Consumer>, Status> {
    let mut heads: BTreeMap<String, Result<BTreeMap<LogId, u64>, Unreachable>> = BTreeMap::new();
    let mut found = Vec::new();
    for (_, store) in &logs.stores {
        let parked = store.parked().await.map_err(refuse)?;
        let receipts = store.all_receipts().await.map_err(refuse)?;
        let mut known: BTreeMap<(String, LogId), Option<Receipt>> = BTreeMap::new();
        for parked in &parked {
            known.insert((parked.consumer.clone(), parked.log.clone()), None);
        }
        for receipt in receipts {
            let at = (receipt.consumer.clone(), receipt.log.clone());
            known.insert(at, Some(receipt));
        }
        known.retain(|(of, _), _| consumer.is_empty() || of == consumer);
        // Logs of the same sources that nothing was taken from yet.
        let sources: BTreeSet<(String, String)> = known
            .keys()
            .map(|(consumer, log)| (consumer.clone(), owner(log).to_owned()))
            .collect();
        for (consumer, source) in sources {
            if !heads.contains_key(&source) {
                let asked = logs.heads_of(&source).await?;
                heads.insert(source.clone(), asked);
            }
            if let Some(Ok(heads)) = heads.get(&source) {
                for log in heads
                    .iter()
                    .filter(|(_, head)| **head > 0)
                    .map(|(log, _)| log)
                {
                    known.entry((consumer.clone(), log.clone())).or_default();
                }
            }
        }
        for ((consumer, log), receipt) in known {
            let head = heads.get(owner(&log)).and_then(|heads| heads.as_ref().ok());
            let head = head.map(|heads| heads.get(&log).copied().unwrap_or(0));
            let at = receipt.as_ref().map_or(0, |receipt| receipt.seq);
            let behind = logs.behind(&log, at, head.unwrap_or(0)).await?;
            let taken_at = receipt.and_then(|receipt| receipt.taken_at);
            found.push(Consumer {
                parked: parked
                    .iter()
                    .any(|p| p.consumer == consumer && p.log == log),
                consumer,
                log: log.to_string(),
                receipt: at,
                head: head.unwrap_or(0),
                owner_silent: head.is_none(),
                behind,
                taken_at: taken_at.map(convert::timestamp_value),
            });
        }
    }
    found.sort_by(|a, b| (&a.consumer, &a.log).cmp(&(&b.consumer, &b.log)));
    Ok(found)
}

pub(super) async fn skipped(
    logs: &Logs,
    request: Request<ListSkippedRequest>,
) -> Result<ListSkippedResponse, Status> {
    let reasons = sees_bodies(&request)?;
    let ListSkippedRequest {
        consumer,
        page_size,
        page_token,
    } = request.into_inner();
    let page = Page::read(page_size, &page_token, &["skipped", &consumer])?;
    let mut found: Vec<(String, eventlog::Skipped, &Store)> = Vec::new();
    for (_, store) in &logs.stores {
        for skipped in store.skipped().await.map_err(refuse)? {
            if consumer.is_empty() || skipped.consumer == consumer {
                let at = skipped.recorded_at.as_microsecond();
                let key = format!("{at:020} {}", skipped.command_id);
                found.push((key, skipped, store));
            }
        }
    }
    // Few by nature: each one was somebody's decision.
    found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    found.retain(|(key, ..)| *key > page.after);
    let (found, next_page_token) = page.cut(found, |(key, ..)| key);
    let mut skipped = Vec::with_capacity(found.len());
    for (_, fact, store) in found {
        let reason = match reasons {
            true => store.reason(&store.upkeep_log(), fact.command_id).await,
            false => Ok(None),
        };
        let reason = reason.map_err(refuse)?;
        skipped.push(Skipped {
            consumer: fact.consumer,
            log: fact.log.to_string(),
            seq: fact.seq,
            kind: fact.kind,
            skipped_at: Some(convert::timestamp_value(fact.recorded_at)),
            actor: fact.actor,
            command_id: fact.command_id.to_string(),
            reason: reason.unwrap_or_default(),
        });
    }
    Ok(ListSkippedResponse {
        skipped,
        next_page_token,
    })
}

fn owner(log: &LogId) -> &str {
    log.as_str().split('/').next().unwrap_or_default()
}

impl Logs {
    /// The heads of a service's logs: from its store, if that is here; else from itself.
    async fn heads_of(
        &self,
        service: &str,
    ) -> Result<Result<BTreeMap<LogId, u64>, Unreachable>, Status> {
        if let Ok((_, store)) = self.store(service) {
            let heads = store.heads().await.map_err(refuse)?.into_iter();
            return Ok(Ok(heads.map(|(log, head)| (log, head.fact_seq)).collect()));
        }
        Ok(match &self.owners {
            Some(owners) => owners.heads_of(service).await.map(BTreeMap::from_iter),
            None => Err(Unreachable("no owners are known here".to_owned())),
        })
    }

    /// Facts of a log after a position, counted up to [`BEHIND_MAX`].
    async fn behind(&self, log: &LogId, after: u64, head: u64) -> Result<u32, Status> {
        if head <= after {
            return Ok(0);
        }
        let facts = match (self.store(owner(log)), &self.owners) {
            (Ok((_, store)), _) => {
                let facts = store.read_facts(log, after, BEHIND_MAX).await;
                facts.map_err(refuse)?.len()
            }
            // A source that falls silent just now: it is behind, by one at least.
            (Err(_), Some(owners)) => {
                let facts = owners.read(log, after, BEHIND_MAX).await;
                facts.map_or(1, |facts| facts.len())
            }
            (Err(_), None) => 1,
        };
        Ok(u32::try_from(facts).unwrap_or(BEHIND_MAX).min(BEHIND_MAX))
    }
}
