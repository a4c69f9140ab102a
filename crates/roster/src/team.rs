//! Who there is, when they cannot be had, and the limits that hold for all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Minutes, OfficerId, TownId, Workweek};

use crate::Shift;

/// Everybody who may be planned, and what holds for them.
#[derive(Debug, Clone)]
pub struct Team {
    /// The officers.
    pub officers: Vec<Officer>,
    /// The limits.
    pub limits: Limits,
    /// The ways between towns.
    pub travel: Travel,
}

/// One officer, as far as a roster needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Who.
    pub id: OfficerId,
    /// Minutes a week that are theirs to give: what warnings count on.
    pub weekly_minutes: Minutes,
    /// Most minutes in a workweek, where they may do less than [`Limits::weekly_minutes_max`].
    pub weekly_minutes_max: Option<Minutes>,
    /// When they cannot be planned.
    pub away: Vec<Away>,
    /// Stretches they would rather have free: kept where nothing that counts more suffers.
    pub wishes: Vec<(Timestamp, Timestamp)>,
}

/// A stretch in which an officer cannot be planned, from `from` to `to` (without).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Why.
    pub why: AwayWhy,
}

/// Why somebody cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwayWhy {
    /// Approved leave.
    Leave,
    /// They said they are not available.
    Unavailable,
    /// Not enrolled yet, or no more.
    NotEnrolled,
}

impl AwayWhy {
    /// As the end of "they are …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Leave => "on approved leave",
            Self::Unavailable => "not available",
            Self::NotEnrolled => "not enrolled",
        }
    }
}

/// The limits of work and rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Rest that ends a stretch of work.
    pub rest_minutes: Minutes,
    /// Longest stretch: from the first start to the last end of shifts with less rest between.
    pub stretch_minutes_max: Minutes,
    /// Most civil days in a row on which a shift starts.
    pub days_in_a_row_max: u16,
    /// Most minutes in a workweek, if that is limited.
    pub weekly_minutes_max: Option<Minutes>,
    /// Minutes in a workweek past which work is overtime (2,400 by 29 USC 207(a)).
    pub overtime_after_minutes: Minutes,
    /// The employer's workweek; its zone also says which civil day it is.
    pub workweek: Workweek,
}

/// How long the way between two towns takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Travel {
    /// Minutes from the first town to the second; what is not said one way is taken from the other.
    pub between: BTreeMap<(TownId, TownId), Minutes>,
    /// Minutes where neither way is said.
    pub otherwise: Minutes,
}

impl Travel {
    /// Minutes from one town to another; within a town none.
    pub fn minutes(&self, from: &TownId, to: &TownId) -> Minutes {
        if from == to {
            return Minutes::ZERO;
        }
        let way = |a: &TownId, b: &TownId| self.between.get(&(a.clone(), b.clone())).copied();
        way(from, to)
            .or_else(|| way(to, from))
            .unwrap_or(self.otherwise)
    }
}

/// An officer on a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// Who.
    pub officer: OfficerId,
    /// On what.
    pub shift: Shift,
}

/// Whether an officer may do a shift's kind of duty in its town on a day: `Err` with the reason if
/// not. The service asks the rulebook of eligibility; each civil day a shift touches is asked.
pub type Gate<'a> = dyn Fn(&OfficerId, &Shift, Date) -> Result<(), String> + 'a;
