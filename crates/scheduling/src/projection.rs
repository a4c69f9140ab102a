//! Tables that answer scheduling's questions, each a fold of its own events.

pub(crate) mod availability;
pub(crate) mod calendars;
pub(crate) mod shifts;
pub(crate) mod towns;

use eventlog::{Decider, Error, Page, Projection, Recorded, Row, Store, Table, Typed, TypedRows};
use serde::de::DeserializeOwned;

/// Every table of this service.
pub(crate) fn all() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Typed::of::<availability::Availability>()),
        Box::new(Typed::of::<calendars::Calendars>()),
        Box::new(Typed::of::<calendars::Tokens>()),
        Box::new(Typed::of::<shifts::Shifts>()),
        Box::new(Typed::of::<towns::Towns>()),
    ]
}

/// The event, if it is one of this aggregate's.
fn of<D: Decider>(recorded: &Recorded) -> Option<D::Event> {
    (recorded.stream_kind() == D::STREAM).then(|| {
        recorded
            .event()
            .expect("the log loads what it stored: tests/golden holds every kind")
    })
}

/// Every row of a table that a filter lets through.
pub(crate) async fn rows<T: TypedRows>(
    store: &Store,
    filter: &[(&str, &str)],
) -> Result<Vec<Row<T::Row>>, Error>
where
    T::Row: DeserializeOwned,
{
    let mut all = Vec::new();
    let mut page = Page::first(5_000);
    loop {
        let table = Table::Projection(T::NAME);
        let rows = store.read_rows(table, &crate::log(), filter, &page).await?;
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        page.after.clone_from(&last.key);
        all.extend(rows);
    }
}
