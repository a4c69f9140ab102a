//! Closed months: what they came to, and how far the log reached when they were closed.

use eventlog::{Error, LogId, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vocabulary::{Cents, Month};

use super::event;
use crate::domain::books::Event;

/// Table `months`: key is the month.
pub(crate) struct Months;

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClosedMonth {
    pub(crate) month: Month,
    pub(crate) total_cents: Cents,
    pub(crate) closed_at: Timestamp,
    /// Leaves of the log up to its last statement: what its checkpoint covers.
    pub(crate) size: u64,
}

impl TypedRows for Months {
    const NAME: &'static str = "months";
    const VERSION: u32 = 1;
    type Row = ClosedMonth;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match recorded.kind.as_str() {
            "period_closed" | "statement_issued" => match event(recorded) {
                Event::PeriodClosed { month, .. } => vec![month.to_string()],
                Event::StatementIssued { statement } => vec![statement.month.to_string()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<ClosedMonth>) -> Option<ClosedMonth> {
        match event(recorded) {
            Event::PeriodClosed { month, .. } => Some(ClosedMonth {
                month,
                total_cents: Cents::ZERO,
                closed_at: recorded.recorded_at,
                size: recorded.seq,
            }),
            Event::StatementIssued { statement } => old.map(|row| ClosedMonth {
                // The settlement's own sums were checked; theirs saturate far beyond any month.
                total_cents: Cents(row.total_cents.0.saturating_add(statement.total_cents.0)),
                size: recorded.seq,
                ..row
            }),
            _ => old,
        }
    }
}

/// One month of an agreement, if it was closed.
pub(crate) async fn find(
    store: &Store,
    log: &LogId,
    month: Month,
) -> Result<Option<ClosedMonth>, Error> {
    let table = Table::Projection(Months::NAME);
    store.read_row(table, log, &month.to_string()).await
}

/// Every closed month of an agreement, in order.
pub(crate) async fn of_agreement(
    store: &Store,
    log: &LogId,
) -> Result<Vec<Row<ClosedMonth>>, Error> {
    let table = Table::Projection(Months::NAME);
    // Ten thousand months are eight centuries.
    store.read_rows(table, log, &[], &Page::first(10_000)).await
}
