//! What the scheduling service decides about. Pure: no clock, no database.

pub mod calendar;
pub mod gate;
pub mod outlook;
pub mod roster;
pub mod town;
mod words;

pub use words::{Clause, EntryId, LeaveKind, RequestId};
