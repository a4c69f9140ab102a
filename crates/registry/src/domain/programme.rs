//! A programme: the versions of its profile, and which towns work by it, as narrowed.
//!
//! ```text
//! version 1 issued ─▶ a town agrees, narrowing it ─▶ version 2 issued ─▶ …
//! ```
//!
//! A **profile** is a document (docs/profiles.md) that holds from its first day until the next
//! version's. A town's **narrowing** holds from its own first day until the town agrees to
//! something else, across versions. It stands in the programme's stream and not in its
//! agreement's, so that a new version and a new narrowing are decided one after the other: a
//! version that an agreed narrowing would widen is refused, and so is the narrowing.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Agree, Command, IssueProfile, Joined, Other};
pub use event::Event;
pub use refusal::{Misfit, Refusal};
pub use state::{Known, State, Version};

/// The aggregate `programme/<id>`.
#[derive(Debug)]
pub struct Programme;

impl eventlog::Decider for Programme {
    const STREAM: &'static str = "programme";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
        decide::decide(state, command)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.evolve(event);
    }

    fn publish(state: &State, event: &Event) -> Option<eventlog::Fact> {
        crate::publish::programme(state, event)
    }
}
