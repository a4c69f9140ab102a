//! Every rule about incidents, and every refusal.

use eventlog::{Class, Refuse, Violation};
use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{IncidentId, Keep, OfficerId};

use super::{
    Close, Command, Employment, Erase, Event, Import, Known, Open, RecordUnit, Stage, State,
    Withdraw,
};
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
    /// Nothing can be known of a time to come.
    #[error("{at} lies in the future: it is {now}.")]
    InFuture {
        field: &'static str,
        at: Timestamp,
        now: Timestamp,
    },
    /// Nobody enrolled the officer.
    #[error("No officer {0} is enrolled: enrol the officer; if that was just now, try again.")]
    OfficerUnknown(OfficerId),
    /// The officer came later.
    #[error("{officer} is enrolled only from {from}, so not on {day}: name who was there.")]
    OfficerNotYetEnrolled {
        officer: OfficerId,
        from: Date,
        day: Date,
    },
    /// The officer had gone.
    #[error("{officer}'s employment ended on {until}, before {day}: name who was there.")]
    OfficerEnded {
        officer: OfficerId,
        until: Date,
        day: Date,
    },
    /// It is going on.
    #[error("Incident {0} is open: close or withdraw it before its texts are erased.")]
    StillOpen(IncidentId),
    /// A rule keeps the record.
    #[error(
        "The record of incident {incident} must be kept until {until} ({rule}): its texts can be \
         erased from {possible_from} on."
    )]
    RetentionRuns {
        incident: IncidentId,
        until: Date,
        possible_from: Date,
        rule: String,
    },
    /// Nothing is left.
    #[error("The texts of incident {incident} were erased on {on} already.")]
    AlreadyErased { incident: IncidentId, on: Date },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyOpened(_) => "INCIDENT_ALREADY_OPENED",
            Self::NotOpened(_) => "INCIDENT_UNKNOWN",
            Self::AlreadyClosed(_) => "INCIDENT_ALREADY_CLOSED",
            Self::Withdrawn(_) => "INCIDENT_WITHDRAWN",
            Self::UnitTwice { .. } => "UNIT_TWICE",
            Self::InFuture { .. } => "TIME_IN_FUTURE",
            Self::OfficerUnknown(_) => "OFFICER_UNKNOWN",
            Self::OfficerNotYetEnrolled { .. } => "OFFICER_NOT_YET_ENROLLED",
            Self::OfficerEnded { .. } => "OFFICER_ENDED",
            Self::StillOpen(_) => "INCIDENT_STILL_OPEN",
            Self::RetentionRuns { .. } => "RETENTION_RUNS",
            Self::AlreadyErased { .. } => "INCIDENT_ALREADY_ERASED",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::InFuture { field, .. } => field,
            Self::OfficerUnknown(_)
            | Self::OfficerNotYetEnrolled { .. }
            | Self::OfficerEnded { .. } => "officer",
            _ => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyOpened(_) => Class::AlreadyExists,
            Self::NotOpened(_) | Self::OfficerUnknown(_) => Class::NotFound,
            Self::AlreadyClosed(_)
            | Self::Withdrawn(_)
            | Self::InFuture { .. }
            | Self::OfficerNotYetEnrolled { .. }
            | Self::OfficerEnded { .. }
            | Self::StillOpen(_)
            | Self::RetentionRuns { .. }
            | Self::AlreadyErased { .. } => Class::FailedPrecondition,
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
        Command::Erase(erase) => self::erase(state, erase),
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
        now,
    } = command.clone();
    over("received_at", Some(received_at), now)?;
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
    times_over(given, command.now)?;
    if let Some(officer) = &given.officer {
        employed(officer, command.employment, known.date)?;
    }
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

/// What was recorded has happened.
fn over(field: &'static str, at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match at {
        Some(at) if at > now => Err(Refusal::InFuture { field, at, now }),
        _ => Ok(()),
    }
}

fn times_over(unit: &Unit, now: Timestamp) -> Result<(), Refusal> {
    over("dispatched_at", unit.dispatched_at, now)?;
    over("arrived_at", unit.arrived_at, now)?;
    over("cleared_at", unit.cleared_at, now)
}

fn employed(officer: &OfficerId, employment: Option<Employment>, day: Date) -> Result<(), Refusal> {
    let officer = officer.clone();
    match employment {
        None => Err(Refusal::OfficerUnknown(officer)),
        Some(Employment { from, .. }) if day < from => {
            Err(Refusal::OfficerNotYetEnrolled { officer, from, day })
        }
        Some(Employment {
            until: Some(until), ..
        }) if until < day => Err(Refusal::OfficerEnded {
            officer,
            until,
            day,
        }),
        Some(_) => Ok(()),
    }
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

/// Also of an incident that was taken back: its texts are still there.
fn erase(state: &State, command: &Erase) -> Result<Vec<Event>, Refusal> {
    let Erase {
        incident,
        grounds,
        today,
        keep,
    } = command.clone();
    let State::Known(known) = state else {
        return Err(Refusal::NotOpened(incident));
    };
    if let Some(on) = known.erased_on {
        return Err(Refusal::AlreadyErased { incident, on });
    }
    if known.stage == Stage::Open {
        return Err(Refusal::StillOpen(incident));
    }
    if let Some((until, rule)) = Keep::longest(&keep, known.date).filter(|(d, _)| *d >= today) {
        return Err(Refusal::RetentionRuns {
            incident,
            until,
            possible_from: until.tomorrow().unwrap_or(until),
            rule: rule.rule.clone(),
        });
    }
    Ok(vec![Event::Erased { grounds, on: today }])
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
        now,
    } = command.clone();
    over("received_at", Some(received_at), now)?;
    units.iter().try_for_each(|unit| times_over(unit, now))?;
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
