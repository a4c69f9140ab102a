//! Every rule about incidents, and every refusal.

use eventlog::{Class, Refuse};
use vocabulary::IncidentId;

use super::{Close, Command, Event, Import, Known, Open, RecordUnit, Stage, State, Withdraw};
use crate::domain::Unit;

/// Why a request about an incident was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The number is taken.
    #[error("Incident {0} is recorded already: choose another number, or record its units.")]
    AlreadyOpened(IncidentId),
    /// Nobody heard of it.
    #[error("There is no incident {0}: open it first.")]
    NotOpened(IncidentId),
    /// Its end is recorded.
    #[error("Incident {0} is closed already.")]
    AlreadyClosed(IncidentId),
    /// It was taken back.
    #[error("Incident {0} was withdrawn: what it was about needs an incident of its own.")]
    Withdrawn(IncidentId),
    /// One export names a unit twice.
    #[error("Incident {incident} names unit {unit} twice: give each unit a number of its own.")]
    UnitTwice { incident: IncidentId, unit: String },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyOpened(_) => "INCIDENT_ALREADY_OPENED",
            Self::NotOpened(_) => "INCIDENT_NOT_OPENED",
            Self::AlreadyClosed(_) => "INCIDENT_ALREADY_CLOSED",
            Self::Withdrawn(_) => "INCIDENT_WITHDRAWN",
            Self::UnitTwice { .. } => "UNIT_TWICE",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyOpened(_) => Class::AlreadyExists,
            Self::NotOpened(_) => Class::NotFound,
            Self::AlreadyClosed(_) | Self::Withdrawn(_) => Class::FailedPrecondition,
            Self::UnitTwice { .. } => Class::InvalidArgument,
        }
    }
}

pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Open(open) => self::open(state, open),
        Command::RecordUnit(record) => record_unit(known(state, &record.incident)?, record),
        Command::Close(close) => self::close(known(state, &close.incident)?, close),
        Command::Withdraw(withdraw) => Ok(self::withdraw(state, withdraw)?),
        Command::Import(import) => self::import(state, import),
    }
}

/// The incident, if it is there and was not taken back.
fn known<'a>(state: &'a State, incident: &IncidentId) -> Result<&'a Known, Refusal> {
    match state {
        State::Unknown => Err(Refusal::NotOpened(incident.clone())),
        State::Known(known) => match known.stage {
            Stage::Open | Stage::Closed => Ok(known),
            Stage::WithdrawnOpen | Stage::WithdrawnClosed => {
                Err(Refusal::Withdrawn(incident.clone()))
            }
        },
    }
}

fn open(state: &State, command: &Open) -> Result<Vec<Event>, Refusal> {
    if *state != State::Unknown {
        return Err(Refusal::AlreadyOpened(command.incident.clone()));
    }
    let Open {
        incident,
        town,
        call_type,
        received_at,
        date,
        narrative,
    } = command.clone();
    Ok(vec![Event::Opened {
        incident,
        town,
        call_type,
        received_at,
        date,
        narrative,
    }])
}

fn record_unit(known: &Known, command: &RecordUnit) -> Result<Vec<Event>, Refusal> {
    let given = &command.unit;
    let present = known.units.iter().find(|unit| unit.unit == given.unit);
    let unit = match present {
        None => given.clone(),
        Some(before) => Unit {
            unit: given.unit.clone(),
            officer: given.officer.clone().or_else(|| before.officer.clone()),
            dispatched_at: given.dispatched_at.or(before.dispatched_at),
            arrived_at: given.arrived_at.or(before.arrived_at),
            cleared_at: given.cleared_at.or(before.cleared_at),
        },
    };
    if present == Some(&unit) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::UnitRecorded {
        unit,
        date: known.date,
    }])
}

fn close(known: &Known, command: &Close) -> Result<Vec<Event>, Refusal> {
    if known.stage == Stage::Closed {
        return Err(Refusal::AlreadyClosed(known.incident.clone()));
    }
    Ok(vec![Event::Closed {
        disposition: command.disposition.clone(),
        date: known.date,
    }])
}

fn withdraw(state: &State, command: &Withdraw) -> Result<Vec<Event>, Refusal> {
    let known = known(state, &command.incident)?;
    Ok(vec![Event::Withdrawn {
        reason: command.reason.clone(),
        date: known.date,
    }])
}

/// What is known already and says the same needs no event: a file may be imported again.
fn import(state: &State, command: &Import) -> Result<Vec<Event>, Refusal> {
    let Import {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
    } = command.clone();
    let mut numbers: Vec<_> = units.iter().map(|unit| &unit.unit).collect();
    numbers.sort();
    if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Refusal::UnitTwice {
            incident,
            unit: twice[0].to_string(),
        });
    }
    if let State::Known(before) = state {
        known(state, &incident)?;
        let same = before.stage == Stage::Closed
            && before.town == town
            && before.call_type == call_type
            && before.received_at == received_at
            && before.units == units
            && before.disposition == disposition;
        if same {
            return Ok(Vec::new());
        }
    }
    Ok(vec![Event::Imported {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
    }])
}
