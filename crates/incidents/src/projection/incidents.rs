//! Every incident as it stands, by id; found by town and month.

use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};
use vocabulary::{Month, TownId};

use crate::domain::incident::{Event, Incident, Known, State};

/// The table.
pub(crate) struct Incidents;

/// One incident.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) town: TownId,
    pub(crate) month: Month,
    /// Town and month together, since a question names both.
    pub(crate) town_month: String,
    /// Its last position in the log.
    pub(crate) seq: u64,
    pub(crate) incident: Known,
}

impl Row {
    /// The value of `town_month` for a town's month.
    pub(crate) fn town_month(town: &TownId, month: Month) -> String {
        format!("{town} {month}")
    }
}

impl TypedRows for Incidents {
    const NAME: &'static str = "incidents";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["town", "month", "town_month"];
    type Row = Row;

    fn keys(event: &Recorded) -> Vec<String> {
        vec![event.stream_key().to_owned()]
    }

    fn apply(event: &Recorded, _key: &str, old: Option<Row>) -> Option<Row> {
        let mut state = old.map_or(State::Unknown, |row| State::Known(row.incident));
        let happened: Event = event
            .event()
            .expect("a stored event loads, as golden files show");
        Incident::evolve(&mut state, &happened);
        let State::Known(incident) = state else {
            return None;
        };
        let (town, month) = (incident.town.clone(), Month::of(incident.date));
        let town_month = Row::town_month(&town, month);
        Some(Row {
            town,
            month,
            town_month,
            seq: event.seq,
            incident,
        })
    }
}
