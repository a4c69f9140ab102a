//! Folding a projection again from the log: the proof that its live table is what the log says.

use deadpool_postgres::Transaction;
use tokio_postgres::IsolationLevel;

use super::{Layout, Store, Table, fold, tables};
use crate::error::Error;
use crate::log_id::LogId;
use crate::projection::Projection;

/// The result of folding a projection again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Rows of the fresh fold.
    pub rows: u64,
    /// SHA-256 over all rows in order, 64 hex digits: of the fresh fold, and of the live table at
    /// the same position of every log.
    pub digest: String,
    pub live_digest: String,
}

impl Rebuilt {
    /// The live table is what the log says.
    pub fn is_equal(&self) -> bool {
        self.digest == self.live_digest
    }
}

/// The result of replacing a projection's rows by a fresh fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mended {
    pub rows: u64,
}

impl Store {
    /// Folds the projection from the first event of every log into a table beside the live one and
    /// compares the two. Writers are not held up: both are read in one snapshot. Nothing stays
    /// behind; a live table that differs is put right with [`Store::mend`].
    pub async fn rebuild(&self, projection: &str) -> Result<Rebuilt, Error> {
        let (projection, layout) = self.projection(projection)?;
        let logs = self.heads().await?;
        let mut client = self.pool().get().await?;
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()
            .await?;
        let beside = format!("{}_beside", layout.table);
        tx.batch_execute(&tables::create_beside(&beside)).await?;
        for (log, _) in &logs {
            let rows = fold::fold(&tx, projection, log).await?;
            fold::copy_in(&tx, &beside, log, &rows).await?;
        }
        let (digest, rows) = fold::digest(&tx, &beside).await?;
        let (live_digest, live_rows) = fold::digest(&tx, &layout.table).await?;
        tx.rollback().await?;
        let table = &layout.table;
        if digest == live_digest {
            tracing::info!(
                table,
                rows,
                digest,
                "rebuilt projection equals the live one"
            );
        } else {
            tracing::error!(
                table,
                rows,
                live_rows,
                "rebuilt projection differs from the live one"
            );
        }
        Ok(Rebuilt {
            rows,
            digest,
            live_digest,
        })
    }

    /// Replaces a projection's rows by a fresh fold, log by log; each log's writer waits meanwhile.
    pub async fn mend(&self, projection: &str) -> Result<Mended, Error> {
        let (projection, layout) = self.projection(projection)?;
        let mut rows = 0;
        for (log, _) in self.heads().await? {
            let mut client = self.pool().get().await?;
            let tx = client.transaction().await?;
            depose(&tx, &log).await?;
            rows += fold::replace(&tx, projection, &layout.table, &log).await?;
            tx.commit().await?;
        }
        Ok(Mended { rows })
    }

    /// SHA-256 over a table's rows in order (log, key), 64 hex digits.
    pub async fn digest(&self, table: Table) -> Result<String, Error> {
        let layout = self.layout(table)?;
        let mut client = self.pool().get().await?;
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        Ok(fold::digest(&tx, &layout.table).await?.0)
    }

    fn projection(&self, name: &str) -> Result<(&dyn Projection, &Layout), Error> {
        let found = self
            .inner
            .shared
            .projections
            .iter()
            .find(|(p, _)| p.name() == name);
        found
            .map(|(projection, layout)| (projection.as_ref(), layout))
            .ok_or_else(|| Error::Setup(format!("this store was opened without {name:?}")))
    }
}

/// Makes the log's writer take the log over again, and so forget the rows it remembers. All
/// projections that were complete stay so.
async fn depose(tx: &Transaction<'_>, log: &LogId) -> Result<(), Error> {
    tx.execute(
        "WITH head AS (
             UPDATE log_head SET epoch = epoch + 1 WHERE log_id = $1 RETURNING log_id, epoch
         )
         UPDATE projection p SET epoch = head.epoch FROM head
         WHERE p.log_id = head.log_id AND p.epoch = head.epoch - 1",
        &[&log.as_str()],
    )
    .await?;
    Ok(())
}
