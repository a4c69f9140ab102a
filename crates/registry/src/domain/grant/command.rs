//! What administrators ask of a grant. Every value is valid in itself; whether it may be is
//! decided. What other streams know was looked up just before.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use vocabulary::{Access, Actor, OfficerId, TokenHash, TownId};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Gives access.
    Give(Give),
    /// Changes what is allowed.
    Change(Change),
    /// Gives another token.
    Rotate(Rotate),
    /// Takes access away.
    Revoke(Revoke),
}

/// See [`Command::Give`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Give {
    /// To whom.
    pub actor: Actor,
    /// Roles and scope.
    pub access: Access,
    /// Hash of the token.
    pub token: TokenHash,
    /// Whether that hash was ever given out before.
    pub token_known: bool,
    /// The last day, UTC.
    pub expires_on: Option<Date>,
    /// Towns and officers of the scope that nobody registered or enrolled.
    pub unknown: Unknown,
    /// The day of the request, UTC.
    pub on: Date,
}

/// See [`Command::Change`]: everything but the token as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub actor: Actor,
    /// Roles and scope.
    pub access: Access,
    /// The last day, UTC.
    pub expires_on: Option<Date>,
    /// Towns and officers of the scope that nobody registered or enrolled.
    pub unknown: Unknown,
    /// Whether the caller changes its own grant, and no other grant of the role `admin` is left.
    pub own_last_admin: bool,
    /// The day of the request, UTC.
    pub on: Date,
}

/// See [`Command::Rotate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotate {
    /// Whose.
    pub actor: Actor,
    /// Hash of the new token.
    pub token: TokenHash,
    /// Whether that hash was ever given out before.
    pub token_known: bool,
    /// How long the old token stays valid.
    pub overlap: SignedDuration,
    /// When this is asked.
    pub at: Timestamp,
    /// The day of the request, UTC.
    pub on: Date,
}

/// See [`Command::Revoke`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Whose.
    pub actor: Actor,
    /// Whether the caller revokes its own grant, and no other grant of the role `admin` is left.
    pub own_last_admin: bool,
    /// The day of the request, UTC.
    pub on: Date,
}

/// What a scope names and the registry does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Towns that nobody registered.
    pub towns: BTreeSet<TownId>,
    /// An officer whom nobody enrolled.
    pub officer: Option<OfficerId>,
}
