//! One party's statement of one month: the document model (docs/statement.md).

mod csv;

use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Cents, Fraction, Minutes, Month, PartyId};

use crate::{Citation, FigureUsed, Line, OpenTime, Promised};

/// What one party owes for one month, and why. A month once issued is never edited: what is learnt
/// later stands among the adjustments of a later statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The edition of the rules that made it.
    pub edition: u32,
    /// Of which agreement.
    pub agreement: AgreementId,
    /// For which month.
    pub month: Month,
    /// For whom.
    pub party: PartyId,
    /// What is owed: charges and adjustments.
    pub total_cents: Cents,
    /// The sum of the lines.
    pub charges_cents: Cents,
    /// The sum of the adjustments.
    pub adjustments_cents: Cents,
    /// The version of the terms.
    pub terms_version: u32,
    /// The rounding rule in words.
    pub rounding: String,
    /// Minutes spent in the town; for the provider: outside every town of the agreement.
    pub minutes: Minutes,
    /// Minutes of travel towards the town.
    pub travel_minutes: Minutes,
    /// The town's incidents.
    pub calls: i64,
    /// Minutes on them, as far as known.
    pub incident_minutes: Minutes,
    /// The party's share of each pool.
    pub pools: Vec<PoolShare>,
    /// This month's charges.
    pub lines: Vec<Line>,
    /// Corrections of earlier months.
    pub adjustments: Vec<Adjustment>,
    /// Time that was not approved when the month was closed, and is therefore not billed yet.
    pub open: Vec<OpenTime>,
    /// What became of the hours that the town bought; absent where the terms promise none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Promised>,
}

/// The party's part of one pool, in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolShare {
    /// The pool's key.
    pub pool: String,
    /// What it is split by, in words.
    pub basis: String,
    /// The whole pool.
    pub pool_cents: Cents,
    /// The figures behind the share.
    pub figures: Vec<FigureUsed>,
    /// The share, exact.
    pub share: Fraction,
    /// The charge.
    pub charge_cents: Cents,
}

/// The correction of one line of an earlier month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The corrected month.
    pub month: Month,
    /// The corrected line's key.
    pub key: String,
    /// What is owed more, or less.
    pub cents: Cents,
    /// What had been charged so far: the line as issued, with its earlier adjustments.
    pub issued_cents: Cents,
    /// What the line comes to as known now.
    pub now_cents: Cents,
    /// What was learnt since the last close that moved it.
    pub causes: Vec<Citation>,
    /// The line as it comes out now; absent where the line is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
}

impl Statement {
    /// The statement as JSON: the same bytes for the same statement, with a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a statement is plain data");
        text.push('\n');
        text
    }

    /// Reads back what [`Self::to_json`] wrote.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The statement as CSV (docs/statement.md): one row per use, pool, line, adjustment and open
    /// item, the total last.
    pub fn to_csv(&self) -> String {
        csv::write(self)
    }
}
