//! Tables of the registry's facts.

use std::collections::BTreeSet;

use eventlog::{FactRow, TypedMirror};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId, Zone};

use super::learnt::Learnt;
use crate::domain::roster::{Agreement, Employment};

/// What a fact says; facts that cannot be read were refused before ([`super::check`]).
fn learnt(fact: &FactRow) -> Learnt {
    Learnt::of(fact).unwrap_or(Learnt::Other)
}

/// Table `towns`: key is the town.
pub(super) struct Towns;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TownRow {
    pub(super) zone: Zone,
}

impl TypedMirror for Towns {
    const NAME: &'static str = "towns";
    const VERSION: u32 = 1;
    type Row = TownRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match learnt(fact) {
            Learnt::Town { town, .. } => vec![town.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<TownRow>) -> Option<TownRow> {
        match learnt(fact) {
            Learnt::Town { zone, .. } => Some(TownRow { zone }),
            _ => old,
        }
    }
}

/// Table `officers`: key is the badge code.
pub(super) struct Officers;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OfficerRow {
    from: Option<Date>,
    until: Option<Date>,
}

impl OfficerRow {
    pub(super) fn employment(&self) -> Option<Employment> {
        let until = self.until;
        self.from.map(|from| Employment { from, until })
    }
}

impl TypedMirror for Officers {
    const NAME: &'static str = "officers";
    const VERSION: u32 = 1;
    type Row = OfficerRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match learnt(fact) {
            Learnt::Enrolled { officer, .. } | Learnt::Ended { officer, .. } => {
                vec![officer.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<OfficerRow>) -> Option<OfficerRow> {
        match learnt(fact) {
            Learnt::Enrolled { from, .. } => Some(OfficerRow {
                from: Some(from),
                until: None,
            }),
            Learnt::Ended { on, .. } => Some(OfficerRow {
                until: Some(on),
                ..old.unwrap_or_default()
            }),
            _ => old,
        }
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
