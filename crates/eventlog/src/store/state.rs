//! Which tables a store has, and in which state.

use jiff::Timestamp;

use super::tables::Layout;
use super::{Store, Table};
use crate::error::Error;
use crate::upkeep::Source;

/// A projection or mirror of this store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableState {
    pub source: Source,
    pub name: &'static str,
    pub version: u32,
    /// False while a mirror does not hold what was taken in: it can not be read.
    pub filled: bool,
    /// PostgreSQL's estimate.
    pub rows: u64,
}

impl TableState {
    /// What it is called when it is read.
    pub fn table(&self) -> Table {
        match self.source {
            Source::Projection => Table::Projection(self.name),
            Source::Mirror => Table::Mirror(self.name),
        }
    }
}

impl Store {
    /// Every projection and mirror that this store was opened with.
    pub async fn tables(&self) -> Result<Vec<TableState>, Error> {
        let shared = &self.inner.shared;
        let projections = shared
            .projections
            .iter()
            .map(|(_, l)| (Source::Projection, l));
        let mirrors = shared.mirrors.iter().map(|(_, l)| (Source::Mirror, l));
        let all: Vec<(Source, &Layout)> = projections.chain(mirrors).collect();
        let client = self.pool().get().await?;
        let sql =
            "SELECT greatest(reltuples::bigint, 0) FROM pg_class WHERE oid = $1::text::regclass";
        let mut found = Vec::with_capacity(all.len());
        for (source, layout) in all {
            let row = client.query_one(sql, &[&layout.table]).await?;
            found.push(TableState {
                source,
                name: layout.name,
                version: layout.version,
                filled: layout.is_filled(),
                rows: super::from_db(row.get(0)),
            });
        }
        Ok(found)
    }

    /// As of which instant this database was last saved as a whole; `None`: it never was.
    pub async fn last_backup(&self) -> Result<Option<Timestamp>, Error> {
        let client = self.pool().get().await?;
        let row = client.query_opt("SELECT taken_at FROM backup", &[]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Whether there is a projection, or a mirror, of this name.
    pub fn has_table(&self, name: &str, mirror: bool) -> bool {
        let source = if mirror {
            Source::Mirror
        } else {
            Source::Projection
        };
        self.layout_named(source, name).is_ok()
    }
}
