//! The check of a bundle, in the order that `docs/bundle.md` prints. The first failure ends it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bundle, Checked, Contents, Entry, Failure, History, Manifest, Previous};
use crate::note::VerifierKey;
use crate::{Checkpoint, Hash, tree};

impl Bundle {
    /// Checks everything that needs no knowledge of what the facts mean. `pinned_key` is the
    /// provider's key as pinned when the agreement was signed; `kept` the last checkpoint the
    /// town kept, opened with the same key.
    pub fn check(
        &self,
        pinned_key: &VerifierKey,
        kept: Option<&Checkpoint>,
    ) -> Result<Checked<'_>, Failure> {
        let Contents {
            manifest,
            entries,
            previous,
            ..
        } = &self.contents;
        let checkpoint =
            Checkpoint::open(&self.contents.checkpoint, pinned_key).map_err(Failure::Checkpoint)?;
        check_manifest(manifest, &checkpoint, pinned_key)?;
        check_sequence(entries, checkpoint.size)?;
        let leaves = check_leaves(entries, &manifest.log)?;
        check_times(entries)?;
        check_versions(entries)?;
        let computed = tree::root(&leaves);
        if computed != checkpoint.root {
            let (size, signed) = (checkpoint.size, checkpoint.root);
            return Err(Failure::Root {
                size,
                computed,
                signed,
            });
        }
        let previous = previous.as_ref();
        let previous_size = previous
            .map(|previous| check_previous(previous, &checkpoint, &leaves, pinned_key))
            .transpose()?;
        let history = check_kept(kept, &checkpoint, &leaves)?;
        Ok(Checked {
            checkpoint,
            manifest,
            entries,
            statement_json: &self.contents.statement_json,
            statement_csv: &self.contents.statement_csv,
            previous_size,
            history,
        })
    }
}

/// The folder's own words against the signed ones and the pinned key.
fn check_manifest(
    manifest: &Manifest,
    checkpoint: &Checkpoint,
    pinned_key: &VerifierKey,
) -> Result<(), Failure> {
    let pinned = pinned_key.to_string();
    if manifest.public_key != pinned {
        return Err(Failure::Key {
            stated: manifest.public_key.clone(),
            pinned,
        });
    }
    let Manifest {
        origin,
        log,
        agreement,
        ..
    } = manifest;
    if checkpoint.origin != *origin {
        let (found, expected) = (checkpoint.origin.clone(), origin.clone());
        return Err(Failure::Origin { found, expected });
    }
    if !ends_in(origin, log) {
        return Err(Failure::OtherLog {
            origin: origin.clone(),
            log: log.clone(),
        });
    }
    if !ends_in(log, agreement) {
        let (log, agreement) = (log.clone(), agreement.clone());
        return Err(Failure::OtherAgreement { log, agreement });
    }
    Ok(())
}

fn ends_in(path: &str, last: &str) -> bool {
    !last.is_empty()
        && path
            .strip_suffix(last)
            .is_some_and(|before| before.ends_with('/'))
}

/// `seq` is 1, 2, 3 … up to the signed size. Says what happened where it is not.
fn check_sequence(entries: &[Entry], size: u64) -> Result<(), Failure> {
    let mut due = 1;
    for entry in entries {
        if entry.seq != due {
            return Err(misplaced(entries, due, entry.seq));
        }
        due += 1;
    }
    let length = due - 1;
    if length < size {
        return Err(Failure::CutOff { seq: due, size });
    }
    if length > size {
        return Err(Failure::Added {
            seq: size + 1,
            size,
        });
    }
    Ok(())
}

fn misplaced(entries: &[Entry], due: u64, found: u64) -> Failure {
    let seqs: BTreeSet<u64> = entries.iter().map(|entry| entry.seq).collect();
    if (1..due).contains(&found) {
        Failure::Twice {
            seq: found,
            line: due,
        }
    } else if seqs.contains(&due) {
        Failure::OutOfOrder { seq: due, found }
    } else {
        Failure::Missing { seq: due, found }
    }
}

