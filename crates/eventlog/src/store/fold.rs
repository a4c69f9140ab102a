//! Folds a log's events, or a neighbour's facts, into the rows of one table, page by page.

use std::collections::HashSet;
use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use deadpool_postgres::{GenericClient, Object, Transaction};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::CopyInSink;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::read::{RECORDED, recorded};
use super::rows::Overlay;
use super::tables::Layout;
use super::{db_int, from_db};
use crate::error::Error;
use crate::listening::Rows;
use crate::log_id::LogId;
use crate::projection::Projection;
use crate::record::Recorded;
use crate::sequencer::guarded;

/// Events read at a time.
pub(crate) const PAGE: u32 = 5_000;

/// Rows held in memory at a time, beside those of one page. What bounds the memory of a fold is
/// thus this many of the largest rows, however long the log is and however many rows it makes.
const ROWS_MAX: usize = 20_000;

/// Events after which a long fold is heard of.
const TOLD_EVERY: u64 = 100_000;

/// A connection or a transaction, which both can COPY.
pub(crate) trait Copies: GenericClient {
    /// Where the rows of a COPY go.
    fn sink(&self, sql: &str) -> impl Future<Output = Result<CopyInSink<Bytes>, Error>> + Send;
}

impl Copies for Object {
    async fn sink(&self, sql: &str) -> Result<CopyInSink<Bytes>, Error> {
        Ok(self.copy_in(sql).await?)
    }
}

impl Copies for Transaction<'_> {
    async fn sink(&self, sql: &str) -> Result<CopyInSink<Bytes>, Error> {
        Ok(self.copy_in(sql).await?)
    }
}

/// Rows of one log on their way into a table.
pub(crate) struct Folder<'a> {
    layout: &'a Layout,
    log: &'a LogId,
    held: Overlay,
    /// The table holds nothing of this log yet: nothing to look for, and COPY may write.
    fresh: bool,
    /// Every key that was touched, where somebody wants to know.
    pub(crate) touched: Option<HashSet<String>>,
}

impl<'a> Folder<'a> {
    /// Rows of `log` go into `layout`'s table; `fresh`: it holds none of them yet.
    pub(crate) fn new(layout: &'a Layout, log: &'a LogId, fresh: bool) -> Folder<'a> {
        Folder {
            layout,
            log,
            held: Overlay::default(),
            fresh,
            touched: None,
        }
    }

    /// Applies one page. `keys` names the rows that each item touches, `apply` makes the n-th
    /// item's row anew.
    pub(crate) async fn take(
        &mut self,
        client: &impl Copies,
        keys: &[Vec<String>],
        seq: impl Fn(usize) -> u64,
        apply: impl Fn(usize, &str, Option<Value>) -> Result<Option<Value>, Error>,
    ) -> Result<(), Error> {
        let mut stored = Rows::new();
        if !self.fresh {
            let unknown = |key: &&String| !self.held.has(key);
            let missing: Vec<&str> = keys
                .iter()
                .flatten()
                .filter(unknown)
                .map(String::as_str)
                .collect();
            if !missing.is_empty() {
                stored = self.layout.load(client, self.log, &missing).await?;
            }
        }
        for (n, keys) in keys.iter().enumerate() {
            for key in keys {
                let old = match self.held.take(key) {
                    Some(row) => row,
                    None => stored.remove(key),
                };
                self.held.put(key, apply(n, key, old)?, seq(n));
                if let Some(touched) = &mut self.touched {
                    touched.insert(key.clone());
                }
            }
        }
        if self.held.len() > ROWS_MAX {
            self.flush(client).await?;
        }
        Ok(())
    }

    /// The same for events and the projection that they feed.
    pub(crate) async fn take_events(
        &mut self,
        client: &impl Copies,
        projection: &dyn Projection,
        events: &[Recorded],
    ) -> Result<(), Error> {
        let name = projection.name();
        let keys = |event| guarded(name, || projection.keys(event));
        let keys = events.iter().map(keys).collect::<Result<Vec<_>, _>>()?;
        let seq = |n: usize| events[n].seq;
        let apply =
            |n: usize, key: &str, old| guarded(name, || projection.apply(&events[n], key, old));
        self.take(client, &keys, seq, apply).await
    }

    /// Writes what is held.
    pub(crate) async fn flush(&mut self, client: &impl Copies) -> Result<(), Error> {
        if self.fresh {
            copy_in(client, &self.layout.table, self.log, &self.held).await?;
        } else if self.held.len() > 0 {
            self.layout.write(client, self.log, &self.held).await?;
        }
        self.fresh = false;
        self.held = Overlay::default();
        Ok(())
    }
}

