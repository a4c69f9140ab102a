//! The calendar that an officer follows at a secret address: opened, replaced, revoked.
//!
//! The address ends in a token that its caller drew; only its SHA-256 is known here, so reading
//! what is stored opens no calendar.

use eventlog::{Class, Decider, Fact, Refuse, Violation};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TokenHash};

/// The aggregate `calendar/<officer>`.
#[derive(Debug, Clone, Copy)]
pub struct Calendar;

/// What is asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Open it at an address, or at another one.
    Open {
        /// Whose.
        officer: OfficerId,
        /// The address's token.
        token_sha256: TokenHash,
        /// Whether the registry knows the officer, and their employment is not over.
        employed: bool,
        /// Whether the token is, or was, another calendar's.
        taken: bool,
        /// Today.
        on: Date,
    },
    /// End the address.
    Revoke {
        /// Whose.
        officer: OfficerId,
        /// Today.
        on: Date,
    },
}

/// What happened: the stored form. Frozen by `tests/golden/calendar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is open at this address and no other.
    #[serde(rename = "opened")]
    Opened {
        officer: OfficerId,
        token_sha256: TokenHash,
        former: Option<TokenHash>,
        on: Date,
    },
    /// It is closed.
    #[serde(rename = "revoked")]
    Revoked {
        officer: OfficerId,
        token_sha256: TokenHash,
        on: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Opened { on, .. } | Self::Revoked { on, .. } => *on,
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The token of its address, while it is open.
    pub token: Option<TokenHash>,
}

/// Why a request about a calendar was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The officer {0} is not employed, by what is known here.")]
    NotEmployed(OfficerId),
    #[error("This token was used before: draw another one.")]
    TokenTaken,
    #[error("{0} has no calendar that is open.")]
    NotOpen(OfficerId),
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::NotEmployed(_) => "OFFICER_UNKNOWN",
            Self::TokenTaken => "TOKEN_TAKEN",
            Self::NotOpen(_) => "CALENDAR_NOT_OPEN",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::NotEmployed(_) | Self::NotOpen(_) => "officer",
            Self::TokenTaken => "token_sha256",
        };
        vec![Violation {
            field: field.to_owned(),
            description: self.to_string(),
        }]
    }

    fn class(&self) -> Class {
        match self {
            Self::NotEmployed(_) => Class::NotFound,
            Self::TokenTaken => Class::AlreadyExists,
            Self::NotOpen(_) => Class::FailedPrecondition,
        }
    }
}

impl Decider for Calendar {
    const STREAM: &'static str = "calendar";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
        match command.clone() {
            Command::Open {
                officer,
                employed: false,
                ..
            } => Err(Refusal::NotEmployed(officer)),
            Command::Open { taken: true, .. } => Err(Refusal::TokenTaken),
            Command::Open {
                officer,
                token_sha256,
                on,
                ..
            } => Ok(vec![Event::Opened {
                officer,
                token_sha256,
                former: state.token,
                on,
            }]),
            Command::Revoke { officer, on } => match state.token {
                None => Err(Refusal::NotOpen(officer)),
                Some(token_sha256) => Ok(vec![Event::Revoked {
                    officer,
                    token_sha256,
                    on,
                }]),
            },
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        state.token = match event {
            Event::Opened { token_sha256, .. } => Some(*token_sha256),
            Event::Revoked { .. } => None,
        };
    }

    /// An address is nobody else's business.
    fn publish(_: &State, _: &Event) -> Option<Fact> {
        None
    }
}

#[cfg(test)]
mod tests;
