//! An agreement: the towns in which money is split, and the dated terms by which it is.
//!
//! ```text
//! draft ─▶ terms proposed ─▶ signed by every party ─▶ in force ─▶ ended
//!            ▲        │             amendments ─▲│
//!            └─withdrawn◀────────────────────────┘
//! ```
//!
//! The **parties** are its towns and the provider, who is always one. **Terms** are a document
//! (docs/terms.md) that holds from the first of a month; they are in force once every party has
//! signed that version, and then never change: other terms are another version. One proposal is
//! before the parties at a time. The first terms hold from the agreement's first day, so that no
//! month is without.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

use vocabulary::word;

use super::line::one_line;
pub use command::{Command, Draft, End, ProposeTerms, SignTerms, WithdrawTerms};
pub use event::Event;
pub use refusal::Refusal;
pub use state::{Drafted, Standing, State, Version};

word! {
    /// An agreement's public name.
    AgreementName, "an agreement's name",
    "1 to 120 printable characters, such as `Three Rivers Community Safety`",
    |text| one_line(text, 120)
}

/// The aggregate `agreement/<id>`.
#[derive(Debug)]
pub struct Agreement;

impl eventlog::Decider for Agreement {
    const STREAM: &'static str = "agreement";
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
        crate::publish::agreement(state, event)
    }
}
