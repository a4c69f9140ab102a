//! What happened to a grant: the stored form. Frozen by `tests/golden/grant`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Access, Actor, TokenHash};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The actor got access, for the first time or again.
    #[serde(rename = "given")]
    Given {
        actor: Actor,
        access: Access,
        token: TokenHash,
        expires_on: Option<Date>,
        on: Date,
    },
    /// Roles, scope or last day became other; all as they stand since.
    #[serde(rename = "changed")]
    Changed {
        access: Access,
        expires_on: Option<Date>,
        on: Date,
    },
    /// Another token took the old one's place, which stays valid until `former_until`, if set.
    #[serde(rename = "token_rotated")]
    TokenRotated {
        token: TokenHash,
        former_until: Option<Timestamp>,
        on: Date,
    },
    /// Access was taken away.
    #[serde(rename = "revoked")]
    Revoked { on: Date },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Given { on, .. }
            | Self::Changed { on, .. }
            | Self::TokenRotated { on, .. }
            | Self::Revoked { on } => *on,
        }
    }
}
