//! Which token belongs to which actor.
//!
//! ```text
//! token ─▶ SHA-256 ─▶ the grants file ─▶ else what the registry granted, followed in memory
//! ```
//!
//! # Why
//!
//! Everything that is kept holds hashes, so reading it gives nobody a token. The file stands for
//! what must work before any event does: services that read each other's logs, and an
//! administrator who must get in when nothing else works. All other grants are the registry's.

mod file;
mod follow;
mod mirror;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
pub use vocabulary::TokenHash;
use vocabulary::{Scope, TownId};

use crate::actor::Actor;
pub use file::{GrantsError, GrantsFile};
pub use follow::{FileFirst, Followed, Origin};
pub use mirror::{GrantRow, TABLE, VERSION, check, mirror};

/// Where tokens are looked up. Called for every call, so it must answer from memory.
pub trait Grants: Send + Sync + 'static {
    /// The grant that the token belongs to, in force or not.
    fn find(&self, token: &TokenHash) -> Found;
}

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It belongs to nobody.
    Nobody,
    /// It may belong to somebody: what the registry granted is not known here yet.
    Unconfirmed,
    /// It belongs to this grant.
    Held(Held),
}

/// A grant as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The grant.
    pub grant: Arc<Grant>,
    /// Whether the token counts.
    pub standing: Standing,
    /// When what is known here was last confirmed current; none where that needs no confirming.
    pub confirmed_at: Option<Timestamp>,
}

/// How a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    InForce,
    /// Another one took its place.
    Replaced {
        /// It counts before this instant.
        until: Timestamp,
    },
    /// Its grant was taken away.
    Revoked {
        /// On this day, UTC.
        on: Date,
    },
}

/// What a token gives its bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who the bearer is, as what, and for whom.
    pub actor: Actor,
    /// Last day of validity, UTC; none for ever.
    pub expires_on: Option<Date>,
}

impl Grant {
    /// The grant as a block of a grants file.
    pub fn to_toml(&self, token: &TokenHash) -> String {
        let quoted = |words: Vec<String>| {
            words
                .iter()
                .map(|w| format!("\"{w}\""))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let roles = quoted(self.actor.roles.iter().map(ToString::to_string).collect());
        let scope = match &self.actor.scope {
            Scope::Provider => String::new(),
            Scope::Towns(towns) => {
                format!(
                    "towns = [{}]\n",
                    quoted(towns.iter().map(TownId::to_string).collect())
                )
            }
            Scope::Officer(officer) => format!("officer = \"{officer}\"\n"),
        };
        let actor = &self.actor.id;
        let expiry = self
            .expires_on
            .map(|day| format!("expires_on = \"{day}\"\n"));
        format!(
            "[[grant]]\nactor = \"{actor}\"\nroles = [{roles}]\n{scope}\
             token_sha256 = \"{token}\"\n{}",
            expiry.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests;
