//! An officer's dossier: what was checked, learnt and served, what is held, what was waived or
//! found equivalent.
//!
//! Everything in it is a record of the gate's evidence ([`eligibility::Fact`]), never changed: a
//! correction voids a record and adds another. Recorded late, a record says with its own dates when
//! it was so. A renewal is a credential of its own; nobody is valid in the gap before it, also
//! where the issuer lets people renew late.
//!
//! Two things happen by the calendar alone, once a day ([`Act::Notice`]): a renewal window opens,
//! and a credential that nothing renewed is over. The second is told to the neighbours.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Act, Command, Known};
pub use event::Event;
pub use refusal::Refusal;
pub use state::{Held, State, Turn, Turned, Waiver};

/// The aggregate `dossier/<officer>`.
#[derive(Debug)]
pub struct Dossier;

impl eventlog::Decider for Dossier {
    const STREAM: &'static str = "dossier";
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

    fn publish(_state: &State, event: &Event) -> Option<eventlog::Fact> {
        crate::publish::dossier(event)
    }
}
