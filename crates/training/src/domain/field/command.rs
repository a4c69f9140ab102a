//! What people ask of field training. What other streams know was looked up just before.

use std::collections::BTreeMap;

use eligibility::{CredentialState, Name, ProgrammeId};
use jiff::civil::Date;
use vocabulary::{Actor, OfficerId};

use super::Phase;
use crate::domain::Token;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who is trained.
    pub officer: OfficerId,
    /// Which training.
    pub training: Name,
    /// When it is so.
    pub on: Date,
    /// The present day, in the employer's zone.
    pub today: Date,
    /// What to do.
    pub act: Act,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Begins it.
    Begin {
        /// Whose profile names the phases.
        programme: ProgrammeId,
        /// The phases of the profile in force on the day; absent where it knows no such training.
        phases: Option<Vec<Phase>>,
        /// The kind of credential that trainers need; absent where anybody may train.
        credential: Option<Name>,
        /// Whether the officer is employed on the day.
        employed: bool,
    },
    /// Records what a trainer observed on a day.
    Observe {
        /// Who observed.
        trainer: OfficerId,
        /// Whether the trainer is employed on the day.
        employed: bool,
        /// What the trainer's credential is on the day, by kind; absent where there is none.
        holds: Option<CredentialState>,
        /// Points from 1 to 7, by what is rated.
        ratings: BTreeMap<Name, u8>,
        /// Where in the vault the words lie.
        text: Option<Token>,
    },
    /// Signs the phase off.
    SignOff {
        /// Which.
        phase: String,
        /// Who signs: an account.
        by: Actor,
    },
    /// Ends it before its end.
    End {
        /// Why, a code.
        because: Name,
    },
}
