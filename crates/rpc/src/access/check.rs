//! The decision: may this actor make this call? Pure.

use prost_reflect::MessageDescriptor;
use wire::access::v1::Scope as Asked;
use wire::{Refusal, Violation};

use super::field;
use super::rules::{Declared, Rule};
use crate::actor::{Actor, Scope, list};

/// Why a call is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// Stable: `ROLE_MISSING`, `SCOPE_FOREIGN`, `SCOPE_EMPTY`, `SCOPE_KIND`, `NO_ACCESS_DECLARED`.
    pub reason: &'static str,
    /// For people.
    pub message: String,
    /// The request field at fault, if one is.
    pub field: Option<String>,
}

impl Denied {
    fn new(reason: &'static str, message: String) -> Self {
        Self {
            reason,
            message,
            field: None,
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let violation = denied
            .field
            .map(|field| Violation::new(field, denied.message.clone()));
        Refusal::new(tonic::Code::PermissionDenied, denied.reason, denied.message)
            .violations(violation)
    }
}

impl Declared {
    /// The rules that an actor's roles open; denied when there is none.
    pub(crate) fn open_to(&self, actor: &Actor) -> Result<Vec<&Rule>, Denied> {
        if self.rules.is_empty() {
            let message = "This RPC declares no access, so nobody may call it.".to_owned();
            return Err(Denied::new("NO_ACCESS_DECLARED", message));
        }
        let open = |rule: &&Rule| rule.roles.iter().any(|role| actor.has(*role));
        let open: Vec<&Rule> = self.rules.iter().filter(open).collect();
        if open.is_empty() {
            let mut needed: Vec<_> = self.rules.iter().flat_map(|r| r.roles.clone()).collect();
            needed.sort();
            needed.dedup();
            let held = list(actor.roles.iter().map(|role| role.name()), "and");
            let needed = list(needed.into_iter().map(|role| role.name()), "or");
            let message = format!(
                "{} holds the role {held}; this call needs {needed}.",
                actor.id
            );
            return Err(Denied::new("ROLE_MISSING", message));
        }
        Ok(open)
    }

    /// Whether the actor's scope covers the request by one of the rules at least.
    pub(crate) fn covered(
        &self,
        actor: &Actor,
        open: &[&Rule],
        message: &[u8],
    ) -> Result<Result<(), Denied>, prost::DecodeError> {
        let mut denied = Ok(());
        for rule in open {
            denied = rule.covered(actor, &self.input, message)?;
            if denied.is_ok() {
                break;
            }
        }
        Ok(denied)
    }
}

impl Rule {
    /// Whether the request itself must be read to decide.
    pub(crate) fn reads_request(&self, actor: &Actor) -> bool {
        matches!(
            (self.scope, &actor.scope),
            (Asked::Town, Scope::Towns(_)) | (Asked::Officer, Scope::Officer(_))
        )
    }

    fn covered(
        &self,
        actor: &Actor,
        input: &MessageDescriptor,
        message: &[u8],
    ) -> Result<Result<(), Denied>, prost::DecodeError> {
        let covers: fn(&Actor, &str) -> bool = match (self.scope, &actor.scope) {
            (Asked::None, _) | (_, Scope::Provider) => return Ok(Ok(())),
            (Asked::Town, Scope::Towns(_)) => Actor::covers_town,
            (Asked::Officer, Scope::Officer(_)) => Actor::covers_officer,
            (asked, own) => return Ok(Err(wrong_kind(actor, asked, own))),
        };
        let named = field::texts(input, message, &self.field)?;
        let (id, own, field) = (&actor.id, &actor.scope, &self.field);
        let denied = |reason, message| Denied {
            reason,
            message,
            field: Some(field.clone()),
        };
        let empty = || format!("{id} may act for {own} only: set the field {field}.");
        Ok(match named.iter().find(|name| !covers(actor, name)) {
            _ if named.is_empty() => Err(denied("SCOPE_EMPTY", empty())),
            Some(name) if name.is_empty() => Err(denied("SCOPE_EMPTY", empty())),
            Some(name) => {
                let message = format!("{id} may act for {own} only, not for {name}.");
                Err(denied("SCOPE_FOREIGN", message))
            }
            None => Ok(()),
        })
    }
}

fn wrong_kind(actor: &Actor, asked: Asked, own: &Scope) -> Denied {
    let about = match asked {
        Asked::Town => "about towns",
        Asked::Officer => "about officers",
        Asked::None | Asked::Provider => "across all towns and officers",
    };
    let message = format!(
        "{} may act for {own} only; this call goes {about}.",
        actor.id
    );
    Denied::new("SCOPE_KIND", message)
}
