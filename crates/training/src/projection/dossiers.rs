//! Every dossier as it stands, by officer.

use eventlog::{Decider, Recorded, TypedRows};
use serde::{Deserialize, Serialize};

use crate::domain::dossier::{Dossier, Event, State};

/// The table.
pub(crate) struct Dossiers;

/// One dossier.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct DossierRow {
    pub(crate) dossier: State,
}

impl TypedRows for Dossiers {
    const NAME: &'static str = "dossiers";
    const VERSION: u32 = 1;
    type Row = DossierRow;

    fn keys(event: &Recorded) -> Vec<String> {
        match event.stream_kind() == Dossier::STREAM {
            true => vec![event.stream_key().to_owned()],
            false => Vec::new(),
        }
    }

    fn apply(event: &Recorded, _key: &str, old: Option<DossierRow>) -> Option<DossierRow> {
        let mut row = old.unwrap_or_default();
        let happened: Event = event
            .event()
            .expect("a stored event loads, as golden files show");
        Dossier::evolve(&mut row.dossier, &happened);
        Some(row)
    }
}
