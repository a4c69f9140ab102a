//! A town: its public name, state and zone, whom to reach there, and the figures that it is
//! measured by.
//!
//! A town is registered once and never goes away: statements of years ago still name it. A
//! **figure** is dated and sourced; a later record for the same basis and date takes its place,
//! and both stay in the log, so that "as known then" can be answered. A **contact** is a person:
//! events hold a token, the vault holds the name.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub use command::{Change, Command, EraseContact, RecordFigure, Register};
pub use decide::Refusal;
pub use event::Event;
pub use state::{Known, State};
pub use words::{Basis, ContactRole, Source, TownName, UsState};

/// The aggregate `town/<id>`.
#[derive(Debug)]
pub struct Town;

impl eventlog::Decider for Town {
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

    fn publish(state: &State, event: &Event) -> Option<eventlog::Fact> {
        crate::publish::town(state, event)
    }
}
