//! A raise agreed afterwards: every week that it reaches is reckoned again and pays the difference.
//!
//! A retroactive increase raises the regular rate of the past as well: ten cents an hour owe
//! fifteen for each overtime hour, whatever was agreed about it (29 CFR 778.303). Weeks are
//! reckoned whole, under the rules they were paid by; weeks that the raise does not reach are not
//! touched.

use jiff::civil::Date;
use vocabulary::{Cents, Fraction};

use crate::line::{Delta, PayLine, deltas};
use crate::pay::{Basis, Paid, Refusal, Week, compute};

/// A raise of hourly rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    /// The first day of work for which it holds.
    pub from: Date,
    /// The last; what came after is paid at the new rate already.
    pub until: Date,
    /// Cents per hour more; below zero for a rate that was entered too high.
    pub more_cents_per_hour: Fraction,
    /// Only for this kind of work; for all without it.
    pub kind: Option<String>,
}

/// A week that a raise reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopened {
    /// Its first day.
    pub first_day: Date,
    /// The week with the raise.
    pub paid: Paid,
    /// What is paid besides, line by line.
    pub owed: Vec<Delta>,
    /// The sum of it.
    pub sum: Cents,
}

/// A week as it was entered, with the lines paid for it so far (corrections included).
#[derive(Debug, Clone)]
pub struct PaidWeek {
    /// The week.
    pub week: Week,
    /// What was paid.
    pub lines: Vec<PayLine>,
}

impl Raise {
    /// The week with the raise in it, or `None` when the raise does not reach it. A salary is not
    /// raised by the hour.
    pub fn apply(&self, week: &Week) -> Option<Week> {
        if week.basis != Basis::Hourly {
            return None;
        }
        let mut raised = week.clone();
        let mut reached = false;
        for work in &mut raised.work {
            let of_kind = self.kind.as_ref().is_none_or(|kind| *kind == work.kind);
            if of_kind && (self.from..=self.until).contains(&work.slice.day) {
                let rate = &mut work.slice.rate_cents_per_hour;
                *rate += &self.more_cents_per_hour;
                reached = true;
            }
        }
        reached.then_some(raised)
    }
}

/// Reopens the weeks that a raise reaches, in the order given.
pub fn reopen(weeks: &[PaidWeek], raise: &Raise) -> Result<Vec<Reopened>, Refusal> {
    let mut reopened = Vec::new();
    for paid_week in weeks {
        let Some(raised) = raise.apply(&paid_week.week) else {
            continue;
        };
        let paid = compute(&raised)?;
        let owed = deltas(&paid_week.lines, &paid.lines)?;
        reopened.push(Reopened {
            first_day: raised.first_day,
            sum: Cents::sum(owed.iter().map(|delta| delta.cents))?,
            paid,
            owed,
        });
    }
    Ok(reopened)
}

#[cfg(test)]
mod tests;
