//! What the events so far say of an officer: as much as decisions and facts need.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Account, OfficerId};

use super::Event;
use crate::domain::Decimal;

/// An officer, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody was enrolled under this badge code.
    #[default]
    Unknown,
    /// Somebody was.
    Known(Employed),
}

/// What is known of an enrolled officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employed {
    /// The badge code.
    pub officer: OfficerId,
    /// First day of employment.
    pub from: Date,
    /// Last day, once it is known.
    pub ended_on: Option<Date>,
    /// The day on which what is personal was destroyed.
    pub erased_on: Option<Date>,
    /// Pay rates, by the day from which they hold.
    pub rates: BTreeMap<Date, PayRate>,
    /// Assignments, by their first day.
    pub assignments: BTreeMap<Date, Assignment>,
}

/// What an hour costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayRate {
    /// Dollars for an hour.
    pub dollars_per_hour: Decimal,
    /// On top of each dollar.
    pub burden: Decimal,
    /// Whether the premium carries it too.
    pub burden_on_premium: bool,
}

/// Who pays for minutes without a town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Who is charged.
    pub account: Account,
    /// Last day, if it is known; before the first if it was cancelled.
    pub until: Option<Date>,
}

impl Employed {
    /// The assignment that shares a day with `from` to `until`, with its first day.
    pub fn overlapping(&self, from: Date, until: Option<Date>) -> Option<(Date, &Assignment)> {
        let shares_a_day = |(first, other): &(&Date, &Assignment)| {
            let cancelled = other.until.is_some_and(|last| last < **first);
            let begins_in_time = until.is_none_or(|until| **first <= until);
            let lasts_long_enough = other.until.is_none_or(|last| from <= last);
            !cancelled && begins_in_time && lasts_long_enough
        };
        let found = self.assignments.iter().find(shares_a_day);
        found.map(|(first, other)| (*first, other))
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (_, Event::Enrolled { officer, from, .. }) => {
                *self = Self::Known(Employed {
                    officer,
                    from,
                    ended_on: None,
                    erased_on: None,
                    rates: BTreeMap::new(),
                    assignments: BTreeMap::new(),
                });
            }
            (Self::Known(known), Event::Ended { on }) => known.ended_on = Some(on),
            (Self::Known(known), Event::Erased { on, .. }) => known.erased_on = Some(on),
            (
                Self::Known(known),
                Event::PayRateSet {
                    from,
                    dollars_per_hour,
                    burden,
                    burden_on_premium,
                },
            ) => {
                let rate = PayRate {
                    dollars_per_hour,
                    burden,
                    burden_on_premium,
                };
                known.rates.insert(from, rate);
            }
            (
                Self::Known(known),
                Event::Assigned {
                    account,
                    from,
                    until,
                },
            ) => {
                known
                    .assignments
                    .insert(from, Assignment { account, until });
            }
            (Self::Known(known), Event::AssignmentEnded { from, until }) => {
                if let Some(assignment) = known.assignments.get_mut(&from) {
                    assignment.until = Some(until);
                }
            }
            // Nothing can happen before the enrolment.
            (Self::Unknown, _) => {}
        }
    }
}
