//! Whose cost the overtime is: the week's premium, split among the parties it was worked for.
//!
//! # Why a policy, and none of law
//! The law says what the officer is owed, never which town pays (29 CFR 778.103 adds all hours of
//! the person). Straight time stays with the minute that was worked; the premium is one amount of
//! the week, and the agreement says who bears it. What a town bears under [`Policy::ProRata`] and
//! [`Policy::Pooled`] moves when another town's hours are corrected; under [`Policy::WorkedLast`]
//! the order of the roster decides; under [`Policy::UnlessOrdered`] only what was ordered does.
//!
//! The example of 24, 12 and 10 hours at 20.00 (premium 60.00), worked in this order:
//!
//! | Policy | 24 h | 12 h | 10 h | provider |
//! |---|---|---|---|---|
//! | `ProRata` | 31.31 | 15.65 | 13.04 | – |
//! | `WorkedLast` | – | – | 60.00 | – |
//! | `Caused`, planned 24, 10, 6 | – | 20.00 | 40.00 | – |
//! | `Pooled` in three equal parts | 20.00 | 20.00 | 20.00 | – |
//! | `UnlessOrdered`, nothing ordered | – | – | – | 60.00 |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Cents, Fraction, Location, Minutes, Overflow, PartyId};

use crate::CostedWeek;

/// Who bears a week's premium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Policy {
    /// Everybody, by hours worked for them.
    ProRata,
    /// Everybody, by straight-time pay of those hours: who has the dearer work bears more.
    ProRataByPay,
    /// Whoever was worked for past the threshold.
    WorkedLast,
    /// Whoever had more than planned, by the hours beyond plan. Overtime that the plan itself held
    /// is the provider's, who made it.
    Caused {
        /// Minutes planned for each; who is not named had none.
        planned_minutes: BTreeMap<PartyId, i64>,
    },
    /// By shares that are agreed, whoever was worked for; they sum to one. One party with the
    /// share 1 is the "home unit" that bears all.
    Pooled {
        /// Each party's share.
        shares: BTreeMap<PartyId, Fraction>,
    },
    /// The provider, but for overtime that a town ordered beforehand.
    UnlessOrdered {
        /// Minutes of overtime that each ordered.
        ordered_minutes: BTreeMap<PartyId, i64>,
    },
}

/// What was worked for one party in the week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkedFor {
    /// Minutes worked.
    pub minutes: Minutes,
    /// Those past the threshold.
    pub past_threshold: Minutes,
    /// Straight-time pay, in cents.
    pub straight_cents: Fraction,
}

/// Why a premium cannot be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Shares that do not sum to one.
    #[error("the pooled shares sum to {sum}, not to 1")]
    SharesNotOne {
        /// Their sum.
        sum: String,
    },
    /// A share, plan or order below zero.
    #[error("{party} has less than nothing: {value}")]
    BelowZero {
        /// Who.
        party: PartyId,
        /// What.
        value: String,
    },
}

/// The week's hours by party: a town's own and those travelled to it; everything else is the
/// provider's. Leave is no hour worked.
pub fn worked_for(week: &CostedWeek) -> BTreeMap<PartyId, WorkedFor> {
    let mut parties: BTreeMap<PartyId, WorkedFor> = BTreeMap::new();
    for costed in &week.slices {
        let location = &costed.slice.location;
        if *location == Location::Leave {
            continue;
        }
        let party = location
            .town()
            .cloned()
            .map_or(PartyId::Provider, PartyId::Town);
        let worked = parties.entry(party).or_default();
        worked.minutes += costed.minutes;
        worked.past_threshold += costed.past_threshold;
        worked.straight_cents += &costed.pay_cents;
    }
    parties
}

