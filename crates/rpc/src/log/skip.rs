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

/// Refused to operators where passing over would undo what the fact takes away.
///
/// What is parked may be another fact by the time it is passed over. So of the registry's log
/// operators pass over only what is seen here to be harmless: which command made a fact, and of
/// what kind its facts are, never changes.
pub(super) async fn permitted(
    store: &Store,
    actor: &Actor,
    (consumer, log, seq): (&str, &LogId, u64),
) -> Result<(), Status> {
    if actor.has(Role::Admin) || log.as_str() != "registry" {
        return Ok(());
    }
    let parked = store.parked().await.map_err(refuse)?;
    let within = |parked: &&Parked| {
        parked.consumer == consumer
            && parked.log == *log
            && (parked.seq..=parked.upto).contains(&seq)
    };
    let Some(parked) = parked.iter().find(within) else {
        let message = format!(
            "The fact {log}:{seq} is not parked for {consumer}: look again at what is parked."
        );
        return Err(Refusal::new(Code::FailedPrecondition, "PARKED_ELSEWHERE", message).into());
    };
    if !takes_away(&parked.kind) {
        return Ok(());
    }
    let message = format!(
        "{log}:{seq} ({}) takes access or a name away: to go on without it would undo that, so it \
         needs the role admin.",
        parked.kind
    );
    Err(Refusal::new(Code::PermissionDenied, "ROLE_MISSING", message).into())
}
