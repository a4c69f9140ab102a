//! Which token belongs to which actor.
//!
//! ```toml
//! [[grant]]
//! actor = "clerk-barlow"
//! roles = ["town"]
//! towns = ["barlow"]             # or: officer = "cso-114"; neither: acts for everybody
//! token_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
//! expires_on = "2027-06-30"      # optional: the last day, UTC
//! ```
//!
//! # Why
//!
//! The file holds hashes, so reading it gives nobody a token. Tokens carry 256 random bits, so
//! a plain SHA-256 is enough: there is nothing to guess.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use vocabulary::{OfficerId, TownId};

use crate::actor::{Actor, Role, Scope, list, role, role_name};

/// Where tokens are looked up. Called for every call, so it must answer from memory.
pub trait Grants: Send + Sync + 'static {
    /// The grant that the token belongs to, expired or not.
    fn find(&self, token: &TokenHash) -> Option<Arc<Grant>>;
}

/// What a token gives its bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who the bearer is, as what, and for whom.
    pub actor: Actor,
    /// Last day of validity, UTC; none for ever.
    pub expires_on: Option<Date>,
}

/// SHA-256 of a bearer token. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        let differing = self
            .0
            .iter()
            .zip(other.0)
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        std::hint::black_box(differing) == 0
    }
}

impl Eq for TokenHash {}

/// 64 hexadecimal digits.
impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
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
        let roles = quoted(self.actor.roles.iter().map(|r| role_name(*r)).collect());
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

/// Why a grants file cannot be used. Names file, grant and what to change.
#[derive(Debug, thiserror::Error)]
#[error("grants file {}: {problem}", path.display())]
pub struct GrantsError {
    path: PathBuf,
    problem: String,
}

/// Grants kept in a TOML file.
pub struct GrantsFile {
    path: PathBuf,
    held: watch::Sender<Held>,
}

type Held = Arc<[(TokenHash, Arc<Grant>)]>;

impl GrantsFile {
    /// Reads the file.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, GrantsError> {
        let path = path.into();
        let held = watch::Sender::new(load(&path)?);
        Ok(Self { path, held })
    }

    /// Reads the file again and returns how many grants it holds. A file that cannot be used
    /// changes nothing.
    pub fn reload(&self) -> Result<usize, GrantsError> {
        let held = load(&self.path)?;
        let count = held.len();
        self.held.send_replace(held);
        Ok(count)
    }
}

impl Grants for GrantsFile {
    fn find(&self, token: &TokenHash) -> Option<Arc<Grant>> {
        let held = self.held.borrow();
        // Every entry is compared: how long it takes says nothing about where a match stands.
        held.iter().fold(None, |found, (hash, grant)| {
            if hash == token {
                Some(Arc::clone(grant))
            } else {
                found
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    grant: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    actor: vocabulary::Actor,
    roles: Vec<String>,
    towns: Option<BTreeSet<TownId>>,
    officer: Option<OfficerId>,
    token_sha256: String,
    expires_on: Option<Date>,
}

fn load(path: &Path) -> Result<Held, GrantsError> {
    let fail = |problem: String| GrantsError {
        path: path.to_owned(),
        problem,
    };
    let text = std::fs::read_to_string(path).map_err(|e| fail(format!("cannot be read: {e}")))?;
    let file: File = toml::from_str(&text).map_err(|e| fail(e.to_string()))?;
    let mut held: Vec<(TokenHash, Arc<Grant>)> = Vec::new();
    for entry in file.grant {
        let actor = entry.actor.to_string();
        let (hash, grant) = entry
            .check()
            .map_err(|why| fail(format!("{actor}: {why}")))?;
        if let Some((_, other)) = held.iter().find(|(held, _)| *held == hash) {
            let other = &other.actor.id;
            return Err(fail(format!(
                "{actor} and {other} share a token: give each its own"
            )));
        }
        held.push((hash, Arc::new(grant)));
    }
    Ok(held.into())
}

impl Entry {
    fn check(self) -> Result<(TokenHash, Grant), String> {
        let hash = TokenHash::from_hex(&self.token_sha256)
            .ok_or("token_sha256 is not 64 hexadecimal digits")?;
        let mut roles = BTreeSet::new();
        for name in &self.roles {
            let known = || {
                (1..=10)
                    .filter_map(|n| Role::try_from(n).ok())
                    .map(role_name)
            };
            let unknown = || format!("\"{name}\" is no role: use {}", list(known(), "or"));
            roles.insert(role(name).ok_or_else(unknown)?);
        }
        let scope = match (self.towns, self.officer) {
            (None, None) => Scope::Provider,
            (Some(towns), None) if !towns.is_empty() => Scope::Towns(towns),
            (None, Some(officer)) => Scope::Officer(officer),
            (Some(_), None) => return Err("towns is empty: name one, or leave it out".into()),
            (Some(_), Some(_)) => return Err("give towns or officer, not both".into()),
        };
        // A town's clerk or an officer without a scope would act for everybody.
        match (
            &scope,
            roles.contains(&Role::Town),
            roles.contains(&Role::Officer),
        ) {
            _ if roles.is_empty() => Err("roles is empty: name at least one".into()),
            (Scope::Provider | Scope::Officer(_), true, _) => {
                Err("the role town needs towns".into())
            }
            (Scope::Provider | Scope::Towns(_), _, true) => {
                Err("the role officer needs officer".into())
            }
            _ => {
                let actor = Actor {
                    id: self.actor,
                    roles,
                    scope,
                };
                Ok((
                    hash,
                    Grant {
                        actor,
                        expires_on: self.expires_on,
                    },
                ))
            }
        }
    }
}

#[cfg(test)]
#[path = "grants/tests.rs"]
mod tests;
