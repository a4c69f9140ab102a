//! Grants kept in a TOML file: what must be there before any event is, and whoever must get in
//! when nothing else works.
//!
//! ```toml
//! [[grant]]
//! actor = "service"
//! roles = ["service"]
//! token_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
//!
//! [[grant]]
//! actor = "break-glass"
//! roles = ["admin"]              # also: towns = ["barlow"], or officer = "cso-114"
//! token_sha256 = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
//! expires_on = "2027-06-30"      # optional: the last day, UTC
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use tokio::sync::watch;
use vocabulary::{Access, OfficerId, Role, TokenHash, TownId};

use super::{Found, Grant, Grants, Held, Standing};
use crate::actor::Actor;

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
    held: watch::Sender<Loaded>,
}

type Loaded = Arc<[(TokenHash, Arc<Grant>)]>;

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
    fn find(&self, token: &TokenHash) -> Found {
        let held = self.held.borrow();
        // Every entry is compared: how long it takes says nothing about where a match stands.
        held.iter().fold(Found::Nobody, |found, (hash, grant)| {
            if hash == token {
                Found::Held(Held {
                    grant: Arc::clone(grant),
                    standing: Standing::InForce,
                    confirmed_at: None,
                })
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
    roles: BTreeSet<Role>,
    towns: Option<BTreeSet<TownId>>,
    officer: Option<OfficerId>,
    token_sha256: TokenHash,
    expires_on: Option<Date>,
}

fn load(path: &Path) -> Result<Loaded, GrantsError> {
    let fail = |problem: String| GrantsError {
        path: path.to_owned(),
        problem,
    };
    let text = std::fs::read_to_string(path).map_err(|e| fail(format!("cannot be read: {e}")))?;
    let file: File = toml::from_str(&text).map_err(|e| fail(e.to_string()))?;
    let mut held: Vec<(TokenHash, Arc<Grant>)> = Vec::new();
    for entry in file.grant {
        let (actor, hash, expires_on) = (entry.actor, entry.token_sha256, entry.expires_on);
        let access = Access::scope_of(entry.towns, entry.officer)
            .and_then(|scope| Access::try_new(entry.roles, scope))
            .map_err(|why| fail(format!("{actor}: {why}")))?;
        if let Some((_, other)) = held.iter().find(|(held, _)| *held == hash) {
            let other = &other.actor.id;
            return Err(fail(format!(
                "{actor} and {other} share a token: give each its own"
            )));
        }
        let actor = Actor::new(actor, &access);
        held.push((hash, Arc::new(Grant { actor, expires_on })));
    }
    Ok(held.into())
}
