//! A grant: what one actor may do, for whom, with which token, until when.
//!
//! An actor has one grant at most. A token is known here by its SHA-256 alone; whoever asks made
//! it. Rotation gives the grant another token and may leave the old one valid for a while, so that
//! a program can be moved over without a gap. A hash that was given out once never comes back, to
//! nobody. What was revoked may be granted again.
//!
//! The role `service` cannot be granted: services must read each other's logs before any grant is
//! known, so theirs stand in the grants file.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Change, Command, Give, Revoke, Rotate, Unknown};
pub use decide::Refusal;
pub use event::Event;
pub use state::{Former, Known, State};

/// The aggregate `grant/<actor>`.
#[derive(Debug)]
pub struct Grant;

impl eventlog::Decider for Grant {
    const STREAM: &'static str = "grant";
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
        crate::publish::grant(state, event)
    }
}
