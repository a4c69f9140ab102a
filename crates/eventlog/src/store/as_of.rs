//! Rows of projections as they were, folded from the log up to a position.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rows::PAGE_MAX;
use super::{Page, Row, Store, Table, db_int, fold, from_db};
use crate::as_of::AsOf;
use crate::decider::{Class, Refused};
use crate::error::Error;
use crate::log_id::LogId;
use crate::sequencer::guarded;

/// Events that one read folds at most: a few seconds' work.
const EVENTS_MAX: u64 = 200_000;

/// Folds at once: each is a processor's work, and up to all rows of a table in memory.
pub(super) const FOLDS_MAX: usize = 2;

type Rows = BTreeMap<String, (Value, u64)>;

impl Store {
    /// The position of the last event that `log` knew at an instant; 0 before the first. Recorded
    /// times never decrease along a log, so it is looked for by halves.
    pub async fn position_at(&self, log: &LogId, at: Timestamp) -> Result<u64, Error> {
        let client = self.inner.shared.readers.get().await?;
        let sql = "SELECT last_seq FROM log_head WHERE log_id = $1";
        let head = client.query_opt(sql, &[&log.as_str()]).await?;
        let (mut known, mut upto) = (0, head.map_or(0, |row| from_db(row.get(0))));
        let sql = "SELECT recorded_at FROM event WHERE log_id = $1 AND seq = $2";
        let statement = client.prepare_cached(sql).await?;
        while known < upto {
            let middle = upto - (upto - known) / 2;
            let row = client
                .query_one(&statement, &[&log.as_str(), &db_int(middle)])
                .await?;
            if row.get::<_, Timestamp>(0) <= at {
                known = middle;
            } else {
                upto = middle - 1;
            }
        }
        Ok(known)
    }

    /// One row as it was after the event at `position`.
    ///
    /// # Errors
    /// [`Error::Refused`] for a mirror, and for a position beyond 200,000 events.
    pub async fn read_row_as_of<R: DeserializeOwned>(
        &self,
        table: Table,
        log: &LogId,
        key: &str,
        position: u64,
    ) -> Result<Option<R>, Error> {
        let mut rows = self.folded(table, log, Some(key), position).await?;
        let row = rows.remove(key);
        row.map(|(row, _)| typed(table, row)).transpose()
    }

    /// [`Store::read_rows`] as it was after the event at `position`.
    ///
    /// # Errors
    /// As for [`Store::read_row_as_of`], and for a field without an index.
    pub async fn read_rows_as_of<R: DeserializeOwned>(
        &self,
        table: Table,
        log: &LogId,
        filter: &[(&str, &str)],
        page: &Page,
        position: u64,
    ) -> Result<Vec<Row<R>>, Error> {
        let layout = self.layout(table)?;
        if let Some((field, _)) = filter.iter().find(|(f, _)| !layout.indexes.contains(f)) {
            let table = &layout.table;
            return Err(Error::Setup(format!("{table} has no index on {field:?}")));
        }
        let rows = self.folded(table, log, None, position).await?;
        let fits = |row: &Value| {
            let fits = |(field, value): &(&str, &str)| text_of(row.get(field)) == *value;
            filter.iter().all(fits)
        };
        rows.into_iter()
            .filter(|(key, (row, _))| *key > page.after && fits(row))
            .take(usize::try_from(page.limit.min(PAGE_MAX)).unwrap_or(usize::MAX))
            .map(|(key, (row, seq))| {
                let row = typed(table, row)?;
                Ok(Row { key, seq, row })
            })
            .collect()
    }

    /// The position that the running call's instant means in `log`, if it has one.
    pub(super) async fn scoped(&self, log: &LogId) -> Result<Option<u64>, Error> {
        let Some(as_of) = AsOf::current() else {
            return Ok(None);
        };
        let find = self.position_at(log, as_of.at());
        as_of.position(log, find).await.map(Some)
    }

    /// Folds the events up to `position`, for one key or for all.
    async fn folded(
        &self,
        table: Table,
        log: &LogId,
        only: Option<&str>,
        position: u64,
    ) -> Result<Rows, Error> {
        let Table::Projection(name) = table else {
            return Err(not_kept("it rests on what other services recorded"));
        };
        let found = self.inner.shared.projections.iter();
        let (projection, _) = found
            .into_iter()
            .find(|(_, layout)| layout.name == name)
            .ok_or_else(|| Error::Setup(format!("this store was opened without {table:?}")))?;
        if position > EVENTS_MAX {
            let why = format!("{log} had {position} events then, more than {EVENTS_MAX}");
            return Err(not_kept(&why));
        }
        let shared = &self.inner.shared;
        let _turn = shared.folds.acquire().await;
        let (mut rows, mut at) = (Rows::new(), 0);
        while at < position && !log.is_upkeep() {
            // A connection for a page, not for the whole fold: others read too.
            let client = shared.readers.get().await?;
            let page = fold::events(&client, log, at, position).await?;
            drop(client);
            let Some(last) = page.last() else { break };
            at = last.seq;
            for event in &page {
                let keys = guarded(name, || projection.keys(event))?;
                for key in keys
                    .iter()
                    .filter(|key| only.is_none_or(|only| *key == only))
                {
                    let old = rows.remove(key).map(|(row, _)| row);
                    if let Some(row) = guarded(name, || projection.apply(event, key, old))? {
                        rows.insert(key.clone(), (row, event.seq));
                    }
                }
            }
        }
        Ok(rows)
    }
}

/// What `->>` gives, but that an absent field is empty: no filter asks for that.
fn text_of(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(other) => Cow::Owned(other.to_string()),
    }
}

fn typed<R: DeserializeOwned>(table: Table, row: Value) -> Result<R, Error> {
    serde_json::from_value(row)
        .map_err(|e| Error::Corrupt(format!("a row of {table:?} does not fit: {e}")))
}

/// An answer that can not be given as of an earlier day.
pub(crate) fn not_kept(why: &str) -> Error {
    Error::Refused(Refused {
        reason: "AS_OF_NOT_KEPT".to_owned(),
        message: format!("This can not be told as of an earlier time: {why}."),
        class: Class::FailedPrecondition,
        violations: Vec::new(),
    })
}
