//! What one officer's workweek costs, and which account bears which part of the premium.
//!
//! # Why the premium stands apart
//! The law fixes what the officer is owed, not which town pays it. Straight time belongs to the
//! minute that was worked; the premium exists only because of the week as a whole. So it is its own
//! amount, split among accounts pro rata by minutes worked (the provider's rule, which does not
//! depend on the order of duties), and each agreement's terms split their part further. The minutes
//! past the threshold are still marked slice by slice, for terms that charge the town worked last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{Account, DutyId, Fraction, Location, Minutes};

use crate::Refusal;
use crate::cut::check_span;

/// Hours in a workweek after which overtime is owed: 40 (29 USC 207(a)(1)).
pub const THRESHOLD: Minutes = Minutes(40 * 60);

/// One officer's workweek as far as it counts, in any order.
#[derive(Debug, Clone)]
pub struct Week {
    /// The stretches of duty; none of them share a minute.
    pub slices: Vec<Slice>,
    /// Minutes after which overtime is owed; [`THRESHOLD`] by federal law.
    pub threshold: Minutes,
}

/// A stretch of work in one place, for one account, at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The duty of which it is a piece.
    pub duty: DutyId,
    /// Which piece of that duty, counted from 1.
    pub piece: u32,
    /// Its first instant.
    pub start: Timestamp,
    /// The instant at which it is over.
    pub end: Timestamp,
    /// The civil day in which it lies.
    pub day: Date,
    /// Where it was spent.
    pub location: Location,
    /// Who is charged.
    pub account: Account,
    /// Straight-time pay, in cents per hour.
    pub rate_cents_per_hour: Fraction,
    /// Employer's burden (taxes, insurance) as a part of pay: `0.18` is 18 cents on the dollar.
    pub burden: Fraction,
    /// Whether the overtime premium carries that burden too.
    pub burden_on_premium: bool,
}

/// A workweek with its exact cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostedWeek {
    /// The slices in order of time.
    pub slices: Vec<CostedSlice>,
    /// Minutes worked; leave is paid, not worked (29 CFR 778.218).
    pub worked_minutes: Minutes,
    /// Minutes worked past the threshold.
    pub overtime_minutes: Minutes,
    /// Straight-time pay of the minutes worked, in cents.
    pub straight_pay_cents: Fraction,
    /// Straight-time pay by hours worked, in cents per hour (29 CFR 778.109, .115); zero for a week
    /// without work.
    pub regular_rate_cents_per_hour: Fraction,
    /// Half the regular rate for each overtime hour, in cents.
    pub premium_pay_cents: Fraction,
    /// Burden on the premium, in cents; zero unless asked for.
    pub premium_burden_cents: Fraction,
    /// Each account's part of minutes and premium, in the order of accounts.
    pub accounts: Vec<AccountShare>,
}

impl CostedWeek {
    /// What the premium costs: pay and its burden, in cents.
    pub fn premium_cost_cents(&self) -> Fraction {
        &self.premium_pay_cents + &self.premium_burden_cents
    }
}

/// A slice with its exact cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostedSlice {
    /// The slice.
    pub slice: Slice,
    /// Its elapsed minutes.
    pub minutes: Minutes,
    /// Those of its minutes that lie past the threshold.
    pub past_threshold: Minutes,
    /// Straight-time pay, in cents.
    pub pay_cents: Fraction,
    /// Burden on that pay, in cents.
    pub burden_cents: Fraction,
}

impl CostedSlice {
    /// Pay and burden, in cents.
    pub fn base_cost_cents(&self) -> Fraction {
        &self.pay_cents + &self.burden_cents
    }
}

/// What of a week's premium belongs to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountShare {
    /// The account.
    pub account: Account,
    /// Minutes worked for it, by which the premium is split.
    pub worked_minutes: Minutes,
    /// Its part of the premium's pay, in cents.
    pub premium_pay_cents: Fraction,
    /// Its part of the premium's burden, in cents.
    pub premium_burden_cents: Fraction,
}

