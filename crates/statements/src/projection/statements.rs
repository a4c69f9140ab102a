//! Statements as they are listed: without their documents.

use eventlog::{Error, LogId, Page, Recorded, Row, Store, Table, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Cents, Month, PartyId};

use super::event;
use crate::domain::books::Event;

/// Table `statements`: key is `<month>/<party>`.
pub(crate) struct Statements;

/// A statement's outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) agreement: AgreementId,
    pub(crate) month: Month,
    pub(crate) party: PartyId,
    pub(crate) amount_cents: Cents,
    /// Of that amount: changes to earlier months.
    pub(crate) adjustment_cents: Cents,
}

/// The key of a statement's row, here and among the documents.
pub(crate) fn key(month: Month, party: &PartyId) -> String {
    format!("{month}/{party}")
}

impl From<&allocation::Statement> for Summary {
    fn from(statement: &allocation::Statement) -> Self {
        Self {
            agreement: statement.agreement.clone(),
            month: statement.month,
            party: statement.party.clone(),
            amount_cents: statement.total_cents,
            adjustment_cents: statement.adjustments_cents,
        }
    }
}

impl TypedRows for Statements {
    const NAME: &'static str = "statements";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["month", "party"];
    type Row = Summary;

    fn keys(recorded: &Recorded) -> Vec<String> {
        super::documents::Documents::keys(recorded)
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Summary>) -> Option<Summary> {
        match event(recorded) {
            Event::StatementIssued { statement } => Some(Summary::from(statement.as_ref())),
            _ => old,
        }
    }
}

/// One statement's outline, if it was issued.
pub(crate) async fn find(
    store: &Store,
    log: &LogId,
    month: Month,
    party: &PartyId,
) -> Result<Option<Summary>, Error> {
    let table = Table::Projection(Statements::NAME);
    store.read_row(table, log, &key(month, party)).await
}

/// Statements of one agreement, by month and party.
pub(crate) async fn list(
    store: &Store,
    log: &LogId,
    filter: &[(&str, &str)],
    page: &Page,
) -> Result<Vec<Row<Summary>>, Error> {
    let table = Table::Projection(Statements::NAME);
    store.read_rows(table, log, filter, page).await
}
