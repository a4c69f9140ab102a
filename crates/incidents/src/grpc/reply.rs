//! Rows into answers.

use std::collections::BTreeMap;

use wire::convert::timestamp_value;
use wire::incidents::v1 as replies;

use crate::domain::incident::{Known, Stage};
use crate::domain::{Flag, Unit};
use crate::projection::Row;

pub(super) fn incident(row: &Row) -> replies::Incident {
    let known = &row.incident;
    let state = match known.stage {
        Stage::Open => replies::IncidentState::Open,
        Stage::Closed => replies::IncidentState::Closed,
        Stage::WithdrawnOpen | Stage::WithdrawnClosed => replies::IncidentState::Withdrawn,
    };
    let minutes = known.minutes();
    replies::Incident {
        incident: known.incident.to_string(),
        town: known.town.to_string(),
        call_type: known.call_type.to_string(),
        received_at: Some(timestamp_value(known.received_at)),
        date: known.date.to_string(),
        state: state.into(),
        disposition: known
            .disposition
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        units: known.units.iter().map(unit).collect(),
        minutes: minutes.unwrap_or_default().0,
        minutes_known: minutes.is_some(),
        flags: flags(&known.flags()),
        seq: row.seq,
    }
}

fn unit(unit: &Unit) -> replies::UnitTimes {
    replies::UnitTimes {
        unit: unit.unit.to_string(),
        officer: unit
            .officer
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        dispatched_at: unit.dispatched_at.map(timestamp_value),
        arrived_at: unit.arrived_at.map(timestamp_value),
        cleared_at: unit.cleared_at.map(timestamp_value),
    }
}

pub(super) fn flags(flags: &[Flag]) -> Vec<String> {
    flags.iter().map(|flag| flag.as_str().to_owned()).collect()
}

/// Adds an incident that counts to the counts by town and call type.
pub(super) fn count(
    counts: &mut BTreeMap<(String, String), replies::CallTypeCount>,
    known: &Known,
) {
    if known.stage != Stage::Closed {
        return;
    }
    let (town, call_type) = (known.town.to_string(), known.call_type.to_string());
    let count = counts
        .entry((town.clone(), call_type.clone()))
        .or_insert_with(|| replies::CallTypeCount {
            town,
            call_type,
            calls: 0,
            minutes: 0,
        });
    count.calls += 1;
    count.minutes += known.minutes().unwrap_or_default().0;
}
