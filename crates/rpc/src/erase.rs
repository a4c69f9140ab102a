//! Erasures: the event first, then the deed.
//!
//! # Why
//!
//! An event without its deed would be a lie, and a refused call ("erased already") the last word
//! on it. So both run to their end whether the caller waits or not; and whatever became of the
//! command, everything is destroyed that the log says is erased: what an earlier call left
//! undone, because its process died or the register could not be written, is made good by the
//! next one, or at the next start.

use eventlog::{Decider, Item, LogId, Meta, Outcome, Store};
use tonic::Status;

use crate::calls::to_the_end;
use crate::refuse::refuse;

/// Runs the command, then destroys what the log says is erased; gives the outcome, and the texts of
/// its `subjects` that are gone (in a dry run: that would be).
///
/// # Errors
/// The command's refusal, or what went wrong with the deed: the same call again makes it good.
pub async fn erase<D: Decider>(
    store: &Store,
    log: LogId,
    key: String,
    command: D::Command,
    meta: Meta,
    subjects: fn(&Outcome) -> Result<Vec<String>, Status>,
) -> Result<(Outcome, Vec<Item>), Status>
where
    D::Command: 'static,
{
    let store = store.clone();
    to_the_end(async move {
        let dry_run = meta.dry_run;
        // Why it was done must be found when what it was done to is gone.
        let reason_stays = true;
        let meta = Meta {
            reason_stays,
            ..meta
        };
        let executed = store.execute::<D>(&log, &key, command, meta).await;
        let mut items = Vec::new();
        if let Ok(outcome) = &executed {
            for subject in subjects(outcome)? {
                items.extend(store.vault().items(&subject).await.map_err(refuse)?);
            }
        }
        if !dry_run {
            store.carry_out_erasures().await.map_err(refuse)?;
        }
        Ok((executed.map_err(refuse)?, items))
    })
    .await
}

/// The stream of the command: it is the subject where somebody's record is one.
pub fn of_stream(outcome: &Outcome) -> Result<Vec<String>, Status> {
    let streams = outcome.events.iter().map(|event| event.stream.clone());
    Ok(streams.collect())
}