/// Prices a workweek. The order in which slices are given makes no difference.
pub fn cost_week(week: &Week) -> Result<CostedWeek, Refusal> {
    let mut ordered: Vec<&Slice> = week.slices.iter().collect();
    ordered.sort_by_key(|slice| (slice.start, slice.end));
    check(&ordered)?;

    let mut slices = Vec::with_capacity(ordered.len());
    let mut worked_minutes = Minutes::ZERO;
    for slice in ordered {
        let costed = cost_slice(slice, worked_minutes, week.threshold);
        if is_worked(slice) {
            worked_minutes += costed.minutes;
        }
        slices.push(costed);
    }
    let overtime_minutes: Minutes = slices.iter().map(|s| s.past_threshold).sum();
    let worked = || slices.iter().filter(|costed| is_worked(&costed.slice));
    let straight_pay_cents = Fraction::sum(worked().map(|costed| &costed.pay_cents));
    let regular_rate_cents_per_hour = straight_pay_cents
        .checked_div(&worked_minutes.hours())
        .unwrap_or_default();
    let premium_pay_cents = &regular_rate_cents_per_hour * &half(overtime_minutes.hours());
    // The premium is earned by the week as a whole, so it carries the week's average: the burden
    // of those minutes whose rate says so, over all straight-time pay.
    let carried = Fraction::sum(
        worked()
            .filter(|costed| costed.slice.burden_on_premium)
            .map(|costed| &costed.burden_cents),
    );
    let premium_burden_cents = carried
        .checked_div(&straight_pay_cents)
        .map(|average| &premium_pay_cents * &average)
        .unwrap_or_default();
    let mut costed = CostedWeek {
        slices,
        worked_minutes,
        overtime_minutes,
        straight_pay_cents,
        regular_rate_cents_per_hour,
        premium_pay_cents,
        premium_burden_cents,
        accounts: Vec::new(),
    };
    costed.accounts = split(&costed);
    check_fits(&costed)?;
    Ok(costed)
}

fn check(ordered: &[&Slice]) -> Result<(), Refusal> {
    for slice in ordered {
        check_span(slice.start, slice.end)?;
        if slice.rate_cents_per_hour.is_negative() || slice.burden.is_negative() {
            return Err(Refusal::NegativeRate {
                duty: slice.duty.clone(),
            });
        }
    }
    for pair in ordered.windows(2) {
        if pair[1].start < pair[0].end {
            return Err(Refusal::Overlap {
                first: pair[0].duty.clone(),
                second: pair[1].duty.clone(),
            });
        }
    }
    Ok(())
}

/// Paid leave is no hour worked: it neither fills the threshold nor enters the regular rate
/// (29 CFR 778.218-.219).
fn is_worked(slice: &Slice) -> bool {
    slice.location != Location::Leave
}

fn cost_slice(slice: &Slice, worked_before: Minutes, threshold: Minutes) -> CostedSlice {
    let minutes = Minutes::between(slice.start, slice.end);
    let past_threshold = if is_worked(slice) {
        let past = worked_before + minutes - threshold;
        past.clamp(Minutes::ZERO, minutes)
    } else {
        Minutes::ZERO
    };
    let pay_cents = &slice.rate_cents_per_hour * &minutes.hours();
    let burden_cents = &pay_cents * &slice.burden;
    CostedSlice {
        slice: slice.clone(),
        minutes,
        past_threshold,
        pay_cents,
        burden_cents,
    }
}

/// Every account of the week with its minutes' part of the premium. The parts sum to the whole
/// exactly, being fractions with one denominator.
fn split(week: &CostedWeek) -> Vec<AccountShare> {
    let mut minutes: BTreeMap<&Account, Minutes> = BTreeMap::new();
    for costed in &week.slices {
        let of_account = minutes.entry(&costed.slice.account).or_default();
        if is_worked(&costed.slice) {
            *of_account += costed.minutes;
        }
    }
    let whole = Fraction::from(week.worked_minutes.0);
    minutes
        .into_iter()
        .map(|(account, worked_minutes)| {
            let share = Fraction::from(worked_minutes.0)
                .checked_div(&whole)
                .unwrap_or_default();
            AccountShare {
                account: account.clone(),
                worked_minutes,
                premium_pay_cents: &week.premium_pay_cents * &share,
                premium_burden_cents: &week.premium_burden_cents * &share,
            }
        })
        .collect()
}

/// Whoever adds these amounts up in whole cents must not meet one that does not fit.
fn check_fits(week: &CostedWeek) -> Result<(), Refusal> {
    let base: Vec<_> = week.slices.iter().map(|s| s.base_cost_cents()).collect();
    (Fraction::sum(&base) + week.premium_cost_cents())
        .to_cents_half_up()
        .map(|_| ())
        .map_err(|_| Refusal::Overflow)
}

fn half(amount: Fraction) -> Fraction {
    amount * Fraction::new(1, 2).expect("2 is not zero")
}

#[cfg(test)]
mod tests;
