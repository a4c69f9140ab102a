//! A roster proposed, and applied as it was seen.

use roster::{Assigned, Suggestion};
use rpc::internal;
use tonic::{Code, Request, Response, Status};
use wire::scheduling::v1 as pb;
use wire::{Violation, status};

use super::{Answer, Scheduling, parse, reply};
use crate::domain::outlook::{Outlook, Period, ROUNDS};
use crate::domain::roster::Act;
use crate::mirror::Of;

/// A proposal with all that is told of it.
struct Proposed {
    outlook: Outlook,
    suggestion: Suggestion,
    breaches: Vec<String>,
}

/// Searching takes a thread for as long as it takes; calls go on meanwhile.
async fn propose(
    scheduling: &Scheduling,
    period: Period,
    seed: u64,
    rounds: u32,
) -> Result<Proposed, Status> {
    let outlook = scheduling.outlook(Of::All, period).await?;
    let rounds = if rounds == 0 { ROUNDS.0 } else { rounds };
    if rounds > ROUNDS.1 {
        let problem = format!("{rounds} rounds: give at most {}", ROUNDS.1);
        return Err(Violation::new("rounds", problem).into());
    }
    let search = move || {
        let suggestion = outlook.suggest(period, seed, rounds);
        let breaches = outlook.breaches(period, &suggestion.assigned);
        Proposed {
            outlook,
            suggestion,
            breaches,
        }
    };
    let found = tokio::task::spawn_blocking(search).await;
    found.map_err(|e| internal(&e))
}

/// What tells one proposal from another: who takes what.
fn digest(assigned: &[Assigned]) -> String {
    let line = |one: &Assigned| format!("{} {}\n", one.shift.id(), one.officer);
    let text: String = assigned.iter().map(line).collect();
    proof::Hash::of(text.as_bytes()).to_string()
}

pub(super) async fn suggest(
    scheduling: &Scheduling,
    request: Request<pb::SuggestRosterRequest>,
) -> Answer<pb::SuggestRosterResponse> {
    let asked = request.get_ref();
    let period = parse::period(&asked.from, &asked.until)?;
    let found = propose(scheduling, period, asked.seed, asked.rounds).await?;
    let mut answer = reply::suggestion(&found.suggestion);
    answer.breaches = found.breaches;
    answer.digest = digest(&found.suggestion.assigned);
    Ok(Response::new(answer))
}

pub(super) async fn apply(
    scheduling: &Scheduling,
    request: Request<pb::ApplySuggestionRequest>,
) -> Answer<pb::ApplySuggestionResponse> {
    let asked = request.get_ref();
    let period = parse::period(&asked.from, &asked.until)?;
    let found = propose(scheduling, period, asked.seed, asked.rounds).await?;
    if digest(&found.suggestion.assigned) != asked.digest {
        let message = "The roster would be another one than was seen: something changed since. \
                       Ask for a suggestion again.";
        let violation = Violation::new("digest", "is of another proposal");
        return Err(status(
            Code::FailedPrecondition,
            "SUGGESTION_CHANGED",
            message,
            [violation],
        ));
    }
    let pairs: Vec<_> = found
        .suggestion
        .assigned
        .into_iter()
        .map(|one| (one.shift.id().clone(), one.officer))
        .collect();
    let assigned = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
    let known = std::sync::Arc::new(found.outlook.known);
    let done = scheduling
        .act(&request, known, Act::Assign { pairs })
        .await?;
    Ok(Response::new(pb::ApplySuggestionResponse {
        seq: done.last_seq,
        assigned,
    }))
}
