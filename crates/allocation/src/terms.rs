//! What the parties agreed: a dated, versioned document that says who bears what (docs/terms.md).

mod charges;
mod clauses;
mod fees;
mod labour;
mod limits;
mod members;
mod parse;
mod pools;
mod price;
mod promises;
mod read;
mod span;
mod window;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Fraction, Invalid, Month, PartyId, TownId};

use crate::Mode;

pub use charges::{Charge, ChargeTo, Credit, Transfer};
pub use clauses::{Change, Clause};
pub use limits::Limit;
pub use members::Membership;
pub(crate) use price::year_of;
pub use price::{Per, Price, PriceItem, Priced};
pub use promises::{Promise, Undelivered};
pub use span::{Partial, Span};
pub use window::{Period, Window};

/// The grammar of the documents that this crate reads.
pub(crate) const GRAMMAR: i64 = 1;

/// A terms document, read and found consistent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Which version of the agreement's terms it is; 1 until [`Self::numbered`].
    pub version: u32,
    /// The agreement it is for.
    pub agreement: AgreementId,
    /// The towns, in the order of the agreement. The provider is a party besides them.
    pub towns: Vec<TownId>,
    /// How exact shares become cents.
    pub rounding: Rounding,
    /// How a lone amount becomes cents: a charge, a fee, a residual rounding's share.
    pub mode: Mode,
    /// Towns that join or leave while these terms hold.
    pub memberships: Vec<Membership>,
    /// Who bears the officers' time; absent where the terms charge none.
    pub labour: Option<Labour>,
    /// Cost pools, in the order of the document.
    pub pools: Vec<TermsPool>,
    /// Sums that are due by the terms alone.
    pub charges: Vec<Charge>,
    /// Hours that towns bought.
    pub promises: Vec<Promise>,
    /// Fees, in the order in which they are reckoned: a fee comes after the fees in its base.
    pub fees: Vec<Fee>,
    /// The most and the least that parties bear.
    pub limits: Vec<Limit>,
    /// Sums that parties pay each other.
    pub transfers: Vec<Transfer>,
    /// Revenue that lowers what parties owe.
    pub credits: Vec<Credit>,
}

/// A name that the terms give to a pool or a fee: a slug such as `vehicle`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// How exact shares become whole cents whose sum is the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rounding {
    /// Each share is cut to whole cents; the cents left over go to the largest remainders, equal
    /// remainders in this order.
    LargestRemainder {
        /// Every party once.
        order: Vec<PartyId>,
    },
    /// Each share is rounded by itself; this party takes what the others leave.
    Residual {
        /// Who.
        party: PartyId,
    },
}

/// Who bears the officers' time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labour {
    /// What an hour costs.
    pub cost: LabourCost,
    /// Minutes in a town of the agreement.
    pub split: Destination,
    /// Minutes on the way to a town of the agreement.
    pub travel: Destination,
    /// Minutes in training.
    pub training: Destination,
    /// Minutes in court.
    pub court: Destination,
    /// Minutes on leave.
    pub leave: Destination,
    /// Minutes of administration.
    pub administration: Destination,
    /// Minutes of aid to a non-member.
    pub aid: Destination,
    /// Minutes in, or on the way to, a town that is no member.
    pub outside: Destination,
    /// Who bears the overtime premium; `None` where an agreed hourly rate includes it.
    pub premium: Option<Premium>,
}

/// What an hour of labour costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabourCost {
    /// What payroll reckoned: pay and burden, and the premium besides.
    Actual,
    /// An agreed rate in cents per hour, all-inclusive.
    Hourly {
        /// Exact cents.
        cents_per_hour: Fraction,
    },
}

/// Where minutes of a kind are charged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// The town they were worked in, or travelled to.
    Worked,
    /// A pool, which splits them.
    Pool(Name),
    /// One party.
    Party(PartyId),
}

/// Who bears the overtime premium of a workweek.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Premium {
    /// It follows all minutes of the week alike.
    ProRata,
    /// It follows the minutes past the threshold; where the week's lie outside this agreement, all
    /// minutes alike.
    WorkedLast,
    /// It follows the minutes of the week that each town got beyond those promised to it; where
    /// none got more, all minutes alike.
    BeyondPromise,
    /// A pool, which splits it.
    Pool(Name),
    /// One party.
    Party(PartyId),
}

/// A cost pool: fed by expenses tagged with its name and by labour that the terms send to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsPool {
    /// Its name.
    pub name: Name,
    /// What it is split by.
    pub basis: Basis,
    /// Who shares it, in the order of the parties.
    pub among: Vec<PartyId>,
    /// What happens if every figure is zero; without it that is refused.
    pub if_zero: Option<IfZero>,
}

