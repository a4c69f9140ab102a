//! The agreement's own facts, both ways: entries to messages when they are published, messages to
//! entries when a log is read.

use allocation::{Entry, Expense, ExpenseTo, Name, OpenTime, Statement};
use vocabulary::{Cents, Minutes, Month, PartyId};
use wire::convert::{all, date, date_text, optional, required, text};
use wire::statements::v1 as facts;
use wire::{Violation, convert::WrongFields};

use crate::log::Issued;

/// How far a source log had been heard when a month was closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// The source log.
    pub log: String,
    /// Its last fact that was taken into account.
    pub fact_seq: u64,
}

/// An expense as the log tells it.
pub fn expense_recorded(expense: &Expense) -> facts::ExpenseRecorded {
    let (pool, town) = match &expense.to {
        ExpenseTo::Pool(pool) => (pool.as_str().to_owned(), String::new()),
        ExpenseTo::Direct(party) => (String::new(), party.to_string()),
    };
    facts::ExpenseRecorded {
        expense: expense.id.to_string(),
        pool,
        town,
        amount_cents: expense.amount_cents.0,
        date: date_text(expense.date),
        code: expense.code.clone(),
    }
}

/// A close as the log tells it.
pub fn period_closed(
    month: Month,
    cuts: &[Cut],
    open: &[OpenTime],
    edition: u32,
) -> facts::PeriodClosed {
    let cut = |cut: &Cut| facts::Cut {
        log: cut.log.clone(),
        fact_seq: cut.fact_seq,
    };
    let item = |item: &OpenTime| facts::OpenTime {
        officer: item.officer.to_string(),
        date: date_text(item.date),
        minutes: item.minutes.0,
        why: item.why.clone(),
    };
    facts::PeriodClosed {
        month: month.to_string(),
        cuts: cuts.iter().map(cut).collect(),
        open: open.iter().map(item).collect(),
        edition,
    }
}

/// A statement as the log tells it; the document is the statement, byte for byte.
pub fn statement_issued(statement: &Statement) -> facts::StatementIssued {
    facts::StatementIssued {
        month: statement.month.to_string(),
        party: statement.party.to_string(),
        amount_cents: statement.total_cents.0,
        document: statement.to_json(),
    }
}

pub(crate) fn read_expense(fact: &facts::ExpenseRecorded) -> Result<Expense, WrongFields> {
    let (id, pool, town, day, code) = all((
        required("expense", &fact.expense),
        optional::<Name>("pool", &fact.pool),
        optional::<PartyId>("town", &fact.town),
        date("date", &fact.date),
        text("code", &fact.code, "what it was"),
    ))?;
    let to = match (pool, town) {
        (Some(pool), None) => ExpenseTo::Pool(pool),
        (None, Some(party)) => ExpenseTo::Direct(party),
        _ => {
            let both = Violation::new("pool", "exactly one of `pool` and `town` is set");
            return Err(WrongFields(vec![both]));
        }
    };
    Ok(Expense {
        source: None,
        id,
        to,
        amount_cents: Cents(fact.amount_cents),
        date: day,
        code,
    })
}

pub(crate) fn read_period(fact: &facts::PeriodClosed) -> Result<(Entry, Vec<Cut>), WrongFields> {
    let (month,) = all((required::<Month>("month", &fact.month),))?;
    let mut open = Vec::with_capacity(fact.open.len());
    for item in &fact.open {
        let (officer, day) = all((
            required("open.officer", &item.officer),
            date("open.date", &item.date),
        ))?;
        open.push(OpenTime {
            officer,
            date: day,
            minutes: Minutes(item.minutes),
            why: item.why.clone(),
        });
    }
    let cut = |cut: &facts::Cut| Cut {
        log: cut.log.clone(),
        fact_seq: cut.fact_seq,
    };
    let entry = Entry::PeriodClosed {
        month,
        edition: fact.edition,
        open,
    };
    Ok((entry, fact.cuts.iter().map(cut).collect()))
}

pub(crate) fn read_statement(fact: facts::StatementIssued) -> Result<Issued, WrongFields> {
    let (month, party) = all((
        required::<Month>("month", &fact.month),
        required::<PartyId>("party", &fact.party),
    ))?;
    let wrong = |field: &str, what: String| WrongFields(vec![Violation::new(field, what)]);
    let statement = Statement::from_json(&fact.document)
        .map_err(|error| wrong("document", format!("is no statement: {error}")))?;
    if (statement.month, &statement.party) != (month, &party) {
        let (of, its) = (statement.month, &statement.party);
        return Err(wrong("document", format!("is {its}'s statement of {of}")));
    }
    if statement.total_cents.0 != fact.amount_cents {
        let total = statement.total_cents;
        return Err(wrong("amount_cents", format!("the document says {total}")));
    }
    Ok(Issued {
        statement,
        document: fact.document,
    })
}
