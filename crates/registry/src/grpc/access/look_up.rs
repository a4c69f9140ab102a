//! What a command about a grant must know of others, read from this service's own tables just
//! before it runs.
//!
//! # Why
//!
//! Towns and officers never go away. Two administrators who give the very same token to two actors
//! in the same moment can both slip through: that token then opens nothing
//! (`rpc::grants::Followed`). Two who take the role `admin` from themselves in the same moment can,
//! too: then the grants file lets somebody in.

use eventlog::{Page, Store};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tonic::Status;
use vocabulary::{Actor, Role, Scope, TokenHash};

use crate::domain::grant::Unknown;
use crate::projection::{grants, officers, tokens, towns};

/// Grants read at once.
const PAGE: u32 = 1_000;

/// The day it is, UTC: grants know no zone.
pub(super) fn today(store: &Store) -> Date {
    let now = store.surroundings().now();
    now.to_zoned(TimeZone::UTC).date()
}

/// Whether a token was ever given out.
pub(super) async fn is_given_out(store: &Store, token: &TokenHash) -> Result<bool, Status> {
    let given = tokens::given_to(store, token).await;
    Ok(given.map_err(rpc::refuse)?.is_some())
}

/// What of a scope nobody registered or enrolled.
pub(super) async fn unknown(store: &Store, scope: &Scope) -> Result<Unknown, Status> {
    let mut unknown = Unknown::default();
    match scope {
        Scope::Provider => {}
        Scope::Towns(named) => {
            for town in named {
                let found = towns::find(store, town).await.map_err(rpc::refuse)?;
                if found.is_none() {
                    unknown.towns.insert(town.clone());
                }
            }
        }
        Scope::Officer(officer) => {
            let found = officers::find(store, officer).await.map_err(rpc::refuse)?;
            if found.is_none() {
                unknown.officer = Some(officer.clone());
            }
        }
    }
    Ok(unknown)
}

/// Whether the caller is that actor and holds the last grant of the role `admin`.
pub(super) async fn is_own_last_admin(
    store: &Store,
    caller: &rpc::Actor,
    actor: &Actor,
) -> Result<bool, Status> {
    if caller.id != *actor {
        return Ok(false);
    }
    let today = today(store);
    let (mut own, mut others) = (false, false);
    let mut page = Page::first(PAGE);
    loop {
        let rows = grants::list(store, &page).await.map_err(rpc::refuse)?;
        let Some(last) = rows.last() else { break };
        page.after = last.key.clone();
        for row in rows.into_iter().map(|row| row.row) {
            let access = row.access.as_ref();
            let admin = access.is_some_and(|access| access.roles().contains(&Role::Admin));
            let over = row.expires_on.is_some_and(|last| last < today);
            if admin && row.revoked_on.is_none() && !over {
                own |= row.actor == *actor;
                others |= row.actor != *actor;
            }
        }
    }
    Ok(own && !others)
}
