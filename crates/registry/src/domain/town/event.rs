//! What happened to a town: the stored form. Frozen by `tests/golden/town`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Grounds, TownId, Zone};

use super::{Basis, ContactRole, Source, TownName, UsState};
use crate::domain::{Decimal, Person};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The town became known.
    #[serde(rename = "registered")]
    Registered {
        town: TownId,
        name: TownName,
        state: UsState,
        zone: Zone,
        on: Date,
    },
    /// Name, state or zone became other; all three as they stand since.
    #[serde(rename = "changed")]
    Changed {
        name: TownName,
        state: UsState,
        zone: Zone,
        on: Date,
    },
    /// Somebody holds a role; whoever held it before no longer does.
    #[serde(rename = "contact_named")]
    ContactNamed {
        role: ContactRole,
        person: Person,
        on: Date,
    },
    /// What was personal of those who held a role is destroyed.
    #[serde(rename = "contact_erased")]
    ContactErased {
        role: ContactRole,
        persons: Vec<Person>,
        grounds: Grounds,
        on: Date,
    },
    /// A figure became known.
    #[serde(rename = "figure_recorded")]
    FigureRecorded {
        basis: Basis,
        as_of: Date,
        value: Decimal,
        source: Source,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Registered { on, .. }
            | Self::Changed { on, .. }
            | Self::ContactNamed { on, .. }
            | Self::ContactErased { on, .. } => *on,
            Self::FigureRecorded { as_of, .. } => *as_of,
        }
    }
}
