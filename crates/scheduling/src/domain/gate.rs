//! The gate as scheduling asks it: may this officer be on this shift, on this day?
//!
//! What answers is the rulebook of eligibility over what is remembered of registry and training;
//! the rules here only ask.

use eligibility::Name;
use jiff::civil::Date;
use roster::ShiftKind;
use vocabulary::{OfficerId, TownId};

/// What is asked of the gate.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who.
    pub officer: &'a OfficerId,
    /// Where.
    pub town: &'a TownId,
    /// What is done.
    pub kind: &'a ShiftKind,
    /// What is carried.
    pub equipment: &'a [Name],
    /// On which civil day of the employer.
    pub day: Date,
}

/// What stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmet {
    /// Requirements that are missing; none where the duty itself is not to be had there.
    pub missing: Vec<Name>,
    /// The same in words, a sentence for each.
    pub words: Vec<String>,
}

/// Whoever answers.
pub trait Gate: Send + Sync {
    /// What stands in the way; nothing for a yes, also for one with a waiver.
    fn unmet(&self, ask: &Ask) -> Option<Unmet>;
}
