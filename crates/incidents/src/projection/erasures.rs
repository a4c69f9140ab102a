//! Whose texts are erased, by stream: see [`eventlog::ERASURES`].

use eventlog::{Recorded, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::incident::Event;

/// Table `erasures`: key is the incident's stream.
pub(crate) struct Erasures;

/// One erasure.
#[derive(Serialize, Deserialize)]
pub(crate) struct Erasure {
    on: Date,
}

impl TypedRows for Erasures {
    const NAME: &'static str = eventlog::ERASURES;
    const VERSION: u32 = 1;
    type Row = Erasure;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let happened: Event = recorded
            .event()
            .expect("a stored event loads, as golden files show");
        match happened {
            Event::Erased { .. } => vec![recorded.stream.clone()],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, _: Option<Erasure>) -> Option<Erasure> {
        let on = recorded.valid_on;
        Some(Erasure { on })
    }
}
