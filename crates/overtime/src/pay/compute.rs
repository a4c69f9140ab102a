//! From hours and payments to pay lines.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Account, Cents, Fraction, Location, Minutes};

use super::{Basis, Finding, OvertimeRate, Paid, Refusal, Standard, Week};
use crate::comp::Accrual;
use crate::line::{self, Code, Exact, Key};
use crate::rules::Worked;
use crate::{CostedSlice, CostedWeek, cost_week};

/// Longer than any span, so that nothing of an exempt officer's hours is past it.
const NO_THRESHOLD: Minutes = Minutes(366 * 24 * 60);

/// Reckons a week. The order in which work and payments are given makes no difference.
pub fn compute(week: &Week) -> Result<Paid, Refusal> {
    check(week)?;
    let costed = cost(week)?;
    let included = Fraction::sum(
        &extras(week)
            .filter(|(code, _, _)| matches!(code, Code::Extra(kind) if kind.in_regular_rate()))
            .map(|(_, _, cents)| cents.exact())
            .collect::<Vec<_>>(),
    );
    let remuneration_cents = &costed.straight_pay_cents + &included;
    let hours = costed.worked_minutes.hours();
    let regular_rate_cents_per_hour = remuneration_cents.checked_div(&hours).unwrap_or_default();
    let federal_premium_cents = match week.overtime_rate {
        OvertimeRate::WeightedAverage => {
            half(&regular_rate_cents_per_hour * &costed.overtime_minutes.hours())
        }
        OvertimeRate::InEffect { .. } => in_effect(&costed, &included),
    };
    let better = better(week, &costed, &regular_rate_cents_per_hour)?
        .filter(|(_, owed)| owed > &federal_premium_cents);
    let comp = comp(week, &costed)?;
    let mut paid = Paid {
        costed,
        remuneration_cents,
        regular_rate_cents_per_hour,
        federal_premium_cents,
        better,
        comp,
        lines: Vec::new(),
        gross: Cents::ZERO,
        qualified: Cents::ZERO,
        findings: Vec::new(),
    };
    paid.lines = line::round(lines(week, &paid))?;
    paid.gross = line::gross(&paid.lines)?;
    let premiums = paid.lines.iter().filter(|l| l.key.code == Code::Premium);
    paid.qualified = Cents::sum(premiums.map(|line| line.cents))?;
    paid.findings = findings(week, &paid)?;
    Ok(paid)
}

fn check(week: &Week) -> Result<(), Refusal> {
    match &week.basis {
        Basis::PieceRate => return Err(Refusal::PieceRate),
        Basis::FluctuatingWorkweek => return Err(Refusal::FluctuatingWorkweek),
        Basis::Salaried {
            weekly_cents,
            covers,
        } if weekly_cents.is_negative() || *covers <= Minutes::ZERO => {
            return Err(Refusal::SalaryWithoutHours);
        }
        Basis::Exempt { weekly_cents } if weekly_cents.is_negative() => {
            return Err(Refusal::SalaryWithoutHours);
        }
        _ => {}
    }
    if let Standard::WorkPeriod(_, officer) = week.standard {
        week.employer.work_period(officer)?;
        let by_the_week = match week.basis {
            Basis::Hourly if week.rule_sets.is_empty() => None,
            Basis::Hourly => Some("a rule set"),
            _ => Some("a salary"),
        };
        if let Some(what) = by_the_week {
            return Err(Refusal::NotInWorkPeriod { what });
        }
    }
    let (first, last) = (week.first_day, week.last_day());
    for work in &week.work {
        if !(first..=last).contains(&work.slice.day) {
            return Err(Refusal::OutsideWeek {
                duty: work.slice.duty.clone(),
                day: work.slice.day,
                first,
                last,
            });
        }
    }
    for extra in &week.extras {
        let kind = extra.kind.as_str();
        if extra.cents < Cents::ZERO {
            return Err(Refusal::NegativeExtra { kind });
        }
        if !(first..=last).contains(&extra.day) {
            return Err(Refusal::ExtraOutsideWeek {
                kind,
                day: extra.day,
                first,
                last,
            });
        }
    }
    check_rate_in_effect(week)
}

