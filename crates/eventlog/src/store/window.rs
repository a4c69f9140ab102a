//! Looking at a log as a person does: its end first, or from a position on, and not everything.

use tokio_postgres::types::ToSql;

use super::read::{RECORDED, recorded};
use super::{Store, db_int};
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::Recorded;

/// Most events that one call hands out.
const WINDOW_MAX: u32 = 10_000;

/// Which end of a log is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Oldest first, after this position.
    After(u64),
    /// Newest first, before this position.
    Before(u64),
}

/// Which events; what is `None` lets all through.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFilter<'a> {
    pub stream: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub actor: Option<&'a str>,
}

impl Store {
    /// Private rows of one end of a log, at most `limit` (and 10,000). A filter by kind or actor
    /// may read the log to its other end.
    pub async fn list_events(
        &self,
        log: &LogId,
        window: Window,
        filter: &EventFilter<'_>,
        limit: u32,
    ) -> Result<Vec<Recorded>, Error> {
        let (bound, order, seq) = match window {
            Window::After(seq) => (">", "ASC", db_int(seq)),
            Window::Before(seq) => ("<", "DESC", db_int(seq)),
        };
        let EventFilter {
            stream,
            kind,
            actor,
        } = filter;
        let mut sql = format!("SELECT {RECORDED} FROM event WHERE log_id = $1 AND seq {bound} $2");
        let (log_name, limit) = (log.as_str(), i64::from(limit.min(WINDOW_MAX)));
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&log_name, &seq, &limit];
        for (column, value) in [("stream", stream), ("kind", kind), ("actor", actor)] {
            if let Some(value) = value {
                values.push(value);
                sql.push_str(&format!(" AND {column} = ${}", values.len()));
            }
        }
        sql.push_str(&format!(" ORDER BY seq {order} LIMIT $3"));
        let client = self.pool().get().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows = client.query(&statement, &values).await?;
        rows.iter().map(|row| recorded(log, row)).collect()
    }
}
