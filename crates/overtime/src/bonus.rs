//! A bonus earned over several weeks, apportioned back over them (29 CFR 778.209).
//!
//! Until its amount is known it may be left out; once it is, each overtime week of the period is
//! owed half of the bonus's hourly rate of that week for each of its overtime hours.

use jiff::civil::Date;
use vocabulary::{Cents, Fraction, Minutes};

/// A workweek of the period over which a bonus was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarnedWeek {
    /// Its first day.
    pub first_day: Date,
    /// Minutes worked.
    pub worked: Minutes,
    /// Those past the threshold.
    pub overtime: Minutes,
}

/// How a bonus is laid on its weeks. What was earned each week comes first; the two others are for
/// bonuses that no week can be named for (778.209(b)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spread {
    /// In proportion to what was earned in each week, week by week.
    Earned(Vec<Fraction>),
    /// The same for every week.
    EqualPerWeek,
    /// The same for every hour worked.
    EqualPerHour,
}

/// What a bonus adds to one week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BonusWeek {
    /// The week.
    pub first_day: Date,
    /// The part of the bonus, in cents.
    pub part_cents: Fraction,
    /// The premium owed besides, in cents.
    pub premium_cents: Fraction,
}

/// Why a bonus cannot be spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No week, or no hour worked in any.
    #[error("the bonus has no week with work to be laid on: name the weeks in which it was earned")]
    NothingWorked,
    /// The earnings do not fit the weeks.
    #[error("what was earned must be given for each of {weeks} weeks, not for {earned}")]
    OtherWeeks {
        /// The weeks.
        weeks: usize,
        /// The earnings given.
        earned: usize,
    },
    /// A bonus, or what was earned of it, below zero.
    #[error("a bonus below zero is a deduction, and no part of the regular rate")]
    Negative,
}

/// Lays a bonus on its weeks; the parts sum to it exactly. A week without work owes no premium.
pub fn spread(bonus: Cents, weeks: &[EarnedWeek], by: &Spread) -> Result<Vec<BonusWeek>, Refusal> {
    if bonus < Cents::ZERO {
        return Err(Refusal::Negative);
    }
    let weights = weights(weeks, by)?;
    let whole = Fraction::sum(&weights);
    let parts = weeks.iter().zip(&weights).map(|(week, weight)| {
        let share = weight.checked_div(&whole).ok_or(Refusal::NothingWorked)?;
        let part_cents = bonus.exact() * share;
        let hourly = part_cents.checked_div(&week.worked.hours());
        let half = Fraction::new(1, 2).expect("2 is not zero");
        Ok(BonusWeek {
            first_day: week.first_day,
            premium_cents: hourly.unwrap_or_default() * week.overtime.hours() * half,
            part_cents,
        })
    });
    parts.collect()
}

fn weights(weeks: &[EarnedWeek], by: &Spread) -> Result<Vec<Fraction>, Refusal> {
    let worked = |week: &EarnedWeek| week.worked > Minutes::ZERO;
    let weights = match by {
        Spread::Earned(earned) if earned.len() != weeks.len() => {
            return Err(Refusal::OtherWeeks {
                weeks: weeks.len(),
                earned: earned.len(),
            });
        }
        Spread::Earned(earned) if earned.iter().any(Fraction::is_negative) => {
            return Err(Refusal::Negative);
        }
        Spread::Earned(earned) => earned.clone(),
        Spread::EqualPerWeek => weeks
            .iter()
            .map(|week| Fraction::from(i64::from(worked(week))))
            .collect(),
        Spread::EqualPerHour => weeks.iter().map(|week| week.worked.hours()).collect(),
    };
    Ok(weights)
}

#[cfg(test)]
mod tests;
