//! Facts between the log's form and the wire's.

use eventlog::FactRow;
use proof::Hash;
use wire::convert;
use wire::log::v1::Fact;

pub(crate) fn to_wire(row: FactRow) -> Fact {
    Fact {
        log: row.log.to_string(),
        seq: row.seq,
        prev: row.prev,
        kind: row.kind,
        body: row.bytes,
        valid_on: convert::date_text(row.valid_on),
        recorded_at: Some(convert::timestamp_value(row.recorded_at)),
        actor: row.actor,
        trace: row.trace.unwrap_or_default(),
        leaf_hash: row.leaf_hash.to_bytes().to_vec(),
        group_last: row.group_last,
    }
}

/// A neighbour's fact; in error a sentence about what is wrong with it.
pub(crate) fn from_wire(fact: Fact) -> Result<FactRow, String> {
    let at = format!("fact {}:{}", fact.log, fact.seq);
    let wrong = |v: wire::Violation| format!("{at}: {}: {}", v.field, v.description);
    let leaf_hash: [u8; 32] = fact
        .leaf_hash
        .as_slice()
        .try_into()
        .map_err(|_| format!("{at}: leaf_hash is not 32 bytes"))?;
    Ok(FactRow {
        log: fact.log.parse().map_err(|e| format!("{at}: {e}"))?,
        seq: fact.seq,
        prev: fact.prev,
        kind: fact.kind,
        bytes: fact.body,
        recorded_at: convert::timestamp("recorded_at", fact.recorded_at.as_ref()).map_err(wrong)?,
        valid_on: convert::date("valid_on", &fact.valid_on).map_err(wrong)?,
        actor: fact.actor,
        trace: (!fact.trace.is_empty()).then_some(fact.trace),
        leaf_hash: Hash::from_bytes(leaf_hash),
        group_last: fact.group_last,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> FactRow {
        FactRow {
            log: "statements/three-rivers".parse().unwrap(),
            seq: 9,
            prev: 7,
            kind: "FactCopied".to_owned(),
            bytes: vec![1, 2, 3],
            recorded_at: "2026-11-01T06:30:00.000001Z".parse().unwrap(),
            valid_on: "2026-10-31".parse().unwrap(),
            actor: "hr-2".to_owned(),
            trace: None,
            leaf_hash: Hash::of(b"leaf"),
            group_last: true,
        }
    }

    #[test]
    fn a_fact_comes_back_as_it_went() {
        assert_eq!(from_wire(to_wire(row())), Ok(row()));
        let traced = FactRow {
            trace: Some("00-1-2-01".to_owned()),
            ..row()
        };
        assert_eq!(from_wire(to_wire(traced.clone())), Ok(traced));
    }

    #[test]
    fn a_broken_fact_is_named() {
        let broken = Fact {
            leaf_hash: vec![1],
            ..to_wire(row())
        };
        let wrong = from_wire(broken).unwrap_err();
        assert_eq!(
            wrong,
            "fact statements/three-rivers:9: leaf_hash is not 32 bytes"
        );
        assert!(
            from_wire(Fact {
                valid_on: "?".to_owned(),
                ..to_wire(row())
            })
            .is_err()
        );
        assert!(
            from_wire(Fact {
                log: "A B".to_owned(),
                ..to_wire(row())
            })
            .is_err()
        );
    }
}
