//! What happened in field training: the stored form. Frozen by `tests/golden/field`.

use std::collections::BTreeMap;

use eligibility::{Name, ProgrammeId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, OfficerId};

use crate::domain::Token;

/// A phase, as the profile named it when the training began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Such as `II`.
    pub name: String,
    /// Whether an officer in it counts as one on duty.
    pub deployable: bool,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It began, with the first phase.
    #[serde(rename = "begun")]
    Begun {
        officer: OfficerId,
        training: Name,
        programme: ProgrammeId,
        phases: Vec<Phase>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<Name>,
        on: Date,
    },
    /// A trainer observed the officer on a day.
    #[serde(rename = "observed")]
    Observed {
        officer: OfficerId,
        training: Name,
        phase: String,
        trainer: OfficerId,
        ratings: BTreeMap<Name, u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Token>,
        on: Date,
    },
    /// A phase was signed off.
    #[serde(rename = "phase_signed_off")]
    PhaseSignedOff {
        officer: OfficerId,
        training: Name,
        phase: String,
        started: Date,
        by: Actor,
        on: Date,
    },
    /// It ended before its end.
    #[serde(rename = "ended")]
    Ended {
        officer: OfficerId,
        training: Name,
        because: Name,
        on: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Begun { on, .. }
            | Self::Observed { on, .. }
            | Self::PhaseSignedOff { on, .. }
            | Self::Ended { on, .. } => *on,
        }
    }
}
