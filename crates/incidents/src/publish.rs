//! Event → fact: the one place where what happened here becomes known elsewhere.

use eventlog::Fact;
use prost::Message;
use wire::incidents::v1 as facts;

use crate::domain::incident::{Event, Known, Stage, State};

/// From its close on every change of an incident is published whole; before, nothing is.
pub(crate) fn incident(state: &State, event: &Event) -> Option<Fact> {
    let State::Known(known) = state else {
        return None;
    };
    match (known.stage, event) {
        // Nobody else has its texts.
        (_, Event::Erased { .. }) => None,
        (Stage::Closed, _) => Some(closed(known)),
        (Stage::WithdrawnClosed, Event::Withdrawn { .. }) => Some(withdrawn(known)),
        (Stage::Open | Stage::WithdrawnOpen | Stage::WithdrawnClosed, _) => None,
    }
}

fn closed(known: &Known) -> Fact {
    let minutes = known.minutes();
    let fact = facts::IncidentClosed {
        incident: known.incident.to_string(),
        town: known.town.to_string(),
        call_type: known.call_type.to_string(),
        received_at: Some(wire::convert::timestamp_value(known.received_at)),
        date: known.date.to_string(),
        disposition: known
            .disposition
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        minutes: minutes.unwrap_or_default().0,
        minutes_known: minutes.is_some(),
        officers: known.officers().iter().map(ToString::to_string).collect(),
        flags: known
            .flags()
            .iter()
            .map(|flag| flag.as_str().to_owned())
            .collect(),
        former_town: known
            .former_town
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    };
    Fact {
        kind: "IncidentClosed",
        bytes: fact.encode_to_vec(),
    }
}

fn withdrawn(known: &Known) -> Fact {
    let fact = facts::IncidentWithdrawn {
        incident: known.incident.to_string(),
        town: known.town.to_string(),
        date: known.date.to_string(),
    };
    Fact {
        kind: "IncidentWithdrawn",
        bytes: fact.encode_to_vec(),
    }
}
