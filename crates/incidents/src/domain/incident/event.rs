//! What happened to an incident: the stored form. Frozen by `tests/golden/incident`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Grounds, IncidentId, TownId};

use crate::domain::{CallType, Disposition, Token, Unit};

/// One thing that happened. `date` is always the civil day of the call in the town's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A call came in.
    #[serde(rename = "opened")]
    Opened {
        incident: IncidentId,
        town: TownId,
        call_type: CallType,
        received_at: Timestamp,
        date: Date,
        narrative: Option<Token>,
    },
    /// A unit's times became known or other; the unit as it stands since.
    #[serde(rename = "unit_recorded")]
    UnitRecorded { unit: Unit, date: Date },
    /// It is over.
    #[serde(rename = "closed")]
    Closed {
        disposition: Disposition,
        date: Date,
    },
    /// It came, over already, from an export; the whole of it as it stands since.
    #[serde(rename = "imported")]
    Imported {
        incident: IncidentId,
        town: TownId,
        call_type: CallType,
        received_at: Timestamp,
        date: Date,
        units: Vec<Unit>,
        disposition: Option<Disposition>,
    },
    /// It was recorded in error.
    #[serde(rename = "withdrawn")]
    Withdrawn { reason: Token, date: Date },
    /// Its narrative and the words of its reasons are destroyed.
    #[serde(rename = "erased")]
    Erased { grounds: Grounds, on: Date },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Opened { date, .. }
            | Self::UnitRecorded { date, .. }
            | Self::Closed { date, .. }
            | Self::Imported { date, .. }
            | Self::Withdrawn { date, .. } => *date,
            Self::Erased { on, .. } => *on,
        }
    }
}
