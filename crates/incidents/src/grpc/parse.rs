//! Requests into commands; whatever is wrong is named with its field, value and fix.

use jiff::Timestamp;
use tonic::{Code, Status};
use vocabulary::{IncidentId, Month, TownId, Zone};
use wire::Violation;
use wire::convert::{self, WrongFields, all, local_time, optional, required};
use wire::incidents::v1 as requests;

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
    let (incident, call_type) = all((
        required("incident", &request.incident),
        required("call_type", &request.call_type),
    ))?;
    let received_at = local_time("received_at", &request.received_at, zone)?.unwrap_or(now);
    let date = zone.day_of(received_at);
    Ok(Open {
        incident,
        town,
        call_type,
        received_at,
        date,
        narrative: None,
        now,
    })
}

/// The officer's employment is the caller's to look up.
pub(super) fn unit(
    request: &requests::RecordUnitRequest,
    incident: &IncidentId,
    zone: &Zone,
    now: Timestamp,
) -> Result<RecordUnit, Status> {
    let (unit, officer) = all((
        required("unit", &request.unit),
        optional("officer", &request.officer),
    ))?;
    let unit = Unit {
        unit,
        officer,
        dispatched_at: local_time("dispatched_at", &request.dispatched_at, zone)?,
        arrived_at: local_time("arrived_at", &request.arrived_at, zone)?,
        cleared_at: local_time("cleared_at", &request.cleared_at, zone)?,
    };
    Ok(RecordUnit {
        incident: incident.clone(),
        unit,
        employment: None,
        now,
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
    Ok(required("incident", text)?)
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
    wire::status(Code::NotFound, "TOWN_UNKNOWN", message, [violation])
}

/// The first thing that is wrong with an imported row.
#[derive(Debug)]
pub(super) struct WrongRow(pub(super) Violation);

impl From<WrongFields> for WrongRow {
    fn from(WrongFields(violations): WrongFields) -> Self {
        Self(violations.into_iter().next().expect("never empty"))
    }
}
