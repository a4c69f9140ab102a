//! Expenses, by number.

use allocation::ExpenseTo;
use eventlog::{Error, LogId, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Cents, ExpenseId, Month};

use super::event;
use crate::domain::books::Event;

/// Table `expenses`: key is the number, with zeros in front.
pub(crate) struct Expenses;

/// An expense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expense {
    pub(crate) expense: ExpenseId,
    pub(crate) to: ExpenseTo,
    pub(crate) amount_cents: Cents,
    pub(crate) date: Date,
    pub(crate) month: Month,
    pub(crate) code: String,
}

fn key(expense: &ExpenseId) -> String {
    let number = expense.as_str().rsplit_once(".e").map_or("", |(_, n)| n);
    format!("{number:0>9}")
}

impl TypedRows for Expenses {
    const NAME: &'static str = "expenses";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["month"];
    type Row = Expense;

    fn keys(recorded: &Recorded) -> Vec<String> {
        if recorded.kind != "expense_recorded" {
            return Vec::new();
        }
        match event(recorded) {
            Event::ExpenseRecorded { expense } => vec![key(&expense.id)],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Expense>) -> Option<Expense> {
        match event(recorded) {
            Event::ExpenseRecorded { expense } => Some(Expense {
                expense: expense.id,
                to: expense.to,
                amount_cents: expense.amount_cents,
                date: expense.date,
                month: Month::of(expense.date),
                code: expense.code,
            }),
            _ => old,
        }
    }
}

/// Expenses of an agreement, by number.
pub(crate) async fn list(
    store: &Store,
    log: &LogId,
    filter: &[(&str, &str)],
    page: &Page,
) -> Result<Vec<Row<Expense>>, Error> {
    let table = Table::Projection(Expenses::NAME);
    store.read_rows(table, log, filter, page).await
}
