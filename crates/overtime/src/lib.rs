//! Hours and overtime, pure: cuts a duty into civil days, says what one officer's workweek costs to
//! the fraction of a cent, and what it pays, line by line.
//!
//! * [`cut`] turns a stretch of work into pieces that lie in one civil day, hence in one month and
//!   one workweek, without losing or gaining a minute.
//! * [`cost_week`] prices a workweek: straight time per slice, the minutes past the threshold in
//!   order of time, the weighted-average regular rate (29 CFR 778.109, 778.115) and the premium of
//!   half that rate for each overtime hour (29 CFR 778.107, 778.110), kept apart from straight time
//!   and split among the accounts. Nothing is rounded there: every amount is an exact fraction of
//!   cents.
//! * [`pay::compute`] adds what else decides a week's pay (salaries, bonuses, stipends, rules of
//!   states, compensatory time, the kind of employer) and rounds once per pay line.
//! * [`hours`] says which time is worked at all; [`attribution`] which town bears a premium;
//!   [`start`], [`raise`], [`bonus`], [`period`], [`comp`], [`leave`], [`recoup`] and [`minimum`]
//!   hold one rule each.
//! * [`weekfile`] reads a week described in a file, as docs/week.md says, and answers it.

pub mod attribution;
pub mod bonus;
pub mod comp;
mod cut;
pub mod employer;
pub mod extra;
pub mod hours;
pub mod leave;
pub mod line;
pub mod minimum;
pub mod pay;
pub mod period;
pub mod raise;
pub mod recoup;
mod refusal;
pub mod rules;
pub mod start;
mod week;
pub mod weekfile;

pub use cut::{LONGEST_DUTY, Piece, cut};
pub use refusal::Refusal;
pub use week::{AccountShare, CostedSlice, CostedWeek, Slice, THRESHOLD, Week, cost_week};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod vectors;