/// Events after `after` up to `upto`, one page of them.
pub(crate) async fn events(
    client: &impl GenericClient,
    log: &LogId,
    after: u64,
    upto: u64,
) -> Result<Vec<Recorded>, Error> {
    let sql = format!(
        "SELECT {RECORDED} FROM event WHERE log_id = $1 AND seq > $2 AND seq <= $3
         ORDER BY seq LIMIT $4"
    );
    let statement = client.prepare_cached(&sql).await?;
    let (after, upto, page) = (db_int(after), db_int(upto), i64::from(PAGE));
    let rows = client
        .query(&statement, &[&log.as_str(), &after, &upto, &page])
        .await?;
    rows.iter().map(|row| recorded(log, row)).collect()
}

/// Puts a fresh fold of `log` up to `upto` in place of what the table holds of it.
pub(crate) async fn replace(
    tx: &Transaction<'_>,
    projection: &dyn Projection,
    layout: &Layout,
    log: &LogId,
    upto: u64,
) -> Result<(), Error> {
    let (table, log_name) = (layout.table.as_str(), log.as_str());
    let sql = format!("DELETE FROM {table} WHERE log_id = $1");
    tx.execute(&sql, &[&log_name]).await?;
    if log.is_upkeep() {
        return Ok(());
    }
    let mut folder = Folder::new(layout, log, true);
    let (mut at, mut told) = (0, 0);
    while at < upto {
        let page = events(tx, log, at, upto).await?;
        let Some(last) = page.last() else { break };
        at = last.seq;
        folder.take_events(tx, projection, &page).await?;
        if at - told >= TOLD_EVERY {
            told = at;
            tracing::info!(
                log = log_name,
                table,
                at,
                upto,
                "folding a projection from its log"
            );
        }
    }
    folder.flush(tx).await?;
    tracing::info!(
        log = log_name,
        table,
        events = at,
        "projection folded from its log"
    );
    Ok(())
}

async fn copy_in(
    client: &impl Copies,
    table: &str,
    log: &LogId,
    rows: &Overlay,
) -> Result<(), Error> {
    let sql = format!("COPY {table} (log_id, key, row, seq) FROM STDIN (FORMAT binary)");
    let sink = client.sink(&sql).await?;
    let types = [Type::TEXT, Type::TEXT, Type::JSONB, Type::INT8];
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for (key, row, seq) in rows.in_order() {
        let row = JsonText(row.to_string());
        writer
            .as_mut()
            .write(&[&log.as_str(), &key, &row, &db_int(seq)])
            .await?;
    }
    writer.finish().await?;
    Ok(())
}

/// SHA-256 over all rows of a table in the order (log, key), and their number. Every text is
/// preceded by its length, so that no two tables can share a digest by moving a letter.
pub(crate) async fn digest(
    client: &impl GenericClient,
    table: &str,
) -> Result<(String, u64), Error> {
    let sql = format!(
        "SELECT log_id, key, row::text, seq FROM {table}
         WHERE (log_id, key) > ($1, $2) ORDER BY log_id, key LIMIT $3"
    );
    let statement = client.prepare_cached(&sql).await?;
    let (mut log, mut key, mut count) = (String::new(), String::new(), 0);
    let mut digest = Sha256::new_with_prefix(b"commonwatch/rows/v1\n");
    let size = i64::from(PAGE);
    loop {
        let page = client.query(&statement, &[&log, &key, &size]).await?;
        for row in &page {
            for n in 0..3 {
                let text: &str = row.get(n);
                digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                digest.update(text.as_bytes());
            }
            digest.update(from_db(row.get(3)).to_be_bytes());
            count += 1;
        }
        let Some(last) = page.last() else {
            return Ok((
                proof::Hash::from_bytes(digest.finalize().into()).to_string(),
                count,
            ));
        };
        (log, key) = (last.get(0), last.get(1));
    }
}

/// JSON text on its way into a jsonb column by binary COPY.
#[derive(Debug)]
struct JsonText(String);

impl ToSql for JsonText {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.put_u8(1); // version of jsonb's binary form
        out.put_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSONB
    }

    to_sql_checked!();
}
