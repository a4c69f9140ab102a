//! Signed checkpoints of a log, kept as the text that was signed.

use jiff::Timestamp;

use crate::error::Error;
use crate::log_id::LogId;
use crate::store::Store;

/// A signed note over the first `size` leaves of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub note: String,
    pub recorded_at: Timestamp,
}

impl Store {
    /// Stores a signed checkpoint. The same note for the same size may come twice; another note
    /// for a size that has one is refused: two histories must never both be signed.
    pub async fn checkpoint(&self, log: &LogId, note: &str, size: u64) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let now = self.surroundings().now();
        let size_db = crate::store::db_int(size);
        client
            .execute(
                "INSERT INTO checkpoint (log_id, size, note, recorded_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                &[&log.as_str(), &size_db, &note, &now],
            )
            .await?;
        let row = client
            .query_one(
                "SELECT note FROM checkpoint WHERE log_id = $1 AND size = $2",
                &[&log.as_str(), &size_db],
            )
            .await?;
        if row.get::<_, &str>(0) != note {
            return Err(Error::Corrupt(format!(
                "log {log} has another signed checkpoint for its first {size} rows"
            )));
        }
        Ok(())
    }

    /// All checkpoints of a log, smallest first.
    pub async fn checkpoints(&self, log: &LogId) -> Result<Vec<Checkpoint>, Error> {
        let client = self.pool().get().await?;
        let rows = client
            .query(
                "SELECT size, note, recorded_at FROM checkpoint WHERE log_id = $1 ORDER BY size",
                &[&log.as_str()],
            )
            .await?;
        let read = |row: &tokio_postgres::Row| Checkpoint {
            size: crate::store::from_db(row.get(0)),
            note: row.get(1),
            recorded_at: row.get(2),
        };
        Ok(rows.iter().map(read).collect())
    }
}
