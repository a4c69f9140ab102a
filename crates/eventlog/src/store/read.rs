//! The read side of the log: heads, streams, facts, leaves.

use std::pin::pin;

use deadpool_postgres::Object;
use futures::TryStreamExt;
use tokio_postgres::Row as DbRow;
use tokio_postgres::types::ToSql;

use super::{Store, db_int, from_db, stream_of};
use crate::decider::Decider;
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::{Cause, FactRow, Head, LeafRow, Recorded};

/// The columns of [`recorded`], in its order.
pub(crate) const RECORDED: &str = "seq, stream, version, kind, revision, body, fact_kind, fact, \
    valid_on, recorded_at, actor, command_id, cause_log, cause_seq, trace, leaf_hash";

/// Most rows that one call hands out (facts: then the group is finished).
const READ_MAX: u32 = 10_000;

pub(crate) fn recorded(log: &LogId, row: &DbRow) -> Result<Recorded, Error> {
    let fact_kind: Option<String> = row.get(6);
    let cause_log: Option<&str> = row.get(12);
    let cause = match cause_log {
        None => None,
        Some(cause) => {
            let log = LogId::try_new(cause).map_err(|e| Error::Corrupt(e.to_string()))?;
            Some(Cause {
                log,
                seq: from_db(row.get::<_, Option<i64>>(13).unwrap_or(0)),
            })
        }
    };
    Ok(Recorded {
        log: log.clone(),
        seq: from_db(row.get(0)),
        stream: row.get(1),
        version: from_db(row.get(2)),
        kind: row.get(3),
        revision: revision(row.get(4))?,
        body: row.get(5),
        fact: fact_kind.map(|kind| (kind, row.get(7))),
        valid_on: row.get(8),
        recorded_at: row.get(9),
        actor: row.get(10),
        command_id: row.get(11),
        cause,
        trace: row.get(14),
        leaf_hash: hash(row.get(15))?,
    })
}

pub(crate) fn hash(bytes: &[u8]) -> Result<proof::Hash, Error> {
    proof::Hash::try_from(bytes).map_err(|e| Error::Corrupt(e.to_string()))
}

pub(crate) fn revision(number: i32) -> Result<u16, Error> {
    u16::try_from(number).map_err(|_| Error::Corrupt(format!("revision {number} is impossible")))
}

impl Store {
    /// A stream's state and version as last committed.
    pub async fn state<D: Decider>(
        &self,
        log: &LogId,
        key: &str,
    ) -> Result<(D::State, u64), Error> {
        let mut state = D::State::default();
        let mut version = 0;
        for row in self.read_stream::<D>(log, key).await? {
            D::evolve(&mut state, &row.event()?);
            version = row.version;
        }
        Ok((state, version))
    }

    /// All events of one stream, in order.
    pub async fn read_stream<D: Decider>(
        &self,
        log: &LogId,
        key: &str,
    ) -> Result<Vec<Recorded>, Error> {
        let stream = stream_of::<D>(key)?;
        let client = self.pool().get().await?;
        let sql = format!(
            "SELECT {RECORDED} FROM event WHERE log_id = $1 AND stream = $2 ORDER BY version"
        );
        let values: [&(dyn ToSql + Sync); 2] = [&log.as_str(), &stream];
        rows(&client, &sql, &values, |row| recorded(log, row)).await
    }

    /// Private rows after `after`, in order: for folds inside this service. At most 10,000.
    pub async fn read_events(
        &self,
        log: &LogId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Recorded>, Error> {
        let client = self.pool().get().await?;
        let sql = format!(
            "SELECT {RECORDED} FROM event WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
        );
        let limit = i64::from(limit.min(READ_MAX));
        let values: [&(dyn ToSql + Sync); 3] = [&log.as_str(), &db_int(after), &limit];
        rows(&client, &sql, &values, |row| recorded(log, row)).await
    }

    /// Where `log` stands; a log that was never written stands at 0.
    pub async fn head(&self, log: &LogId) -> Result<Head, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT last_seq, fact_seq FROM log_head WHERE log_id = $1";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_opt(&statement, &[&log.as_str()]).await?;
        Ok(row.map_or(Head::default(), |row| head(&row, 0)))
    }

