//! The result of a settlement: pools, shares and lines, each with where it came from.
//!
//! All of it is data with a stable field order. Exact values are written as text: fractions `n/d`,
//! figures as decimals. Amounts in cents are whole numbers.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Cents, Fraction, Minutes, Month, PartyId};

use crate::Source;
use crate::basis::plain;

/// One agreement's month, split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The edition of the rules that made it.
    pub edition: u32,
    /// Whose month.
    pub agreement: AgreementId,
    /// Which month.
    pub month: Month,
    /// The version of the terms in force.
    pub terms_version: u32,
    /// The rounding rule in words, tie order included.
    pub rounding: String,
    /// What was split. Each pool's shares sum to its amount.
    pub pools: Vec<Pool>,
    /// Every party's lines, in the order of pools and parties.
    pub lines: Vec<Line>,
    /// What each party owes; the provider's is what it bears itself.
    pub totals: Vec<PartyTotal>,
    /// What each party used.
    pub usage: Vec<Usage>,
    /// What became of the hours that towns bought; empty where the terms promise none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promised>,
}

/// An amount and its split: an officer's labour or premium, a cost pool, or a fee. A direct charge
/// is a line without a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Its key: `labour/<officer>`, `premium/<officer>`, `pool/<name>` or `fee/<name>`.
    pub pool: String,
    /// What it is split by, in words.
    pub basis: String,
    /// The whole cents that are split.
    pub amount_cents: Cents,
    /// The same before it was rounded to cents.
    pub exact_cents: Fraction,
    /// The parts; they sum to the amount. Empty where there is nothing to split.
    pub shares: Vec<Share>,
    /// What the amount is made of.
    pub facts: Vec<Citation>,
}

/// One party's part of a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Whose.
    pub party: PartyId,
    /// The figures it rests on; several where bases are weighted, none for fixed and equal shares.
    pub figures: Vec<FigureUsed>,
    /// The part of the whole, exact.
    pub share: Fraction,
    /// Share × amount, exact.
    pub exact_cents: Fraction,
    /// The charge.
    pub cents: Cents,
    /// What rounding moved: `cents` less the half-up rounding of `exact_cents` (-1, 0 or 1; a named
    /// residual party may take more).
    pub moved_cent: i64,
}

/// A basis figure as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureUsed {
    /// Which basis: `hours`, `calls`, `population` …
    pub basis: String,
    /// Its weight: `1/1` where it stands alone, `0/1` where it is given for information.
    pub weight: Fraction,
    /// The party's figure: an exact decimal or fraction.
    pub value: String,
    /// The sum over all parties of the pool.
    pub total: String,
    /// What is counted.
    pub unit: Unit,
    /// As of which day; absent for what is counted within the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// The facts behind the party's figure.
    pub sources: Vec<Citation>,
}

/// `hours 480 of 1200`, with its day and weight where they matter.
impl fmt::Display for FigureUsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.basis, self.value, self.total)?;
        if let Some(on) = self.as_of {
            write!(f, " as of {on}")?;
        }
        if self.weight.is_zero() || self.weight == Fraction::one() {
            return Ok(());
        }
        write!(f, ", weight {}", plain(&self.weight))
    }
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole minutes.
    Minutes,
    /// Incidents.
    Calls,
    /// Cents, exact.
    Cents,
    /// As the figure's source counts it.
    Figure,
}

/// A fact that something rests on. Absent fields do not apply to its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// The day it counts on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What it is, by code: `duty cso-114.17/1`, `incident barlow-cad/17`, `7 incidents in barlow`,
    /// `expense three-rivers.e3`.
    pub code: String,
    /// Position in the owner's log; absent for the agreement's own records, which the code cites,
    /// and for several incidents, which stand in the log by town and day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The minutes it brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
    /// The exact cents it brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cents: Option<Fraction>,
}

/// One charge to one party, with its derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Stable for ever: `labour/<officer>/<party>`, `premium/<officer>/<party>`,
    /// `pool/<name>/<party>`, `direct/<expense>/<party>`, `fee/<name>/<party>`,
    /// `charge/<name>/<party>`, `promise/undelivered/<party>`, `promise/excess/<party>`,
    /// `limit/<name>/<party>`, `transfer/<name>/<party>`, `credit/<name>/<party>`.
    pub key: String,
    /// Who is charged.
    pub party: PartyId,
    /// The charge.
    pub cents: Cents,
    /// The version of the terms it follows.
    pub terms_version: u32,
    /// The rule in words.
    pub rule: String,
    /// The pool's amount, or the expense's.
    pub pool_cents: Cents,
    /// The pool's exact amount before it was rounded to cents.
    pub pool_exact_cents: Fraction,
    /// The party's share.
    pub share: Fraction,
    /// Share × pool.
    pub exact_cents: Fraction,
    /// What rounding moved.
    pub moved_cent: i64,
    /// The figures behind the share.
    pub figures: Vec<FigureUsed>,
    /// The facts behind the amount: for labour the party's own minutes, else what fed the pool.
    pub facts: Vec<Citation>,
}

/// What a party owes in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyTotal {
    /// Who.
    pub party: PartyId,
    /// The sum of its lines.
    pub cents: Cents,
}

/// What a party got in the month, for its statement; whether or not anything is split by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Who.
    pub party: PartyId,
    /// Minutes spent in the town; for the provider: those outside every town of the agreement.
    pub minutes: Minutes,
    /// Minutes of travel towards it.
    pub travel_minutes: Minutes,
    /// Its incidents.
    pub calls: i64,
    /// Minutes on them, as far as known.
    pub incident_minutes: Minutes,
}

/// What became of the hours that a town bought: exact hours, as decimals or fractions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// Whose.
    pub party: PartyId,
    /// Bought for the month.
    pub promised_hours: String,
    /// Of earlier months, still to be delivered.
    pub carried_in_hours: String,
    /// Delivered in the month.
    pub delivered_hours: String,
    /// Still to be delivered later.
    pub carried_out_hours: String,
    /// Neither delivered nor to be delivered any more.
    pub lapsed_hours: String,
    /// Delivered beyond all that.
    pub excess_hours: String,
}
