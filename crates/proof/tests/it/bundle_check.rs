//! Every way to tamper with a bundle is found, and named.

use proof::bundle::{
    Bundle, CHECKPOINT, CONSISTENCY, Contents, Failure, History, LOG as LOG_FILE,
    PREVIOUS_CHECKPOINT, Previous,
};
use proof::{Checkpoint, Hash, Signer};
use proptest::prelude::*;

use crate::sample::{
    LOG, ORIGIN, PREVIOUS_SIZE, SIZE, altered, checkpoint, contents, entries, files, forged, key,
    seal, signer,
};

fn failure(bundle: &Bundle) -> Failure {
    bundle.check(&key(), None).unwrap_err()
}

/// The sentence, for comparison; each test shows what a town would read.
fn sentence(bundle: &Bundle) -> String {
    failure(bundle).to_string()
}

#[test]
fn an_honest_bundle_passes_and_gives_its_facts() {
    let bundle = altered(|_| ());
    let checked = bundle.check(&key(), None).unwrap();
    assert_eq!(checked.entries, entries());
    assert_eq!(checked.checkpoint.size, SIZE);
    assert_eq!(checked.previous_size, Some(PREVIOUS_SIZE));
    assert_eq!(checked.history, History::Unchecked);
    assert_eq!(checked.history.to_string(), "earlier history unchecked");
    assert_eq!(checked.statement_json, b"{}\n");
}

#[test]
fn the_kept_checkpoint_of_any_earlier_size_is_recognised() {
    let bundle = altered(|_| ());
    for size in 0..=SIZE {
        let kept = checkpoint(&entries(), size);
        let checked = bundle.check(&key(), Some(&kept)).unwrap();
        assert_eq!(checked.history, History::Kept { size });
    }
}

#[test]
fn a_bundle_without_previous_checkpoint_passes() {
    let bundle = altered(|contents| contents.previous = None);
    assert_eq!(bundle.check(&key(), None).unwrap().previous_size, None);
}

#[test]
fn a_dropped_leaf_is_named() {
    let bundle = altered(|contents| drop(contents.entries.remove(16)));
    let expected = "leaf 17: It is missing; line 17 of log.ndjson holds leaf 18.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn a_dropped_last_leaf_is_named() {
    let bundle = altered(|contents| drop(contents.entries.pop()));
    let expected = "leaf 41: It is missing; log.ndjson ends before it, the checkpoint covers \
                    41 leaves.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn an_added_leaf_is_named() {
    let bundle = altered(|contents| {
        let mut added = contents.entries[40].clone();
        added.seq = 42;
        contents.entries.push(added);
    });
    let expected = "leaf 42: It was added; the checkpoint covers 41 leaves.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn a_leaf_that_stands_twice_is_named() {
    let bundle = altered(|contents| {
        let twice = contents.entries[16].clone();
        contents.entries.insert(17, twice);
    });
    let expected = "leaf 17: It stands twice; line 18 of log.ndjson holds it again.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn two_swapped_leaves_are_named() {
    let bundle = altered(|contents| contents.entries.swap(16, 19));
    let expected = "leaf 17: It is out of order; line 17 of log.ndjson holds leaf 20 in its place.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn two_leaves_that_swapped_their_numbers_are_named() {
    let bundle = altered(|contents| {
        contents.entries.swap(16, 19);
        contents.entries[16].seq = 17;
        contents.entries[19].seq = 20;
    });
    assert!(matches!(failure(&bundle), Failure::Altered { seq: 17, .. }));
}

#[test]
fn an_alteration_of_any_field_of_a_leaf_names_the_leaf() {
    let changes: [fn(&mut proof::bundle::Entry); 8] = [
        |leaf| leaf.stream.push('x'),
        |leaf| leaf.version += 1,
        |leaf| leaf.kind.push('x'),
        |leaf| leaf.revision = 2,
        |leaf| leaf.valid_on = leaf.valid_on.tomorrow().unwrap(),
        |leaf| leaf.recorded_at = jiff::Timestamp::UNIX_EPOCH,
        |leaf| leaf.fact = Some(b"fact 71".to_vec()),
        |leaf| leaf.private_hash = Hash::of(b"another body"),
    ];
    for change in changes {
        let bundle = altered(|contents| change(&mut contents.entries[16]));
        assert!(sentence(&bundle).starts_with("leaf 17: It was altered;"));
    }
    let bundle = altered(|contents| contents.entries[16].fact = None);
    assert!(sentence(&bundle).starts_with("leaf 17: It was altered;"));
}

