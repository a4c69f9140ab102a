//! What the events so far say of a town: as much as decisions and facts need.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{TownId, Zone};

use super::{Basis, ContactRole, Event, Source, TownName, UsState};
use crate::domain::{Decimal, Person};

/// A town, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody registered it.
    #[default]
    Unknown,
    /// It is known.
    Known(Known),
}

/// What is known of a registered town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub town: TownId,
    /// Its public name.
    pub name: TownName,
    /// The state it lies in.
    pub state: UsState,
    /// The zone of its clocks.
    pub zone: Zone,
    /// Figures in force, with their sources.
    pub figures: BTreeMap<(Basis, Date), (Decimal, Source)>,
    /// Who holds and held each role and is not erased, the present holder last.
    pub contacts: BTreeMap<ContactRole, Vec<Person>>,
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::Registered {
                    town,
                    name,
                    state,
                    zone,
                    ..
                },
            ) => {
                let (figures, contacts) = (BTreeMap::new(), BTreeMap::new());
                *self = Self::Known(Known {
                    town,
                    name,
                    state,
                    zone,
                    figures,
                    contacts,
                });
            }
            (
                Self::Known(known),
                Event::Changed {
                    name, state, zone, ..
                },
            ) => {
                (known.name, known.state, known.zone) = (name, state, zone);
            }
            (
                Self::Known(known),
                Event::FigureRecorded {
                    basis,
                    as_of,
                    value,
                    source,
                },
            ) => {
                known.figures.insert((basis, as_of), (value, source));
            }
            (Self::Known(known), Event::ContactNamed { role, person, .. }) => {
                known.contacts.entry(role).or_default().push(person);
            }
            (Self::Known(known), Event::ContactErased { role, persons, .. }) => {
                if let Some(held) = known.contacts.get_mut(&role) {
                    held.retain(|person| !persons.contains(person));
                }
            }
            // Before the registration nothing can happen.
            (Self::Unknown, _) => {}
        }
    }
}
