//! Overtime beyond the federal 40 hours as data: daily, seventh day, lower weekly thresholds.
//!
//! # Why whole sets compete, not single rules
//! A state's rules are made to fit each other: where one minute is overtime by the day and by the
//! week it is paid once (or the state says which reckoning counts). So a set is reckoned whole, and
//! the officer is owed the greatest of all sets and the federal one: the higher standard holds
//! (29 USC 218(a)), and what a daily rule pays extra counts towards the weekly premium
//! (29 CFR 778.201-.202).

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Fraction, Minutes};

/// All overtime rules of one place or contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// What people call it, such as `US-AK` or `handbook`.
    pub name: String,
    /// Where it is written.
    pub citation: String,
    /// What becomes of a minute that several of its rules name.
    pub combine: Combine,
    /// The rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// How the rules of one set go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// A minute takes the highest factor by day; weekly rules count only minutes that no daily
    /// rule named.
    EachMinuteOnce,
    /// Each rule is reckoned alone over all minutes, and the one that owes most counts.
    Greatest,
}

/// One rule: from which minute on, how many times the regular rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Past so many minutes worked in the workweek.
    Weekly {
        /// The threshold.
        after_minutes: i64,
        /// Times the regular rate; 1.5 is time and a half.
        factor: Fraction,
    },
    /// Past so many minutes worked in a civil day.
    Daily {
        /// The threshold.
        after_minutes: i64,
        /// Times the regular rate.
        factor: Fraction,
        /// Only for a regular rate below so many times the minimum wage; always without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below_minimum_wage_times: Option<Fraction>,
    },
    /// On named days, such as holidays worked: at time and a half or more the extra pay counts
    /// towards the weekly premium (29 CFR 778.203), which taking the greatest reckoning does.
    OnDays {
        /// The days.
        days: Vec<Date>,
        /// Times the regular rate.
        factor: Fraction,
    },
    /// On the last day of a workweek in which work was done on every day.
    SeventhDay {
        /// Past so many minutes of that day.
        after_minutes: i64,
        /// Times the regular rate.
        factor: Fraction,
        /// Only in a workweek of more than so many minutes; always without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_when_week_over_minutes: Option<i64>,
    },
}

/// A workweek as rules look at it.
#[derive(Debug, Clone)]
pub struct Worked<'a> {
    /// The first day of the workweek.
    pub first_day: Date,
    /// Minutes worked with the civil day in which they lie, in order of time.
    pub pieces: &'a [(Date, Minutes)],
    /// The regular rate, in cents per hour.
    pub regular_rate: &'a Fraction,
    /// The minimum wage, in cents per hour, where a rule looks at it.
    pub minimum_wage: Option<&'a Fraction>,
}

