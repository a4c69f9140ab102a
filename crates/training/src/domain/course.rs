//! A course: the versions of its curriculum.
//!
//! A **curriculum** says what is taught, block by block, by whom it may be taught, how much of it
//! must be attended, and what is assessed. It never changes: another one is another version. A
//! session is held by the version it was scheduled with, whatever comes later.

mod command;
mod curriculum;
mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use command::{Command, Define};
pub use curriculum::{Assessment, AssessmentKind, Block, Curriculum, Title};
pub use decide::Refusal;
pub use event::Event;

/// The aggregate `course/<name>`.
#[derive(Debug)]
pub struct Course;

/// Every version of the curriculum; the nth is version n.
pub type State = Vec<Curriculum>;

impl eventlog::Decider for Course {
    const STREAM: &'static str = "course";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
        decide::decide(state, command)
    }

    fn evolve(state: &mut State, event: &Event) {
        let Event::CurriculumAdopted { curriculum, .. } = event;
        state.push(curriculum.clone());
    }

    /// A course is the provider's own business; what officers learnt in it is told by its sessions.
    fn publish(_: &State, _: &Event) -> Option<eventlog::Fact> {
        None
    }
}
