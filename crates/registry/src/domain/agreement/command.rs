//! What people ask of an agreement. Every value is valid in itself; whether it may be is decided.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vocabulary::{AgreementId, OfficerId, PartyId, TownId, Zone};

use super::AgreementName;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begins an agreement among towns.
    Draft(Draft),
    /// Puts terms before the parties.
    ProposeTerms(ProposeTerms),
    /// Takes them back.
    WithdrawTerms(WithdrawTerms),
    /// Records that a party signed them.
    SignTerms(SignTerms),
    /// Gives the agreement its last day.
    End(End),
}

/// See [`Command::Draft`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id it is to have, for ever.
    pub agreement: AgreementId,
    /// Its public name.
    pub name: AgreementName,
    /// The zone in which its months are reckoned.
    pub zone: Zone,
    /// Its towns, in the order of the document.
    pub towns: Vec<TownId>,
    /// First day.
    pub starts_on: Date,
    /// Last day, if it is known.
    pub ends_on: Option<Date>,
    /// The day of the request.
    pub on: Date,
    /// Those of `towns` that are registered; looked up by the caller, since an agreement's stream
    /// knows no towns.
    pub registered: BTreeSet<TownId>,
}

/// See [`Command::ProposeTerms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposeTerms {
    /// Which agreement.
    pub agreement: AgreementId,
    /// The first of the month from which they are to hold.
    pub effective_from: Date,
    /// The terms document, byte for byte.
    pub toml: String,
    /// The day of the request.
    pub on: Date,
}

/// See [`Command::WithdrawTerms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawTerms {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Which of its terms.
    pub version: u32,
    /// The day of the request.
    pub on: Date,
}

/// See [`Command::SignTerms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignTerms {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Which of its terms.
    pub version: u32,
    /// Who signed.
    pub party: PartyId,
    /// When.
    pub on: Date,
    /// The day it is where the agreement's months are reckoned.
    pub today: Date,
}

/// See [`Command::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Last day.
    pub on: Date,
    /// Officers assigned to it beyond `on`; looked up by the caller, since an agreement's stream
    /// knows no officers.
    pub assigned_beyond: BTreeSet<OfficerId>,
}