/// The rate in effect needs an agreement made before the work and bona fide rates of different
/// kinds of work (29 USC 207(g)(2), 29 CFR 778.415-.419).
fn check_rate_in_effect(week: &Week) -> Result<(), Refusal> {
    let OvertimeRate::InEffect { agreed_on } = week.overtime_rate else {
        return Ok(());
    };
    if let Some(first_worked) = first_worked(week)
        && agreed_on > first_worked
    {
        return Err(Refusal::AgreedAfterwards {
            agreed_on,
            first_worked,
        });
    }
    let mut rates: BTreeMap<&str, &Fraction> = BTreeMap::new();
    for work in week
        .work
        .iter()
        .filter(|w| w.slice.location != Location::Leave)
    {
        let rate = &work.slice.rate_cents_per_hour;
        if rates
            .insert(&work.kind, rate)
            .is_some_and(|other| other != rate)
        {
            return Err(Refusal::SameKindTwoRates {
                kind: work.kind.clone(),
            });
        }
    }
    Ok(())
}

fn first_worked(week: &Week) -> Option<Date> {
    let worked = week
        .work
        .iter()
        .filter(|w| w.slice.location != Location::Leave);
    worked.map(|work| work.slice.day).min()
}

/// Straight time by [`cost_week`], a salary as the hourly rate that it comes to.
fn cost(week: &Week) -> Result<CostedWeek, Refusal> {
    let mut slices: Vec<_> = week.work.iter().map(|work| work.slice.clone()).collect();
    let (rate, threshold) = match &week.basis {
        Basis::Salaried {
            weekly_cents,
            covers,
        } => (
            weekly_cents.checked_div(&covers.hours()),
            week.standard.threshold(),
        ),
        Basis::Exempt { weekly_cents } => {
            // Every hour bears its part, so that no town pays the same salary twice.
            let all = slices
                .iter()
                .map(|s| Minutes::between(s.start, s.end))
                .sum::<Minutes>();
            (weekly_cents.checked_div(&all.hours()), NO_THRESHOLD)
        }
        _ => (None, week.standard.threshold()),
    };
    if let Some(rate) = rate {
        for slice in &mut slices {
            slice.rate_cents_per_hour = rate.clone();
        }
    }
    Ok(cost_week(&crate::Week { slices, threshold })?)
}

/// Half the rate of each overtime hour, and half of the hourly part of other pay in the regular
/// rate (29 CFR 778.415-.421).
fn in_effect(costed: &CostedWeek, included: &Fraction) -> Fraction {
    let at_rates: Vec<_> = costed
        .slices
        .iter()
        .map(|s| &s.slice.rate_cents_per_hour * &s.past_threshold.hours())
        .collect();
    let other = included
        .checked_div(&costed.worked_minutes.hours())
        .map(|hourly| hourly * costed.overtime_minutes.hours())
        .unwrap_or_default();
    half(Fraction::sum(&at_rates) + other)
}

/// The rule set that owes most, whatever the federal premium is.
fn better(
    week: &Week,
    costed: &CostedWeek,
    regular_rate: &Fraction,
) -> Result<Option<(String, Fraction)>, Refusal> {
    if matches!(week.basis, Basis::Exempt { .. }) {
        return Ok(None);
    }
    let pieces: Vec<_> = worked(costed).map(|s| (s.slice.day, s.minutes)).collect();
    let worked = Worked {
        first_day: week.first_day,
        pieces: &pieces,
        regular_rate,
        minimum_wage: week.minimum_wage.as_ref(),
    };
    let mut best: Option<(String, Fraction)> = None;
    for set in &week.rule_sets {
        let owed = set.premium(&worked)?;
        if best.as_ref().is_none_or(|(_, most)| &owed > most) {
            best = Some((set.name.clone(), owed));
        }
    }
    Ok(best)
}

fn comp(week: &Week, costed: &CostedWeek) -> Result<Option<Accrual>, Refusal> {
    let Some(wish) = &week.comp_time else {
        return Ok(None);
    };
    week.employer
        .comp_time(wish.agreed_on, first_worked(week))?;
    let wanted = costed
        .overtime_minutes
        .min(wish.overtime_at_most)
        .max(Minutes::ZERO);
    Ok(Some(wish.bank.accrue(wanted)))
}

fn worked(costed: &CostedWeek) -> impl Iterator<Item = &CostedSlice> {
    let slices = costed.slices.iter();
    slices.filter(|s| s.slice.location != Location::Leave)
}

fn extras(week: &Week) -> impl Iterator<Item = (Code, Date, Cents)> {
    let extras = week.extras.iter();
    extras.map(|extra| (Code::Extra(extra.kind), extra.day, extra.cents))
}

