//! How far one log has come at one consumer: the pure part of keeping order.

use async_nats::jetstream::Message;
use eventlog::{FactRow, Parked};
use jiff::Timestamp;

/// Where a fact stands relative to what was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Already applied.
    Copy,
    /// The one to be applied next.
    Next,
    /// Facts between the last applied one and this are missing.
    Gap,
}

/// The progress of one log.
#[derive(Default)]
pub(super) struct Progress {
    /// Last fact applied and committed.
    pub(super) receipt: u64,
    /// The fact that could not be applied; nothing behind it is applied either.
    pub(super) parked: Option<Parked>,
    /// What was parked and is being tried again: should it fail, it is the same trouble still.
    pub(super) retried: Option<Parked>,
    /// Facts of a command whose last fact has not come yet, with their messages.
    pub(super) held: Vec<(FactRow, Message)>,
    /// When the fact behind that receipt was recorded, for telling how old the lag is.
    pub(super) next_of: Option<(u64, Timestamp)>,
    /// The receipt at the last look at the heads, if it was behind then.
    pub(super) was_behind: Option<u64>,
}

impl Progress {
    /// Where a fact stands, given the last one before it in the same delivery.
    pub(super) fn place(last: u64, row: &FactRow) -> Place {
        if row.seq <= last {
            Place::Copy
        } else if row.prev == last {
            Place::Next
        } else {
            Place::Gap
        }
    }

    /// The last fact that was applied or is held.
    pub(super) fn last(&self) -> u64 {
        self.held.last().map_or(self.receipt, |(row, _)| row.seq)
    }

    /// Whether the log must be read from its owner: it is behind and has not moved since the last
    /// look, or `at_once`, because there was no last look.
    pub(super) fn is_stuck(&mut self, head: u64, at_once: bool) -> bool {
        if head <= self.receipt || self.parked.is_some() {
            self.was_behind = None;
            return false;
        }
        let stuck = at_once || self.was_behind == Some(self.receipt);
        self.was_behind = Some(self.receipt);
        stuck
    }
}

/// How many of the rows may be applied now: up to the last one that ends its command.
pub(super) fn aligned(rows: &[FactRow]) -> usize {
    rows.iter()
        .rposition(|row| row.group_last)
        .map_or(0, |at| at + 1)
}

/// Cuts rows that end with a command's last fact into batches of at most `size`, never inside a
/// command; a command larger than that is a batch of its own.
pub(super) fn batches(rows: &[FactRow], size: usize) -> Vec<&[FactRow]> {
    let mut found = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let within = aligned(&rest[..size.min(rest.len())]);
        let cut = if within > 0 {
            within
        } else {
            groups(rest).next().map_or(rest.len(), <[_]>::len)
        };
        let (batch, behind) = rest.split_at(cut);
        found.push(batch);
        rest = behind;
    }
    found
}

/// The rows command by command.
pub(super) fn groups(rows: &[FactRow]) -> impl Iterator<Item = &[FactRow]> {
    rows.split_inclusive(|row| row.group_last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventlog::LogId;

    fn row(prev: u64, seq: u64, group_last: bool) -> FactRow {
        FactRow {
            log: LogId::try_new("towns").unwrap(),
            seq,
            prev,
            kind: "Counted".to_owned(),
            bytes: Vec::new(),
            recorded_at: jiff::Timestamp::UNIX_EPOCH,
            valid_on: jiff::civil::date(2026, 10, 1),
            actor: "ops-1".to_owned(),
            trace: None,
            leaf_hash: [0; 32].into(),
            group_last,
        }
    }

    fn lengths(rows: &[FactRow], size: usize) -> Vec<usize> {
        batches(rows, size)
            .iter()
            .map(|batch| batch.len())
            .collect()
    }

    #[test]
    fn a_fact_is_a_copy_the_next_or_proof_of_a_gap() {
        assert_eq!(Progress::place(5, &row(3, 5, true)), Place::Copy);
        assert_eq!(Progress::place(5, &row(2, 3, true)), Place::Copy);
        assert_eq!(Progress::place(5, &row(5, 8, true)), Place::Next);
        assert_eq!(Progress::place(5, &row(8, 9, true)), Place::Gap);
        assert_eq!(Progress::place(0, &row(0, 4, true)), Place::Next);
    }

    #[test]
    fn nothing_behind_the_last_finished_command_may_be_applied() {
        let rows = [row(0, 1, false), row(1, 2, true), row(2, 3, false)];
        assert_eq!(aligned(&rows), 2);
        assert_eq!(aligned(&rows[..1]), 0);
        assert_eq!(aligned(&[]), 0);
    }

    #[test]
    fn batches_never_end_inside_a_command() {
        let ends = [true, false, false, true, true, false, true];
        let rows: Vec<_> = (1..=7)
            .zip(ends)
            .map(|(seq, end)| row(seq - 1, seq, end))
            .collect();
        assert_eq!(lengths(&rows, 256), [7]);
        assert_eq!(lengths(&rows, 4), [4, 3]);
        assert_eq!(lengths(&rows, 2), [1, 3, 1, 2]);
        assert_eq!(lengths(&rows, 1), [1, 3, 1, 2]);
    }

    #[test]
    fn a_log_is_stuck_when_it_is_behind_twice_at_the_same_receipt() {
        let mut log = Progress {
            receipt: 4,
            ..Progress::default()
        };
        assert!(!log.is_stuck(4, true));
        assert!(!log.is_stuck(9, false));
        log.receipt = 6;
        assert!(!log.is_stuck(9, false));
        assert!(log.is_stuck(9, false));
        log.parked = Some(Parked {
            consumer: "statements".to_owned(),
            log: LogId::try_new("towns").unwrap(),
            seq: 7,
            upto: 7,
            facts: vec![7],
            kind: "Counted".to_owned(),
            error: "no".to_owned(),
            since: jiff::Timestamp::UNIX_EPOCH,
            attempts: 1,
        });
        assert!(!log.is_stuck(9, true));
    }
}
