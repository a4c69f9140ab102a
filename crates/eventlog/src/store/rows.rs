//! Rows of projections and mirrors: reading them typed, loading and writing them in a fold.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use deadpool_postgres::GenericClient;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::types::ToSql;

use super::tables::Layout;
use super::{Store, db_int, from_db};
use crate::error::Error;
use crate::listening::Rows;
use crate::log_id::LogId;
use crate::sequencer;
use crate::upkeep::Source;

/// Largest page of [`Store::read_rows`].
pub(crate) const PAGE_MAX: u32 = 10_000;

/// Which table to read, by the name its projection or mirror gave itself; the version is the one
/// this store was opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Projection(&'static str),
    Mirror(&'static str),
}

impl Table {
    /// SQL that tells whether the table holds all of log `$1`: the log's last owner wrote it.
    fn whole(self, layout: &Layout) -> String {
        let Table::Projection(name) = self else {
            return "true".to_owned();
        };
        format!(
            "NOT EXISTS (SELECT FROM log_head h WHERE h.log_id = $1 AND NOT EXISTS (
                 SELECT FROM projection p WHERE p.log_id = $1 AND p.name = '{name}'
                     AND p.version = {} AND p.epoch = h.epoch))",
            layout.version
        )
    }
}

/// Where a page starts and how long it is.
#[derive(Clone, Debug)]
pub struct Page {
    /// Rows whose key is greater than this one; empty for the first page.
    pub after: String,
    /// At most 10,000.
    pub limit: u32,
}

impl Page {
    pub fn first(limit: u32) -> Page {
        Page {
            after: String::new(),
            limit,
        }
    }
}

/// One row, and the position of the event or fact that wrote it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<R> {
    pub key: String,
    pub seq: u64,
    pub row: R,
}

impl Store {
    /// One row by its key.
    pub async fn read_row<R: DeserializeOwned>(
        &self,
        table: Table,
        log: &LogId,
        key: &str,
    ) -> Result<Option<R>, Error> {
        if let Some(position) = self.scoped(log).await? {
            return self.read_row_as_of(table, log, key, position).await;
        }
        let layout = self.layout(table)?;
        let sql = format!(
            "SELECT {}, (SELECT row::text FROM {} WHERE log_id = $1 AND key = $2)",
            table.whole(layout),
            layout.table
        );
        loop {
            let client = self.pool().get().await?;
            let statement = client.prepare_cached(&sql).await?;
            let row = client.query_one(&statement, &[&log.as_str(), &key]).await?;
            if row.get(0) {
                let row: Option<&str> = row.get(1);
                return row.map(|row| typed(layout, row)).transpose();
            }
            drop(client);
            self.refold(layout, log).await?;
        }
    }

    /// Rows in key order (byte by byte) after `page.after`, whose indexed fields equal the
    /// filter's texts. Fields that are not declared as indexes are refused.
    pub async fn read_rows<R: DeserializeOwned>(
        &self,
        table: Table,
        log: &LogId,
        filter: &[(&str, &str)],
        page: &Page,
    ) -> Result<Vec<Row<R>>, Error> {
        if let Some(position) = self.scoped(log).await? {
            let read = self.read_rows_as_of(table, log, filter, page, position);
            return read.await;
        }
        let layout = self.layout(table)?;
        let mut found = format!(
            "SELECT key, seq, row::text FROM {} WHERE log_id = $1 AND key > $2",
            layout.table
        );
        let (log_name, limit) = (log.as_str(), i64::from(page.limit.min(PAGE_MAX)));
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&log_name, &page.after, &limit];
        for (field, value) in filter {
            if !layout.indexes.contains(field) {
                let table = &layout.table;
                return Err(Error::Setup(format!("{table} has no index on {field:?}")));
            }
            values.push(value);
            found.push_str(&format!(" AND row->>'{field}' = ${}", values.len()));
        }
        found.push_str(" ORDER BY key LIMIT $3");
        let sql = format!(
            "SELECT whole, r.* FROM (SELECT {}) w(whole) LEFT JOIN LATERAL ({found}) r ON whole
             ORDER BY r.key",
            table.whole(layout)
        );
        loop {
            let client = self.pool().get().await?;
            let statement = client.prepare_cached(&sql).await?;
            let rows = client.query(&statement, &values).await?;
            if rows.iter().all(|row| row.get(0)) {
                // One row without a key says that there are none.
                let found = rows
                    .iter()
                    .filter(|row| row.get::<_, Option<&str>>(1).is_some());
                return found.map(|row| read(layout, row)).collect();
            }
            drop(client);
            self.refold(layout, log).await?;
        }
    }

    /// Folds a projection's rows of `log` again that the log's last owner did not write: a program
    /// that does not know it, or knows another version.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while that one still writes the log.
    async fn refold(&self, layout: &Layout, log: &LogId) -> Result<(), Error> {
        let shared = &self.inner.shared;
        let _alone = shared.refolding.lock().await;
        if shared.locks.is_held_elsewhere(log).await? {
            let table = &layout.table;
            return Err(Error::Unavailable(format!(
                "log {log} is being written by a program that does not know {table}"
            )));
        }
        sequencer::refresh(shared, log).await
    }

    /// A table that can be read.
    pub(crate) fn layout(&self, table: Table) -> Result<&Layout, Error> {
        let layout = match table {
            Table::Projection(name) => self.layout_named(Source::Projection, name)?,
            Table::Mirror(name) => self.layout_named(Source::Mirror, name)?,
        };
        if layout.is_filled() {
            return Ok(layout);
        }
        let table = &layout.table;
        Err(Error::Unavailable(format!("{table} is still being filled")))
    }

    pub(crate) fn layout_named(&self, source: Source, name: &str) -> Result<&Layout, Error> {
        let shared = &self.inner.shared;
        let found = match source {
            Source::Projection => shared
                .projections
                .iter()
                .map(|(_, l)| l)
                .find(|l| l.name == name),
            Source::Mirror => shared
                .mirrors
                .iter()
                .map(|(_, l)| l)
                .find(|l| l.name == name),
        };
        found.ok_or_else(|| Error::Setup(format!("this store was opened without {name:?}")))
    }
}

