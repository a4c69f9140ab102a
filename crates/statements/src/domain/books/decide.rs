//! Every rule of the books, and every refusal.

use std::collections::BTreeSet;

use allocation::{EDITION, Expense, Source};

use super::command::{CloseMonth, Command, CopiedFact, RecordExpense};
use super::event::{Cut, Event};
use super::refusal::Refusal;
use super::state::State;

/// A trillion dollars: sums of expenses stay far inside 64-bit cents.
const EXPENSE_CENTS_MAX: u64 = 100_000_000_000_000;

/// A statement travels whole in one message of NATS, which takes 8 MB (deploy/README.md); a larger
/// one would stop the delivery of all that follow it. An officer's month is some tens of kilobytes.
pub(super) const DOCUMENT_BYTES_MAX: usize = 6 * 1024 * 1024;

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::CopyFacts { facts } => Ok(copy(state, facts)),
        Command::RecordExpense(expense) => record(state, expense),
        Command::CloseMonth(close) => self::close(state, close),
    }
}

/// Each fact once, whatever was delivered twice.
fn copy(state: &State, facts: &[CopiedFact]) -> Vec<Event> {
    let mut seen: BTreeSet<&Source> = BTreeSet::new();
    let new = facts
        .iter()
        .filter(|fact| !state.has(&fact.source) && seen.insert(&fact.source));
    new.map(|fact| Event::FactCopied {
        source: fact.source.clone(),
        leaf_hash: fact.leaf_hash,
        fact: fact.kind.clone(),
        body: fact.body.clone(),
        on: fact.on,
        entries: fact.entries.clone(),
    })
    .collect()
}

fn record(state: &State, command: &RecordExpense) -> Result<Vec<Event>, Refusal> {
    let ledger = state.ledger();
    let agreement = ledger.agreement().ok_or(Refusal::NotSigned)?;
    let expense = Expense {
        source: None,
        id: agreement.expense(state.next_expense()),
        to: command.to.clone(),
        amount_cents: command.amount_cents,
        date: command.date,
        code: command.code.clone(),
    };
    ledger
        .check_expense(&expense)
        .map_err(|refusal| Refusal::of_expense(refusal, agreement, command.date))?;
    match command.amount_cents.0.unsigned_abs() {
        0 => Err(Refusal::NoAmount),
        EXPENSE_CENTS_MAX.. => Err(Refusal::AmountTooLarge {
            amount: command.amount_cents,
        }),
        _ => Ok(vec![Event::ExpenseRecorded { expense }]),
    }
}

fn close(state: &State, command: &CloseMonth) -> Result<Vec<Event>, Refusal> {
    let month = command.month;
    let ledger = state.ledger();
    ledger.closable(month)?;
    if command.today <= month.last_day() {
        return Err(Refusal::MonthNotOver {
            month,
            last_day: month.last_day(),
            today: command.today,
        });
    }
    let behind = behind(&command.cuts, &command.receipts);
    if !behind.is_empty() {
        return Err(Refusal::NotHeard { behind });
    }
    let mut open = command.open.clone();
    open.sort();
    if !open.is_empty() && !command.allow_open {
        return Err(Refusal::TimeOpen { month, open });
    }
    if command.edition != EDITION {
        return Err(Refusal::EditionUnknown {
            edition: command.edition,
            known: EDITION,
        });
    }
    let closed = ledger.close(month, &open)?;
    for statement in &closed.statements {
        let bytes = statement.to_json().len();
        if bytes > DOCUMENT_BYTES_MAX {
            return Err(Refusal::StatementTooLarge {
                party: statement.party.clone(),
                month,
                bytes,
            });
        }
    }
    let mut cuts = command.cuts.clone();
    cuts.sort();
    let period = Event::PeriodClosed {
        month,
        edition: closed.edition,
        cuts,
        open,
    };
    let statements = closed.statements.into_iter().map(Box::new);
    let issued = statements.map(|statement| Event::StatementIssued { statement });
    Ok([period].into_iter().chain(issued).collect())
}

/// Source logs whose receipt lies before their head, with the receipt.
fn behind(cuts: &[Cut], receipts: &[Cut]) -> Vec<(Cut, u64)> {
    let heard = |log: &str| {
        let receipt = receipts.iter().find(|receipt| receipt.log == log);
        receipt.map_or(0, |receipt| receipt.fact_seq)
    };
    let cuts = cuts.iter().map(|cut| (cut.clone(), heard(&cut.log)));
    cuts.filter(|(cut, heard)| *heard < cut.fact_seq).collect()
}
