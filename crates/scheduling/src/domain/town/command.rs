//! What can be asked of a town's plan.

use std::collections::BTreeSet;

use eligibility::Name;
use jiff::civil::Date;
use roster::{Pattern, PatternId, ShiftKind};
use vocabulary::{AgreementId, Minutes, TownId};

use super::event::Presence;
use crate::domain::Clause;
use crate::domain::roster::Agreement;

/// What is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Say what it bought.
    SetCoverage(SetCoverage),
    /// Write a pattern.
    SetPattern(SetPattern),
    /// Take a pattern away.
    RemovePattern {
        /// Which.
        pattern: PatternId,
        /// Today.
        on: Date,
    },
    /// Say how long a way takes.
    SetTravel(SetTravel),
}

/// What the registry was known to say.
#[derive(Debug, Clone)]
pub struct Known {
    /// Those of the towns named that are registered.
    pub towns: BTreeSet<TownId>,
    /// All agreements.
    pub agreements: Vec<Agreement>,
}

/// What a town bought.
#[derive(Debug, Clone)]
pub struct SetCoverage {
    /// Which town.
    pub town: TownId,
    /// By which agreement.
    pub agreement: AgreementId,
    /// Where it stands there.
    pub clause: Clause,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
    /// Minutes in seven days.
    pub weekly_minutes: Minutes,
    /// Times at which they are wanted.
    pub windows: Vec<Presence>,
    /// What the registry was known to say.
    pub known: Known,
}

/// Shifts that come again and again.
#[derive(Debug, Clone)]
pub struct SetPattern {
    /// Where.
    pub town: TownId,
    /// Its id.
    pub pattern: PatternId,
    /// What is done.
    pub kind: ShiftKind,
    /// The recurrence.
    pub text: Pattern,
    /// What is to be carried.
    pub equipment: Vec<Name>,
    /// Today.
    pub on: Date,
    /// What the registry was known to say.
    pub known: Known,
}

/// How long a way takes.
#[derive(Debug, Clone)]
pub struct SetTravel {
    /// From where.
    pub town: TownId,
    /// Where to.
    pub to: TownId,
    /// How long.
    pub minutes: Minutes,
    /// Today.
    pub on: Date,
    /// What the registry was known to say.
    pub known: Known,
}
