//! Requests about grants into commands. What other tables must add is filled in by the caller.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tonic::Status;
use vocabulary::access::Mismatch;
use vocabulary::{Access, Actor, OfficerId};
use wire::convert::{all, optional, optional_date, required};
use wire::registry::v1 as proto;
use wire::{Refusal, Violation};

use crate::domain::grant::{Change, Give, Revoke, Rotate, Unknown};

pub(super) fn give(request: &proto::GrantAccessRequest, on: Date) -> Result<Give, Status> {
    let (actor, token, expires_on, access) = all((
        required("actor", &request.actor),
        required("token_sha256", &request.token_sha256),
        optional_date("expires_on", &request.expires_on),
        access(&request.roles, &request.towns, &request.officer),
    ))?;
    Ok(Give {
        actor,
        access,
        token,
        token_known: false,
        expires_on,
        unknown: Unknown::default(),
        on,
    })
}

pub(super) fn change(request: &proto::ChangeGrantRequest, on: Date) -> Result<Change, Status> {
    let (actor, expires_on, access) = all((
        required("actor", &request.actor),
        optional_date("expires_on", &request.expires_on),
        access(&request.roles, &request.towns, &request.officer),
    ))?;
    Ok(Change {
        actor,
        access,
        expires_on,
        unknown: Unknown::default(),
        own_last_admin: false,
        on,
    })
}

pub(super) fn rotate(request: &proto::RotateTokenRequest, at: Timestamp) -> Result<Rotate, Status> {
    let (actor, token) = all((
        required("actor", &request.actor),
        required("token_sha256", &request.token_sha256),
    ))?;
    Ok(Rotate {
        actor,
        token,
        token_known: false,
        overlap: SignedDuration::from_mins(i64::from(request.overlap_minutes)),
        at,
        on: at.to_zoned(TimeZone::UTC).date(),
    })
}

pub(super) fn revoke(request: &proto::RevokeAccessRequest, on: Date) -> Result<Revoke, Status> {
    Ok(Revoke {
        actor: actor(&request.actor)?,
        own_last_admin: false,
        on,
    })
}

pub(super) fn actor(text: &str) -> Result<Actor, Status> {
    required("actor", text).map_err(|wrong| Refusal::from(vec![wrong]).into())
}

fn access(roles: &[String], towns: &[String], officer: &str) -> Result<Access, Violation> {
    let roles = roles.iter().map(|role| required("roles", role));
    let roles = roles.collect::<Result<BTreeSet<_>, _>>()?;
    let towns = towns.iter().map(|town| required("towns", town));
    let towns = towns.collect::<Result<BTreeSet<_>, _>>()?;
    let officer: Option<OfficerId> = optional("officer", officer)?;
    let mismatch = |wrong: Mismatch| Violation::new(wrong.field(), wrong.to_string());
    let scope = Access::scope_of((!towns.is_empty()).then_some(towns), officer);
    scope
        .and_then(|scope| Access::try_new(roles, scope))
        .map_err(mismatch)
}
