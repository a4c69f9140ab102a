//! What the events so far say: the ledger, and which facts are in it.

use std::collections::{BTreeMap, BTreeSet};

use allocation::{Entry, Ledger, Source};

use super::event::Event;

/// The books as far as they have been read.
#[derive(Debug, Clone, Default)]
pub struct State {
    ledger: Ledger,
    copied: BTreeMap<String, BTreeSet<u64>>,
    expenses: u64,
}

impl State {
    /// What is known, closed and charged.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether a fact of another service is in.
    pub fn has(&self, source: &Source) -> bool {
        let seqs = self.copied.get(&source.log);
        seqs.is_some_and(|seqs| seqs.contains(&source.seq))
    }

    /// The number that the next expense gets.
    pub fn next_expense(&self) -> u64 {
        self.expenses + 1
    }

    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::FactCopied {
                source, entries, ..
            } => {
                let seqs = self.copied.entry(source.log.clone()).or_default();
                seqs.insert(source.seq);
                entries.iter().for_each(|entry| self.ledger.apply(entry));
            }
            Event::ExpenseRecorded { expense } => {
                self.expenses += 1;
                self.ledger.apply(&Entry::Expense(expense.clone()));
            }
            Event::PeriodClosed {
                month,
                edition,
                open,
                ..
            } => self.ledger.apply(&Entry::PeriodClosed {
                month: *month,
                edition: *edition,
                open: open.clone(),
            }),
            Event::StatementIssued { statement } => {
                self.ledger
                    .apply(&Entry::StatementIssued(statement.clone()));
            }
        }
    }
}
