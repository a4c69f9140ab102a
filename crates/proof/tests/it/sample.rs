//! An invented agreement's log of 41 leaves, its keys and its bundle.

use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use proof::bundle::{Contents, Entry, Files, Manifest, Previous};
use proof::{Bundle, Checkpoint, Hash, Signer, VerifierKey, private_hash, tree};

pub(crate) const LOG: &str = "statements/three-rivers";
pub(crate) const ORIGIN: &str = "commonwatch/river-bend/statements/three-rivers";
pub(crate) const SIZE: u64 = 41;
pub(crate) const PREVIOUS_SIZE: u64 = 30;

pub(crate) fn signer() -> Signer {
    Signer::from_seed("commonwatch/river-bend", &[42; 32]).unwrap()
}

pub(crate) fn key() -> VerifierKey {
    signer().verifier_key()
}

/// The log's leaves: three streams in turn, every fifth event without a public side, some at the
/// same instant.
pub(crate) fn entries() -> Vec<Entry> {
    let mut versions = [0u64; 3];
    let first_day = date(2026, 10, 1);
    let first = Timestamp::from_second(1_790_900_000).unwrap();
    let mut entries = Vec::new();
    for seq in 1..=SIZE {
        let stream = usize::try_from(seq % 3).unwrap();
        versions[stream] += 1;
        let entry = Entry {
            seq,
            stream: ["agreement/three-rivers", "period/2026-10", "expense/dépôt"][stream].into(),
            version: versions[stream],
            kind: ["terms_noted", "fact_copied", "expense_recorded"][stream].into(),
            revision: 1,
            valid_on: first_day + i64::try_from(seq % 31).unwrap().days(),
            recorded_at: first + i64::try_from(seq / 2 * 1_000_037).unwrap().microseconds(),
            fact: (!seq.is_multiple_of(5)).then(|| format!("fact {seq}").into_bytes()),
            private_hash: private_hash(&[7; 32], format!("{{\"n\":{seq}}}").as_bytes()),
            leaf_hash: Hash::of(b"set below"),
        };
        entries.push(entry);
    }
    seal(&mut entries);
    entries
}

/// States the leaf hash that the contents give, as a log does, or a careful forger.
pub(crate) fn seal(entries: &mut [Entry]) {
    for entry in entries {
        entry.leaf_hash = entry.leaf(LOG).hash();
    }
}

/// A checkpoint over the first `size` leaves.
pub(crate) fn checkpoint(entries: &[Entry], size: u64) -> Checkpoint {
    let leaves: Vec<Hash> = entries.iter().map(|entry| entry.leaf_hash).collect();
    Checkpoint::new(
        ORIGIN,
        size,
        tree::root(&leaves[..usize::try_from(size).unwrap()]),
    )
}

/// What an honest provider puts together.
pub(crate) fn contents() -> Contents {
    let entries = entries();
    let earlier = checkpoint(&entries, PREVIOUS_SIZE).sign(&signer()).unwrap();
    let previous = Previous::prove(earlier, PREVIOUS_SIZE, &entries).unwrap();
    Contents {
        manifest: Manifest {
            origin: ORIGIN.into(),
            log: LOG.into(),
            agreement: "three-rivers".into(),
            month: "2026-10".into(),
            town: "barlow".into(),
            public_key: key().to_string(),
        },
        checkpoint: checkpoint(&entries, SIZE).sign(&signer()).unwrap(),
        previous: Some(previous),
        entries,
        statement_json: b"{}\n".to_vec(),
        statement_csv: b"town,charge_cents\n".to_vec(),
    }
}

/// The honest contents after a change, read back from files as a town would.
pub(crate) fn altered(change: impl FnOnce(&mut Contents)) -> Bundle {
    let mut contents = contents();
    change(&mut contents);
    Bundle::read(&Bundle::new(contents).write()).unwrap()
}

/// The log after a forger's change to it, numbered, linked and hashed anew; the signature is the
/// old one, because the forger has no key.
pub(crate) fn forged(change: impl FnOnce(&mut Vec<Entry>)) -> Bundle {
    altered(|contents| {
        change(&mut contents.entries);
        let mut versions = std::collections::BTreeMap::<String, u64>::new();
        for (entry, seq) in contents.entries.iter_mut().zip(1..) {
            entry.seq = seq;
            let version = versions.entry(entry.stream.clone()).or_default();
            *version += 1;
            entry.version = *version;
        }
        let mut times: Vec<_> = contents
            .entries
            .iter()
            .map(|entry| entry.recorded_at)
            .collect();
        times.sort();
        for (entry, at) in contents.entries.iter_mut().zip(times) {
            entry.recorded_at = at;
        }
        seal(&mut contents.entries);
    })
}

pub(crate) fn files() -> Files {
    Bundle::new(contents()).write()
}
