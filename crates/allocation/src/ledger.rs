//! The fold of one agreement's log: what is known, what is closed, what has been charged.
//!
//! Months close in order and are never edited. What is learnt about a closed month afterwards
//! becomes, at the next close, the difference between the month settled as known now and
//! everything charged for it so far, line by line. Nothing here depends on how facts of
//! different sources interleave, except on which side of a close they stand.

mod causes;
mod close;
mod entry;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, IncidentId, Minutes, Month, OfficerId};

use crate::{Facts, Problem, Source, Terms};
use causes::Learnt;

pub use close::Close;
pub use entry::Entry;

/// Time that was not approved when a month was closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenTime {
    /// Whose.
    pub officer: OfficerId,
    /// On which day.
    pub date: Date,
    /// How long.
    pub minutes: Minutes,
    /// `unapproved` or `on-duty`.
    pub why: String,
}

/// An agreement as far as its log has been read.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    signed: Option<Signed>,
    versions: Vec<Version>,
    facts: Facts,
    week_at: BTreeMap<(OfficerId, Date), usize>,
    incident_at: BTreeMap<IncidentId, usize>,
    /// Closed months and the edition of the rules that closed them.
    closed: BTreeMap<Month, u32>,
    /// What has been charged so far for each line of each month, adjustments included.
    issued: BTreeMap<Month, BTreeMap<String, i128>>,
    /// What was learnt about closed months since the last close.
    learnt: Vec<Learnt>,
}

#[derive(Debug, Clone)]
struct Signed {
    agreement: AgreementId,
    starts_on: Date,
    ends_on: Option<Date>,
    /// The month of its closing statement, once its end is known.
    closing: Option<Month>,
}

#[derive(Debug, Clone)]
struct Version {
    source: Source,
    version: u32,
    from: Date,
    terms: Result<Terms, Vec<Problem>>,
}

impl Ledger {
    /// Folds a log from its beginning.
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            ledger.apply(entry);
        }
        ledger
    }

    /// The agreement, once it is signed.
    pub fn agreement(&self) -> Option<&AgreementId> {
        self.signed.as_ref().map(|signed| &signed.agreement)
    }

    /// The facts as far as they are known, superseded ones left out.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The closed months, in order.
    pub fn closed(&self) -> impl Iterator<Item = Month> + '_ {
        self.closed.keys().copied()
    }

    /// The month to be closed next; `None` before signing.
    pub fn next_month(&self) -> Option<Month> {
        let signed = self.signed.as_ref()?;
        let last = self.closed.keys().next_back();
        Some(last.map_or(Month::of(signed.starts_on), |month| month.next()))
    }
}

#[cfg(test)]
mod tests;
