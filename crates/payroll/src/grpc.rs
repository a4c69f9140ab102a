//! The service over gRPC: parse → execute → reply.

mod parse;
mod reply;
mod rpcs;

use eventlog::{Outcome, Store};
use rpc::{Actor, Role, Sealed, refuse};
use tonic::{Request, Status};
use vocabulary::{OfficerId, TownId};
use wire::Violation;

use crate::Settings;
use crate::domain::timesheet::{Act, Command, Event, Known, Reason, Timesheet};
use crate::mirror;

/// A reason is a sentence or two, not a document.
const REASON_CHARS_MAX: usize = 2_000;

/// The field of the vault under which a reason's words lie.
const REASON: &str = "reason";

/// Answers for one store.
pub(crate) struct Payroll {
    store: Store,
    settings: Settings,
}

impl Payroll {
    pub(crate) fn new(store: Store, settings: Settings) -> Self {
        Self { store, settings }
    }

    async fn known(&self, officer: &OfficerId, towns: &[&TownId]) -> Result<Known, Status> {
        mirror::known(&self.store, &self.settings, officer, towns)
            .await
            .map_err(refuse)
    }

    /// For a command that may come with a reason's words.
    fn sealed<T: prost::Message>(&self, request: &Request<T>) -> Result<Sealed<'_>, Status> {
        Ok(Sealed::new(&self.store, rpc::meta(request)?))
    }

    /// Runs one command with what was known when it came.
    async fn execute<T: prost::Message>(
        &self,
        request: &Request<T>,
        officer: OfficerId,
        known: Known,
        act: Act,
    ) -> Result<Done, Status> {
        execute(self.sealed(request)?, officer, known, act).await
    }

    /// A reason's words, if they may be read; empty once erased.
    async fn words(&self, words: Words, reason: Option<&Reason>) -> Result<String, Status> {
        let (Words::Shown, Some(Reason(token))) = (words, reason) else {
            return Ok(String::new());
        };
        let opened = self.store.vault().open(token, REASON).await;
        Ok(opened.map_err(refuse)?.unwrap_or_default())
    }
}

/// Whether a caller may read the words of reasons: whoever works with the week, not auditors.
#[derive(Clone, Copy)]
enum Words {
    Shown,
    Hidden,
}

impl Words {
    fn of(actor: &Actor) -> Self {
        let readers = [Role::Officer, Role::Hr, Role::Operations];
        match readers.iter().any(|role| actor.has(*role)) {
            true => Self::Shown,
            false => Self::Hidden,
        }
    }
}

/// Puts a reason's words into the vault, and gives the token that stands for them.
fn seal(sealed: &mut Sealed<'_>, words: &str) -> Result<Option<Reason>, Status> {
    if words.trim().is_empty() {
        return Ok(None);
    }
    if words.chars().count() > REASON_CHARS_MAX {
        let problem = format!("is longer than {REASON_CHARS_MAX} characters: say it shorter");
        return Err(Violation::new("reason", problem).into());
    }
    Ok(Some(Reason(sealed.seal(&[(REASON, words)]))))
}

async fn execute(
    sealed: Sealed<'_>,
    officer: OfficerId,
    known: Known,
    act: Act,
) -> Result<Done, Status> {
    let key = officer.to_string();
    let command = Command {
        officer,
        known,
        act,
    };
    let outcome = sealed
        .execute::<Timesheet>(&crate::log(), &key, command)
        .await
        .map_err(refuse)?;
    Done::of(outcome)
}

/// What a command did, with its events read back.
struct Done {
    seq: u64,
    events: Vec<Event>,
}

impl Done {
    fn of(outcome: Outcome) -> Result<Self, Status> {
        let events = outcome.events.iter().map(|recorded| recorded.event());
        Ok(Self {
            seq: outcome.last_seq,
            events: events.collect::<Result<_, _>>().map_err(refuse)?,
        })
    }
}

#[cfg(test)]
mod tests;
