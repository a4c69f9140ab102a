//! Why a command was given: free text, so it lies in the vault and not in the log.

use std::collections::HashMap;

use uuid::Uuid;

use super::Store;
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::Meta;

/// The vault's field that a reason lies in.
const FIELD: &str = "reason";

impl Store {
    /// The reason that came with a command of `log`, in the words of the one who gave it; `None`
    /// when it had none, or when its stream was erased.
    pub async fn reason(&self, log: &LogId, command_id: Uuid) -> Result<Option<String>, Error> {
        self.vault().open(&person(log, command_id), FIELD).await
    }

    /// The reasons of those commands of `log` that have one.
    pub async fn reasons(
        &self,
        log: &LogId,
        commands: &[Uuid],
    ) -> Result<HashMap<Uuid, String>, Error> {
        let people: Vec<String> = commands.iter().map(|id| person(log, *id)).collect();
        let sql = "SELECT DISTINCT person FROM vault.item WHERE field = $1 AND person = ANY($2)";
        let client = self.pool().get().await?;
        let rows = client.query(sql, &[&FIELD, &people]).await?;
        drop(client);
        let mut found = HashMap::new();
        for row in rows {
            let person: &str = row.get(0);
            let id = person.rsplit('/').next().and_then(|id| id.parse().ok());
            if let Some(id) = id
                && let Some(reason) = self.reason(log, id).await?
            {
                found.insert(id, reason);
            }
        }
        Ok(found)
    }

    /// Seals the reason before its command, so that no event is without one that was given. Whoever
    /// comes again, or under the id of another command, changes nothing about the one that is
    /// there. What a refusal or a crash leaves behind is sealed, under the id of a command that did
    /// nothing. Whoever the stream is about takes the reason along when they are erased; only that
    /// of the erasure itself stays, as a subject of its own.
    pub(super) async fn seal_reason(
        &self,
        log: &LogId,
        stream: &str,
        meta: &Meta,
    ) -> Result<(), Error> {
        let Some(reason) = meta.reason.as_deref().filter(|_| !meta.dry_run) else {
            return Ok(());
        };
        if self.knows(log, meta.command_id).await? {
            return Ok(());
        }
        let person = person(log, meta.command_id);
        let subject = if meta.reason_stays { &person } else { stream };
        let vault = self.vault();
        vault.seal_once(subject, &person, FIELD, reason).await
    }

    /// Whether the log has a stored outcome of this command.
    pub(crate) async fn knows(&self, log: &LogId, command_id: Uuid) -> Result<bool, Error> {
        let client = self.pool().get().await?;
        let sql = "SELECT 1 FROM command WHERE log_id = $1 AND command_id = $2";
        let row = client.query_opt(sql, &[&log.as_str(), &command_id]).await?;
        Ok(row.is_some())
    }
}

/// Under whom a command's texts lie in the vault. One id may stand in several logs.
fn person(log: &LogId, command_id: Uuid) -> String {
    format!("command/{log}/{command_id}")
}
