//! The mirror's tables, folded from the registry's facts.

use std::collections::{BTreeMap, BTreeSet};

use eventlog::{FactRow, TypedMirror};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, AgreementId, Fraction, OfficerId, TownId};

use super::learnt::Learnt;
use crate::domain::timesheet::{Agreement, Assignment, Employment, PayRate};

/// What a fact says; facts that cannot be read were refused before ([`super::check`]).
fn learnt(fact: &FactRow) -> Learnt {
    Learnt::of(fact).unwrap_or(Learnt::Other)
}

/// Table `towns`: key is the town.
pub(super) struct Towns;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TownRow {}

impl TypedMirror for Towns {
    const NAME: &'static str = "towns";
    const VERSION: u32 = 1;
    type Row = TownRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match learnt(fact) {
            Learnt::Town { town } => vec![town.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(_fact: &FactRow, _key: &str, _old: Option<TownRow>) -> Option<TownRow> {
        Some(TownRow {})
    }
}

/// Table `officers`: key is the badge code.
pub(super) struct Officers;

/// Everything about one officer that hours depend on. Rates and assignments by first day: the
/// last word on a day counts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OfficerRow {
    from: Option<Date>,
    until: Option<Date>,
    rates: BTreeMap<Date, Rate>,
    assignments: BTreeMap<Date, Assigned>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Rate {
    cents_per_hour: Fraction,
    burden: Fraction,
    burden_on_premium: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Assigned {
    until: Option<Date>,
    account: Account,
}

impl OfficerRow {
    pub(super) fn employment(&self) -> Option<Employment> {
        self.from.map(|from| Employment {
            from,
            until: self.until,
        })
    }

    pub(super) fn rates(&self) -> Vec<PayRate> {
        let rates = self.rates.iter().map(|(from, rate)| PayRate {
            from: *from,
            cents_per_hour: rate.cents_per_hour.clone(),
            burden: rate.burden.clone(),
            burden_on_premium: rate.burden_on_premium,
        });
        rates.collect()
    }

    pub(super) fn assignments(&self) -> Vec<Assignment> {
        let assignments = self.assignments.iter().map(|(from, assigned)| Assignment {
            from: *from,
            until: assigned.until,
            account: assigned.account.clone(),
        });
        assignments.collect()
    }

    fn after(mut self, learnt: Learnt) -> Self {
        match learnt {
            Learnt::Enrolled { from, .. } => {
                self.from = Some(from);
                self.until = None;
            }
            Learnt::Ended { on, .. } => self.until = Some(on),
            Learnt::Paid {
                from,
                cents_per_hour,
                burden,
                burden_on_premium,
                ..
            } => {
                let rate = Rate {
                    cents_per_hour,
                    burden,
                    burden_on_premium,
                };
                self.rates.insert(from, rate);
            }
            Learnt::Assigned {
                from,
                until,
                account,
                ..
            } => {
                self.assignments.insert(from, Assigned { until, account });
            }
            Learnt::AssignmentEnded { from, until, .. } => {
                if let Some(assigned) = self.assignments.get_mut(&from) {
                    assigned.until = Some(until);
                }
            }
            Learnt::Town { .. }
            | Learnt::Erased { .. }
            | Learnt::Signed { .. }
            | Learnt::AgreementEnded { .. }
            | Learnt::Other => {}
        }
        self
    }
}

impl TypedMirror for Officers {
    const NAME: &'static str = "officers";
    const VERSION: u32 = 1;
    type Row = OfficerRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        let of = |officer: OfficerId| vec![officer.to_string()];
        match learnt(fact) {
            Learnt::Enrolled { officer, .. }
            | Learnt::Ended { officer, .. }
            | Learnt::Paid { officer, .. }
            | Learnt::Assigned { officer, .. }
            | Learnt::AssignmentEnded { officer, .. } => of(officer),
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<OfficerRow>) -> Option<OfficerRow> {
        Some(old.unwrap_or_default().after(learnt(fact)))
    }
}

/// Table `agreements`: key is the agreement.
pub(super) struct Agreements;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AgreementRow {
    agreement: AgreementId,
    towns: BTreeSet<TownId>,
    from: Date,
    until: Option<Date>,
}

impl AgreementRow {
    pub(super) fn agreement(self) -> Agreement {
        Agreement {
            id: self.agreement,
            towns: self.towns,
            from: self.from,
            until: self.until,
        }
    }
}

impl TypedMirror for Agreements {
    const NAME: &'static str = "agreements";
    const VERSION: u32 = 1;
    type Row = AgreementRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match learnt(fact) {
            Learnt::Signed { agreement, .. } | Learnt::AgreementEnded { agreement, .. } => {
                vec![agreement.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<AgreementRow>) -> Option<AgreementRow> {
        match learnt(fact) {
            Learnt::Signed {
                agreement,
                towns,
                from,
                until,
            } => Some(AgreementRow {
                agreement,
                towns,
                from,
                until,
            }),
            Learnt::AgreementEnded { on, .. } => old.map(|row| AgreementRow {
                until: Some(on),
                ..row
            }),
            _ => old,
        }
    }
}
