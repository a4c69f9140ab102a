//! A town as it is planned: what it bought, the patterns of its shifts, the ways to others.
//!
//! What was bought is dated and says where in the agreement it stands. Several agreements may each
//! give a town hours: both count.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Command, Known, SetCoverage, SetPattern, SetTravel};
pub use decide::Refusal;
pub use event::{Event, Presence};
pub use state::{Cover, PatternOf, State};

use eventlog::{Decider, Fact};

/// The aggregate `town/<id>`.
#[derive(Debug, Clone, Copy)]
pub struct Town;

impl Decider for Town {
    const STREAM: &'static str = "town";
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

    fn publish(_: &State, event: &Event) -> Option<Fact> {
        crate::publish::town(event)
    }
}