fn lines(week: &Week, paid: &Paid) -> Vec<Exact> {
    let mut lines = match &week.basis {
        Basis::Exempt { weekly_cents } => {
            vec![whole_week(week, Code::Salary, weekly_cents.clone())]
        }
        _ => hours(paid),
    };
    lines.extend(salary_remainder(week, paid));
    lines.extend(extras(week).map(|(code, day, cents)| amount(day, code, cents.exact())));
    let overtime = paid.costed.overtime_minutes;
    let off = paid.comp.map_or(Minutes::ZERO, |comp| comp.from_overtime);
    let in_cash = (overtime - off)
        .hours()
        .checked_div(&overtime.hours())
        .unwrap_or_default();
    let federal = &paid.federal_premium_cents;
    lines.push(Exact {
        minutes: overtime - off,
        ..whole_week(week, Code::Premium, federal * &in_cash)
    });
    if let Some((_, owed)) = &paid.better {
        lines.push(whole_week(week, Code::FurtherPremium, owed - federal));
    }
    lines.retain(|line| !line.cents.is_zero() || line.minutes != Minutes::ZERO);
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    lines
}

/// A line that only the week as a whole decides.
fn whole_week(week: &Week, code: Code, cents: Fraction) -> Exact {
    amount(week.last_day(), code, cents)
}

fn amount(day: Date, code: Code, cents: Fraction) -> Exact {
    Exact {
        key: Key {
            day,
            code,
            location: None,
            account: None,
        },
        minutes: Minutes::ZERO,
        rate_cents_per_hour: None,
        cents,
    }
}

/// Straight time by day, place, account and rate. Overtime that became time off, the last minutes
/// of the week first, is shown without money.
fn hours(paid: &Paid) -> Vec<Exact> {
    type Group = (Date, Code, Location, Account, Fraction);
    let mut groups: BTreeMap<Group, Minutes> = BTreeMap::new();
    let mut off = paid.comp.map_or(Minutes::ZERO, |comp| comp.from_overtime);
    for costed in paid.costed.slices.iter().rev() {
        let slice = &costed.slice;
        let taken = off.min(costed.past_threshold);
        off = off - taken;
        let code = match slice.location {
            Location::Leave => Code::Leave,
            _ => Code::Regular,
        };
        for (code, minutes) in [(code, costed.minutes - taken), (Code::CompTime, taken)] {
            let group = (
                slice.day,
                code,
                slice.location.clone(),
                slice.account.clone(),
                slice.rate_cents_per_hour.clone(),
            );
            *groups.entry(group).or_default() += minutes;
        }
    }
    groups
        .into_iter()
        .filter(|(_, minutes)| *minutes != Minutes::ZERO)
        .map(|((day, code, location, account, rate), minutes)| Exact {
            key: Key {
                day,
                code,
                location: Some(location),
                account: Some(account),
            },
            minutes,
            cents: match code {
                Code::CompTime => Fraction::zero(),
                _ => &rate * &minutes.hours(),
            },
            rate_cents_per_hour: Some(rate),
        })
        .collect()
}

/// A salary is paid whole, also for a short week (29 CFR 778.113(a)).
fn salary_remainder(week: &Week, paid: &Paid) -> Option<Exact> {
    let Basis::Salaried {
        weekly_cents,
        covers,
    } = &week.basis
    else {
        return None;
    };
    let present: Minutes = paid.costed.slices.iter().map(|slice| slice.minutes).sum();
    let left = *covers - present;
    if left <= Minutes::ZERO {
        return None;
    }
    let rate = weekly_cents.checked_div(&covers.hours())?;
    Some(Exact {
        minutes: left,
        cents: &rate * &left.hours(),
        rate_cents_per_hour: Some(rate),
        ..whole_week(week, Code::SalaryRemainder, Fraction::zero())
    })
}

fn findings(week: &Week, paid: &Paid) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Vec::new();
    let mut works: Vec<_> = week.work.iter().filter(|work| !work.authorised).collect();
    works.sort_by_key(|work| work.slice.start);
    for work in works {
        findings.push(Finding::Unauthorised {
            duty: work.slice.duty.clone(),
            minutes: Minutes::between(work.slice.start, work.slice.end),
        });
    }
    let rate = &paid.regular_rate_cents_per_hour;
    let hours = paid.costed.worked_minutes.hours();
    let exempt = matches!(week.basis, Basis::Exempt { .. });
    if let Some(minimum) = week.minimum_wage.as_ref()
        && !hours.is_zero()
        && !exempt
        && rate < minimum
    {
        findings.push(Finding::BelowMinimumWage {
            rate: rate.to_decimal(2),
            minimum: minimum.to_decimal(2),
            shortfall: ((minimum - rate) * hours).ceil().to_cents_half_up()?,
        });
    }
    Ok(findings)
}

fn half(amount: Fraction) -> Fraction {
    amount * Fraction::new(1, 2).expect("2 is not zero")
}
