//! A roster for a period: proposed, never decreed; and of every shift that stays open, why.
//!
//! # Why a search of our own
//!
//! A dozen officers, a few hundred shifts: building greedily and then bettering by small changes
//! gives a good roster in well under a second, the same one for the same seed, without a solver to
//! build. Every state on the way keeps all hard rules, so there is nothing to repair at the end.

mod explain;
mod search;
mod state;

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{Minutes, OfficerId, TownId};

use crate::{Assigned, Coverage, Gate, Refused, Shift, ShiftId, Team};
use state::{Case, State};

/// What a roster is wanted for.
pub struct Request<'a> {
    /// Who may be planned, and the limits.
    pub team: &'a Team,
    /// What the towns bought. A town without coverage bought nothing and is given nothing.
    pub coverage: &'a [Coverage],
    /// Shifts that may be given to somebody: a pattern's, a [`draft`](crate::draft)'s. One whose id
    /// is among `kept`, or stands here before, or that starts outside the period, is passed over.
    pub open: &'a [Shift],
    /// Who is on what already, in the period and around it: never touched.
    pub kept: &'a [Assigned],
    /// First day of the period.
    pub from: Date,
    /// The day after its last.
    pub to: Date,
    /// Who may do what where.
    pub gate: &'a Gate<'a>,
    /// Another seed gives another roster that may be as good.
    pub seed: u64,
    /// How many changes are tried; each takes about the same time. 0: the greedy roster; 100,000
    /// are plenty for ten towns, twelve officers and six weeks.
    pub rounds: u32,
}

/// A proposed roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Who should be on what, by start; without what was kept.
    pub assigned: Vec<Assigned>,
    /// Open shifts that a town has hours for, and that nobody can take: by start.
    pub unmet: Vec<Unmet>,
    /// Open shifts that no town has hours for any more.
    pub spare: Vec<ShiftId>,
    /// Every town, as given: what it bought and what it gets.
    pub towns: Vec<Short>,
    /// Wishes for free time that could not be kept.
    pub wishes: Vec<WishUnmet>,
    /// How good it is.
    pub score: Score,
}

/// An open shift that nobody can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Which.
    pub shift: Shift,
    /// Every officer, and which rule stands in the way beside what they do in this roster.
    pub why: Vec<Refused>,
}

/// One town's hours in the period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{town} bought {bought} and gets {planned}{}{}",
    if *.absent > Minutes::ZERO { format!("; its minimum presence lacks {absent}") }
    else { String::new() },
    if .unmet.is_empty() { String::new() }
    else { format!("; of what would help, nobody can take {}", listed(.unmet)) }
)]
pub struct Short {
    /// Which town.
    pub town: TownId,
    /// What it bought for the period.
    pub bought: Minutes,
    /// What it gets, kept shifts included.
    pub planned: Minutes,
    /// Officer-minutes of its minimum presence that are missing.
    pub absent: Minutes,
    /// Open shifts of this town that would help and that nobody can take.
    pub unmet: Vec<ShiftId>,
}

fn listed(shifts: &[ShiftId]) -> String {
    let ids: Vec<&str> = shifts.iter().map(ShiftId::as_str).collect();
    ids.join(", ")
}

/// A wish for free time that could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishUnmet {
    /// Whose.
    pub officer: OfficerId,
    /// The shift that stands in it.
    pub shift: ShiftId,
    /// Nobody else can take it: every other officer with the rule in the way. Who is missing here
    /// could, at the price of something that counts more (the score's order).
    pub others: Vec<Refused>,
}

/// How good a roster is: less is better, what stands first counts first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// Officer-minutes of minimum presence that are missing.
    pub absent_minutes: i64,
    /// Minutes by which towns get more or less than they bought in the period.
    pub off_minutes: i64,
    /// The squares of what each town is off in each week: spreads what is missing.
    pub uneven_minutes2: i64,
    /// Overtime.
    pub overtime_minutes: i64,
    /// Travel between towns.
    pub travel_minutes: i64,
    /// Minutes of work in time wished free.
    pub wish_minutes: i64,
    /// The squares of each officer's night and weekend minutes: least when they are shared.
    pub unfair_minutes2: i64,
}

/// Proposes a roster. No hard rule is broken by anything it adds; what `kept` breaks already stays
/// as it is, and its officers get nothing that breaks more.
pub fn suggest(request: &Request) -> Suggestion {
    let case = Case::new(request);
    let mut state = State::new(&case);
    search::greedy(&mut state);
    search::better(&mut state, request.seed, request.rounds);
    search::fill(&mut state);
    explain::suggestion(state)
}

/// A stretch of time wished free.
pub(crate) fn shared(shift: &Shift, from: Timestamp, to: Timestamp) -> i64 {
    Minutes::between(shift.start().max(from), shift.end().min(to))
        .0
        .max(0)
}

#[cfg(test)]
mod tests;