fn read<R: DeserializeOwned>(layout: &Layout, row: &tokio_postgres::Row) -> Result<Row<R>, Error> {
    Ok(Row {
        key: row.get(1),
        seq: from_db(row.get(2)),
        row: typed(layout, row.get(3))?,
    })
}

fn typed<R: DeserializeOwned>(layout: &Layout, text: &str) -> Result<R, Error> {
    serde_json::from_str(text)
        .map_err(|e| Error::Corrupt(format!("a row of {} does not fit: {e}", layout.table)))
}

impl Layout {
    /// The rows of `keys` that exist.
    pub(crate) async fn load(
        &self,
        client: &impl GenericClient,
        log: &LogId,
        keys: &[&str],
    ) -> Result<Rows, Error> {
        // One lookup per key, for the reason given where streams are loaded.
        let sql = format!(
            "SELECT r.* FROM unnest($2::text[]) k(name) CROSS JOIN LATERAL (
                 SELECT key, row::text FROM {} WHERE log_id = $1 AND key = k.name OFFSET 0
             ) r",
            self.table
        );
        let statement = client.prepare_cached(&sql).await?;
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        let mut rows = Rows::new();
        for row in client.query(&statement, &[&log.as_str(), &keys]).await? {
            rows.insert(row.get(0), typed(self, row.get(1))?);
        }
        Ok(rows)
    }

    /// Writes what a fold left behind.
    pub(crate) async fn write(
        &self,
        client: &impl GenericClient,
        log: &LogId,
        overlay: &Overlay,
    ) -> Result<(), Error> {
        let changes = overlay.changes();
        let sql = format!(
            "INSERT INTO {} (log_id, key, row, seq)
             SELECT $1, k, r::jsonb, s FROM unnest($2::text[], $3::text[], $4::bigint[]) t(k, r, s)
             ON CONFLICT (log_id, key) DO UPDATE SET row = excluded.row, seq = excluded.seq",
            self.table
        );
        let statement = client.prepare_cached(&sql).await?;
        let log = log.as_str();
        client
            .execute(
                &statement,
                &[&log, &changes.keys, &changes.rows, &changes.seqs],
            )
            .await?;
        if !changes.deleted.is_empty() {
            let sql = format!(
                "DELETE FROM {} WHERE log_id = $1 AND key = ANY($2)",
                self.table
            );
            let statement = client.prepare_cached(&sql).await?;
            client
                .execute(&statement, &[&log, &changes.deleted])
                .await?;
        }
        Ok(())
    }
}

/// Rows as a fold leaves them, before they are written: the last state of each key.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    rows: HashMap<String, (Option<Value>, u64)>,
}

/// An overlay in the shape that `unnest` takes.
#[derive(Default)]
pub(crate) struct Changes<'a> {
    pub(crate) keys: Vec<&'a str>,
    pub(crate) rows: Vec<String>,
    pub(crate) seqs: Vec<i64>,
    pub(crate) deleted: Vec<&'a str>,
}

impl Overlay {
    /// The row as this fold left it; outer `None` when it did not touch the key yet.
    pub(crate) fn take(&mut self, key: &str) -> Option<Option<Value>> {
        self.rows.get_mut(key).map(|(row, _)| row.take())
    }

    pub(crate) fn put(&mut self, key: &str, row: Option<Value>, seq: u64) {
        match self.rows.entry(key.to_owned()) {
            Entry::Occupied(mut found) => *found.get_mut() = (row, seq),
            Entry::Vacant(free) => {
                free.insert((row, seq));
            }
        }
    }

    /// Whether this fold touched the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    /// Keys that this fold touched.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that are there, by key: an index is filled faster in its own order.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (&str, &Value, u64)> {
        let mut rows: Vec<(&str, &Value, u64)> = Vec::with_capacity(self.rows.len());
        for (key, (row, seq)) in &self.rows {
            rows.extend(row.as_ref().map(|row| (key.as_str(), row, *seq)));
        }
        rows.sort_unstable_by_key(|(key, ..)| *key);
        rows.into_iter()
    }

    pub(crate) fn changes(&self) -> Changes<'_> {
        let mut changes = Changes::default();
        for (key, (row, seq)) in &self.rows {
            match row {
                Some(row) => {
                    changes.keys.push(key);
                    changes.rows.push(row.to_string());
                    changes.seqs.push(db_int(*seq));
                }
                None => changes.deleted.push(key),
            }
        }
        changes
    }

    pub(crate) fn into_rows(self) -> impl Iterator<Item = (String, Option<Value>)> {
        self.rows.into_iter().map(|(key, (row, _))| (key, row))
    }
}
