//! Requests into commands; whatever is wrong is named with its field, value and fix.

use jiff::Timestamp;
use jiff::civil::Date;
use tonic::{Code, Status};
use vocabulary::{IncidentId, Month, OfficerId, TownId, Zone, local_time};
use wire::convert::{self, WrongFields, all, optional, required};
use wire::incidents::v1 as requests;
use wire::{Refusal, Violation};

use crate::domain::Unit;
use crate::domain::incident::{Close, Open, RecordUnit};
use crate::projection::Row;

/// The narrative is the caller's to seal and name.
pub(super) fn open(
    request: &requests::OpenIncidentRequest,
    town: TownId,
    zone: &Zone,
    now: Timestamp,
) -> Result<Open, Status> {
    let (incident, call_type, received_at) = all((
        required("incident", &request.incident),
        required("call_type", &request.call_type),
        time("received_at", &request.received_at, zone),
    ))?;
    let received_at = received_at.unwrap_or(now);
    if received_at > now {
        let told = format!(
            "\"{}\" lies in the future: it is {now}",
            request.received_at
        );
        return Err(wrong_field(Violation::new("received_at", told)));
    }
    let date = zone.day_of(received_at);
    Ok(Open {
        incident,
        town,
        call_type,
        received_at,
        date,
        narrative: None,
    })
}

pub(super) fn unit(
    request: &requests::RecordUnitRequest,
    incident: &IncidentId,
    zone: &Zone,
) -> Result<RecordUnit, Status> {
    let (unit, officer, dispatched_at, arrived_at, cleared_at) = all((
        required("unit", &request.unit),
        optional("officer", &request.officer),
        time("dispatched_at", &request.dispatched_at, zone),
        time("arrived_at", &request.arrived_at, zone),
        time("cleared_at", &request.cleared_at, zone),
    ))?;
    let unit = Unit {
        unit,
        officer,
        dispatched_at,
        arrived_at,
        cleared_at,
    };
    Ok(RecordUnit {
        incident: incident.clone(),
        unit,
    })
}

pub(super) fn close(request: &requests::CloseIncidentRequest) -> Result<Close, Status> {
    let (incident, disposition) = all((
        required("incident", &request.incident),
        required("disposition", &request.disposition),
    ))?;
    Ok(Close {
        incident,
        disposition,
    })
}

/// The incident, and the reason's words.
pub(super) fn withdraw(
    request: &requests::WithdrawIncidentRequest,
) -> Result<(IncidentId, String), Status> {
    Ok(all((
        required("incident", &request.incident),
        convert::text("reason", &request.reason, "the reason in words"),
    ))?)
}

pub(super) fn incident(text: &str) -> Result<IncidentId, Status> {
    required("incident", text).map_err(wrong_field)
}

/// Town and month as a filter on the table of incidents; either may be empty.
pub(super) fn filter(town: &str, month: &str) -> Result<Vec<(&'static str, String)>, Status> {
    let (town, month) = all((
        optional::<TownId>("town", town),
        optional::<Month>("month", month),
    ))?;
    Ok(match (town, month) {
        (Some(town), Some(month)) => vec![("town_month", Row::town_month(&town, month))],
        (Some(town), None) => vec![("town", town.to_string())],
        (None, Some(month)) => vec![("month", month.to_string())],
        (None, None) => vec![],
    })
}

pub(super) fn unknown_town(town: &TownId) -> Status {
    let message =
        format!("The town {town} is not known here: register it; if that was just now, try again.");
    let violation = Violation::new("town", message.clone());
    wire::status(
        Code::FailedPrecondition,
        "UNKNOWN_TOWN",
        message,
        [violation],
    )
}

pub(super) fn officer_not_employed(officer: &OfficerId, day: Date, known: bool) -> Status {
    let (reason, message) = if known {
        (
            "OFFICER_NOT_EMPLOYED",
            format!("{officer} was not employed on {day}."),
        )
    } else {
        (
            "UNKNOWN_OFFICER",
            format!("{officer} is not known here: enrol the officer first."),
        )
    };
    let violation = Violation::new("officer", message.clone());
    wire::status(Code::FailedPrecondition, reason, message, [violation])
}

pub(super) fn wrong_field(violation: Violation) -> Status {
    Refusal::from(vec![violation]).into()
}

fn time(field: &str, text: &str, zone: &Zone) -> Result<Option<Timestamp>, Violation> {
    if text.is_empty() {
        return Ok(None);
    }
    local_time::parse(text, zone)
        .map(Some)
        .map_err(|e| Violation::new(field, e.to_string()))
}

impl From<WrongRow> for Violation {
    fn from(wrong: WrongRow) -> Self {
        wrong.0
    }
}

/// The first thing that is wrong with an imported row.
#[derive(Debug)]
pub(super) struct WrongRow(pub(super) Violation);

impl From<WrongFields> for WrongRow {
    fn from(WrongFields(violations): WrongFields) -> Self {
        Self(violations.into_iter().next().expect("never empty"))
    }
}
