//! What a dry run would change in the projections.

use std::collections::BTreeMap;

use deadpool_postgres::Object;
use serde_json::Value;

use super::job::guarded;
use crate::change::Change;
use crate::error::Error;
use crate::record::Outcome;
use crate::store::Shared;

/// The outcome with the rows that its events would change, told from the rows as they are. The
/// log's one writer runs this, so nobody changes them meanwhile.
pub(super) async fn preview(
    shared: &Shared,
    client: &Object,
    mut outcome: Outcome,
) -> Result<Outcome, Error> {
    let log = outcome.events.first().map(|event| event.log.clone());
    let Some(log) = log.filter(|log| !log.is_upkeep()) else {
        return Ok(outcome);
    };
    for (projection, layout) in &shared.projections {
        let mut touched = Vec::new();
        for event in &outcome.events {
            let keys = guarded(layout.name, || projection.keys(event))?;
            touched.extend(keys.into_iter().map(|key| (event, key)));
        }
        let wanted: Vec<&str> = touched.iter().map(|(_, key)| key.as_str()).collect();
        if wanted.is_empty() {
            continue;
        }
        let mut before = layout.load(client, &log, &wanted).await?;
        let mut after: BTreeMap<&str, Option<Value>> = BTreeMap::new();
        for (event, key) in &touched {
            let row = after.entry(key).or_insert_with(|| before.get(key).cloned());
            let old = row.take();
            *row = guarded(layout.name, || projection.apply(event, key, old))?;
        }
        for (key, after) in after {
            let before = before.remove(key);
            if before != after {
                outcome.changes.push(Change {
                    table: layout.name,
                    key: key.to_owned(),
                    before,
                    after,
                });
            }
        }
    }
    Ok(outcome)
}
