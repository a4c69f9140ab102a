//! An officer: from the first day of employment to the last, what an hour costs, and which
//! account takes the minutes that have no town.
//!
//! The badge code is the officer everywhere; the name lies in the vault under a token. Officers
//! are paid by the hour (salaries come when a provider needs them). A **pay rate** holds from its
//! day until the next one's; the same day again takes the former's place. An **assignment** names
//! the officer's default account from day to day, both included; two never share a day, so every
//! minute without a town has one payer at most.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Assign, Command, End, EndAssignment, Enrol, Erase, SetPayRate, Standing};
pub use decide::Refusal;
pub use event::Event;
pub use state::{Assignment, Employed, PayRate, State};

/// The aggregate `officer/<id>`.
#[derive(Debug)]
pub struct Officer;

impl eventlog::Decider for Officer {
    const STREAM: &'static str = "officer";
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
        crate::publish::officer(state, event)
    }
}