/// Splits a premium (in cents). The parts are exact and sum to it; parties without a part are left
/// out.
pub fn attribute(
    premium: &Fraction,
    worked: &BTreeMap<PartyId, WorkedFor>,
    policy: &Policy,
) -> Result<BTreeMap<PartyId, Fraction>, Refusal> {
    let by = |weight: fn(&WorkedFor) -> Fraction| {
        let parties = worked.iter();
        parties
            .map(|(party, worked)| (party.clone(), weight(worked)))
            .collect::<BTreeMap<_, _>>()
    };
    let overtime: Minutes = worked.values().map(|w| w.past_threshold).sum();
    let mut weights = match policy {
        Policy::ProRata => by(|worked| worked.minutes.hours()),
        Policy::ProRataByPay => by(|worked| worked.straight_cents.clone()),
        Policy::WorkedLast => by(|worked| worked.past_threshold.hours()),
        Policy::Pooled { shares } => pooled(shares)?,
        Policy::Caused { planned_minutes } => {
            let planned = minutes(planned_minutes)?;
            with_rest(worked, overtime, |party, worked| {
                let planned = planned.get(party).copied().unwrap_or_default();
                (worked.minutes - planned).max(Minutes::ZERO)
            })
        }
        Policy::UnlessOrdered { ordered_minutes } => {
            let ordered = minutes(ordered_minutes)?;
            with_rest(worked, overtime, |party, worked| {
                let ordered = ordered.get(party).copied().unwrap_or_default();
                ordered.min(worked.minutes)
            })
        }
    };
    let mut whole = Fraction::sum(weights.values());
    if whole.is_zero() {
        // Nobody to split among: nothing is lost, the provider has it.
        weights = BTreeMap::from([(PartyId::Provider, Fraction::one())]);
        whole = Fraction::one();
    }
    let parts = weights.into_iter().map(|(party, weight)| {
        let share = weight.checked_div(&whole).unwrap_or_default();
        (party, premium * &share)
    });
    Ok(parts.filter(|(_, part)| !part.is_zero()).collect())
}

/// The parts in whole cents: their sum is the sum rounded half-up, cents left over go to the
/// largest remainders, in the order of parties where equal.
pub fn in_cents(parts: &BTreeMap<PartyId, Fraction>) -> Result<BTreeMap<PartyId, Cents>, Overflow> {
    let whole = Fraction::sum(parts.values()).to_cents_half_up()?;
    let mut cents = BTreeMap::new();
    for (party, part) in parts {
        cents.insert(party.clone(), part.floor().to_cents_half_up()?);
    }
    let left = whole.checked_sub(Cents::sum(cents.values().copied())?)?;
    let mut by_remainder: Vec<_> = parts.iter().collect();
    by_remainder.sort_by_cached_key(|(_, part)| part.floor() - *part);
    for (party, _) in by_remainder
        .into_iter()
        .take(usize::try_from(left.0).unwrap_or(0))
    {
        let of_party = cents.get_mut(party).expect("every party has a part");
        *of_party = of_party.checked_add(Cents(1))?;
    }
    Ok(cents)
}

fn pooled(shares: &BTreeMap<PartyId, Fraction>) -> Result<BTreeMap<PartyId, Fraction>, Refusal> {
    for (party, share) in shares {
        if share.is_negative() {
            return Err(Refusal::BelowZero {
                party: party.clone(),
                value: share.to_string(),
            });
        }
    }
    let sum = Fraction::sum(shares.values());
    if sum != Fraction::one() {
        return Err(Refusal::SharesNotOne {
            sum: sum.to_string(),
        });
    }
    Ok(shares.clone())
}

fn minutes(given: &BTreeMap<PartyId, i64>) -> Result<BTreeMap<PartyId, Minutes>, Refusal> {
    let checked = given.iter().map(|(party, minutes)| {
        if *minutes < 0 {
            return Err(Refusal::BelowZero {
                party: party.clone(),
                value: minutes.to_string(),
            });
        }
        Ok((party.clone(), Minutes(*minutes)))
    });
    checked.collect()
}

/// Weights by minutes that explain the overtime; what they leave unexplained is the provider's.
fn with_rest(
    worked: &BTreeMap<PartyId, WorkedFor>,
    overtime: Minutes,
    explains: impl Fn(&PartyId, &WorkedFor) -> Minutes,
) -> BTreeMap<PartyId, Fraction> {
    let mut explained = Minutes::ZERO;
    let mut weights = BTreeMap::new();
    for (party, worked) in worked {
        let minutes = explains(party, worked);
        explained += minutes;
        weights.insert(party.clone(), minutes.hours());
    }
    let rest = (overtime - explained).max(Minutes::ZERO);
    *weights.entry(PartyId::Provider).or_default() += &rest.hours();
    weights
}

#[cfg(test)]
mod tests;
