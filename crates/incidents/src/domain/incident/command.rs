//! What people and dispatch systems ask of an incident.

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{Grounds, IncidentId, Keep, TownId};

use crate::domain::{CallType, Disposition, Token, Unit};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Opens it.
    Open(Open),
    /// Adds a unit, or changes its times.
    RecordUnit(RecordUnit),
    /// Closes it.
    Close(Close),
    /// Takes it back: recorded in error.
    Withdraw(Withdraw),
    /// Takes it whole from an export, new or corrected.
    Import(Import),
    /// Destroys its narrative and the words of its reasons.
    Erase(Erase),
}

/// See [`Command::Open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The id it is to have.
    pub incident: IncidentId,
    /// Where.
    pub town: TownId,
    /// What about.
    pub call_type: CallType,
    /// When the call came in.
    pub received_at: Timestamp,
    /// The civil day of that instant in the town's zone.
    pub date: Date,
    /// Where in the vault the narrative lies.
    pub narrative: Option<Token>,
    /// The present.
    pub now: Timestamp,
}

/// See [`Command::RecordUnit`]: a time that is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordUnit {
    /// Which incident.
    pub incident: IncidentId,
    /// The unit and the times that are given.
    pub unit: Unit,
    /// The days of its officer, if one is named and enrolled.
    pub employment: Option<Employment>,
    /// The present.
    pub now: Timestamp,
}

/// From when to when an officer is employed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employment {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
}

/// See [`Command::Close`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Which incident.
    pub incident: IncidentId,
    /// How it ended.
    pub disposition: Disposition,
}

/// See [`Command::Withdraw`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// Which incident.
    pub incident: IncidentId,
    /// Where in the vault the reason lies.
    pub reason: Token,
}

/// See [`Command::Import`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id: the export's source and the number there.
    pub incident: IncidentId,
    /// Where.
    pub town: TownId,
    /// What about.
    pub call_type: CallType,
    /// When the call came in.
    pub received_at: Timestamp,
    /// The civil day of that instant in the town's zone.
    pub date: Date,
    /// Who went, in the order of the export.
    pub units: Vec<Unit>,
    /// How it ended, where the export says so.
    pub disposition: Option<Disposition>,
    /// The present.
    pub now: Timestamp,
}

/// See [`Command::Erase`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// Which incident.
    pub incident: IncidentId,
    /// Why, by code.
    pub grounds: Grounds,
    /// The day of the request.
    pub today: Date,
    /// The rules that keep the record.
    pub keep: Vec<Keep>,
}
