//! The answer: every figure with the one it follows from, and the section that makes it so.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use vocabulary::{Account, Cents, Fraction, Location, Minutes, OfficerId, PartyId};

use super::{Described, Refusal, parts};
use crate::attribution::{in_cents, worked_for};
use crate::line::PayLine;
use crate::pay::{self, Basis, OvertimeRate, Paid, Standard};

/// A week's pay: whole cents in `…_cents`, exact ones as `n/d`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whose week.
    pub officer: OfficerId,
    /// Its first day.
    pub first_day: Date,
    /// Its last day: the one in whose pay period the premium lies.
    pub last_day: Date,
    /// Minutes worked.
    pub worked_minutes: Minutes,
    /// Minutes past the threshold.
    pub overtime_minutes: Minutes,
    /// Cents per hour, exact.
    pub regular_rate_cents_per_hour: Fraction,
    /// What the week pays.
    pub gross_cents: Cents,
    /// Of it, the qualified overtime for W-2 box 12 code TT.
    pub qualified_overtime_cents: Cents,
    /// The pay lines.
    pub lines: Vec<Line>,
    /// How the figures follow from each other, in words.
    pub because: Vec<String>,
    /// Time off gained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comp_time: Option<CompTime>,
    /// Who bears straight time and premium, where the file asks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attribution: Vec<Part>,
    /// What somebody should look at.
    pub findings: Vec<String>,
    /// Parts of shifts that lie in another week.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<Stretch>,
}

/// A pay line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The day that decides about the pay period.
    pub day: Date,
    /// What it pays for.
    pub code: &'static str,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Who is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Its minutes.
    pub minutes: Minutes,
    /// Cents per hour, exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_cents_per_hour: Option<Fraction>,
    /// The exact amount in cents.
    pub exact_cents: Fraction,
    /// What is paid.
    pub amount_cents: Cents,
    /// Whether a cent was given so that the week is not short.
    pub given_cent: bool,
    /// The rule.
    pub citation: &'static str,
}

/// What one party bears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Who.
    pub party: PartyId,
    /// Minutes worked for it.
    pub worked_minutes: Minutes,
    /// Straight time in cents, exact.
    pub straight_cents: Fraction,
    /// Its part of the premium in cents, exact.
    pub premium_exact_cents: Fraction,
    /// The same in whole cents; all parts sum to the premium.
    pub premium_cents: Cents,
}

/// Overtime that became time off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CompTime {
    /// Minutes of overtime.
    pub from_overtime_minutes: Minutes,
    /// Time off gained.
    pub gained_minutes: Minutes,
    /// The balance afterwards.
    pub balance_minutes: Minutes,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
}

/// Reckons a described week.
pub fn answer(described: &Described) -> Result<Answer, Refusal> {
    let week = &described.week;
    let paid = pay::compute(week)?;
    Ok(Answer {
        officer: described.officer.clone(),
        first_day: week.first_day,
        last_day: week.last_day(),
        worked_minutes: paid.costed.worked_minutes,
        overtime_minutes: paid.costed.overtime_minutes,
        regular_rate_cents_per_hour: paid.regular_rate_cents_per_hour.clone(),
        gross_cents: paid.gross,
        qualified_overtime_cents: paid.qualified,
        lines: paid.lines.iter().map(line).collect(),
        because: because(week, &paid),
        comp_time: paid.comp.map(|comp| CompTime {
            from_overtime_minutes: comp.from_overtime,
            gained_minutes: comp.gained,
            balance_minutes: comp.bank.balance,
        }),
        attribution: attribution(described, &paid)?,
        findings: paid.findings.iter().map(ToString::to_string).collect(),
        left_out: described
            .left_out
            .iter()
            .map(|(start, end)| Stretch {
                start: *start,
                end: *end,
            })
            .collect(),
    })
}

fn line(line: &PayLine) -> Line {
    Line {
        day: line.key.day,
        code: line.key.code.as_str(),
        location: line.key.location.clone(),
        account: line.key.account.clone(),
        minutes: line.minutes,
        rate_cents_per_hour: line.rate_cents_per_hour.clone(),
        exact_cents: line.exact_cents.clone(),
        amount_cents: line.cents,
        given_cent: line.given_cent,
        citation: line.key.code.citation(),
    }
}

fn attribution(described: &Described, paid: &Paid) -> Result<Vec<Part>, Refusal> {
    let Some(premium) = parts(described, paid)? else {
        return Ok(Vec::new());
    };
    let cents = in_cents(&premium).map_err(pay::Refusal::from)?;
    let worked = worked_for(&paid.costed);
    let parties: BTreeSet<_> = worked.keys().chain(premium.keys()).collect();
    let part = |party: &PartyId| {
        let worked = worked.get(party).cloned().unwrap_or_default();
        Part {
            party: party.clone(),
            worked_minutes: worked.minutes,
            straight_cents: worked.straight_cents,
            premium_exact_cents: premium.get(party).cloned().unwrap_or_default(),
            premium_cents: cents.get(party).copied().unwrap_or_default(),
        }
    };
    Ok(parties.into_iter().map(part).collect())
}

fn because(week: &pay::Week, paid: &Paid) -> Vec<String> {
    let costed = &paid.costed;
    let worked = costed.worked_minutes;
    let mut said = vec![format!(
        "{worked} hours were worked; all are added (29 CFR 778.103)"
    )];
    if let Basis::Exempt { .. } = week.basis {
        said.push(format!(
            "the salary is exempt from overtime; over all hours it comes to {} an hour",
            dollars(&paid.regular_rate_cents_per_hour)
        ));
        return said;
    }
    let threshold = week.standard.threshold();
    let cited = match week.standard {
        Standard::Workweek => "29 USC 207(a)(1)",
        Standard::WorkPeriod(..) => "29 USC 207(k), 29 CFR 553.230",
    };
    said.push(format!(
        "past {threshold} hours lie {} of them ({cited})",
        costed.overtime_minutes
    ));
    said.push(format!(
        "remuneration of {} by those hours is a regular rate of {} (29 CFR 778.109, .115)",
        dollars(&paid.remuneration_cents),
        dollars(&paid.regular_rate_cents_per_hour)
    ));
    let half_of = match week.overtime_rate {
        OvertimeRate::WeightedAverage => "the regular rate (29 CFR 778.110)",
        OvertimeRate::InEffect { .. } => "the rate then in effect (29 CFR 778.419)",
    };
    said.push(format!(
        "each overtime hour is owed half of {half_of} besides: {}",
        dollars(&paid.federal_premium_cents)
    ));
    if let Some((name, owed)) = &paid.better {
        said.push(format!(
            "the rules of {name} owe {}, which is more (29 USC 218(a))",
            dollars(owed)
        ));
    }
    if let Some(comp) = paid.comp {
        said.push(format!(
            "{} of the overtime became {} of time off (29 CFR 553.22)",
            comp.from_overtime, comp.gained
        ));
    }
    said
}

/// Cents as dollars, rounded for reading.
fn dollars(cents: &Fraction) -> String {
    (cents * &Fraction::new(1, 100).expect("100 is not zero")).to_decimal(2)
}
