//! What happened to a dossier: the stored form. Frozen by `tests/golden/dossier`; that of the
//! records inside by `eligibility`'s golden facts.

use eligibility::{Fact, Name, Position, RecordId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::OfficerId;

use crate::domain::Token;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Something became known of the officer.
    #[serde(rename = "recorded")]
    Recorded {
        officer: OfficerId,
        fact: Fact,
        /// Where in the vault the issuer's number lies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<Token>,
    },
    /// A record was never so.
    #[serde(rename = "voided")]
    Voided {
        officer: OfficerId,
        record: Position,
        /// What it said.
        said: Fact,
        on: Date,
    },
    /// A record is in doubt; it counts on.
    #[serde(rename = "questioned")]
    Questioned {
        officer: OfficerId,
        record: Position,
        /// Why, a code.
        because: Name,
        on: Date,
    },
    /// A credential can be renewed.
    #[serde(rename = "renewal_window_opened")]
    RenewalWindowOpened {
        officer: OfficerId,
        credential: RecordId,
        /// The window's first day.
        opens: Date,
        /// The credential's last day.
        until: Date,
    },
    /// A credential's last day has passed, and nothing renewed it.
    #[serde(rename = "credential_lapsed")]
    CredentialLapsed {
        officer: OfficerId,
        credential: RecordId,
        kind: Name,
        /// Its last day.
        until: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Recorded { fact, .. } => so_on(fact),
            Self::Voided { on, .. } | Self::Questioned { on, .. } => *on,
            Self::RenewalWindowOpened { opens, .. } => *opens,
            Self::CredentialLapsed { until, .. } => until.tomorrow().unwrap_or(*until),
        }
    }
}

/// The day from which a record says that something was so.
fn so_on(fact: &Fact) -> Date {
    match fact {
        Fact::Checked { on, .. }
        | Fact::AgeProved { on, .. }
        | Fact::OutcomeIssued { on, .. }
        | Fact::Removed { on, .. }
        | Fact::Assessed { on, .. }
        | Fact::PhaseSignedOff { on, .. }
        | Fact::Supervised { on, .. }
        | Fact::WaiverEnded { on, .. } => *on,
        Fact::CredentialGranted { from, .. }
        | Fact::CredentialSuspended { from, .. }
        | Fact::CredentialReinstated { from, .. }
        | Fact::CredentialRevoked { from, .. }
        | Fact::WaiverGranted { from, .. }
        | Fact::EquivalenceDecided { from, .. } => *from,
        // These two are events of their own, which have a day.
        Fact::Voided { .. } | Fact::Questioned { .. } => Date::constant(1900, 1, 1),
    }
}
