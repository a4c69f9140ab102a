//! One officer's workweek with everything that decides its pay, and what it pays.
//!
//! | Rule | Where it is written |
//! |---|---|
//! | all hours of the person are added, whichever town or job | 29 CFR 778.103 |
//! | each workweek stands alone; overtime past 40 hours worked | 29 CFR 778.104, 29 USC 207(a)(1) |
//! | regular rate: remuneration less what is excluded, by hours worked | 29 CFR 778.107-.109 |
//! | several rates: their weighted average | 29 CFR 778.115 |
//! | rate in effect: agreed before, different kinds of work | 29 USC 207(g)(2), 29 CFR 778.419 |
//! | a salary by the hours that it covers | 29 CFR 778.113, .322, .325 |
//! | straight time is paid whole before any premium is | 29 CFR 778.315 |
//! | a higher standard of a state holds | 29 USC 218(a) |
//! | time worked without leave to work it is paid, and flagged | 29 CFR 785.11-.13, 778.316 |
//! | an exempt salary is spread over all hours, for cost | FAR 52.237-10 |

use jiff::ToSpan;
use jiff::civil::Date;
use vocabulary::{Cents, DutyId, Fraction, Minutes, Overflow};

use crate::comp::Bank;
use crate::employer::{EmployerKind, LawEnforcement, NotAllowed};
use crate::extra::ExtraKind;
use crate::line::PayLine;
use crate::period::WorkPeriod;
use crate::rules::{self, RuleSet};
use crate::{CostedWeek, Slice, THRESHOLD};

mod compute;

pub use compute::compute;

/// A workweek (or, under section 7(k), a work period) of one officer.
#[derive(Debug, Clone)]
pub struct Week {
    /// Its first day.
    pub first_day: Date,
    /// The measure of overtime.
    pub standard: Standard,
    /// Who employs the officer.
    pub employer: EmployerKind,
    /// How the officer is paid.
    pub basis: Basis,
    /// Which rate the premium is half of.
    pub overtime_rate: OvertimeRate,
    /// Hours, in any order: worked, and on leave.
    pub work: Vec<Work>,
    /// Payments beside the hours.
    pub extras: Vec<Extra>,
    /// Overtime rules beyond the federal ones.
    pub rule_sets: Vec<RuleSet>,
    /// Overtime that is to become time off.
    pub comp_time: Option<CompTime>,
    /// Cents per hour that the week's pay may not average below.
    pub minimum_wage: Option<Fraction>,
}

/// The span over which hours are counted, and after how many overtime is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// Seven days, 40 hours (29 USC 207(a)(1)).
    Workweek,
    /// A work period of section 7(k), for an officer of whom it holds. Fewer hours by contract are
    /// a [`RuleSet`] beside the workweek: the federal premium begins at 40 all the same.
    WorkPeriod(WorkPeriod, LawEnforcement),
}

/// How an officer is paid. "Salaried" and "exempt" are two questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// By the hour, at each slice's rate.
    Hourly,
    /// A salary that covers so many hours a week; owed overtime. Hours past those covered are
    /// paid at its hourly rate. The slices' rates are not looked at.
    Salaried {
        /// Cents per week; by [`weekly_salary`].
        weekly_cents: Fraction,
        /// The hours it covers.
        covers: Minutes,
    },
    /// A salary, and no overtime: salary basis, level and duties are all met (29 CFR 541).
    Exempt {
        /// Cents per week.
        weekly_cents: Fraction,
    },
    /// By the piece: refused.
    PieceRate,
    /// A salary for whatever hours there are: refused.
    FluctuatingWorkweek,
}

/// The rate of which the premium is half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OvertimeRate {
    /// The week's average.
    WeightedAverage,
    /// The rate of the work done in the overtime hours.
    InEffect {
        /// When that was agreed with the officer.
        agreed_on: Date,
    },
}

/// A stretch of time in the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The stretch, inside one civil day.
    pub slice: Slice,
    /// What kind of work it was, such as `patrol`; one kind has one rate where the rate in effect
    /// is agreed.
    pub kind: String,
    /// Whether somebody had allowed it. Never a condition of pay.
    pub authorised: bool,
}

/// A payment beside the hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// What it is for.
    pub kind: ExtraKind,
    /// The amount; not below zero.
    pub cents: Cents,
    /// The day in whose pay period it is paid.
    pub day: Date,
}

/// A wish for time off in place of overtime pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompTime {
    /// When it was agreed that this may be done.
    pub agreed_on: Option<Date>,
    /// What is saved up so far.
    pub bank: Bank,
    /// Of the week's overtime, at most so much; the rest is paid.
    pub overtime_at_most: Minutes,
}

/// A week's pay, with what each figure rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The slices in order of time with minutes past the threshold and straight-time cost.
    pub costed: CostedWeek,
    /// Straight time and the payments that are in the regular rate, in cents.
    pub remuneration_cents: Fraction,
    /// Remuneration by hours worked, in cents per hour; zero without work.
    pub regular_rate_cents_per_hour: Fraction,
    /// The federal premium of the week, time off included, in cents.
    pub federal_premium_cents: Fraction,
    /// What another rule set owes in all, where it owes more than that: its name and the cents.
    pub better: Option<(String, Fraction)>,
    /// Overtime that became time off.
    pub comp: Option<crate::comp::Accrual>,
    /// The lines, in order of day.
    pub lines: Vec<PayLine>,
    /// What the lines come to.
    pub gross: Cents,
    /// Of it, the qualified overtime for W-2 box 12 code TT.
    pub qualified: Cents,
    /// What somebody should look at; nothing of it takes pay away.
    pub findings: Vec<Finding>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Worked without leave to: paid, and a matter for a talk.
    #[error("duty {duty}: {minutes} hours were not authorised; they are paid (29 CFR 785.11-.13)")]
    Unauthorised {
        /// The duty.
        duty: DutyId,
        /// How much of it.
        minutes: Minutes,
    },
    /// The week averages below the minimum wage.
    #[error(
        "the week averages {rate} cents an hour, below the minimum wage of {minimum}: \
         {shortfall} more is owed (29 USC 206)"
    )]
    BelowMinimumWage {
        /// The average, for reading.
        rate: String,
        /// The minimum wage, for reading.
        minimum: String,
        /// What is missing.
        shortfall: Cents,
    },
}

