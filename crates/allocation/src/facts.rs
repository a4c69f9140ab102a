//! What a settlement is made from: the documented input of the offline calculator (docs/facts.md).
//!
//! The order of facts never matters. Where a fact replaces another, that is decided by revision
//! or by position in the source log, not by where it stands here.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Cents, DutyId, Fraction, IncidentId, Location, Minutes, OfficerId};
use vocabulary::{ExpenseId, PartyId, TownId};

use crate::Name;

/// Everything known about one agreement's labour, incidents, expenses and basis figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Costed workweeks, one per officer and week.
    #[serde(default)]
    pub labour: Vec<LabourWeek>,
    /// Closed incidents.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Expenses, each for a pool or straight for a party.
    #[serde(default)]
    pub expenses: Vec<Expense>,
    /// Basis figures: population, property value and the like.
    #[serde(default)]
    pub figures: Vec<Figure>,
}

/// Where a fact stands: the log of the service that owns it, and its position there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Log id, such as `payroll`.
    pub log: String,
    /// Position in that log, from 1.
    pub seq: u64,
}

/// One officer's workweek as payroll costed it, as far as it is charged to this agreement. A
/// higher revision replaces a lower one of the same officer and week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabourWeek {
    /// Where the fact stands.
    pub source: Source,
    /// Whose week.
    pub officer: OfficerId,
    /// Its first day.
    pub week_start: Date,
    /// 1, 2, 3 …
    pub revision: u32,
    /// Work in order of time, cut at midnight.
    pub slices: Vec<Slice>,
    /// This agreement's part of the week's overtime premium, burden included where it applies:
    /// exact cents.
    pub premium_cents: Fraction,
    /// The day the premium belongs to: the last day of the workweek.
    pub premium_on: Date,
}

/// A piece of a duty within one civil day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// Its duty.
    pub duty: DutyId,
    /// Which piece of the duty: 1, 2, 3 …
    pub piece: u32,
    /// The civil day on which it counts.
    pub date: Date,
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// Where the minutes were spent.
    pub location: Location,
    /// Its length in whole minutes.
    pub minutes: Minutes,
    /// Of these, how many lie past the week's overtime threshold.
    pub past_threshold_minutes: Minutes,
    /// Pay in cents per hour, exact.
    pub rate_cents_per_hour: Fraction,
    /// Loaded straight-time cost, minutes × pay × (1 + burden): exact cents.
    pub base_cost_cents: Fraction,
}

/// A closed incident. Of several with one id, the one furthest on in its log counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Where the fact stands.
    pub source: Source,
    /// Its number.
    pub id: IncidentId,
    /// The town it happened in.
    pub town: TownId,
    /// Its call type, by code, such as `welfare-check`.
    pub call_type: String,
    /// The civil day on which it counts.
    pub date: Date,
    /// Minutes on it; absent where no unit has complete times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
    /// Whether it has been withdrawn: it then counts nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// An expense of the agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expense {
    /// Where the fact stands; absent for what the agreement's own log records, which the id cites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Its id.
    pub id: ExpenseId,
    /// Who bears it.
    pub to: ExpenseTo,
    /// The amount; below zero it takes back an earlier one.
    pub amount_cents: Cents,
    /// The day it is for.
    pub date: Date,
    /// What it was, by code, such as `fuel`.
    pub code: String,
}

/// Who bears an expense: `{"pool": "vehicle"}` or `{"direct": "barlow"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpenseTo {
    /// A pool of the terms, which splits it.
    Pool(Name),
    /// One party alone.
    Direct(PartyId),
}

/// What a pool may be split by: a town's published figure as of a day. Of several for one town,
/// basis and day, the one furthest on in its log counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Where the fact stands.
    pub source: Source,
    /// Whose figure.
    pub town: TownId,
    /// What is counted: `population`, `property_value`, or another name that the terms use.
    pub basis: String,
    /// The day as of which it holds.
    pub as_of: Date,
    /// The figure: an exact decimal, as a string.
    pub value: Fraction,
    /// Where it was published, by code or citation.
    pub figure_source: String,
}

/// A facts document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct FactsProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

impl Facts {
    /// Reads a facts document (docs/facts.md).
    pub fn parse(json: &str) -> Result<Self, FactsProblem> {
        serde_json::from_str(json).map_err(|error| FactsProblem {
            line: error.line(),
            column: error.column(),
            what: strip_position(&error.to_string()),
        })
    }
}

/// serde_json repeats the position at the end of its sentence.
fn strip_position(text: &str) -> String {
    text.rsplit_once(" at line ")
        .map_or(text, |(what, _)| what)
        .to_owned()
}

#[cfg(test)]
mod tests;
