//! What the events so far say of a grant.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Access, Actor, TokenHash};

use super::Event;

/// A grant, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Never granted.
    #[default]
    Unknown,
    /// Granted, perhaps revoked since.
    Known(Known),
}

/// A grant as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Whose it is.
    pub actor: Actor,
    /// Roles and scope.
    pub access: Access,
    /// Hash of the token in use.
    pub token: TokenHash,
    /// The token before it, where that was left valid for a while.
    pub former: Option<Former>,
    /// The last day, UTC.
    pub expires_on: Option<Date>,
    /// The day on which it was taken away.
    pub revoked_on: Option<Date>,
}

/// A token that another one replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Its hash.
    pub token: TokenHash,
    /// It is valid before this instant.
    pub until: Timestamp,
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::Given {
                    actor,
                    access,
                    token,
                    expires_on,
                    ..
                },
            ) => {
                *self = Self::Known(Known {
                    actor,
                    access,
                    token,
                    former: None,
                    expires_on,
                    revoked_on: None,
                });
            }
            (
                Self::Known(known),
                Event::Changed {
                    access, expires_on, ..
                },
            ) => (known.access, known.expires_on) = (access, expires_on),
            (
                Self::Known(known),
                Event::TokenRotated {
                    token,
                    former_until,
                    ..
                },
            ) => {
                let former = known.token;
                known.former = former_until.map(|until| Former {
                    token: former,
                    until,
                });
                known.token = token;
            }
            (Self::Known(known), Event::Revoked { on }) => known.revoked_on = Some(on),
            // Before it was given nothing can happen.
            (Self::Unknown, _) => {}
        }
    }
}
