//! What the events so far say of an incident.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{IncidentId, Minutes, OfficerId, TownId};

use super::Event;
use crate::domain::{CallType, Disposition, Flag, Unit};

/// An incident, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody heard of it.
    #[default]
    Unknown,
    /// It is known.
    Known(Known),
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Going on.
    Open,
    /// Over: it counts.
    Closed,
    /// Taken back while it was open: it never counted.
    WithdrawnOpen,
    /// Taken back after it had counted.
    WithdrawnClosed,
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub incident: IncidentId,
    pub town: TownId,
    /// Where it was before the last event, if that moved it while it counted.
    pub former_town: Option<TownId>,
    pub call_type: CallType,
    pub received_at: Timestamp,
    /// Civil day of the call in the town's zone.
    pub date: Date,
    /// In the order in which they became known.
    pub units: Vec<Unit>,
    pub stage: Stage,
    pub disposition: Option<Disposition>,
    /// The day on which its texts were destroyed. Left out before, as rows always were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_on: Option<Date>,
}

impl Known {
    /// Minutes over all units whose times are complete and in order; none if no unit's are.
    pub fn minutes(&self) -> Option<Minutes> {
        let known: Vec<Minutes> = self.units.iter().filter_map(Unit::minutes).collect();
        (!known.is_empty()).then(|| known.into_iter().sum())
    }

    /// Everything odd about its times, each once.
    pub fn flags(&self) -> Vec<Flag> {
        if self.units.is_empty() {
            return vec![Flag::NoUnit];
        }
        let mut flags: Vec<Flag> = self
            .units
            .iter()
            .flat_map(|unit| unit.flags(self.received_at))
            .collect();
        flags.sort();
        flags.dedup();
        flags
    }

    /// Officers of ours who took part, each once.
    pub fn officers(&self) -> Vec<OfficerId> {
        let mut officers: Vec<OfficerId> = self
            .units
            .iter()
            .filter_map(|unit| unit.officer.clone())
            .collect();
        officers.sort();
        officers.dedup();
        officers
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::Opened {
                    incident,
                    town,
                    call_type,
                    received_at,
                    date,
                    ..
                },
            ) => {
                *self = Self::Known(Known {
                    incident,
                    town,
                    former_town: None,
                    call_type,
                    received_at,
                    date,
                    units: Vec::new(),
                    stage: Stage::Open,
                    disposition: None,
                    erased_on: None,
                });
            }
            (before, imported @ Event::Imported { .. }) => *self = whole(before, imported),
            (Self::Known(known), Event::UnitRecorded { unit, .. }) => {
                known.former_town = None;
                match known
                    .units
                    .iter_mut()
                    .find(|present| present.unit == unit.unit)
                {
                    Some(present) => *present = unit,
                    None => known.units.push(unit),
                }
            }
            (Self::Known(known), Event::Closed { disposition, .. }) => {
                known.stage = Stage::Closed;
                known.disposition = Some(disposition);
            }
            (Self::Known(known), Event::Withdrawn { .. }) => {
                known.stage = match known.stage {
                    Stage::Open | Stage::WithdrawnOpen => Stage::WithdrawnOpen,
                    Stage::Closed | Stage::WithdrawnClosed => Stage::WithdrawnClosed,
                };
            }
            (Self::Known(known), Event::Erased { on, .. }) => known.erased_on = Some(on),
            // Before it is known nothing else can happen to it.
            (Self::Unknown, _) => {}
        }
    }
}

/// The state after an import, which says everything anew.
fn whole(before: &State, imported: Event) -> State {
    let Event::Imported {
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        disposition,
    } = imported
    else {
        return before.clone();
    };
    let counted_in = match before {
        State::Known(Known {
            stage: Stage::Closed,
            town,
            ..
        }) => Some(town.clone()),
        _ => None,
    };
    let erased_on = match before {
        State::Known(known) => known.erased_on,
        State::Unknown => None,
    };
    State::Known(Known {
        erased_on,
        former_town: counted_in.filter(|former| *former != town),
        incident,
        town,
        call_type,
        received_at,
        date,
        units,
        stage: Stage::Closed,
        disposition,
    })
}
