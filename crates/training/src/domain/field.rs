//! Field training: phase by phase beside a trainer, observed day by day, signed off in order.
//!
//! Whether an officer in a phase counts as one on duty is the profile's to say; the phases are
//! those of the profile in force on the first day, whatever later versions say. One stream holds
//! all field trainings of an officer, and the words of observations lie in the vault under it.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Act, Command};
pub use event::{Event, Phase};
pub use refusal::Refusal;
pub use state::{Observation, SignedOff, State, Training};

/// The aggregate `field/<officer>`.
#[derive(Debug)]
pub struct Field;

impl eventlog::Decider for Field {
    const STREAM: &'static str = "field";
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

    fn publish(_: &State, event: &Event) -> Option<eventlog::Fact> {
        crate::publish::field(event)
    }
}
