//! A week described in a file, and its answer: why is it this amount?
//!
//! The format is documented in docs/week.md. Reading is strict: an unknown key is refused with its
//! line, a bare number where money belongs too. Nothing is looked up anywhere: what decides the
//! amount stands in the file or in this rulebook.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::local_time::{self, Unclear};
use vocabulary::{Fraction, Minutes, OfficerId, Workweek};

use crate::attribution::{self, Policy};
use crate::comp::Bank;
use crate::employer::LawEnforcement;
use crate::hours::{Break, HoursRules, without};
use crate::minimum::minimum_wage;
use crate::pay::{self, Basis, CompTime, Extra, OvertimeRate, SalaryPer, Standard, Week, Work};
use crate::period::{WorkPeriod, WrongLength};
use crate::rules;
use crate::{Slice, cut};

mod answer;
mod form;

pub use answer::{Answer, Line, Part, answer};
use form::{BasisName, File, Pay, Payment, PerName, RateName, Stretch};

/// The longest file that is read, in bytes: a month of punches is far shorter.
pub const LENGTH_MAX: usize = 1 << 20;

/// A week as the file describes it.
#[derive(Debug, Clone)]
pub struct Described {
    /// Whose week.
    pub officer: OfficerId,
    /// The week, cut into civil days.
    pub week: Week,
    /// Who bears the premium, where asked.
    pub attribution: Option<Policy>,
    /// What of the shifts lies in another week, and is reckoned there.
    pub left_out: Vec<(Timestamp, Timestamp)>,
}