#[test]
fn a_careful_forger_who_drops_adds_alters_or_swaps_is_caught_by_the_root() {
    let altered = forged(|entries| entries[16].fact = Some(b"fact 71".to_vec()));
    let swapped = forged(|entries| entries.swap(16, 19));
    let replaced = forged(|entries| {
        entries.remove(16);
        let copy = entries[20].clone();
        entries.push(copy);
    });
    for bundle in [altered, swapped, replaced] {
        let Failure::Root { size, .. } = failure(&bundle) else {
            panic!("{:?}", failure(&bundle))
        };
        assert_eq!(size, SIZE);
    }
    let dropped = forged(|entries| drop(entries.remove(16)));
    assert!(matches!(failure(&dropped), Failure::CutOff { seq: 41, .. }));
    let added = forged(|entries| entries.insert(16, entries[17].clone()));
    assert!(matches!(failure(&added), Failure::Added { seq: 42, .. }));
}

#[test]
fn time_running_backwards_is_named() {
    let bundle = altered(|contents| {
        contents.entries[16].recorded_at = jiff::Timestamp::UNIX_EPOCH;
        seal(&mut contents.entries);
    });
    assert!(sentence(&bundle).starts_with("leaf 17: It was recorded at 1970-01-01T00:00:00Z,"));
}