/// Why a set cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule that pays less than straight time.
    #[error("rule set {set}: a factor of {factor} is below 1; time and a half is `1.5`")]
    FactorBelowOne {
        /// The set.
        set: String,
        /// The factor.
        factor: String,
    },
    /// A threshold that is no length of time.
    #[error("rule set {set}: after_minutes = {minutes} is below 0; 8 hours are `480`")]
    ThresholdBelowZero {
        /// The set.
        set: String,
        /// The threshold.
        minutes: i64,
    },
    /// A rule asks for the minimum wage and none is given.
    #[error(
        "rule set {set} depends on the minimum wage: give `minimum_wage`, or the place it is of"
    )]
    NoMinimumWage {
        /// The set.
        set: String,
    },
    /// No such set is known.
    #[error("no rules are known of {place}: one of {known}, or write them out as [[rule_set]]")]
    Unknown {
        /// What was asked for.
        place: String,
        /// What there is.
        known: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sets {
    rule_set: Vec<RuleSet>,
}

/// The sets that come with the rulebook, from `rules/states.toml`.
pub fn states() -> Vec<RuleSet> {
    let sets: Sets = toml::from_str(include_str!("../rules/states.toml"))
        .expect("the rulebook's own data is tested");
    sets.rule_set
}

/// The set of one state, such as `US-AK`.
pub fn state(place: &str) -> Result<RuleSet, Refusal> {
    let sets = states();
    let known: Vec<_> = sets.iter().map(|set| set.name.clone()).collect();
    let found = sets.into_iter().find(|set| set.name == place);
    found.ok_or_else(|| Refusal::Unknown {
        place: place.to_owned(),
        known: known.join(", "),
    })
}

impl RuleSet {
    /// What the set owes beyond straight time, in cents: for each minute that a rule names, its
    /// factor less one, at the regular rate.
    pub fn premium(&self, worked: &Worked<'_>) -> Result<Fraction, Refusal> {
        self.check()?;
        let applying = self.applying(worked)?;
        let owed = match self.combine {
            Combine::EachMinuteOnce => extra_hours(&applying, worked),
            Combine::Greatest => applying
                .iter()
                .map(|rule| extra_hours(&[*rule], worked))
                .max()
                .unwrap_or_default(),
        };
        Ok(owed * worked.regular_rate)
    }

    fn check(&self) -> Result<(), Refusal> {
        for rule in &self.rules {
            let (minutes, factor) = rule.threshold();
            if factor < &Fraction::one() {
                return Err(Refusal::FactorBelowOne {
                    set: self.name.clone(),
                    factor: factor.to_string(),
                });
            }
            if minutes < Minutes::ZERO {
                return Err(Refusal::ThresholdBelowZero {
                    set: self.name.clone(),
                    minutes: minutes.0,
                });
            }
        }
        Ok(())
    }

    /// The rules whose conditions this week meets.
    fn applying(&self, worked: &Worked<'_>) -> Result<Vec<&Rule>, Refusal> {
        let total: Minutes = worked.pieces.iter().map(|(_, minutes)| *minutes).sum();
        let mut applying = Vec::new();
        for rule in &self.rules {
            let applies = match rule {
                Rule::Daily {
                    below_minimum_wage_times: Some(times),
                    ..
                } => {
                    let minimum = worked.minimum_wage.ok_or_else(|| Refusal::NoMinimumWage {
                        set: self.name.clone(),
                    })?;
                    worked.regular_rate < &(minimum * times)
                }
                Rule::SeventhDay {
                    only_when_week_over_minutes,
                    ..
                } => {
                    every_day_worked(worked)
                        && only_when_week_over_minutes.is_none_or(|over| total.0 > over)
                }
                Rule::Weekly { .. } | Rule::Daily { .. } | Rule::OnDays { .. } => true,
            };
            if applies {
                applying.push(rule);
            }
        }
        Ok(applying)
    }
}

impl Rule {
    fn threshold(&self) -> (Minutes, &Fraction) {
        match self {
            Self::OnDays { factor, .. } => (Minutes::ZERO, factor),
            Self::Weekly {
                after_minutes,
                factor,
            }
            | Self::Daily {
                after_minutes,
                factor,
                ..
            }
            | Self::SeventhDay {
                after_minutes,
                factor,
                ..
            } => (Minutes(*after_minutes), factor),
        }
    }
}

fn last_day(worked: &Worked<'_>) -> Date {
    worked.first_day.saturating_add(6.days())
}

fn every_day_worked(worked: &Worked<'_>) -> bool {
    (0..7).all(|n| {
        let day = worked.first_day.saturating_add(n.days());
        let on_day = worked.pieces.iter().filter(|(piece, _)| *piece == day);
        on_day.map(|(_, minutes)| *minutes).sum::<Minutes>() > Minutes::ZERO
    })
}

/// Hours of straight time owed on top, all rules together: minutes times (factor - 1).
fn extra_hours(rules: &[&Rule], worked: &Worked<'_>) -> Fraction {
    let mut so_far: BTreeMap<Date, Minutes> = BTreeMap::new();
    let mut plain = Minutes::ZERO;
    let mut owed = Fraction::zero();
    for (day, minutes) in worked.pieces {
        let from = so_far.get(day).copied().unwrap_or_default();
        let by_day: Vec<_> = rules
            .iter()
            .filter(|rule| match rule {
                Rule::Weekly { .. } => false,
                Rule::Daily { .. } => true,
                Rule::SeventhDay { .. } => *day == last_day(worked),
                Rule::OnDays { days, .. } => days.contains(day),
            })
            .map(|rule| rule.threshold())
            .collect();
        let (extra, left) = past(&by_day, from, *minutes);
        owed += &extra;
        so_far.insert(*day, from + *minutes);
        let weekly: Vec<_> = rules
            .iter()
            .filter(|rule| matches!(rule, Rule::Weekly { .. }))
            .map(|rule| rule.threshold())
            .collect();
        owed += &past(&weekly, plain, left).0;
        plain += left;
    }
    owed
}

/// Of the minutes that follow on `from`: the hours owed on top, each minute by the highest factor
/// whose threshold it is past, and how many minutes no threshold named.
fn past(
    thresholds: &[(Minutes, &Fraction)],
    from: Minutes,
    minutes: Minutes,
) -> (Fraction, Minutes) {
    let until = from + minutes;
    let mut cuts: Vec<Minutes> = thresholds
        .iter()
        .map(|(after, _)| (*after).clamp(from, until))
        .chain([until])
        .collect();
    cuts.sort_unstable();
    let (mut owed, mut plain, mut at) = (Fraction::zero(), Minutes::ZERO, from);
    for cut in cuts {
        let here = thresholds.iter().filter(|(after, _)| *after <= at);
        match here.map(|(_, factor)| *factor).max() {
            Some(factor) => owed += &((cut - at).hours() * (factor - &Fraction::one())),
            None => plain += cut - at,
        }
        at = cut;
    }
    (owed, plain)
}

#[cfg(test)]
mod tests;
