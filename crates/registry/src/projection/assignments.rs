//! Assignments: by officer for those who ask about one, by account for those who would end it.

use eventlog::{Error, Page, Recorded, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, OfficerId};

use super::of;
use crate::domain::officer::{self, Event};

/// Table `assignments`: key is `<officer>/<first day>`.
pub(crate) struct Assignments;

/// One assignment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) officer: OfficerId,
    pub(crate) account: Account,
    pub(crate) from: Date,
    pub(crate) until: Option<Date>,
}

impl TypedRows for Assignments {
    const NAME: &'static str = "assignments";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["officer", "account"];
    type Row = Assignment;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<officer::Officer>(recorded) {
            Some(Event::Assigned { from, .. } | Event::AssignmentEnded { from, .. }) => {
                vec![format!("{}/{from}", recorded.stream_key())]
            }
            Some(
                Event::Enrolled { .. }
                | Event::Ended { .. }
                | Event::PayRateSet { .. }
                | Event::Erased { .. },
            )
            | None => Vec::new(),
        }
    }

    /// A cancelled assignment leaves no row: its days may be given away again.
    fn apply(recorded: &Recorded, _: &str, old: Option<Assignment>) -> Option<Assignment> {
        match of::<officer::Officer>(recorded)? {
            Event::Assigned {
                account,
                from,
                until,
            } => {
                let officer = recorded.stream_key().parse();
                let officer = officer.expect("the stream's key is the officer's id");
                Some(Assignment {
                    officer,
                    account,
                    from,
                    until,
                })
            }
            Event::AssignmentEnded { from, until } if until < from => None,
            Event::AssignmentEnded { until, .. } => old.map(|row| Assignment {
                until: Some(until),
                ..row
            }),
            Event::Enrolled { .. }
            | Event::Ended { .. }
            | Event::PayRateSet { .. }
            | Event::Erased { .. } => old,
        }
    }
}

/// An officer's assignments, by first day.
pub(crate) async fn of_officer(
    store: &Store,
    officer: &OfficerId,
) -> Result<Vec<Assignment>, Error> {
    all(store, &[("officer", officer.as_str())]).await
}

/// Everybody who is or was assigned to an account.
pub(crate) async fn to_account(store: &Store, account: &Account) -> Result<Vec<Assignment>, Error> {
    all(store, &[("account", &account.to_string())]).await
}

async fn all(store: &Store, filter: &[(&str, &str)]) -> Result<Vec<Assignment>, Error> {
    let (mut found, mut page) = (Vec::new(), Page::first(1000));
    loop {
        let table = Table::Projection(Assignments::NAME);
        let rows = store.read_rows(table, &crate::log(), filter, &page).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        page.after = last.key.clone();
        found.extend(rows.into_iter().map(|row| row.row));
    }
}
