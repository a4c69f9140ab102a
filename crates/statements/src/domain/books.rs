//! The books of one agreement: every input of its settlements, each close, each statement.
//!
//! Facts of other services are copied in once each; expenses are recorded; months are closed in
//! order. A close settles the month on what stands in the books and issues a statement for every
//! party in the same command. It is never edited: what is learnt later is adjusted by the next.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::{CloseMonth, Command, CopiedFact, RecordExpense};
pub use event::{Bytes, Cut, Event};
pub use refusal::Refusal;
pub use state::State;

/// The books: stream `books/<agreement>` in the log `statements/<agreement>`.
#[derive(Debug)]
pub struct Books;

impl eventlog::Decider for Books {
    const STREAM: &'static str = "books";
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
        Some(crate::publish::fact(event))
    }
}
