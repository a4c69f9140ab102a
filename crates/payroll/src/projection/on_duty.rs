//! Who is on duty, and where.

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{DutyId, Location, OfficerId};

use super::event;
use crate::domain::timesheet::Event;

/// Table `on_duty`: key is the officer; a row while there is an open duty.
pub(crate) struct OnDuty;

/// An open duty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Open {
    pub(crate) officer: OfficerId,
    pub(crate) duty: DutyId,
    pub(crate) location: Location,
    pub(crate) since: Timestamp,
    /// The civil day of it.
    pub(crate) day: Date,
}

impl TypedRows for OnDuty {
    const NAME: &'static str = "on_duty";
    const VERSION: u32 = 1;
    type Row = Open;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match event(recorded) {
            Event::ClockedIn { duty, .. }
            | Event::ClockedOut { duty, .. }
            | Event::DutyCorrected { duty, .. }
            | Event::DutyRemoved { duty, .. } => vec![duty.officer().to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _key: &str, old: Option<Open>) -> Option<Open> {
        match event(recorded) {
            Event::ClockedIn {
                duty,
                start,
                day,
                location,
                ..
            } => Some(Open {
                officer: duty.officer(),
                duty,
                location,
                since: start,
                day,
            }),
            // A correction or removal may be of another duty than the open one.
            Event::ClockedOut { duty, .. }
            | Event::DutyCorrected { duty, .. }
            | Event::DutyRemoved { duty, .. } => old.filter(|open| open.duty != duty),
            _ => old,
        }
    }
}

/// The officer's open duty.
pub(crate) async fn find(store: &Store, officer: &OfficerId) -> Result<Option<Open>, Error> {
    let table = Table::Projection(OnDuty::NAME);
    store.read_row(table, &crate::log(), officer.as_str()).await
}

/// Open duties by officer.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<Open>>, Error> {
    let table = Table::Projection(OnDuty::NAME);
    store.read_rows(table, &crate::log(), &[], page).await
}