    /// Every log of this database and where it stands, by name; without the upkeep log, which
    /// concerns nobody else.
    pub async fn heads(&self) -> Result<Vec<(LogId, Head)>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT log_id, last_seq, fact_seq FROM log_head \
                   WHERE log_id NOT LIKE '%/\\_upkeep' ORDER BY log_id";
        let mut heads = Vec::new();
        for row in client.query(sql, &[]).await? {
            let log = LogId::try_new(row.get(0)).map_err(|e| Error::Corrupt(e.to_string()))?;
            heads.push((log, head(&row, 1)));
        }
        Ok(heads)
    }

    /// Facts after `after`, in order, at most about `limit` (and 10,000): the last group of facts
    /// is always whole, so there may be a few more. None leaves this server before its commit is
    /// known to outlive it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while that is not known.
    pub async fn read_facts(
        &self,
        log: &LogId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<FactRow>, Error> {
        const SQL: &str = "SELECT seq, prev_fact, fact_kind, fact, recorded_at, valid_on, actor, \
            trace, leaf_hash, group_last FROM event \
            WHERE log_id = $1 AND seq > $2 AND fact IS NOT NULL ORDER BY seq LIMIT $3";
        let client = self.pool().get().await?;
        let page = async |from: u64, limit: i64| {
            let values: [&(dyn ToSql + Sync); 3] = [&log.as_str(), &db_int(from), &limit];
            rows(&client, SQL, &values, |row| fact(log, row)).await
        };
        let mut facts = page(after, i64::from(limit.clamp(1, READ_MAX))).await?;
        while let Some(last) = facts.last().filter(|last| !last.group_last) {
            // The limit cut a group: it is finished, and what a page brings beyond it is left.
            let rest = page(last.seq, GROUP_REST).await?;
            if rest.is_empty() {
                break;
            }
            let end = rest.iter().position(|fact| fact.group_last);
            facts.extend(rest.into_iter().take(end.map_or(usize::MAX, |end| end + 1)));
        }
        drop(client);
        if let Some(last) = facts.last() {
            self.vouch(log, last.seq).await?;
        }
        Ok(facts)
    }

    /// Everything that proves the rows after `after` up to and with `upto`, in order.
    pub async fn read_leaves(
        &self,
        log: &LogId,
        after: u64,
        upto: u64,
    ) -> Result<Vec<LeafRow>, Error> {
        const SQL: &str = "SELECT seq, stream, version, kind, revision, valid_on, recorded_at, \
            fact_kind, fact, salt, body, leaf_hash FROM event \
            WHERE log_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq";
        let client = self.pool().get().await?;
        let values: [&(dyn ToSql + Sync); 3] = [&log.as_str(), &db_int(after), &db_int(upto)];
        rows(&client, SQL, &values, |row| leaf(log, row)).await
    }
}

/// What a query gives, each row read while the next ones are under way.
async fn rows<T>(
    client: &Object,
    sql: &str,
    values: &[&(dyn ToSql + Sync)],
    read: impl Fn(&DbRow) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let statement = client.prepare_cached(sql).await?;
    let values = values.iter().copied();
    let mut found = pin!(client.query_raw(&statement, values).await?);
    let mut rows = Vec::new();
    while let Some(row) = found.try_next().await? {
        rows.push(read(&row)?);
    }
    Ok(rows)
}

/// Rows asked for at a time when a group of facts was cut by the limit.
const GROUP_REST: i64 = 64;

fn head(row: &DbRow, first: usize) -> Head {
    Head {
        seq: from_db(row.get(first)),
        fact_seq: from_db(row.get(first + 1)),
    }
}

fn fact(log: &LogId, row: &DbRow) -> Result<FactRow, Error> {
    Ok(FactRow {
        log: log.clone(),
        seq: from_db(row.get(0)),
        prev: from_db(row.get(1)),
        kind: row.get(2),
        bytes: row.get(3),
        recorded_at: row.get(4),
        valid_on: row.get(5),
        actor: row.get(6),
        trace: row.get(7),
        leaf_hash: hash(row.get(8))?,
        group_last: row.get(9),
    })
}

fn leaf(log: &LogId, row: &DbRow) -> Result<LeafRow, Error> {
    let salt: [u8; 32] = row
        .get::<_, &[u8]>(9)
        .try_into()
        .map_err(|_| Error::Corrupt("a salt is not 32 bytes long".to_owned()))?;
    let body: &str = row.get(10);
    Ok(LeafRow {
        log: log.clone(),
        seq: from_db(row.get(0)),
        stream: row.get(1),
        version: from_db(row.get(2)),
        kind: row.get(3),
        revision: revision(row.get(4))?,
        valid_on: row.get(5),
        recorded_at: row.get(6),
        fact_kind: row.get(7),
        fact: row.get(8),
        private_hash: proof::private_hash(&salt, body.as_bytes()),
        leaf_hash: hash(row.get(11))?,
    })
}
