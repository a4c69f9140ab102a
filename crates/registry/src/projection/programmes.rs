//! Programmes with every version of their profile.

use eligibility::ProgrammeId;
use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::of;
use crate::domain::programme::{self, Event};

/// Table `programmes`: key is the programme's id.
pub(crate) struct Programmes;

/// One programme.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Programme {
    pub(crate) programme: ProgrammeId,
    /// By version.
    pub(crate) versions: Vec<Version>,
}

/// One version of its profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) version: u32,
    pub(crate) effective_from: Date,
    pub(crate) toml: String,
    /// Its position in the registry's log.
    pub(crate) seq: u64,
}

impl TypedRows for Programmes {
    const NAME: &'static str = "programmes";
    const VERSION: u32 = 1;
    type Row = Programme;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<programme::Programme>(recorded) {
            Some(Event::ProfileIssued { programme, .. }) => vec![programme.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Programme>) -> Option<Programme> {
        let Event::ProfileIssued {
            programme,
            version,
            effective_from,
            toml,
        } = of::<programme::Programme>(recorded)?
        else {
            return old;
        };
        let mut row = old.unwrap_or(Programme {
            programme,
            versions: Vec::new(),
        });
        row.versions.push(Version {
            version,
            effective_from,
            toml,
            seq: recorded.seq,
        });
        Some(row)
    }
}

/// One programme, if a profile of it was issued.
pub(crate) async fn find(
    store: &Store,
    programme: &ProgrammeId,
) -> Result<Option<Programme>, Error> {
    let table = Table::Projection(Programmes::NAME);
    store
        .read_row(table, &crate::log(), programme.as_str())
        .await
}

/// Programmes by id.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<Programme>>, Error> {
    let table = Table::Projection(Programmes::NAME);
    store.read_rows(table, &crate::log(), &[], page).await
}
