//! An incident: opened, attended by units, closed with a disposition; or taken, closed already,
//! from a dispatch system's export.
//!
//! It belongs to the civil day, in its town's zone, on which the call came in. From its close on
//! it counts; what is changed afterwards (a unit's times, a corrected import) replaces what
//! counted. Times that are missing or out of order are kept as they were given, and flagged.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Close, Command, Employment, Erase, Import, Open, RecordUnit, Withdraw};
pub use decide::Refusal;
pub use event::Event;
pub use state::{Known, Stage, State};

/// The aggregate `incident/<source>/<number>`.
#[derive(Debug)]
pub struct Incident;

impl eventlog::Decider for Incident {
    const STREAM: &'static str = "incident";
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
        crate::publish::incident(state, event)
    }
}
