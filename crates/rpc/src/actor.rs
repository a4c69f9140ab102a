//! Who calls, as what, and for whom.

use std::collections::BTreeSet;

pub use vocabulary::{Role, Scope};

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

impl Actor {
    /// Who holds a grant.
    pub(crate) fn new(id: vocabulary::Actor, access: &vocabulary::Access) -> Self {
        Self {
            id,
            roles: access.roles().clone(),
            scope: access.scope().clone(),
        }
    }

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
