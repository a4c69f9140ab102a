//! What a listener and the relay remember: receipts, and how far was sent.

use std::collections::HashMap;

use jiff::Timestamp;
use proof::Hash;

use crate::error::Error;
use crate::kill::kill_point;
use crate::log_id::LogId;
use crate::record::{FactRow, Head};
use crate::store::read::hash;
use crate::store::rows::Overlay;
use crate::store::tables::Layout;
use crate::store::{Store, db_int, from_db};

/// How far a consumer has taken in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub consumer: String,
    pub log: LogId,
    /// Position of the last fact.
    pub seq: u64,
    /// When it was taken in; `None` if a program did that which did not note it.
    pub taken_at: Option<Timestamp>,
}

/// How far a log was sent, and to which incarnation of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub seq: u64,
    pub incarnation: String,
}

/// How far one log has got, and how much of it the relay has not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub log: LogId,
    pub head: Head,
    /// The last fact that was sent and acknowledged; 0 before the first.
    pub sent: u64,
    /// When the first fact behind `sent` was recorded.
    pub oldest_unsent: Option<Timestamp>,
}

/// Moves a receipt, if it stands where it should, with the mirrors that move along, and notes which
/// fact it stands for. Tells how many mirrors moved: only those that held what was taken in so far.
const MOVE: &str = "
WITH moved AS (
    INSERT INTO receipt AS r (log_id, consumer, seq, taken_at)
    SELECT $1, $2, $4::bigint, $7::timestamptz WHERE $3::bigint = 0 OR EXISTS
        (SELECT 1 FROM receipt WHERE log_id = $1 AND consumer = $2)
    ON CONFLICT (log_id, consumer)
        DO UPDATE SET seq = excluded.seq, taken_at = excluded.taken_at
    WHERE r.seq = $3 RETURNING r.log_id, r.consumer, r.seq
), mirrors AS (
    INSERT INTO mirror AS had (log_id, name, version, seq)
    SELECT moved.log_id, m.name, m.version, moved.seq
    FROM moved, unnest($5::text[], $6::int[]) m(name, version)
    WHERE $3::bigint = 0 OR EXISTS
        (SELECT 1 FROM mirror WHERE (log_id, name, version) = ($1, m.name, m.version))
    ON CONFLICT (log_id, name, version)
        DO UPDATE SET seq = excluded.seq WHERE had.seq = $3
    RETURNING 1
), noted AS (
    INSERT INTO taken (log_id, consumer, seq, leaf_hash)
    SELECT log_id, consumer, seq, $8::bytea FROM moved WHERE $8::bytea IS NOT NULL
    ON CONFLICT (log_id, consumer) DO UPDATE
    SET seq = excluded.seq, leaf_hash = excluded.leaf_hash
)
SELECT (SELECT count(*) FROM mirrors) FROM moved";

