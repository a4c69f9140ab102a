//! Who may be put where, with what, on which day, and why: the rulebook of training.
//!
//! * [`Profile::parse`] reads a programme profile (docs/profiles.md) and says what is wrong with
//!   it, at line and column; [`narrow`] makes of it what a town's agreement says, and refuses a
//!   clause that would widen it.
//! * [`eligible`] answers a [`Question`] from dated [`Record`]s, each with the position of the
//!   event that proves it, as known then: yes, no, or yes with a waiver, requirement by
//!   requirement.
//! * [`stretches`], [`who`], [`kit`], [`expiring`], [`matrix()`] and [`doubts`] ask it over days,
//!   officers, items and tasks.
//!
//! Pure: no I/O, no clock, no floats. The same evidence gives the same answer years later.

mod credential;
mod evidence;
mod gate;
mod matrix;
mod narrow;
mod outlook;
mod profile;
mod programme;
mod sessions;
mod timeline;
mod words;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use credential::{Credential, CredentialState};
pub use evidence::{Evidence, Fact, Known, Record, Refusal, Score};
pub use gate::{
    Answer, Call, Carries, Condition, Finding, Question, Standing, Stretch, Subject, Verdict, Why,
    eligible, stretches,
};
pub use matrix::{Matrix, Task, matrix};
pub use narrow::{CallClause, DutyClause, ItemClause, Narrowing, Widening, narrow};
pub use outlook::{Expiring, Renewable, expiring, kit, who};
pub use profile::read::Problem;
pub use profile::{
    Authority, CallType, Carried, Deployment, DutyKind, Equipment, Need, Per, Phase, Pilot, Power,
    Profile, Renewal, Requirement, Role, Rule, Screening, Stage, Transition,
};
pub use programme::{Programme, shipped};
pub use sessions::{Doubt, Taught, doubts, instructor_on};
pub use words::{CallCode, Length, Name, Outcome, Position, ProgrammeId, RecordId, Weapon};
