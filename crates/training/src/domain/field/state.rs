//! What the events so far say of an officer's field trainings. Also the row of their table.

use std::collections::BTreeMap;

use eligibility::{Name, ProgrammeId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, OfficerId};

use super::{Event, Phase};
use crate::domain::Token;

/// An officer's field trainings, by name; one that was ended and begun again stands as begun again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub trainings: BTreeMap<Name, Training>,
}

/// One field training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    pub programme: ProgrammeId,
    pub phases: Vec<Phase>,
    /// The kind of credential that trainers need.
    pub credential: Option<Name>,
    pub started: Date,
    /// In the order of the phases.
    pub signed: Vec<SignedOff>,
    /// In the order in which they were recorded.
    pub observations: Vec<Observation>,
    pub ended: Option<Date>,
}

/// A phase that was signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOff {
    pub started: Date,
    pub on: Date,
    pub by: Actor,
}

/// What was observed on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub phase: String,
    pub on: Date,
    pub trainer: OfficerId,
    pub ratings: BTreeMap<Name, u8>,
    pub text: Option<Token>,
}

impl Training {
    /// The phase that the officer is in; none once all are signed off.
    pub fn phase(&self) -> Option<&Phase> {
        self.phases.get(self.signed.len())
    }

    /// The first day of the phase that the officer is in.
    pub fn phase_started(&self) -> Date {
        let former = self.signed.last();
        former.map_or(self.started, |former| former.on)
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match event.clone() {
            Event::Begun {
                training,
                programme,
                phases,
                credential,
                on,
                ..
            } => {
                let begun = Training {
                    programme,
                    phases,
                    credential,
                    started: on,
                    signed: vec![],
                    observations: vec![],
                    ended: None,
                };
                self.trainings.insert(training, begun);
            }
            Event::Observed {
                training,
                phase,
                trainer,
                ratings,
                text,
                on,
                ..
            } => {
                if let Some(known) = self.trainings.get_mut(&training) {
                    known.observations.push(Observation {
                        phase,
                        on,
                        trainer,
                        ratings,
                        text,
                    });
                }
            }
            Event::PhaseSignedOff {
                training,
                started,
                by,
                on,
                ..
            } => {
                if let Some(known) = self.trainings.get_mut(&training) {
                    known.signed.push(SignedOff { started, on, by });
                }
            }
            Event::Ended { training, on, .. } => {
                if let Some(known) = self.trainings.get_mut(&training) {
                    known.ended = Some(on);
                }
            }
        }
    }
}
