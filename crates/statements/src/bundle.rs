//! The folder with which a party verifies a statement offline (docs/bundle.md).

use eventlog::{Error, LeafRow, LogId, Store};
use proof::bundle::{Contents, Entry, Files, Manifest, Previous};
use proof::{Bundle, Checkpoint};
use vocabulary::{AgreementId, Month, PartyId};

use crate::checkpoint::{self, Signing};
use crate::projection::{documents, months};

/// The files of one party's bundle of a month, cut at that month's checkpoint; `None` where the
/// party has no statement of it.
pub(crate) async fn files(
    store: &Store,
    signing: &Signing,
    agreement: &AgreementId,
    month: Month,
    party: &PartyId,
) -> Result<Option<Files>, Error> {
    let log = crate::log(agreement);
    let closed = months::find(store, &log, month).await?;
    let document = documents::find(store, &log, month, party).await?;
    let (Some(closed), Some(document)) = (closed, document) else {
        return Ok(None);
    };
    checkpoint::heal(store, signing, &log).await?;
    let note = checkpoint::signed(store, signing, &log, closed.size).await?;
    let rows = store.read_leaves(&log, 0, closed.size).await?;
    let entries: Vec<Entry> = rows.into_iter().map(entry).collect();
    let previous = previous(store, signing, &log, closed.size, &entries).await?;
    let manifest = Manifest {
        origin: signing.origin(&log),
        log: log.to_string(),
        agreement: agreement.to_string(),
        month: month.to_string(),
        town: party.to_string(),
        public_key: signing.verifier_key().to_string(),
    };
    let contents = Contents {
        manifest,
        entries,
        checkpoint: note,
        previous,
        statement_csv: csv(&document.json)?.into_bytes(),
        statement_json: document.json.into_bytes(),
    };
    Ok(Some(Bundle::new(contents).write()))
}

/// A statement as CSV, from its JSON.
pub(crate) fn csv(json: &str) -> Result<String, Error> {
    let statement = allocation::Statement::from_json(json);
    let statement =
        statement.map_err(|error| Error::Corrupt(format!("a stored statement: {error}")))?;
    Ok(statement.to_csv())
}

/// The checkpoint before this one, proved to be this log's beginning.
async fn previous(
    store: &Store,
    signing: &Signing,
    log: &LogId,
    size: u64,
    entries: &[Entry],
) -> Result<Option<Previous>, Error> {
    let checkpoints = store.checkpoints(log).await?;
    let before = checkpoints.into_iter().rfind(|before| before.size < size);
    let Some(before) = before else {
        return Ok(None);
    };
    let corrupt = |error: String| Error::Corrupt(format!("a checkpoint of {log}: {error}"));
    let from = Checkpoint::open(&before.note, &signing.verifier_key());
    let from = from.map_err(|error| corrupt(error.to_string()))?;
    let previous = Previous::prove(before.note, from.size, entries);
    previous
        .map(Some)
        .map_err(|error| corrupt(error.to_string()))
}

fn entry(row: LeafRow) -> Entry {
    Entry {
        seq: row.seq,
        stream: row.stream,
        version: row.version,
        kind: row.kind,
        revision: row.revision,
        valid_on: row.valid_on,
        recorded_at: row.recorded_at,
        fact: row.fact,
        private_hash: row.private_hash,
        leaf_hash: row.leaf_hash,
    }
}
