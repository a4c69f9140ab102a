//! Applies a batch's events to the rows of every projection.

use std::collections::HashMap;

use deadpool_postgres::Object;
use futures::future::try_join_all;
use serde_json::Value;

use super::batch::Appended;
use super::cache::Caches;
use super::job::guarded;
use crate::error::Error;
use crate::log_id::LogId;
use crate::store::Shared;
use crate::store::rows::Overlay;

/// The changed rows, per projection in the order of the store's list. Rows that are not remembered
/// are loaded in one round trip.
pub(super) async fn project(
    shared: &Shared,
    client: &Object,
    log: &LogId,
    caches: &mut Caches,
    events: &[Appended],
) -> Result<Vec<Overlay>, Error> {
    if log.is_upkeep() {
        return Ok(shared
            .projections
            .iter()
            .map(|_| Overlay::default())
            .collect());
    }
    let mut keys: Vec<Vec<Vec<String>>> = Vec::with_capacity(shared.projections.len());
    for (projection, _) in &shared.projections {
        let of = |event: &Appended| guarded(projection.name(), || projection.keys(&event.row));
        keys.push(events.iter().map(of).collect::<Result<_, Error>>()?);
    }
    let mut rows: Vec<HashMap<String, Option<Value>>> = Vec::with_capacity(keys.len());
    let mut loads = Vec::new();
    for (n, (_, layout)) in shared.projections.iter().enumerate() {
        let (mut known, mut missing) = (HashMap::new(), Vec::new());
        for key in keys[n].iter().flatten() {
            if known.contains_key(key) {
                continue;
            }
            match caches.rows[n].take(key) {
                Some(row) => {
                    known.insert(key.clone(), row);
                }
                None => missing.push(key.as_str()),
            }
        }
        rows.push(known);
        if !missing.is_empty() {
            loads.push(
                async move { Ok::<_, Error>((n, layout.load(client, log, &missing).await?)) },
            );
        }
    }
    for (n, loaded) in try_join_all(loads).await? {
        rows[n].extend(loaded.into_iter().map(|(key, row)| (key, Some(row))));
    }
    let mut changes = Vec::with_capacity(shared.projections.len());
    for (n, (projection, _)) in shared.projections.iter().enumerate() {
        let mut overlay = Overlay::default();
        for (event, keys) in events.iter().zip(&keys[n]) {
            for key in keys {
                let old = match overlay.take(key) {
                    Some(row) => row,
                    None => rows[n].remove(key).flatten(),
                };
                let apply = || projection.apply(&event.row, key, old);
                overlay.put(key, guarded(projection.name(), apply)?, event.row.seq);
            }
        }
        changes.push(overlay);
    }
    Ok(changes)
}
