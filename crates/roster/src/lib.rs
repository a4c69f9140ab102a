//! What a month of shifts may look like, and what a good one looks like: the rulebook of rosters.
//!
//! * [`Pattern::parse`] reads a recurrence (docs/patterns.md) and [`Pattern::expand`] gives its
//!   shifts to the minute, also over a change of the clocks.
//! * [`Coverage`] is what a town bought: hours a week, and who must be there when. [`balance`]
//!   compares a month of it with what is planned; [`warnings`] says what will not come out.
//! * [`breaches`] says which hard rule a roster breaks, each in words.
//! * [`candidates`] says who can take an open shift, best first, and of everybody else why not.
//! * [`suggest`] proposes a roster that breaks no hard rule, the same one for the same seed, and
//!   says of every shift left open which rule stood in whose way.
//! * [`feed`] writes an officer's shifts as a calendar (RFC 5545).
//!
//! Pure: no I/O, no clock, no floats, no chance but the seed.

mod candidates;
mod coverage;
pub mod feed;
mod pattern;
mod rules;
mod shift;
mod suggest;
mod team;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;

pub use candidates::{Candidate, Candidates, Refused, candidates};
pub use coverage::{
    Absence, Balance, Bought, Coverage, Warning, Window, absences, balance, draft, warnings,
};
pub use pattern::{Occurrence, Pattern, PatternId, Refusal};
pub use rules::{Breach, breaches};
pub use shift::{Piece, Shift, ShiftId, ShiftKind, ShiftRefusal, cut};
pub use suggest::{Request, Score, Short, Suggestion, Unmet, WishUnmet, suggest};
pub use team::{Assigned, Away, AwayWhy, Gate, Limits, Officer, Team, Travel};