/// Why a file has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too long to be one week.
    #[error("the file has {length} bytes: one week takes at most {LENGTH_MAX}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Not in the format; the line and what was expected.
    #[error("{message}")]
    NotInFormat {
        /// What the reader says.
        message: String,
    },
    /// Another edition of the format.
    #[error("format = {format}: this version reads format 1")]
    OtherFormat {
        /// What the file says.
        format: i64,
    },
    /// A key without another that belongs to it, or a value out of range.
    #[error("{field}: {problem}")]
    Field {
        /// The key.
        field: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A time that names no instant.
    #[error("work {n}, {field}: {unclear}")]
    Time {
        /// Which [[work]], counted from 1.
        n: usize,
        /// Which key.
        field: &'static str,
        /// Why.
        unclear: Unclear,
    },
    /// A stretch that cannot be cut.
    #[error("work {n}: {refusal}")]
    Stretch {
        /// Which [[work]], counted from 1.
        n: usize,
        /// Why.
        refusal: crate::Refusal,
    },
    /// The length of a work period.
    #[error("work_period.days: {0}")]
    Period(#[from] WrongLength),
    /// A place whose rules are not known.
    #[error("rules: {0}")]
    Rules(#[from] rules::Refusal),
    /// The week itself.
    #[error(transparent)]
    Pay(#[from] pay::Refusal),
    /// The split of the premium.
    #[error("attribution: {0}")]
    Attribution(#[from] attribution::Refusal),
}

/// Reads a week.
pub fn read(text: &str) -> Result<Described, Refusal> {
    if text.len() > LENGTH_MAX {
        return Err(Refusal::TooLong { length: text.len() });
    }
    let file: File = toml::from_str(text).map_err(|error| Refusal::NotInFormat {
        message: error.to_string(),
    })?;
    if file.format != 1 {
        return Err(Refusal::OtherFormat {
            format: file.format,
        });
    }
    let mut rule_sets = file.rule_set.clone();
    for place in &file.rules {
        rule_sets.push(rules::state(place)?);
    }
    let mut week = Week {
        first_day: file.first_day,
        standard: standard(&file)?,
        employer: file.employer,
        basis: basis(&file.pay)?,
        overtime_rate: overtime_rate(&file.pay)?,
        work: Vec::new(),
        extras: Vec::new(),
        rule_sets,
        comp_time: comp_time(&file)?,
        minimum_wage: wage(&file)?,
    };
    let last_day = week.last_day();
    week.extras = file
        .extra
        .iter()
        .map(|extra| payment(extra, last_day))
        .collect();
    let mut left_out = Vec::new();
    for (n, stretch) in file.work.iter().enumerate() {
        add(&file, n + 1, stretch, &mut week, &mut left_out)?;
    }
    Ok(Described {
        officer: file.officer,
        week,
        attribution: file.attribution,
        left_out,
    })
}

fn field(field: &str, problem: impl Into<String>) -> Refusal {
    Refusal::Field {
        field: field.to_owned(),
        problem: problem.into(),
    }
}

fn standard(file: &File) -> Result<Standard, Refusal> {
    let Some(period) = &file.work_period else {
        return Ok(Standard::Workweek);
    };
    let officer = LawEnforcement {
        empowered_body: period.empowered_body,
        power_to_arrest: period.power_to_arrest,
        police_training: period.police_training,
    };
    Ok(Standard::WorkPeriod(
        WorkPeriod::try_new(period.days)?,
        officer,
    ))
}

fn basis(pay: &Pay) -> Result<Basis, Refusal> {
    let salary = || -> Result<Fraction, Refusal> {
        let salary = pay.salary.as_ref().ok_or_else(|| {
            field(
                "pay.salary",
                "missing: a salary in dollars, such as `\"800.00\"`",
            )
        })?;
        Ok(pay::weekly_salary(&salary.0, per(pay.per)))
    };
    let only_for = |basis: &str| format!("belongs to basis = \"{basis}\"; leave it out");
    if pay.salary.is_some() && !matches!(pay.basis, BasisName::Salaried | BasisName::Exempt) {
        return Err(field("pay.salary", only_for("salaried")));
    }
    if pay.covers_minutes.is_some() && pay.basis != BasisName::Salaried {
        return Err(field("pay.covers_minutes", only_for("salaried")));
    }
    Ok(match pay.basis {
        BasisName::Hourly => Basis::Hourly,
        BasisName::PieceRate => Basis::PieceRate,
        BasisName::FluctuatingWorkweek => Basis::FluctuatingWorkweek,
        BasisName::Exempt => Basis::Exempt {
            weekly_cents: salary()?,
        },
        BasisName::Salaried => Basis::Salaried {
            weekly_cents: salary()?,
            covers: pay.covers_minutes.map(Minutes).ok_or_else(|| {
                field(
                    "pay.covers_minutes",
                    "missing: the weekly hours it covers; 40 are `2400`",
                )
            })?,
        },
    })
}

fn per(name: PerName) -> SalaryPer {
    match name {
        PerName::Week => SalaryPer::Week,
        PerName::TwoWeeks => SalaryPer::TwoWeeks,
        PerName::HalfMonth => SalaryPer::HalfMonth,
        PerName::Month => SalaryPer::Month,
        PerName::Year => SalaryPer::Year,
    }
}

fn overtime_rate(pay: &Pay) -> Result<OvertimeRate, Refusal> {
    match (pay.overtime_rate, pay.agreed_on) {
        (RateName::WeightedAverage, None) => Ok(OvertimeRate::WeightedAverage),
        (RateName::InEffect, Some(agreed_on)) => Ok(OvertimeRate::InEffect { agreed_on }),
        (RateName::WeightedAverage, Some(_)) => Err(field(
            "pay.agreed_on",
            "belongs to overtime_rate = \"in_effect\"; leave it out",
        )),
        (RateName::InEffect, None) => Err(field(
            "pay.agreed_on",
            "missing: the day on which the rate in effect was agreed (29 USC 207(g))",
        )),
    }
}

fn wage(file: &File) -> Result<Option<Fraction>, Refusal> {
    match (&file.minimum_wage, &file.minimum_wage_of) {
        (Some(_), Some(_)) => Err(field(
            "minimum_wage",
            "given twice: keep it or minimum_wage_of",
        )),
        (Some(amount), None) => Ok(Some(amount.0.clone())),
        (None, Some(place)) => minimum_wage(place, file.first_day)
            .map(|wage| Some(wage.exact()))
            .ok_or_else(|| {
                field(
                    "minimum_wage_of",
                    "none is known on that day: give minimum_wage",
                )
            }),
        (None, None) => Ok(None),
    }
}

fn comp_time(file: &File) -> Result<Option<CompTime>, Refusal> {
    let Some(comp) = &file.comp_time else {
        return Ok(None);
    };
    for (name, minutes) in [
        ("comp_time.balance_minutes", Some(comp.balance_minutes)),
        (
            "comp_time.overtime_at_most_minutes",
            comp.overtime_at_most_minutes,
        ),
    ] {
        if minutes.is_some_and(|minutes| !(0..=1_000_000).contains(&minutes)) {
            return Err(field(
                name,
                "minutes from 0 to 1000000; 40 hours are `2400`",
            ));
        }
    }
    Ok(Some(CompTime {
        agreed_on: comp.agreed_on,
        bank: Bank {
            cap: comp.cap,
            balance: Minutes(comp.balance_minutes),
        },
        overtime_at_most: comp
            .overtime_at_most_minutes
            .map_or(Minutes(i64::MAX), Minutes),
    }))
}

fn payment(payment: &Payment, last_day: Date) -> Extra {
    Extra {
        kind: payment.kind,
        cents: payment.amount.0,
        day: payment.day.unwrap_or(last_day),
    }
}

/// Takes the meals out of a stretch, cuts it by civil days and keeps what lies in the week.
fn add(
    file: &File,
    n: usize,
    stretch: &Stretch,
    week: &mut Week,
    left_out: &mut Vec<(Timestamp, Timestamp)>,
) -> Result<(), Refusal> {
    let at = |field: &'static str, text: &str| {
        local_time::parse(text, &file.zone).map_err(|unclear| Refusal::Time { n, field, unclear })
    };
    let (start, end) = (at("start", &stretch.start)?, at("end", &stretch.end)?);
    let workweek = Workweek {
        starts_on: file.first_day.weekday(),
        zone: file.zone.clone(),
    };
    let stretch_refused = |refusal| Refusal::Stretch { n, refusal };
    // The whole first, so that its own mistakes are named before those of what is left of it.
    cut(start, end, &workweek).map_err(stretch_refused)?;
    let mut meals = Vec::new();
    for pause in &stretch.breaks {
        let span = (
            at("breaks.start", &pause.start)?,
            at("breaks.end", &pause.end)?,
        );
        cut(span.0, span.1, &workweek).map_err(stretch_refused)?;
        let of_meal = Break {
            minutes: Minutes::between(span.0, span.1),
            relieved: pause.relieved,
        };
        if HoursRules::default().meal(of_meal).counted == Minutes::ZERO {
            meals.push(span);
        }
    }
    let rate = rate(file, n, stretch)?;
    let (mut piece, last_day) = (0, week.last_day());
    for (from, until) in without(start, end, &meals) {
        for part in cut(from, until, &workweek).map_err(stretch_refused)? {
            piece += 1;
            if !(week.first_day..=last_day).contains(&part.day) {
                left_out.push((part.start, part.end));
                continue;
            }
            week.work.push(Work {
                slice: Slice {
                    duty: file.officer.duty(u64::try_from(n).unwrap_or(u64::MAX)),
                    piece,
                    start: part.start,
                    end: part.end,
                    day: part.day,
                    location: stretch.location.clone(),
                    account: stretch.account.clone(),
                    rate_cents_per_hour: rate.clone(),
                    burden: Fraction::zero(),
                    burden_on_premium: false,
                },
                kind: stretch.kind.clone(),
                authorised: stretch.authorised,
            });
        }
    }
    Ok(())
}

fn rate(file: &File, n: usize, stretch: &Stretch) -> Result<Fraction, Refusal> {
    match (&stretch.rate, file.pay.basis) {
        (Some(rate), BasisName::Hourly) => Ok(rate.0.clone()),
        (None, BasisName::Hourly) => Err(field(
            &format!("work {n}, rate"),
            "missing: dollars per hour, such as `\"20.00\"`",
        )),
        (Some(_), BasisName::Salaried | BasisName::Exempt) => Err(field(
            &format!("work {n}, rate"),
            "the salary is the rate; leave it out",
        )),
        _ => Ok(Fraction::zero()),
    }
}

/// Reads a week and reckons it.
pub fn compute(text: &str) -> Result<Answer, Refusal> {
    answer(&read(text)?)
}

/// Premium by party, where the file asks for it.
fn parts(
    described: &Described,
    paid: &pay::Paid,
) -> Result<Option<BTreeMap<vocabulary::PartyId, Fraction>>, Refusal> {
    let Some(policy) = &described.attribution else {
        return Ok(None);
    };
    let worked = attribution::worked_for(&paid.costed);
    let owed = paid
        .better
        .as_ref()
        .map_or(&paid.federal_premium_cents, |(_, owed)| owed);
    Ok(Some(attribution::attribute(owed, &worked, policy)?))
}

#[cfg(test)]
mod tests;
