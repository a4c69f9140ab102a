//! Saving: one instant of every database.

use std::path::Path;

use eventlog::archive::{Database, Pause, Snapshot, note};
use eventlog::{Real, Surroundings};
use jiff::Timestamp;

use super::Backup;
use super::files::{self, Manifest, TableFile};
use super::places::{Place, local, places};
use crate::roles::Role;

/// Saves data and keys, and says what it saved.
pub(crate) async fn backup(args: Backup) -> Result<(), String> {
    let places = match &args.data {
        Some(data) => places(&local(data)?)?,
        None => places(&args.configs)?,
    };
    if let Some(to) = &args.to {
        apart(to, &args.keys_to)?;
        files::new_folder(to)?;
    }
    files::private_folder(&args.keys_to)?;
    let (taken_at, snapshots) = one_instant(&places).await?;
    let mut databases = Vec::new();
    for (role, snapshot) in &snapshots {
        databases.push(
            snapshot
                .database()
                .await
                .map_err(|e| format!("{role}: {e}"))?,
        );
    }
    nobody_is_ahead(&databases)?;
    // The keys first: whatever the data need is then saved, whenever this ends.
    for (role, snapshot) in &snapshots {
        let keys = snapshot.keys().await.map_err(|e| format!("{role}: {e}"))?;
        let count = keys.keys.len();
        files::write_keys(&args.keys_to, *role, taken_at, keys)?;
        eprintln!("{role}: {count} keys");
    }
    let Some(to) = &args.to else {
        return Ok(());
    };
    for ((role, snapshot), database) in snapshots.iter().zip(&mut databases) {
        save(to, *role, snapshot, database).await?;
    }
    let manifest = Manifest::new(taken_at, databases);
    manifest.write(to)?;
    for Place { role, url, .. } in &places {
        // The backup is whole all the same; only its age is not told.
        if let Err(error) = note(url, role.name(), taken_at).await {
            eprintln!("{role}: that it was saved could not be noted: {error}");
        }
    }
    report(&manifest);
    eprintln!("saved in {} as of {taken_at}", to.display());
    Ok(())
}

/// A key beside its data would be a key under the mat.
fn apart(to: &Path, keys_to: &Path) -> Result<(), String> {
    let (to, keys_to) = (absolute(to)?, absolute(keys_to)?);
    if to.starts_with(&keys_to) || keys_to.starts_with(&to) {
        return Err(format!(
            "--keys-to {} and --to {} lie within each other: keys are kept apart from the data",
            keys_to.display(),
            to.display()
        ));
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, String> {
    std::path::absolute(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Holds every append and receipt everywhere until all snapshots have begun. Nobody is then ahead
/// of anybody, whoever listens to whom.
async fn one_instant(places: &[Place]) -> Result<(Timestamp, Vec<(Role, Snapshot)>), String> {
    let mut pauses = Vec::new();
    for Place { role, url, .. } in places {
        let pause = Pause::begin(url, role.name()).await;
        pauses.push((*role, pause.map_err(|e| format!("{role}: {e}"))?));
    }
    let taken_at = Real.now();
    let mut snapshots = Vec::new();
    for Place { role, url, .. } in places {
        let snapshot = Snapshot::open(url, role.name()).await;
        snapshots.push((*role, snapshot.map_err(|e| format!("{role}: {e}"))?));
    }
    for (role, pause) in pauses {
        pause.end().await.map_err(|e| format!("{role}: {e}"))?;
    }
    Ok((taken_at, snapshots))
}

/// No listener has heard more than its owner has said: restored so, it would stand still.
fn nobody_is_ahead(databases: &[Database]) -> Result<(), String> {
    let heads = || databases.iter().flat_map(|database| &database.logs);
    for receipt in databases.iter().flat_map(|database| &database.receipts) {
        let head = heads().find(|head| head.log == receipt.log);
        let said = head.map_or(0, |head| head.fact_seq);
        if receipt.seq > said {
            return Err(format!(
                "{} has heard {} up to {}, which ends at {said}: the owner lost facts before this \
                 backup; `cwctl log parked` tells more",
                receipt.consumer, receipt.log, receipt.seq
            ));
        }
    }
    Ok(())
}

async fn save(
    to: &Path,
    role: Role,
    snapshot: &Snapshot,
    database: &mut Database,
) -> Result<(), String> {
    let told = |e: eventlog::Error| format!("{role}: {e}");
    files::private_folder(&to.join(role.name()))?;
    let (mut rows, mut bytes) = (0, 0);
    for table in &mut database.tables {
        let mut file = TableFile::create(&files::table_path(to, role.name(), table))?;
        snapshot
            .copy(table, |piece| file.take(piece))
            .await
            .map_err(told)?;
        file.finish(table)?;
        table.digest = snapshot.digest(table).await.map_err(told)?;
        (rows, bytes) = (rows + table.rows, bytes + table.bytes);
    }
    files::sync_folder(&to.join(role.name()))?;
    eprintln!("{role}: {rows} rows, {bytes} bytes");
    Ok(())
}

/// How far every log had come: what comes after is lost if this is restored.
pub(super) fn report(manifest: &Manifest) {
    for head in manifest
        .databases
        .iter()
        .flat_map(|database| &database.logs)
    {
        println!("{}\t{}\t{}", head.log, head.seq, head.leaf_hash);
    }
}
