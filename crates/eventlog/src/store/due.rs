//! Acts that are done and whose event is still to be appended.

use super::Store;
use crate::error::Error;
use crate::record::Meta;
use crate::upkeep::{Command, Upkeep};

impl Store {
    /// Appends what was noted in the transactions of the acts; at open, what a crash left. One that
    /// can not be appended holds up no other.
    ///
    /// # Errors
    /// The first of them that must be tried again.
    pub(crate) async fn settle_due(&self) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT command_id, stream_key, command::text, actor, trace, content \
                   FROM upkeep_due";
        let due = client.query(sql, &[]).await?;
        drop(client);
        let mut settled = Ok(());
        for row in &due {
            if let Err(error) = self.settle(row).await {
                let command_id: uuid::Uuid = row.get(0);
                tracing::error!(%command_id, %error, "an act of upkeep is not recorded yet");
                settled = settled.and(Err(error));
            }
        }
        settled
    }

    async fn settle(&self, row: &tokio_postgres::Row) -> Result<(), Error> {
        let command_id: uuid::Uuid = row.get(0);
        let command: Command = serde_json::from_str(row.get(2))
            .map_err(|e| Error::Corrupt(format!("an act can not be read: {e}")))?;
        let mut meta = Meta::new(command_id, row.get::<_, String>(3));
        (meta.trace, meta.content) = (row.get(4), row.get(5));
        let (log, key): (_, String) = (self.upkeep_log(), row.get(1));
        match self.execute::<Upkeep>(&log, &key, command, meta).await {
            Ok(_) => {}
            // The answer stands, and there is nothing to append.
            Err(error @ (Error::Refused(_) | Error::CommandIdReused { .. })) => {
                tracing::error!(%command_id, %error, "an act of upkeep has no event");
            }
            Err(error) => return Err(error),
        }
        let client = self.pool().get().await?;
        let sql = "DELETE FROM upkeep_due WHERE command_id = $1";
        client.execute(sql, &[&command_id]).await?;
        Ok(())
    }
}
