//! Field trainings as they stand, by officer.

use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};

use crate::domain::field::{Event, Field, State};

/// The table.
pub(crate) struct Fields;

/// One officer's.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FieldRow {
    pub(crate) field: State,
}

impl TypedRows for Fields {
    const NAME: &'static str = "fields";
    const VERSION: u32 = 1;
    type Row = FieldRow;

    fn keys(event: &Recorded) -> Vec<String> {
        match event.stream_kind() == Field::STREAM {
            true => vec![event.stream_key().to_owned()],
            false => Vec::new(),
        }
    }

    fn apply(event: &Recorded, _key: &str, old: Option<FieldRow>) -> Option<FieldRow> {
        let mut row = old.unwrap_or_default();
        let happened: Event = event
            .event()
            .expect("a stored event loads, as golden files show");
        Field::evolve(&mut row.field, &happened);
        Some(row)
    }
}
