//! By which programme a town of an agreement works, from which day, and with which clauses.

use eligibility::ProgrammeId;
use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId};

use super::of;
use crate::domain::programme::{self, Event};

/// Table `narrowings`: key is `<agreement>/<town>/<first day>`. Of two from one day the later takes
/// the former's place, also where it is another programme's.
pub(crate) struct Narrowings;

/// What one town agreed to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Narrowing {
    pub(crate) agreement: AgreementId,
    pub(crate) town: TownId,
    pub(crate) programme: ProgrammeId,
    pub(crate) from: Date,
    /// Its clauses; empty for the programme as it is.
    pub(crate) narrowing: String,
    /// Its position in the registry's log.
    pub(crate) seq: u64,
}

impl TypedRows for Narrowings {
    const NAME: &'static str = "narrowings";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["agreement"];
    type Row = Narrowing;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match of::<programme::Programme>(recorded) {
            Some(Event::Agreed {
                agreement,
                town,
                from,
                ..
            }) => vec![format!("{agreement}/{town}/{from}")],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Narrowing>) -> Option<Narrowing> {
        let Event::Agreed {
            agreement,
            town,
            from,
            narrowing,
        } = of::<programme::Programme>(recorded)?
        else {
            return old;
        };
        let programme = recorded.stream_key().parse();
        Some(Narrowing {
            agreement,
            town,
            programme: programme.expect("the stream of a programme has its id as key"),
            from,
            narrowing,
            seq: recorded.seq,
        })
    }
}

/// What the towns of an agreement agreed to, by town and day.
pub(crate) async fn of_agreement(
    store: &Store,
    agreement: &AgreementId,
) -> Result<Vec<Narrowing>, Error> {
    all(store, &[("agreement", agreement.as_str())]).await
}

/// What every town agreed to, by agreement, town and day.
pub(crate) async fn of_everybody(store: &Store) -> Result<Vec<Narrowing>, Error> {
    all(store, &[]).await
}

async fn all(store: &Store, filter: &[(&str, &str)]) -> Result<Vec<Narrowing>, Error> {
    let (mut found, mut page) = (Vec::new(), Page::first(1000));
    loop {
        let table = Table::Projection(Narrowings::NAME);
        let rows: Vec<Row<Narrowing>> =
            store.read_rows(table, &crate::log(), filter, &page).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        page.after = last.key.clone();
        found.extend(rows.into_iter().map(|row| row.row));
    }
}