/// What a pool is split by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// Minutes worked in each town, travel towards it included where the terms charge travel to
    /// the destination.
    Hours {
        /// Over which days.
        window: Window,
    },
    /// Incidents in each town; of these call types only, if any are named.
    Calls {
        /// Codes; empty for all.
        call_types: Vec<String>,
        /// Over which days.
        window: Window,
    },
    /// Minutes on incidents in each town; of these call types only, if any are named.
    IncidentMinutes {
        /// Codes; empty for all.
        call_types: Vec<String>,
        /// What an incident without minutes does.
        without_minutes: WithoutMinutes,
        /// Over which days.
        window: Window,
    },
    /// A published figure of each town: `population`, `property_value`, or another name.
    Figure {
        /// Which.
        name: String,
        /// On which days; else on the month's last.
        window: Window,
    },
    /// Agreed shares of the whole; they sum to one.
    Fixed {
        /// Share of each party; the residual party's is what the others leave.
        shares: BTreeMap<PartyId, Fraction>,
    },
    /// The same for everyone.
    Equal,
    /// A mix; the weights sum to one.
    Weighted(Vec<Weighted>),
    /// Unlike figures added up as they are, each after a division: the units are the weights.
    Sum(Vec<Summed>),
}

/// One figure of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summed {
    /// What is counted.
    pub basis: Basis,
    /// How many of it count as one.
    pub per: Fraction,
}

/// One basis of a mix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    /// What is counted; never itself a mix.
    pub basis: Basis,
    /// Its weight, from the first of a month on each; one without a day holds from the beginning.
    pub weights: BTreeMap<Option<Date>, Fraction>,
}

/// What an incident without minutes does to a pool that is split by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutMinutes {
    /// The month is refused until its times are complete.
    Refuse,
    /// It counts as no minutes.
    Zero,
}

/// What happens to a pool whose figures are all zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfZero {
    /// Everyone bears the same.
    Equal,
    /// One party bears it.
    Party(PartyId),
}

/// A surcharge on charges that are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Its name.
    pub name: Name,
    /// How many per cent of the base.
    pub percent: Fraction,
    /// What it is reckoned on: the towns' rounded charges.
    pub base: Vec<FeeBase>,
}

/// A kind of charge that a fee may be reckoned on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeeBase {
    /// Labour charged straight to the towns.
    Labour,
    /// Premium charged straight to the towns.
    Premium,
    /// Direct charges.
    Direct,
    /// A charge of the terms to a party.
    Charge(Name),
    /// A pool.
    Pool(Name),
    /// Another fee.
    Fee(Name),
}

/// Something wrong in a terms document, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}, column {column}: {}{fix}", place(.field, .value))]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Where in the document, such as `pool[2].shares`; empty for the document itself.
    pub field: String,
    /// What stands there, as written; empty where something is missing.
    pub value: String,
    /// What is wrong and how to put it right.
    pub fix: String,
}

/// The field with its value, as far as there are any: a text that is not TOML has neither.
fn place(field: &str, value: &str) -> String {
    match (field, value) {
        ("", "") => String::new(),
        (field, "") => format!("{field}: "),
        ("", value) => format!("{value}: "),
        (field, value) => format!("{field} = {value}: "),
    }
}

/// Which terms were in force in which months, until the agreement's last day.
#[derive(Debug, Clone)]
pub(crate) struct History<'a> {
    versions: BTreeMap<Month, &'a Terms>,
    /// The agreement's first day, where it is known.
    pub(crate) starts_on: Option<Date>,
    pub(crate) ends_on: Option<Date>,
}

impl<'a> History<'a> {
    /// One document for all time.
    pub(crate) fn single(terms: &'a Terms) -> Self {
        let first: Month = "1900-01".parse().expect("the first month there is");
        Self::new([(first, terms)], None)
    }

    /// Versions, each from a month on; of two for one month the later given counts.
    pub(crate) fn new(
        versions: impl IntoIterator<Item = (Month, &'a Terms)>,
        ends_on: Option<Date>,
    ) -> Self {
        Self {
            versions: versions.into_iter().collect(),
            starts_on: None,
            ends_on,
        }
    }

    /// What the terms themselves charge is due within the agreement's life alone.
    pub(crate) fn starting(self, starts_on: Option<Date>) -> Self {
        Self { starts_on, ..self }
    }

    /// The terms of a month.
    pub(crate) fn in_force(&self, month: Month) -> Option<&'a Terms> {
        self.versions
            .range(..=month)
            .next_back()
            .map(|(_, terms)| *terms)
    }
}

impl Terms {
    /// Reads a terms document (docs/terms.md), or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        parse::parse(text)
    }

    /// The JSON Schema of a terms document, for editors: what can be said of its form.
    pub fn schema() -> &'static str {
        include_str!("terms/schema.json")
    }

    /// The same terms under the agreement's version number.
    #[must_use]
    pub fn numbered(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// All parties: the towns in the order of the agreement, then the provider.
    pub fn parties(&self) -> Vec<PartyId> {
        let towns = self.towns.iter().cloned().map(PartyId::Town);
        towns.chain([PartyId::Provider]).collect()
    }

    /// Whether a town is a party.
    pub fn has_town(&self, town: &TownId) -> bool {
        self.towns.contains(town)
    }

    /// A pool by its name.
    pub fn pool(&self, name: &Name) -> Option<&TermsPool> {
        self.pools.iter().find(|pool| pool.name == *name)
    }
}

impl Name {
    /// Reads a name, refusing text of another form.
    pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let slug = (2..=39).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'));
        if slug {
            Ok(Self(text))
        } else {
            Err(Invalid::new(
                "a name",
                text,
                "2 to 39 of a-z, 0-9, - and _, beginning with a letter, such as `vehicle`",
            ))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Name {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<String> for Name {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests;
