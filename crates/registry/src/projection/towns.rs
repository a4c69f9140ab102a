//! Towns as they stand, with their figures in force; contacts as tokens.

use std::collections::BTreeMap;

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{TownId, Zone};

use super::of;
use crate::domain::town::{Basis, ContactRole, Event, Source, TownName, UsState};
use crate::domain::{Decimal, Person, town};

/// Table `towns`: key is the town's id.
pub(crate) struct Towns;

/// One town.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Town {
    pub(crate) town: TownId,
    pub(crate) name: TownName,
    pub(crate) state: UsState,
    pub(crate) zone: Zone,
    /// Who holds which role.
    pub(crate) contacts: BTreeMap<ContactRole, Person>,
    /// In force, by basis and day.
    pub(crate) figures: Vec<Figure>,
}

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) basis: Basis,
    pub(crate) as_of: Date,
    pub(crate) value: Decimal,
    pub(crate) source: Source,
    /// Its position in the log.
    pub(crate) seq: u64,
}

impl TypedRows for Towns {
    const NAME: &'static str = "towns";
    const VERSION: u32 = 1;
    type Row = Town;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let own = of::<town::Town>(recorded).map(|_| recorded.stream_key().to_owned());
        own.into_iter().collect()
    }

    fn apply(recorded: &Recorded, _: &str, old: Option<Town>) -> Option<Town> {
        let event = of::<town::Town>(recorded)?;
        if let Event::Registered {
            town,
            name,
            state,
            zone,
            ..
        } = event
        {
            let (contacts, figures) = (BTreeMap::new(), Vec::new());
            return Some(Town {
                town,
                name,
                state,
                zone,
                contacts,
                figures,
            });
        }
        old.map(|row| row.after(event, recorded.seq))
    }
}

impl Town {
    fn after(mut self, event: Event, seq: u64) -> Town {
        match event {
            Event::Changed {
                name, state, zone, ..
            } => {
                (self.name, self.state, self.zone) = (name, state, zone);
            }
            Event::ContactNamed { role, person, .. } => {
                self.contacts.insert(role, person);
            }
            Event::ContactErased { persons, .. } => {
                self.contacts.retain(|_, person| !persons.contains(person));
            }
            Event::FigureRecorded {
                basis,
                as_of,
                value,
                source,
            } => {
                self.figures
                    .retain(|f| (&f.basis, f.as_of) != (&basis, as_of));
                self.figures.push(Figure {
                    basis,
                    as_of,
                    value,
                    source,
                    seq,
                });
                self.figures
                    .sort_by(|a, b| (&a.basis, a.as_of).cmp(&(&b.basis, b.as_of)));
            }
            Event::Registered { .. } => {}
        }
        self
    }
}

/// One town, if it is registered.
pub(crate) async fn find(store: &Store, town: &TownId) -> Result<Option<Town>, Error> {
    store
        .read_row(Table::Projection(Towns::NAME), &crate::log(), town.as_str())
        .await
}

/// Towns by id.
pub(crate) async fn list(store: &Store, page: &Page) -> Result<Vec<Row<Town>>, Error> {
    store
        .read_rows(Table::Projection(Towns::NAME), &crate::log(), &[], page)
        .await
}
