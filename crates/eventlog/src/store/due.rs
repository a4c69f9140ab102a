//! Acts that are done and whose event is still to be appended.

use super::Store;
use crate::error::Error;
use crate::record::Meta;
use crate::upkeep::{Command, Upkeep};

impl Store {
    /// Appends what was noted in the transactions of the acts; at open, what a crash left.
    pub(crate) async fn settle_due(&self) -> Result<(), Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT command_id, stream_key, command::text, actor, trace, content \
                   FROM upkeep_due";
        let due = client.query(sql, &[]).await?;
        drop(client);
        for row in due {
            let command_id: uuid::Uuid = row.get(0);
            let command: Command = serde_json::from_str(row.get(2))
                .map_err(|e| Error::Corrupt(format!("an act can not be read: {e}")))?;
            let mut meta = Meta::new(command_id, row.get::<_, String>(3));
            (meta.trace, meta.content) = (row.get(4), row.get(5));
            let (log, key): (_, String) = (self.upkeep_log(), row.get(1));
            match self.execute::<Upkeep>(&log, &key, command, meta).await {
                // Refused or used before: the answer stands, and there is nothing to append.
                Ok(_) | Err(Error::Refused(_) | Error::CommandIdReused { .. }) => {}
                Err(error) => return Err(error),
            }
            let client = self.pool().get().await?;
            let sql = "DELETE FROM upkeep_due WHERE command_id = $1";
            client.execute(sql, &[&command_id]).await?;
        }
        Ok(())
    }
}
