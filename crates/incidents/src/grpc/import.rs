//! Taking a dispatch system's rows: each stands alone, all of a call go to the log together.

use std::collections::HashMap;

use eventlog::{Error, Meta, Outcome, Store};
use futures::future::join_all;
use jiff::Timestamp;
use prost::Message;
use rpc::refuse;
use tonic::{Code, Status};
use uuid::Uuid;
use vocabulary::{TownId, Zone};
use wire::Violation;
use wire::convert::{all, optional, optional_timestamp, required, timestamp};
use wire::incidents::v1::{ImportIncidentsResponse, ImportRow, Rejection, UnitTimes};

use super::parse::{WrongRow, unknown_town};
use crate::domain::Unit;
use crate::domain::incident::{Command, Import, Incident};
use crate::{log, mirror};

/// Rows of one call at most.
const ROWS_MAX: usize = 500;

/// What became of a row.
enum Taken {
    Done(Outcome),
    Rejected { reason: String, message: String },
}

pub(super) async fn import(
    store: &Store,
    rows: Vec<ImportRow>,
    meta: &Meta,
) -> Result<ImportIncidentsResponse, Status> {
    if rows.len() > ROWS_MAX {
        let told = format!("{} rows: send at most {ROWS_MAX} in one call", rows.len());
        return Err(wire::status(
            Code::InvalidArgument,
            "TOO_MANY_ROWS",
            format!("The call holds {told}."),
            [Violation::new("rows", told.clone())],
        ));
    }
    let zones = zones(store, &rows).await?;
    let taken = join_all(
        rows.iter()
            .enumerate()
            .map(|(n, row)| one(store, &zones, row, n, meta)),
    );
    let mut answer = ImportIncidentsResponse::default();
    for (row, taken) in rows.iter().zip(taken.await) {
        match taken? {
            Taken::Done(outcome) => match outcome.events.first() {
                None => answer.unchanged += 1,
                Some(event) if event.version == 1 => answer.imported += 1,
                Some(_) => answer.corrected += 1,
            },
            Taken::Rejected { reason, message } => answer.rejected.push(Rejection {
                line: row.line,
                incident: row.incident.clone(),
                reason,
                message,
            }),
        }
    }
    Ok(answer)
}

/// The zones of every town that the rows name and the registry knows.
async fn zones(store: &Store, rows: &[ImportRow]) -> Result<HashMap<String, Zone>, Status> {
    let mut zones = HashMap::new();
    for row in rows {
        if zones.contains_key(&row.town) {
            continue;
        }
        let Ok(town) = TownId::new(row.town.clone()) else {
            continue;
        };
        if let Some(zone) = mirror::zone_of(store, &town).await.map_err(refuse)? {
            zones.insert(row.town.clone(), zone);
        }
    }
    Ok(zones)
}

async fn one(
    store: &Store,
    zones: &HashMap<String, Zone>,
    row: &ImportRow,
    n: usize,
    meta: &Meta,
) -> Result<Taken, Status> {
    let import = match read(row, zones, store.surroundings().now()) {
        Ok(import) => import,
        Err(rejected) => return Ok(rejected),
    };
    let id = import.incident.clone();
    let meta = Meta {
        command_id: nth(meta.command_id, n),
        // The line is where it stood in the file, not part of what it says.
        content: ImportRow {
            line: 0,
            ..row.clone()
        }
        .encode_to_vec(),
        ..meta.clone()
    };
    match store
        .execute::<Incident>(&log(), id.as_str(), Command::Import(import), meta)
        .await
    {
        Ok(outcome) => Ok(Taken::Done(outcome)),
        Err(Error::Refused(refused)) => Ok(Taken::Rejected {
            reason: refused.reason,
            message: refused.message,
        }),
        Err(error) => Err(refuse(error)),
    }
}

/// The command id of a call's `n`-th row. Callers who count their ids upwards count in the last
/// half, so the row's number goes into the first: no row shares its id with one of the next call.
fn nth(call: Uuid, n: usize) -> Uuid {
    Uuid::from_u128(call.as_u128() ^ ((n as u128 + 1) << 64))
}

fn read(row: &ImportRow, zones: &HashMap<String, Zone>, now: Timestamp) -> Result<Import, Taken> {
    let wrong = |WrongRow(Violation { field, description })| Taken::Rejected {
        reason: "INVALID_FIELD".to_owned(),
        message: format!("{field}: {description}"),
    };
    let (incident, town, call_type, received_at, disposition) = all((
        required("incident", &row.incident),
        required::<TownId>("town", &row.town),
        required("call_type", &row.call_type),
        timestamp("received_at", row.received_at.as_ref()),
        optional("disposition", &row.disposition),
    ))
    .map_err(|e| wrong(e.into()))?;
    let Some(zone) = zones.get(&row.town) else {
        let message = unknown_town(&town).message().to_owned();
        return Err(Taken::Rejected {
            reason: "TOWN_UNKNOWN".to_owned(),
            message,
        });
    };
    let units = row
        .units
        .iter()
        .map(unit)
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    let date = zone.day_of(received_at);
    Ok(Import {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
        now,
    })
}

fn unit(times: &UnitTimes) -> Result<Unit, WrongRow> {
    let (unit, officer, dispatched_at, arrived_at, cleared_at) = all((
        required("units.unit", &times.unit),
        optional("units.officer", &times.officer),
        optional_timestamp("units.dispatched_at", times.dispatched_at.as_ref()),
        optional_timestamp("units.arrived_at", times.arrived_at.as_ref()),
        optional_timestamp("units.cleared_at", times.cleared_at.as_ref()),
    ))?;
    Ok(Unit {
        unit,
        officer,
        dispatched_at,
        arrived_at,
        cleared_at,
    })
}
