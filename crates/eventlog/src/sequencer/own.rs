//! Becoming the owner of a log: the lock, a new epoch, projections that are complete.

use std::sync::Arc;

use deadpool_postgres::{Object, Transaction};
use jiff::Timestamp;
use tokio::time::timeout;
use tokio_postgres::Row;

use super::STATEMENT_TIMEOUT;

use crate::error::Error;
use crate::locks::Lease;
use crate::log_id::LogId;
use crate::record::Head;
use crate::store::{Shared, fold, from_db};

/// A log that is ours until somebody raises its epoch.
pub(super) struct Owned {
    lease: Lease,
    pub(super) epoch: i64,
    pub(super) head: Head,
    pub(super) last_recorded_at: Timestamp,
}

impl Owned {
    pub(super) fn is_alive(&self) -> bool {
        self.lease.is_alive()
    }
}

/// Takes the lock and a new epoch. From here on nothing that an earlier owner (or an earlier,
/// broken connection of ours) still has under way can commit: its compare-and-set misses.
pub(super) async fn acquire(
    shared: &Shared,
    client: &mut Object,
    log: &LogId,
) -> Result<Owned, Error> {
    let Some(lease) = shared.locks.claim(log).await? else {
        return Err(Error::Unavailable(format!(
            "log {log} is being written by another process"
        )));
    };
    let (epoch, head, last_recorded_at) = take_over(shared, client, log, Next::Writes).await?;
    tracing::info!(log = %log, epoch, head = head.seq, "log taken over");
    Ok(Owned {
        lease,
        epoch,
        head,
        last_recorded_at,
    })
}

/// What happens under the new epoch.
#[derive(PartialEq)]
enum Next {
    /// Events are appended, with our projections' rows alone.
    Writes,
    /// Nothing is written: whoever writes next raises the epoch again. So all that was complete
    /// stays so, also what only other programs know.
    Reads,
}

/// Raises the epoch and completes our projections, in one transaction. The head's row lock makes
/// it wait for a commit that is still under way.
async fn take_over(
    shared: &Shared,
    client: &mut Object,
    log: &LogId,
    next: Next,
) -> Result<(i64, Head, Timestamp), Error> {
    // Bounded, unlike the fold that may follow, which takes as long as the log is.
    let Ok(raised) = timeout(STATEMENT_TIMEOUT, raise_epoch(client, log)).await else {
        return Err(Error::Unavailable("PostgreSQL does not answer".to_owned()));
    };
    let (tx, row) = raised?;
    let epoch: i64 = row.get(0);
    let head = Head {
        seq: from_db(row.get(1)),
        fact_seq: from_db(row.get(2)),
    };
    for (projection, layout) in &shared.projections {
        let version = i32::try_from(layout.version).unwrap_or(i32::MAX);
        let complete = tx
            .query_opt(
                "SELECT 1 FROM projection
                 WHERE log_id = $1 AND name = $2 AND version = $3 AND epoch = $4",
                &[&log.as_str(), &layout.name, &version, &(epoch - 1)],
            )
            .await?;
        if complete.is_none() && head.seq > 0 {
            fold::replace(&tx, projection.as_ref(), layout, log, head.seq).await?;
        }
        tx.execute(
            "INSERT INTO projection (log_id, name, version, epoch) VALUES ($1, $2, $3, $4)
             ON CONFLICT (log_id, name, version) DO UPDATE SET epoch = excluded.epoch",
            &[&log.as_str(), &layout.name, &version, &epoch],
        )
        .await?;
    }
    if next == Next::Reads {
        let sql = "UPDATE projection SET epoch = $2 WHERE log_id = $1 AND epoch = $2::bigint - 1";
        tx.execute(sql, &[&log.as_str(), &epoch]).await?;
    }
    let last_recorded_at = row.get(3);
    tx.commit().await?;
    Ok((epoch, head, last_recorded_at))
}

async fn raise_epoch<'c>(
    client: &'c mut Object,
    log: &LogId,
) -> Result<(Transaction<'c>, Row), Error> {
    let tx = client.transaction().await?;
    tx.execute(
        "INSERT INTO log_head (log_id, last_seq, fact_seq, epoch, last_recorded_at)
         VALUES ($1, 0, 0, 0, 'epoch') ON CONFLICT DO NOTHING",
        &[&log.as_str()],
    )
    .await?;
    let row = tx
        .query_one(
            "UPDATE log_head SET epoch = epoch + 1 WHERE log_id = $1
             RETURNING epoch, last_seq, fact_seq, last_recorded_at",
            &[&log.as_str()],
        )
        .await?;
    Ok((tx, row))
}

/// Folds from the log those projections that its last owner did not write.
pub(crate) async fn refresh(shared: &Arc<Shared>, log: &LogId) -> Result<(), Error> {
    let mut client = shared.writers.get().await?;
    let rows = client
        .query(
            "SELECT p.name, p.version FROM projection p JOIN log_head h USING (log_id)
             WHERE h.log_id = $1 AND p.epoch = h.epoch",
            &[&log.as_str()],
        )
        .await?;
    let complete = |name: &str, version: u32| {
        rows.iter().any(|row| {
            row.get::<_, &str>(0) == name
                && u32::try_from(row.get::<_, i32>(1)).is_ok_and(|stored| stored == version)
        })
    };
    if shared
        .projections
        .iter()
        .all(|(_, layout)| complete(layout.name, layout.version))
    {
        return Ok(());
    }
    take_over(shared, &mut client, log, Next::Reads).await?;
    Ok(())
}