/// Why a week's pay is not reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The stretches of work are wrong in themselves.
    #[error(transparent)]
    Hours(#[from] crate::Refusal),
    /// The employer may not do this.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// A rule set is wrong in itself.
    #[error(transparent)]
    Rules(#[from] rules::Refusal),
    /// Pay by the piece.
    #[error(
        "piece rates (29 CFR 778.111) are not reckoned: an officer's work has no pieces, and \
         minutes are what towns are charged for; give hourly rates"
    )]
    PieceRate,
    /// The fluctuating workweek.
    #[error(
        "the fluctuating workweek (29 CFR 778.114) is refused: longer hours lower the rate below \
         the minimum wage, and each town's cost would depend on the others' hours; give a salary \
         for fixed hours (29 CFR 778.113)"
    )]
    FluctuatingWorkweek,
    /// A slice of another week.
    #[error("duty {duty} lies on {day}, outside {first} to {last}")]
    OutsideWeek {
        /// The duty.
        duty: DutyId,
        /// Its day.
        day: Date,
        /// The first day of the week.
        first: Date,
        /// The last.
        last: Date,
    },
    /// A payment of another week.
    #[error("the {kind} lies on {day}, outside {first} to {last}")]
    ExtraOutsideWeek {
        /// What it is.
        kind: &'static str,
        /// Its day.
        day: Date,
        /// The first day of the week.
        first: Date,
        /// The last.
        last: Date,
    },
    /// A payment below zero.
    #[error("the {kind} is below zero: a deduction is no part of a week's earnings")]
    NegativeExtra {
        /// What it is.
        kind: &'static str,
    },
    /// A salary below zero, or one that covers no hours.
    #[error("a salary needs an amount of 0 or more and hours above 0 that it covers")]
    SalaryWithoutHours,
    /// Agreed too late.
    #[error(
        "the rate in effect was agreed on {agreed_on}, after work began on {first_worked}: the \
         agreement must come first (29 USC 207(g)); use the weighted average"
    )]
    AgreedAfterwards {
        /// When it was agreed.
        agreed_on: Date,
        /// The first day worked.
        first_worked: Date,
    },
    /// One kind of work at two rates.
    #[error(
        "{kind} is paid at two rates: the rate in effect is for different kinds of work \
         (29 CFR 778.419), not for one kind in two towns; use the weighted average"
    )]
    SameKindTwoRates {
        /// The kind.
        kind: String,
    },
    /// A work period with what is reckoned by the week.
    #[error(
        "a work period of section 7(k) is reckoned for hourly pay and federal rules only: {what} \
         goes by the workweek"
    )]
    NotInWorkPeriod {
        /// What goes by the week.
        what: &'static str,
    },
    /// The amounts do not fit.
    #[error("the week's pay does not fit 64-bit cents")]
    TooLarge,
}

impl From<Overflow> for Refusal {
    fn from(_: Overflow) -> Self {
        Self::TooLarge
    }
}

impl Standard {
    /// Its days.
    pub fn days(self) -> i64 {
        match self {
            Self::Workweek => 7,
            Self::WorkPeriod(period, _) => period.days(),
        }
    }

    /// Minutes worked after which overtime is owed.
    pub fn threshold(self) -> Minutes {
        match self {
            Self::Workweek => THRESHOLD,
            Self::WorkPeriod(period, _) => period.threshold(),
        }
    }
}

impl Week {
    /// Its last day: the one in whose pay period and month the premium lies (29 CFR 778.106).
    pub fn last_day(&self) -> Date {
        self.first_day
            .saturating_add((self.standard.days() - 1).days())
    }
}

/// How often a salary is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalaryPer {
    /// Every week.
    Week,
    /// Every two weeks.
    TwoWeeks,
    /// Twice a month.
    HalfMonth,
    /// Every month.
    Month,
    /// Every year.
    Year,
}

/// A salary (in cents) as cents per week: a month's is twelve, half a month's twenty-four times a
/// year, over 52 weeks (29 CFR 778.113(b)).
pub fn weekly_salary(cents: &Fraction, per: SalaryPer) -> Fraction {
    let in_a_year = match per {
        SalaryPer::Week => 52,
        SalaryPer::TwoWeeks => 26,
        SalaryPer::HalfMonth => 24,
        SalaryPer::Month => 12,
        SalaryPer::Year => 1,
    };
    cents * &Fraction::new(in_a_year, 52).expect("52 is not zero")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_months_salary_is_twelve_in_a_year_of_52_weeks() {
        let monthly = Fraction::from(260_000);
        let weekly = |per| weekly_salary(&monthly, per).to_integer_exact();
        assert_eq!(weekly(SalaryPer::Month), Some(60_000));
        assert_eq!(weekly(SalaryPer::HalfMonth), Some(120_000));
        assert_eq!(weekly(SalaryPer::TwoWeeks), Some(130_000));
        assert_eq!(weekly(SalaryPer::Week), Some(260_000));
        assert_eq!(weekly(SalaryPer::Year), Some(5_000));
    }
}
