//! What people ask of a town. Every value is valid in itself; whether it may be is decided.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Grounds, TownId, Zone};

use super::{Basis, ContactRole, Source, TownName, UsState};
use crate::domain::{Decimal, Person};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Makes the town known.
    Register(Register),
    /// Changes what is known of it.
    Change(Change),
    /// Adds a figure by which cost may be split.
    RecordFigure(RecordFigure),
    /// Destroys what is personal of those who held a role.
    EraseContact(EraseContact),
}

/// See [`Command::Register`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The id it is to have, for ever.
    pub town: TownId,
    /// Its public name.
    pub name: TownName,
    /// The state it lies in.
    pub state: UsState,
    /// The zone of its clocks.
    pub zone: Zone,
    /// Whom to reach there.
    pub contacts: BTreeMap<ContactRole, Person>,
    /// The day of the request.
    pub on: Date,
}

/// See [`Command::Change`]: what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which town.
    pub town: TownId,
    /// Another public name.
    pub name: Option<TownName>,
    /// Another state.
    pub state: Option<UsState>,
    /// Another zone.
    pub zone: Option<Zone>,
    /// Each takes the place of the contact of the same role.
    pub contacts: BTreeMap<ContactRole, Person>,
    /// The day of the request.
    pub on: Date,
}

/// See [`Command::RecordFigure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFigure {
    /// Which town.
    pub town: TownId,
    /// What is counted.
    pub basis: Basis,
    /// The day as of which the count holds.
    pub as_of: Date,
    /// How many: residents, dollars of value.
    pub value: Decimal,
    /// Where it was published.
    pub source: Source,
}

/// See [`Command::EraseContact`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseContact {
    /// Which town.
    pub town: TownId,
    /// Which role.
    pub role: ContactRole,
    /// Leave whoever holds it now.
    pub former_only: bool,
    /// Why, by code.
    pub grounds: Grounds,
    /// The day of the request.
    pub on: Date,
}
