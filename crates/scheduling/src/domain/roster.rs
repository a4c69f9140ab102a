//! The roster: who works when, and who cannot.
//!
//! ```text
//! drafted ─▶ published ─▶ changed, with notice ─▶ cancelled
//!                │  ▲
//!                │  └─ swaps and sign-ups, approved
//!                └─▶ flagged when its officer may not be on it any more ─▶ cleared
//! ```
//! Leave and availability stand beside the shifts, because each rules out the other.
//!
//! # Why one stream for all officers
//! A publication is all or nothing over many officers, a swap changes two, and two clerks may give
//! one officer two shifts in the same second: all of that is decided by looking at one state, and
//! nothing has to be taken back afterwards. One log has one writer anyway, so one stream costs no
//! speed. It costs memory: a shift takes about half a kilobyte, a provider of fifty officers some
//! seven megabytes a year.

mod command;
mod decide;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Act, Agreement, Asked, Command, Draft, Employment, Holder, Known, When};
pub use event::{Event, Slot};
pub use refusal::Refusal;
pub(crate) use rules::{assigned, refused, team, unmet};
pub use state::{Flag, Hours, Planned, Request, Stage, Standing, State, Unavailable};

use eventlog::{Decider, Fact};

/// The aggregate, of which there is one: `roster/all`.
#[derive(Debug, Clone, Copy)]
pub struct Roster;

impl Roster {
    /// The key of its one stream.
    pub const KEY: &'static str = "all";
}

impl Decider for Roster {
    const STREAM: &'static str = "roster";
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

    fn publish(state: &State, event: &Event) -> Option<Fact> {
        crate::publish::roster(state, event)
    }
}