impl Store {
    /// Every log of this store with what is still to be sent, in one question.
    pub async fn standings(&self) -> Result<Vec<Standing>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT h.log_id, h.last_seq, h.fact_seq, coalesce(c.seq, 0), oldest.recorded_at
                   FROM log_head h LEFT JOIN relay_cursor c USING (log_id)
                   LEFT JOIN LATERAL (
                       SELECT recorded_at FROM event e
                       WHERE e.log_id = h.log_id AND e.seq > coalesce(c.seq, 0)
                           AND h.fact_seq > coalesce(c.seq, 0) AND e.fact IS NOT NULL
                       ORDER BY e.seq LIMIT 1
                   ) oldest ON true ORDER BY h.log_id";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[]).await?;
        let read = |row: &tokio_postgres::Row| {
            let (seq, fact_seq) = (from_db(row.get(1)), from_db(row.get(2)));
            Ok(Standing {
                log: log_of(row.get(0))?,
                head: Head { seq, fact_seq },
                sent: from_db(row.get(3)),
                oldest_unsent: row.get(4),
            })
        };
        rows.iter().map(read).collect()
    }

    /// The position up to which `consumer` has taken in `log`; 0 before the first fact.
    pub async fn receipt(&self, consumer: &str, log: &LogId) -> Result<u64, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT seq FROM receipt WHERE log_id = $1 AND consumer = $2";
        let row = client.query_opt(sql, &[&log.as_str(), &consumer]).await?;
        Ok(row.map_or(0, |row| from_db(row.get(0))))
    }

    /// All receipts of `consumer`, by log.
    pub async fn receipts(&self, consumer: &str) -> Result<Vec<(LogId, u64)>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT log_id, seq FROM receipt WHERE consumer = $1 ORDER BY log_id";
        let rows = client.query(sql, &[&consumer]).await?;
        let read = |row: &tokio_postgres::Row| Ok((log_of(row.get(0))?, from_db(row.get(1))));
        rows.iter().map(read).collect()
    }

    /// All receipts, by consumer and log.
    pub async fn all_receipts(&self) -> Result<Vec<Receipt>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT consumer, log_id, seq, taken_at FROM receipt ORDER BY consumer, log_id";
        let mut found = Vec::new();
        for row in client.query(sql, &[]).await? {
            found.push(Receipt {
                consumer: row.get(0),
                log: log_of(row.get(1))?,
                seq: from_db(row.get(2)),
                taken_at: row.get(3),
            });
        }
        Ok(found)
    }

    /// The fact that each receipt of `consumer` stands for, with its leaf hash, by log. A receipt
    /// that was moved over a fact, or before hashes were noted, has none.
    pub async fn taken(&self, consumer: &str) -> Result<Vec<(LogId, u64, Hash)>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT t.log_id, t.seq, t.leaf_hash
                   FROM taken t JOIN receipt r USING (log_id, consumer, seq)
                   WHERE consumer = $1 ORDER BY t.log_id";
        let rows = client.query(sql, &[&consumer]).await?;
        let read = |row: &tokio_postgres::Row| {
            let (log, seq) = (log_of(row.get(0))?, from_db(row.get(1)));
            Ok((log, seq, hash(row.get(2))?))
        };
        rows.iter().map(read).collect()
    }

    /// Takes `facts` in: writes every mirror's rows and moves the receipt from `from` to `to`, in
    /// one transaction. `facts` are all facts of `log` in (`from`, `to`], in order.
    ///
    /// # Errors
    /// Nothing was written: [`Error::ReceiptMoved`] when the receipt does not stand at `from`,
    /// because another delivery of the same facts won; [`Error::Unavailable`] when a mirror does
    /// not stand there, because a program that does not know it took facts in. It is not read any
    /// more and must be filled first ([`Store::fill_mirrors`]).
    pub async fn accept(
        &self,
        consumer: &str,
        log: &LogId,
        from: u64,
        to: u64,
        facts: &[FactRow],
    ) -> Result<(), Error> {
        check_batch(log, from, to, facts)?;
        self.advance(consumer, log, from, to, facts).await
    }

    /// Moves the receipt over facts that an operator had passed over ([`Store::skip_parked`]).
    ///
    /// # Errors
    /// [`Error::ReceiptMoved`] as for [`Store::accept`].
    pub async fn pass_over(
        &self,
        consumer: &str,
        log: &LogId,
        from: u64,
        to: u64,
    ) -> Result<(), Error> {
        self.advance(consumer, log, from, to, &[]).await
    }

    async fn advance(
        &self,
        consumer: &str,
        log: &LogId,
        from: u64,
        to: u64,
        facts: &[FactRow],
    ) -> Result<(), Error> {
        if self.try_advance(consumer, log, from, to, facts).await? {
            return Ok(());
        }
        self.look_at_mirrors().await?;
        Err(Error::Unavailable(format!(
            "a mirror does not hold what was taken in of {log} up to {from}: it is to be filled"
        )))
    }

    /// False: a mirror stands elsewhere, and nothing was written.
    async fn try_advance(
        &self,
        consumer: &str,
        log: &LogId,
        from: u64,
        to: u64,
        facts: &[FactRow],
    ) -> Result<bool, Error> {
        let mut client = self.pool().get().await?;
        let tx = client.transaction().await?;
        let filled: Vec<&Layout> = self
            .mirrors()
            .iter()
            .map(|(_, layout)| layout)
            .filter(|layout| layout.is_filled())
            .collect();
        let names: Vec<&str> = filled.iter().map(|layout| layout.name).collect();
        let version = |layout: &&Layout| i32::try_from(layout.version).unwrap_or(i32::MAX);
        let versions: Vec<i32> = filled.iter().map(version).collect();
        let leaf = facts.last().map(|fact| fact.leaf_hash.to_bytes().to_vec());
        let moved = tx
            .query_opt(
                MOVE,
                &[
                    &log.as_str(),
                    &consumer,
                    &db_int(from),
                    &db_int(to),
                    &names,
                    &versions,
                    &self.surroundings().now(),
                    &leaf,
                ],
            )
            .await?;
        let Some(moved) = moved else {
            // On the connection at hand: asking the pool for a second one while holding this one
            // would let many losers wait for each other.
            let sql = "SELECT seq FROM receipt WHERE log_id = $1 AND consumer = $2";
            let row = tx.query_opt(sql, &[&log.as_str(), &consumer]).await?;
            let actual = row.map_or(0, |row| from_db(row.get(0)));
            let (consumer, log) = (consumer.to_owned(), log.to_string());
            return Err(Error::ReceiptMoved {
                consumer,
                log,
                expected: from,
                actual,
            });
        };
        if usize::try_from(moved.get::<_, i64>(0)) != Ok(filled.len()) {
            return Ok(false);
        }
        self.mirror(&tx, log, facts, &filled).await?;
        kill_point("receipt.before");
        tx.commit().await?;
        kill_point("receipt.committed");
        Ok(true)
    }

    async fn mirror(
        &self,
        tx: &deadpool_postgres::Transaction<'_>,
        log: &LogId,
        facts: &[FactRow],
        filled: &[&Layout],
    ) -> Result<(), Error> {
        for (mirror, layout) in self.mirrors() {
            // Others are folded beside, up to the receipt, before anybody reads them. Which those
            // are was asked once: one that is filled just now was not moved along.
            if !filled.iter().any(|moved| moved.table == layout.table) {
                continue;
            }
            let keys: Vec<Vec<String>> = facts.iter().map(|fact| mirror.keys(fact)).collect();
            let wanted: Vec<&str> = keys.iter().flatten().map(String::as_str).collect();
            if wanted.is_empty() {
                continue;
            }
            let mut rows = layout.load(tx, log, &wanted).await?;
            let mut overlay = Overlay::default();
            for (fact, keys) in facts.iter().zip(&keys) {
                for key in keys {
                    let old = overlay
                        .take(key)
                        .unwrap_or_else(|| rows.remove(key.as_str()));
                    overlay.put(key, mirror.apply(fact, key, old), fact.seq);
                }
            }
            layout.write(tx, log, &overlay).await?;
        }
        Ok(())
    }

    /// Forgets what `consumer` took in, so that it is taken in again from the first fact: every
    /// receipt goes back to 0 and every mirror of this service is emptied. Reactions already made
    /// are answered by their stored outcomes.
    pub async fn forget(&self, consumer: &str) -> Result<(), Error> {
        let mut client = self.pool().get().await?;
        let tx = client.transaction().await?;
        tx.execute("DELETE FROM receipt WHERE consumer = $1", &[&consumer])
            .await?;
        tx.execute("DELETE FROM mirror", &[]).await?;
        for (_, layout) in self.mirrors() {
            tx.batch_execute(&format!("TRUNCATE {}", layout.table))
                .await?;
        }
        tx.commit().await?;
        for (_, layout) in self.mirrors() {
            layout.set_filled(true);
        }
        Ok(())
    }

    /// How far the relay has sent `log`.
    pub async fn relay_cursor(&self, log: &LogId) -> Result<Option<Cursor>, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT seq, incarnation FROM relay_cursor WHERE log_id = $1";
        let row = client.query_opt(sql, &[&log.as_str()]).await?;
        Ok(row.map(|row| Cursor {
            seq: from_db(row.get(0)),
            incarnation: row.get(1),
        }))
    }

    /// Sets how far the relay has sent `log`; may go back.
    pub async fn set_relay_cursor(&self, log: &LogId, cursor: &Cursor) -> Result<(), Error> {
        let client = self.pool().get().await?;
        client
            .execute(
                "INSERT INTO relay_cursor (log_id, seq, incarnation) VALUES ($1, $2, $3)
                 ON CONFLICT (log_id) DO UPDATE SET
                     seq = excluded.seq, incarnation = excluded.incarnation",
                &[&log.as_str(), &db_int(cursor.seq), &cursor.incarnation],
            )
            .await?;
        Ok(())
    }
}

fn check_batch(log: &LogId, from: u64, to: u64, facts: &[FactRow]) -> Result<(), Error> {
    let mut last = from;
    for fact in facts {
        if fact.log != *log || fact.prev != last {
            return Err(Error::Setup(format!(
                "facts to accept must follow each other: {}:{} after {log}:{last}",
                fact.log, fact.seq
            )));
        }
        last = fact.seq;
    }
    if last != to || to < from {
        return Err(Error::Setup(format!(
            "facts of {log} end at {last}, the receipt at {to}"
        )));
    }
    Ok(())
}

pub(crate) fn log_of(text: &str) -> Result<LogId, Error> {
    LogId::try_new(text).map_err(|e| Error::Corrupt(e.to_string()))
}

/// Rows by key, as a table holds them.
pub(crate) type Rows = HashMap<String, serde_json::Value>;
