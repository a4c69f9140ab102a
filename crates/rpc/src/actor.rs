//! Who calls, as what, and for whom.

use std::collections::BTreeSet;
use std::fmt;

use vocabulary::{OfficerId, TownId};
pub use wire::access::v1::Role;

/// The caller of one call. Every call has one; the access layer puts it into the request's
/// extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account: a code such as `hr-2`, never a name.
    pub id: vocabulary::Actor,
    /// What it may do. Never empty.
    pub roles: BTreeSet<Role>,
    /// For whom.
    pub scope: Scope,
}

/// For whom an actor may act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody: the provider's own staff and services.
    Provider,
    /// These towns and no other.
    Towns(BTreeSet<TownId>),
    /// This officer and no other.
    Officer(OfficerId),
}

impl Actor {
    /// Whether the actor holds a role. No role implies another.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the actor may act for a town.
    pub fn covers_town(&self, town: &str) -> bool {
        match &self.scope {
            Scope::Provider => true,
            Scope::Towns(towns) => towns.iter().any(|t| t.as_str() == town),
            Scope::Officer(_) => false,
        }
    }

    /// Whether the actor may act for an officer.
    pub fn covers_officer(&self, officer: &str) -> bool {
        match &self.scope {
            Scope::Provider => true,
            Scope::Towns(_) => false,
            Scope::Officer(own) => own.as_str() == officer,
        }
    }
}

/// `barlow and milford`, `cso-114`, `everybody`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider => f.write_str("everybody"),
            Self::Towns(towns) => f.write_str(&list(towns.iter().map(TownId::as_str), "and")),
            Self::Officer(officer) => officer.fmt(f),
        }
    }
}

/// The role as grants and messages spell it: `scheduler`.
pub(crate) fn role_name(role: Role) -> String {
    role.as_str_name()
        .trim_start_matches("ROLE_")
        .to_ascii_lowercase()
}

/// The role of that name; the unspecified one has none.
pub(crate) fn role(name: &str) -> Option<Role> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase());
    Role::from_str_name(&format!("ROLE_{}", name.to_ascii_uppercase()))
        .filter(|role| plain && *role != Role::Unspecified)
}

/// `a, b and c`.
pub(crate) fn list(words: impl IntoIterator<Item = impl Into<String>>, and: &str) -> String {
    let mut words: Vec<String> = words.into_iter().map(Into::into).collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        last
    } else {
        format!("{} {and} {last}", words.join(", "))
    }
}
