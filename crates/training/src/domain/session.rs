//! A session: a course held at a place on certain days, and everybody who took a seat in it.
//!
//! ```text
//! scheduled ─▶ seats: requested ─▶ standby ⇄ confirmed ─▶ withdrawn, removed
//!     │        attendance per part · attempts at assessments · remediation
//!     └─cancelled                                └────▶ outcome, again after remediation
//! ```
//!
//! Attendance, assessment and outcome are three things: that somebody sat through every hour says
//! nothing of proficiency. Outcomes are issued by a command of their own, from what was recorded by
//! then; a better one later (a repeated assessment) stands beside the former, which stays visible.
//!
//! Seats of the session go by **class** (1 before 2) and within a class by request; seats may be
//! **held** for another agency and freed later. Whoever frees a seat promotes the next in order.
//!
//! Instructors must hold, on the day, the credential that the block takes. That one had lapsed may
//! come to light later: then outcomes are questioned in the officers' dossiers, and nothing is
//! taken from anybody here.

mod command;
mod decide;
mod event;
mod outcome;
mod refusal;
mod seats;
mod state;
#[cfg(test)]
mod tests;

pub use command::{Act, Assess, Command, Employed, Enrol, Instructor, IssueOutcomes, Schedule};
pub use event::{Event, Part};
pub use refusal::{Refusal, Unqualified};
pub use state::{Attempt, Known, Learner, Seat, State};

/// The aggregate `session/<name>`.
#[derive(Debug)]
pub struct Session;

impl eventlog::Decider for Session {
    const STREAM: &'static str = "session";
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
        crate::publish::session(state, event)
    }
}