/// Recomputes every leaf hash; gives the recomputed ones.
fn check_leaves(entries: &[Entry], log: &str) -> Result<Vec<Hash>, Failure> {
    let mut leaves = Vec::with_capacity(entries.len());
    for entry in entries {
        let computed = entry.leaf(log).hash();
        if computed != entry.leaf_hash {
            let (seq, stated) = (entry.seq, entry.leaf_hash);
            return Err(Failure::Altered {
                seq,
                computed,
                stated,
            });
        }
        leaves.push(computed);
    }
    Ok(leaves)
}

/// A log learns things in order: recorded times never go back.
fn check_times(entries: &[Entry]) -> Result<(), Failure> {
    for pair in entries.windows(2) {
        let (ahead, at) = (pair[0].recorded_at, pair[1].recorded_at);
        if at < ahead {
            return Err(Failure::BackInTime {
                seq: pair[1].seq,
                at,
                ahead,
            });
        }
    }
    Ok(())
}

/// Every stream counts 1, 2, 3 …
fn check_versions(entries: &[Entry]) -> Result<(), Failure> {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries {
        let last = last.entry(&entry.stream).or_default();
        let expected = *last + 1;
        if entry.version != expected {
            let stream = entry.stream.clone();
            return Err(Failure::Version {
                seq: entry.seq,
                stream,
                found: entry.version,
                expected,
            });
        }
        *last = expected;
    }
    Ok(())
}

/// The bundle's own previous checkpoint: signed by the same key, consistent by the proof and by
/// the leaves themselves. Gives its size.
fn check_previous(
    previous: &Previous,
    checkpoint: &Checkpoint,
    leaves: &[Hash],
    pinned_key: &VerifierKey,
) -> Result<u64, Failure> {
    let earlier =
        Checkpoint::open(&previous.checkpoint, pinned_key).map_err(Failure::PreviousCheckpoint)?;
    if earlier.origin != checkpoint.origin {
        let (found, expected) = (earlier.origin, checkpoint.origin.clone());
        return Err(Failure::PreviousOrigin { found, expected });
    }
    let Previous { from, to, .. } = *previous;
    if (from, to) != (earlier.size, checkpoint.size) {
        let (previous, size) = (earlier.size, checkpoint.size);
        return Err(Failure::ConsistencySizes {
            from,
            to,
            previous,
            size,
        });
    }
    // The leaves speak first: where history differs, that is the news, not a proof that fails.
    if let Some(computed) = root_of_first(leaves, earlier.size)
        && computed != earlier.root
    {
        let (size, signed) = (earlier.size, earlier.root);
        return Err(Failure::PreviousHistory {
            size,
            computed,
            signed,
        });
    }
    tree::verify_consistency(from, earlier.root, to, checkpoint.root, &previous.hashes)
        .map_err(Failure::Consistency)?;
    Ok(earlier.size)
}

/// The checkpoint that the town kept: the whole log is at hand, so no proof is needed.
fn check_kept(
    kept: Option<&Checkpoint>,
    checkpoint: &Checkpoint,
    leaves: &[Hash],
) -> Result<History, Failure> {
    let Some(kept) = kept else {
        return Ok(History::Unchecked);
    };
    if kept.origin != checkpoint.origin {
        let (found, expected) = (kept.origin.clone(), checkpoint.origin.clone());
        return Err(Failure::KeptOrigin { found, expected });
    }
    let size = kept.size;
    let Some(computed) = root_of_first(leaves, size) else {
        return Err(Failure::KeptLonger {
            kept: size,
            size: checkpoint.size,
        });
    };
    if computed != kept.root {
        return Err(Failure::KeptHistory {
            size,
            computed,
            kept: kept.root,
        });
    }
    Ok(History::Kept { size })
}

/// `None` where there are not that many leaves.
fn root_of_first(leaves: &[Hash], size: u64) -> Option<Hash> {
    let first = usize::try_from(size).ok()?;
    leaves.get(..first).map(tree::root)
}
