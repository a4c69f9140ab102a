use jiff::civil::date;

use super::*;

fn leaf() -> Leaf<'static> {
    Leaf {
        log: "statements/three-rivers",
        seq: 17,
        stream: "period/2026-10",
        version: 3,
        kind: "fact_copied",
        revision: 1,
        valid_on: date(2026, 10, 31),
        recorded_at: Timestamp::from_microsecond(1_793_488_500_123_456).unwrap(),
        fact: Some(b"\x0a\x03abc"),
        private_hash: private_hash(&[7; 32], br#"{"minutes":480}"#),
    }
}

#[test]
fn the_leaf_hash_is_that_of_a_zero_byte_and_the_record() {
    let leaf = leaf();
    let mut prefixed = vec![0u8];
    prefixed.extend(leaf.encode());
    assert_eq!(leaf.hash(), Hash::of(&prefixed));
}

#[test]
fn every_field_moves_the_hash() {
    let base = leaf();
    let others = [
        Leaf {
            log: "statements/three-river",
            ..base
        },
        Leaf { seq: 18, ..base },
        Leaf {
            stream: "period/2026-11",
            ..base
        },
        Leaf { version: 4, ..base },
        Leaf {
            kind: "fact_copie",
            ..base
        },
        Leaf {
            revision: 2,
            ..base
        },
        Leaf {
            valid_on: date(2026, 11, 1),
            ..base
        },
        Leaf {
            recorded_at: Timestamp::from_microsecond(1_793_488_500_123_457).unwrap(),
            ..base
        },
        Leaf {
            fact: Some(b"\x0a\x03abd"),
            ..base
        },
        Leaf { fact: None, ..base },
        Leaf {
            fact: Some(b""),
            ..base
        },
        Leaf {
            private_hash: Hash::of(b""),
            ..base
        },
    ];
    let mut hashes: Vec<Hash> = others.iter().map(Leaf::hash).chain([base.hash()]).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), others.len() + 1);
}

#[test]
fn a_letter_moved_between_two_names_gives_another_record() {
    let base = Leaf {
        seq: 0,
        version: 0,
        ..leaf()
    };
    let here = Leaf {
        log: "ab",
        stream: "c",
        ..base
    };
    let there = Leaf {
        log: "a",
        stream: "bc",
        ..base
    };
    assert_ne!(here.encode(), there.encode());
}

#[test]
fn the_record_is_allocated_once() {
    let record = leaf().encode();
    assert_eq!(record.len(), record.capacity());
}

#[test]
fn what_is_finer_than_a_microsecond_does_not_count() {
    let coarse = leaf();
    let nanos = i128::from(coarse.recorded_at.as_microsecond()) * 1000 + 999;
    let fine = Leaf {
        recorded_at: Timestamp::from_nanosecond(nanos).unwrap(),
        ..coarse
    };
    assert_eq!(fine.hash(), coarse.hash());
}

#[test]
fn the_same_body_under_another_salt_has_another_hash() {
    assert_ne!(
        private_hash(&[1; 32], b"body"),
        private_hash(&[2; 32], b"body")
    );
    assert_ne!(
        private_hash(&[1; 32], b"body"),
        private_hash(&[1; 32], b"bodx")
    );
}
