//! The timesheet of one officer: every duty, and the weeks in which duties are signed, approved
//! and costed.
//!
//! An officer comes on duty in a town, moves to the next, goes home. Each stretch in one place is a
//! *duty*; a duty cannot share a minute with another, and there is only one open at a time. That is
//! why all duties of an officer stand in one stream: overlap is decided by looking at one state.
//!
//! The officer signs a *week*; somebody else approves it, whole or by days at a month's end. What
//! was approved is kept as it then stood and costed: a later correction reopens its days, but the
//! former cost stays in force until the days are approved again.
//!
//! # Why approval keeps a copy
//! A correction to Monday must neither change what was billed for Monday before somebody approves
//! it, nor stop Tuesday from being approved. So a week costs what its approved days *were when
//! approved* ([`state::Week::accepted`]), and approval of a day replaces its copy.

pub mod command;
pub mod event;
pub mod refusal;
pub mod state;

mod decide;

pub use command::{Act, Agreement, Assignment, Command, Employment, Known, PayRate};
pub use event::{CostedSlice, Event, LabourCosted, Piece, Reason, WeekTotals};
pub use refusal::Refusal;
pub use state::{Duty, OnDuty, State, Status, Week};

use eventlog::{Decider, Fact};
use vocabulary::Minutes;

/// A duty longer than this is likely a forgotten clock-out: kept, but not approved as it is.
pub const LONGEST_APPROVED: Minutes = Minutes(24 * 60);

/// The aggregate.
#[derive(Debug, Clone, Copy)]
pub struct Timesheet;

impl Decider for Timesheet {
    const STREAM: &'static str = "timesheet";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
        decide::decide(state, command)
    }

    fn evolve(state: &mut State, event: &Event) {
        state::evolve(state, event);
    }

    fn publish(_state: &State, event: &Event) -> Option<Fact> {
        Some(crate::publish::fact(event))
    }
}

#[cfg(test)]
mod tests;
