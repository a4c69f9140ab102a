//! Rows and outcomes into answers.

use eventlog::Outcome;
use rpc::grants::GrantRow;
use tonic::Status;
use vocabulary::Scope;
use wire::convert::{date_text, timestamp_value};
use wire::registry::v1 as proto;

use crate::domain::grant::Event;

pub(super) fn grant(row: GrantRow) -> proto::Grant {
    let mut grant = proto::Grant {
        actor: row.actor.to_string(),
        token_sha256: row.token.to_string(),
        expires_on: row.expires_on.map(date_text).unwrap_or_default(),
        former_until: row.former.map(|(_, until)| timestamp_value(until)),
        revoked_on: row.revoked_on.map(date_text).unwrap_or_default(),
        seq: row.seq,
        ..proto::Grant::default()
    };
    let Some(access) = row.access else {
        return grant;
    };
    grant.roles = access.roles().iter().map(ToString::to_string).collect();
    match access.scope() {
        Scope::Provider => {}
        Scope::Towns(towns) => grant.towns = towns.iter().map(ToString::to_string).collect(),
        Scope::Officer(officer) => grant.officer = officer.to_string(),
    }
    grant
}

/// Until when the old token is valid.
pub(super) fn rotated(outcome: &Outcome) -> Result<proto::RotateTokenResponse, Status> {
    let mut former_until = None;
    for recorded in &outcome.events {
        if let Event::TokenRotated {
            former_until: until,
            ..
        } = recorded.event().map_err(rpc::refuse)?
        {
            former_until = until.map(timestamp_value);
        }
    }
    Ok(proto::RotateTokenResponse {
        seq: outcome.last_seq,
        former_until,
    })
}
