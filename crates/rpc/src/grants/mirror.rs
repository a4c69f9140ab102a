//! Grants as the registry tells them: one table, kept alike by the registry and its listeners.

use std::collections::BTreeSet;

use eventlog::{FactRow, Mirror, Typed, TypedMirror};
use jiff::Timestamp;
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{Access, Role, TokenHash};
use wire::convert;
use wire::registry::v1 as facts;

/// The table's name, as a projection of the registry and as a mirror elsewhere.
pub const TABLE: &str = "grants";
/// Its version: raised when [`GrantRow`] changes.
pub const VERSION: u32 = 1;

/// One actor's grant; the key is the actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// Whose it is.
    pub actor: vocabulary::Actor,
    /// What it allows, for whom; nothing if this program knows none of its roles.
    pub access: Option<Access>,
    /// Hash of the token in use.
    pub token: TokenHash,
    /// Hash of the token before it, and until when that is valid too.
    pub former: Option<(TokenHash, Timestamp)>,
    /// The last day, UTC.
    pub expires_on: Option<Date>,
    /// The day on which it was taken away, UTC.
    pub revoked_on: Option<Date>,
    /// Position of its last change in the registry's log.
    pub seq: u64,
}

/// The mirror of grants, for every service that listens to the registry.
pub fn mirror() -> Box<dyn Mirror> {
    Box::new(Typed::of::<GrantsMirror>())
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub fn check(fact: &FactRow) -> Result<(), String> {
    learnt(fact).map(|_| ())
}

/// What a fact says of a grant.
enum Learnt {
    Stands(GrantRow),
    Revoked(vocabulary::Actor, Date),
}

fn learnt(fact: &FactRow) -> Result<Option<Learnt>, String> {
    if fact.log.as_str() != "registry" {
        return Ok(None);
    }
    let wrong = |e: &dyn std::fmt::Display| {
        let FactRow { kind, log, seq, .. } = fact;
        format!("{kind} {log}:{seq} cannot be read: {e}")
    };
    let bytes = fact.bytes.as_slice();
    let grant = match fact.kind.as_str() {
        "AccessGranted" => facts::AccessGranted::decode(bytes).map(|fact| fact.grant),
        "AccessChanged" => facts::AccessChanged::decode(bytes).map(|fact| fact.grant),
        "TokenRotated" => facts::TokenRotated::decode(bytes).map(|fact| fact.grant),
        "AccessRevoked" => {
            let fact = facts::AccessRevoked::decode(bytes).map_err(|e| wrong(&e))?;
            let actor = fact.actor.parse().map_err(|e| wrong(&e))?;
            let on = fact.on.parse().map_err(|e| wrong(&e))?;
            return Ok(Some(Learnt::Revoked(actor, on)));
        }
        _ => return Ok(None),
    };
    let grant = grant.map_err(|e| wrong(&e))?;
    let grant = grant.ok_or_else(|| wrong(&"it holds no grant"))?;
    let row = row(grant, fact.seq).map_err(|e| wrong(&e))?;
    Ok(Some(Learnt::Stands(row)))
}

fn row(grant: facts::AccessGrant, seq: u64) -> Result<GrantRow, String> {
    let wrong = |e: &dyn std::fmt::Display| e.to_string();
    let towns = grant.towns.iter().map(|town| town.parse());
    let towns: BTreeSet<_> = towns.collect::<Result<_, _>>().map_err(|e| wrong(&e))?;
    let officer = convert::optional("officer", &grant.officer).map_err(|v| v.description)?;
    let scope = Access::scope_of((!towns.is_empty()).then_some(towns), officer);
    let scope = scope.map_err(|e| wrong(&e))?;
    // A role of a later version opens nothing here, and no other role closes because of it.
    let roles = grant.roles.iter().filter_map(|role| role.parse().ok());
    let roles: BTreeSet<Role> = roles.collect();
    let expires_on = convert::optional_date("expires_on", &grant.expires_on);
    let former_until = convert::optional_timestamp("former_until", grant.former_until.as_ref())
        .map_err(|v| v.description)?;
    let former = match former_until {
        None => None,
        Some(until) => Some((
            grant.former_token_sha256.parse().map_err(|e| wrong(&e))?,
            until,
        )),
    };
    Ok(GrantRow {
        actor: grant.actor.parse().map_err(|e| wrong(&e))?,
        access: Access::try_new(roles, scope).ok(),
        token: grant.token_sha256.parse().map_err(|e| wrong(&e))?,
        former,
        expires_on: expires_on.map_err(|v| v.description)?,
        revoked_on: None,
        seq,
    })
}

struct GrantsMirror;

impl TypedMirror for GrantsMirror {
    const NAME: &'static str = TABLE;
    const VERSION: u32 = VERSION;
    type Row = GrantRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        // The listener has checked every fact before a mirror sees it.
        match learnt(fact) {
            Ok(Some(Learnt::Stands(row))) => vec![row.actor.to_string()],
            Ok(Some(Learnt::Revoked(actor, _))) => vec![actor.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _: &str, old: Option<GrantRow>) -> Option<GrantRow> {
        match learnt(fact) {
            Ok(Some(Learnt::Stands(row))) => Some(row),
            Ok(Some(Learnt::Revoked(_, on))) => old.map(|row| GrantRow {
                revoked_on: Some(on),
                seq: fact.seq,
                ..row
            }),
            _ => old,
        }
    }
}
