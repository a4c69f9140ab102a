//! Who may let a listener go on without a fact.

use eventlog::{LogId, Parked, Store};
use tonic::{Code, Status};
use wire::Refusal;

use crate::actor::{Actor, Role};
use crate::refuse::refuse;

/// Facts of the registry that shut somebody out, or take a name away.
fn takes_away(kind: &str) -> bool {
    kind.starts_with("Access") || matches!(kind, "TokenRotated" | "OfficerErased")
}

/// Refused to operators where passing over would undo what the fact takes away. Where the fact is
/// not parked, the store says so, or knows the command from before.
pub(super) async fn permitted(
    store: &Store,
    actor: &Actor,
    (consumer, log, seq): (&str, &LogId, u64),
) -> Result<(), Status> {
    if actor.has(Role::Admin) || log.as_str() != "registry" {
        return Ok(());
    }
    let parked = store.parked().await.map_err(refuse)?;
    let guarded = |parked: &&Parked| {
        let here = parked.consumer == consumer && parked.log == *log;
        here && (parked.seq..=parked.upto).contains(&seq) && takes_away(&parked.kind)
    };
    let Some(parked) = parked.iter().find(guarded) else {
        return Ok(());
    };
    let message = format!(
        "{log}:{seq} ({}) takes access or a name away: to go on without it would undo that, so it \
         needs the role admin.",
        parked.kind
    );
    Err(Refusal::new(Code::PermissionDenied, "ROLE_MISSING", message).into())
}
