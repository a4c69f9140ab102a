//! Signs an agreement's log as it stood at a close.
//!
//! # Why
//!
//! Two checkpoints of one origin must never contradict each other, or a town could show the two
//! and rightly call it fraud. Signing keeps no memory of its own, so before every signature the
//! leaf hashes are computed again from the stored rows, and every checkpoint ever signed must be
//! the root of its part of them. Where one is not, nothing is signed and somebody must look.

use eventlog::{Error, LeafRow, LogId, Store};
use proof::note::KeyError;
use proof::{Checkpoint, Hash, Signer, VerifierKey, tree};

use crate::projection::months;

/// The provider's key, and what its checkpoints are called.
#[derive(Debug, Clone)]
pub struct Signing {
    signer: Signer,
    origin: String,
}

impl Signing {
    /// Signs for `provider` (a slug, such as `river-bend`) with the key of this seed. Key and
    /// origins are named `commonwatch/<provider>`.
    pub fn try_new(provider: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let origin = format!("commonwatch/{provider}");
        let signer = Signer::from_seed(&origin, seed)?;
        Ok(Self { signer, origin })
    }

    /// What a town pins when it signs its agreement.
    pub fn verifier_key(&self) -> VerifierKey {
        self.signer.verifier_key()
    }

    /// The origin of a log's checkpoints.
    pub(crate) fn origin(&self, log: &LogId) -> String {
        format!("{}/{log}", self.origin)
    }
}

/// The signed note over the first `size` leaves: the stored one, or a new one.
pub(crate) async fn signed(
    store: &Store,
    signing: &Signing,
    log: &LogId,
    size: u64,
) -> Result<String, Error> {
    let before = store.checkpoints(log).await?;
    if let Some(found) = before.iter().find(|checkpoint| checkpoint.size == size) {
        return Ok(found.note.clone());
    }
    let upto = before.last().map_or(size, |last| last.size.max(size));
    let leaves = leaves(&store.read_leaves(log, 0, upto).await?, upto)?;
    for earlier in &before {
        consistent(signing, log, &earlier.note, &leaves)?;
    }
    let root = tree::root(first(&leaves, size)?);
    let checkpoint = Checkpoint::new(&signing.origin(log), size, root);
    let note = checkpoint.sign(&signing.signer);
    let note = note.map_err(|error| Error::Setup(error.to_string()))?;
    eventlog::kill_point("checkpoint.signed");
    store.checkpoint(log, &note, size).await?;
    tracing::info!(%log, size, "checkpoint signed");
    Ok(note)
}

/// Signs every close that has no checkpoint: the process may have died between the two.
pub(crate) async fn heal(store: &Store, signing: &Signing, log: &LogId) -> Result<(), Error> {
    let signed_sizes: Vec<u64> = store
        .checkpoints(log)
        .await?
        .iter()
        .map(|checkpoint| checkpoint.size)
        .collect();
    for month in months::of_agreement(store, log).await? {
        if !signed_sizes.contains(&month.row.size) {
            signed(store, signing, log, month.row.size).await?;
        }
    }
    Ok(())
}

/// The leaf hashes of rows, computed from what is stored and compared with it.
fn leaves(rows: &[LeafRow], upto: u64) -> Result<Vec<Hash>, Error> {
    let mut hashes = Vec::with_capacity(rows.len());
    for (row, seq) in rows.iter().zip(1..) {
        let computed = row.leaf().hash();
        if row.seq != seq || computed != row.leaf_hash {
            let (log, seq) = (&row.log, row.seq);
            return Err(Error::Corrupt(format!(
                "row {seq} of {log} is not what was appended: it is not signed"
            )));
        }
        hashes.push(computed);
    }
    if u64::try_from(hashes.len()) == Ok(upto) {
        Ok(hashes)
    } else {
        let found = hashes.len();
        Err(Error::Corrupt(format!(
            "the log has {found} rows where {upto} are to be signed"
        )))
    }
}

fn first(leaves: &[Hash], size: u64) -> Result<&[Hash], Error> {
    let size = usize::try_from(size).ok();
    let first = size.and_then(|size| leaves.get(..size));
    first.ok_or_else(|| Error::Corrupt("a checkpoint is larger than its log".to_owned()))
}

/// Whether a stored checkpoint is ours and the root of its part of the log.
fn consistent(signing: &Signing, log: &LogId, note: &str, leaves: &[Hash]) -> Result<(), Error> {
    let corrupt = |what: String| Error::Corrupt(format!("a checkpoint of {log}: {what}"));
    let checkpoint = Checkpoint::open(note, &signing.verifier_key());
    let checkpoint = checkpoint.map_err(|error| corrupt(error.to_string()))?;
    let root = tree::root(first(leaves, checkpoint.size)?);
    if checkpoint.origin == signing.origin(log) && checkpoint.root == root {
        return Ok(());
    }
    let size = checkpoint.size;
    Err(corrupt(format!(
        "the one over {size} leaves is of another history: nothing is signed"
    )))
}
