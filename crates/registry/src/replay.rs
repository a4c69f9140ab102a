//! Erasures that the vault knows and the log does not: an older backup was restored.
//!
//! The register has destroyed the keys again when the store opened. The log must say so too, and
//! the neighbours, whose own backups may be older still, must hear of it.

use eventlog::{Error, Meta, Store};
use vocabulary::{Grounds, OfficerId};

use crate::Settings;
use crate::domain::officer::{Command, Erase, Officer};
use crate::projection::officers;

/// Whom the events of a replay name as their actor.
const ACTOR: &str = "register";

/// Records again the erasure of every officer that the register names and the log shows as not
/// erased, and says whose; officers of whom the restored log knows nothing are passed over.
pub async fn replay_erasures(store: &Store, settings: &Settings) -> Result<Vec<OfficerId>, Error> {
    let mut replayed = Vec::new();
    for erasure in store.vault().erased().await? {
        let Some(("officer", key)) = erasure.subject.split_once('/') else {
            continue;
        };
        let Ok(officer) = key.parse::<OfficerId>() else {
            continue;
        };
        let row = officers::find(store, &officer).await?;
        if row.is_none_or(|row| row.erased_on.is_some()) {
            continue;
        }
        let command = Command::Erase(Erase {
            officer: officer.clone(),
            grounds: Grounds::new("register").expect("a lower-case word is a code"),
            today: settings.zone.day_of(erasure.at),
            keep: Vec::new(),
            replayed: true,
        });
        let meta = Meta {
            command_id: store.surroundings().uuid(),
            actor: ACTOR.to_owned(),
            cause: None,
            trace: None,
            content: erasure.subject.into_bytes(),
            dry_run: false,
            preview: None,
            reason: None,
            reason_stays: false,
        };
        let log = crate::log();
        store
            .execute::<Officer>(&log, officer.as_str(), command, meta)
            .await?;
        replayed.push(officer);
    }
    Ok(replayed)
}