#[test]
fn a_stream_that_skips_a_version_is_named() {
    let bundle = altered(|contents| {
        contents.entries[16].version = 7;
        seal(&mut contents.entries);
    });
    let expected = "leaf 17: It is version 7 of stream `expense/dépôt`, where 6 is due.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn a_signature_of_another_key_is_named() {
    let stranger = Signer::from_seed("commonwatch/river-bend", &[43; 32]).unwrap();
    let bundle = altered(|contents| {
        contents.checkpoint = checkpoint(&contents.entries, SIZE).sign(&stranger).unwrap();
        contents.manifest.public_key = stranger.verifier_key().to_string();
    });
    let said = sentence(&bundle);
    let expected =
        "checkpoint: The note is signed under the name `commonwatch/river-bend`, but by the key ";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn an_altered_checkpoint_is_named() {
    let bundle = altered(|contents| {
        contents.checkpoint = contents.checkpoint.replace("\n41\n", "\n40\n");
        contents.entries.pop();
    });
    let expected =
        "checkpoint: The signature of `commonwatch/river-bend` does not fit the note's text.";
    assert_eq!(sentence(&bundle), expected);
}

#[test]
fn a_manifest_that_says_something_else_is_named() {
    type Change = fn(&mut Contents);
    let changes: [(Change, &str); 4] = [
        (
            |contents| contents.manifest.public_key.push('x'),
            "manifest.json: It names the key `",
        ),
        (
            |contents| contents.manifest.origin.push('x'),
            "checkpoint: Its origin is `",
        ),
        (
            |contents| contents.manifest.log = "rivers".into(),
            "manifest.json: The origin `",
        ),
        (
            |contents| contents.manifest.agreement = "rivers".into(),
            "manifest.json: The log `",
        ),
    ];
    for (change, expected) in changes {
        let said = sentence(&altered(change));
        assert!(said.starts_with(expected), "{said}");
    }
}

/// The provider signs a log in which leaf 11 says something else than it did last month.
fn rewritten(contents: &mut Contents) {
    contents.entries[10].fact = Some(b"rewritten".to_vec());
    seal(&mut contents.entries);
    contents.checkpoint = checkpoint(&contents.entries, SIZE).sign(&signer()).unwrap();
}

#[test]
fn a_rewritten_history_is_caught_by_the_kept_checkpoint() {
    let bundle = altered(|contents| {
        rewritten(contents);
        contents.previous = None;
    });
    assert!(
        bundle.check(&key(), None).is_ok(),
        "nothing to compare with"
    );
    let kept = checkpoint(&entries(), PREVIOUS_SIZE);
    let said = bundle.check(&key(), Some(&kept)).unwrap_err().to_string();
    let expected = "The checkpoint you kept is of another history: the first 30 leaves now give";
    assert!(said.starts_with(expected), "{said}");
    let before_the_change = checkpoint(&entries(), 10);
    assert!(bundle.check(&key(), Some(&before_the_change)).is_ok());
}

#[test]
fn a_previous_checkpoint_of_another_history_is_named() {
    let said = sentence(&altered(rewritten));
    let expected = "previous-checkpoint: It is of another history: the first 30 leaves give";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn a_kept_checkpoint_of_another_log_or_of_a_longer_one_is_named() {
    let bundle = altered(|_| ());
    let longer = Checkpoint {
        size: 42,
        ..checkpoint(&entries(), SIZE)
    };
    let said = bundle.check(&key(), Some(&longer)).unwrap_err().to_string();
    let expected = "The checkpoint you kept covers 42 leaves, this one only 41: the log shrank.";
    assert_eq!(said, expected);
    let other = Checkpoint {
        origin: "elsewhere".into(),
        ..checkpoint(&entries(), SIZE)
    };
    let said = bundle.check(&key(), Some(&other)).unwrap_err().to_string();
    assert_eq!(
        said,
        format!("The checkpoint you kept is of `elsewhere`, this one of `{ORIGIN}`.")
    );
}

#[test]
fn a_previous_checkpoint_that_does_not_fit_is_named() {
    let change = |change: fn(&mut Previous)| {
        sentence(&altered(|contents| {
            change(contents.previous.as_mut().unwrap())
        }))
    };
    let said = change(|previous| {
        previous.hashes.pop();
    });
    assert!(
        said.starts_with("consistency.json: The proof has "),
        "{said}"
    );
    let said = change(|previous| previous.hashes[0] = Hash::of(b"other"));
    assert!(
        said.starts_with("consistency.json: The proof does not lead"),
        "{said}"
    );
    let said = change(|previous| previous.from = 29);
    assert!(
        said.starts_with("consistency.json: It leads from 29 to 41 leaves"),
        "{said}"
    );
    let said = change(|previous| previous.checkpoint = previous.checkpoint.replace("30", "31"));
    assert!(
        said.starts_with("previous-checkpoint: The signature of"),
        "{said}"
    );
    let said = change(|previous| {
        let elsewhere = Checkpoint::new("elsewhere", PREVIOUS_SIZE, Hash::of(b""));
        previous.checkpoint = elsewhere.sign(&signer()).unwrap();
    });
    assert!(
        said.starts_with("previous-checkpoint: Its origin is `elsewhere`"),
        "{said}"
    );
}

#[test]
fn an_empty_log_has_a_bundle_too() {
    let bundle = altered(|contents| {
        contents.entries.clear();
        contents.previous = None;
        contents.checkpoint = checkpoint(&[], 0).sign(&signer()).unwrap();
    });
    assert!(bundle.check(&key(), None).unwrap().entries.is_empty());
}

#[test]
fn the_same_leaves_under_another_log_id_are_other_leaves() {
    let mut contents = contents();
    let other = LOG.replace("three", "four");
    contents.manifest.origin = ORIGIN.replace("three", "four");
    contents.manifest.agreement = "four-rivers".into();
    contents.manifest.log = other;
    let moved = Checkpoint {
        origin: contents.manifest.origin.clone(),
        ..checkpoint(&contents.entries, SIZE)
    };
    contents.checkpoint = moved.sign(&signer()).unwrap();
    assert!(matches!(
        failure(&Bundle::new(contents)),
        Failure::Altered { seq: 1, .. }
    ));
}

proptest! {
    #[test]
    fn no_bit_of_log_notes_or_proof_can_be_flipped_unnoticed(
        file in prop::sample::select(vec![LOG_FILE, CHECKPOINT, PREVIOUS_CHECKPOINT, CONSISTENCY]),
        at in any::<prop::sample::Index>(), bit in 0u32..8,
    ) {
        let mut files = files();
        let bytes = files.get_mut(file).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let passed = Bundle::read(&files).is_ok_and(|bundle| bundle.check(&key(), None).is_ok());
        prop_assert!(!passed, "byte {} of {}", at, file);
    }
}
