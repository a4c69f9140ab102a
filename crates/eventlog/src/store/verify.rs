//! Checks a whole log from its stored bytes: no hole, no second version, no altered leaf.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use tokio_postgres::IsolationLevel;

use super::read::{hash, recorded};
use super::{Store, db_int, from_db};
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::{Head, Recorded, leaf_hash};

const PAGE: i64 = 5_000;

/// What a clean log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub events: u64,
    pub facts: u64,
    pub streams: u64,
}

impl Store {
    /// Reads every row of `log` and checks: `seq` is 1, 2, 3 … up to the head; every stream's
    /// versions are 1, 2, 3 …; times never decrease; each fact names the one before it; every leaf
    /// hash is that of the stored bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first thing that is wrong, by position.
    pub async fn verify(&self, log: &LogId) -> Result<Verified, Error> {
        let mut client = self.pool().get().await?;
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let head = "SELECT last_seq, fact_seq FROM log_head WHERE log_id = $1";
        let head = tx.query_opt(head, &[&log.as_str()]).await?;
        let head = head.map_or(Head::default(), |row| Head {
            seq: from_db(row.get(0)),
            fact_seq: from_db(row.get(1)),
        });
        let sql = "SELECT seq, stream, version, kind, revision, body, fact_kind, fact, valid_on, \
            recorded_at, actor, command_id, cause_log, cause_seq, trace, leaf_hash, salt, \
            prev_fact FROM event WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let statement = tx.prepare_cached(sql).await?;
        let mut walk = Walk::default();
        loop {
            let after = db_int(walk.head.seq);
            let page = tx
                .query(&statement, &[&log.as_str(), &after, &PAGE])
                .await?;
            for row in &page {
                let event = recorded(log, row)?;
                let salt = hash(row.get(16))?.to_bytes();
                walk.step(event, &salt, from_db(row.get(17)))?;
            }
            if page.is_empty() {
                break;
            }
        }
        if walk.head != head {
            let (found, said) = (walk.head, head);
            return Err(Error::Corrupt(format!(
                "log {log} ends at {} (last fact {}), but its head says {} ({})",
                found.seq, found.fact_seq, said.seq, said.fact_seq
            )));
        }
        let streams = u64::try_from(walk.versions.len()).unwrap_or(u64::MAX);
        Ok(Verified {
            events: walk.head.seq,
            facts: walk.facts,
            streams,
        })
    }
}

#[derive(Default)]
struct Walk {
    head: Head,
    facts: u64,
    versions: HashMap<String, u64>,
    time: Option<jiff::Timestamp>,
}

impl Walk {
    fn step(&mut self, event: Recorded, salt: &[u8; 32], prev_fact: u64) -> Result<(), Error> {
        let wrong = |what: String| {
            Err(Error::Corrupt(format!(
                "log {}, seq {}: {what}",
                event.log, event.seq
            )))
        };
        let expected = self.head.seq + 1;
        if event.seq != expected {
            return wrong(format!("seq {expected} is missing before it"));
        }
        if prev_fact != self.head.fact_seq {
            let last = self.head.fact_seq;
            return wrong(format!(
                "names {prev_fact} as the fact before it, which is {last}"
            ));
        }
        if self.time.is_some_and(|time| event.recorded_at < time) {
            return wrong("recorded earlier than the row before it".to_owned());
        }
        let version = self.versions.get(&event.stream).copied().unwrap_or(0) + 1;
        if event.version != version {
            return wrong(format!(
                "is version {} of stream {} where {version} is due",
                event.version, event.stream
            ));
        }
        if leaf_hash(&event, salt) != event.leaf_hash {
            return wrong("the leaf hash is not that of the stored bytes".to_owned());
        }
        self.head.seq = event.seq;
        if event.fact.is_some() {
            self.head.fact_seq = event.seq;
            self.facts += 1;
        }
        self.time = Some(event.recorded_at);
        self.versions.insert(event.stream, version);
        Ok(())
    }
}
