//! What happened to a programme: the stored form. Frozen by `tests/golden/programme`.

use eligibility::ProgrammeId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A version of the profile was put in force.
    #[serde(rename = "profile_issued")]
    ProfileIssued {
        programme: ProgrammeId,
        version: u32,
        effective_from: Date,
        toml: String,
    },
    /// A town agreed to work by it; of two from one day the later counts.
    #[serde(rename = "agreed")]
    Agreed {
        agreement: AgreementId,
        town: TownId,
        from: Date,
        narrowing: String,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::ProfileIssued { effective_from, .. } => *effective_from,
            Self::Agreed { from, .. } => *from,
        }
    }
}
