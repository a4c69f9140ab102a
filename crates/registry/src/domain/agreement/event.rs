//! What happened to an agreement: the stored form. Frozen by `tests/golden/agreement`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, PartyId, TownId, Zone};

use super::AgreementName;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The agreement was begun.
    #[serde(rename = "drafted")]
    Drafted {
        agreement: AgreementId,
        name: AgreementName,
        zone: Zone,
        towns: Vec<TownId>,
        starts_on: Date,
        ends_on: Option<Date>,
        on: Date,
    },
    /// Terms were put before the parties.
    #[serde(rename = "terms_proposed")]
    TermsProposed {
        version: u32,
        effective_from: Date,
        toml: String,
        on: Date,
    },
    /// They were taken back before every party had signed.
    #[serde(rename = "terms_withdrawn")]
    TermsWithdrawn { version: u32, on: Date },
    /// A party signed them.
    #[serde(rename = "terms_signed")]
    TermsSigned {
        version: u32,
        party: PartyId,
        on: Date,
    },
    /// Every party has signed the first terms: the agreement is in force.
    #[serde(rename = "brought_into_force")]
    BroughtIntoForce { version: u32, on: Date },
    /// Every party has signed other terms.
    #[serde(rename = "amended")]
    Amended { version: u32, on: Date },
    /// The agreement got its last day.
    #[serde(rename = "ended")]
    Ended { on: Date },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Drafted { on, .. }
            | Self::TermsProposed { on, .. }
            | Self::TermsWithdrawn { on, .. }
            | Self::TermsSigned { on, .. }
            | Self::BroughtIntoForce { on, .. }
            | Self::Amended { on, .. }
            | Self::Ended { on } => *on,
        }
    }
}
