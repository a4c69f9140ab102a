//! Pay lines: rounded once each, compared after a correction, summed for the year's W-2.
//!
//! # Why the rounding stands here alone
//! Regulations round a rate first in their own examples and come out cents too low or too high.
//! Here nothing is rounded before a line is complete: hours times rate is exact, the line is
//! rounded half-up, and where the lines of a week would fall short of its exact total the officer
//! is given the missing cents, the largest fractions first.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Account, Cents, Fraction, Location, Minutes, Overflow};

use crate::extra::ExtraKind;

/// What a line pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Straight time of hours worked.
    Regular,
    /// Straight time of leave.
    Leave,
    /// What a salary pays beyond the hours worked and taken off.
    SalaryRemainder,
    /// The salary of an exempt officer.
    Salary,
    /// Overtime taken as time off: hours, no money.
    CompTime,
    /// A payment beside the hours.
    Extra(ExtraKind),
    /// The overtime premium that federal law requires: the qualified part.
    Premium,
    /// What a state's or the employer's rules owe beyond it.
    FurtherPremium,
}

impl Code {
    /// Its name in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Leave => "leave",
            Self::SalaryRemainder => "salary_remainder",
            Self::Salary => "salary",
            Self::CompTime => "comp_time",
            Self::Extra(kind) => kind.as_str(),
            Self::Premium => "overtime_premium",
            Self::FurtherPremium => "further_premium",
        }
    }

    /// The rule by which it is owed.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Regular => "29 CFR 778.315",
            Self::Leave => "29 CFR 778.218-.219",
            Self::SalaryRemainder => "29 CFR 778.113",
            Self::Salary => "29 CFR 541.602",
            Self::CompTime => "29 CFR 553.20-.22",
            Self::Extra(kind) => kind.citation(),
            Self::Premium => "29 CFR 778.107-.115",
            Self::FurtherPremium => "29 USC 218(a)",
        }
    }
}

/// What a line is about; a correction finds its line by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The day that decides about the pay period: of work for hours, the week's last for what
    /// only the whole week decides (29 CFR 778.106).
    pub day: Date,
    /// What it pays for.
    pub code: Code,
    /// Where the hours were spent.
    pub location: Option<Location>,
    /// Who is charged for them.
    pub account: Option<Account>,
}

/// A line before its rounding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// What it is about.
    pub key: Key,
    /// Its minutes.
    pub minutes: Minutes,
    /// Cents per hour, where it is hours at a rate.
    pub rate_cents_per_hour: Option<Fraction>,
    /// Its amount in cents.
    pub cents: Fraction,
}

/// A line as paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayLine {
    /// What it is about.
    pub key: Key,
    /// Its minutes.
    pub minutes: Minutes,
    /// Cents per hour, where it is hours at a rate.
    pub rate_cents_per_hour: Option<Fraction>,
    /// The exact amount in cents.
    pub exact_cents: Fraction,
    /// The amount paid.
    pub cents: Cents,
    /// Whether that is a cent more than its own rounding, so that the week is not short.
    pub given_cent: bool,
}

/// What a correction pays or takes back on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The line.
    pub key: Key,
    /// Minutes more or fewer.
    pub minutes: Minutes,
    /// Cents more or fewer.
    pub cents: Cents,
}

/// Rounds each line half-up, once. Falls the sum short of the exact total, rounded half-up, the
/// missing cents go to the lines that lost most, in order of the lines where equal.
pub fn round(lines: Vec<Exact>) -> Result<Vec<PayLine>, Overflow> {
    let whole = Fraction::sum(lines.iter().map(|line| &line.cents)).to_cents_half_up()?;
    let mut paid = Vec::with_capacity(lines.len());
    for line in lines {
        paid.push(PayLine {
            cents: line.cents.to_cents_half_up()?,
            key: line.key,
            minutes: line.minutes,
            rate_cents_per_hour: line.rate_cents_per_hour,
            exact_cents: line.cents,
            given_cent: false,
        });
    }
    let short = whole.checked_sub(gross(&paid)?)?.max(Cents::ZERO);
    let short = usize::try_from(short.0).map_err(|_| Overflow)?;
    let mut losers: Vec<usize> = (0..paid.len()).collect();
    losers.sort_by_cached_key(|&i| paid[i].cents.exact() - &paid[i].exact_cents);
    for &i in losers.iter().take(short) {
        paid[i].cents = paid[i].cents.checked_add(Cents(1))?;
        paid[i].given_cent = true;
    }
    Ok(paid)
}

/// What lines come to.
pub fn gross(lines: &[PayLine]) -> Result<Cents, Overflow> {
    Cents::sum(lines.iter().map(|line| line.cents))
}

/// What a correction of a week pays: the lines now owed less the lines already paid (the first
/// issue and every correction since), line by line; lines that agree are left out. So corrections
/// telescope: whatever came between, all deltas sum to the last reckoning.
pub fn deltas(paid: &[PayLine], owed: &[PayLine]) -> Result<Vec<Delta>, Overflow> {
    let mut by_key: BTreeMap<&Key, (Minutes, Cents)> = BTreeMap::new();
    for line in owed {
        let of_line = by_key.entry(&line.key).or_default();
        of_line.0 += line.minutes;
        of_line.1 = of_line.1.checked_add(line.cents)?;
    }
    for line in paid {
        let of_line = by_key.entry(&line.key).or_default();
        of_line.0 = of_line.0 - line.minutes;
        of_line.1 = of_line.1.checked_sub(line.cents)?;
    }
    let changed = by_key
        .into_iter()
        .filter(|(_, (minutes, cents))| *minutes != Minutes::ZERO || *cents != Cents::ZERO);
    Ok(changed
        .map(|(key, (minutes, cents))| Delta {
            key: key.clone(),
            minutes,
            cents,
        })
        .collect())
}

/// A premium or a correction of one, with the day on which it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidPremium {
    /// The payday.
    pub paid_on: Date,
    /// The amount, below zero where a correction takes back.
    pub cents: Cents,
}

/// Qualified overtime per calendar year of payment, for W-2 box 12 code TT: only
/// [`Code::Premium`], the half that federal law requires, corrections included in the year in
/// which they are paid (26 USC 225; wages are reported when paid).
pub fn qualified_by_year(premiums: &[PaidPremium]) -> Result<BTreeMap<i16, Cents>, Overflow> {
    let mut years = BTreeMap::new();
    for premium in premiums {
        let year: &mut Cents = years.entry(premium.paid_on.year()).or_default();
        *year = year.checked_add(premium.cents)?;
    }
    Ok(years)
}

#[cfg(test)]
mod tests;
