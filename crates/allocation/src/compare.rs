//! What-ifs: the same months under other terms, and why a party's total moved between two months.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vocabulary::{Cents, Fraction, Month, PartyId};

use crate::settle::overflow;
use crate::{Facts, Refusal, Settlement, Share, Terms, Unit, settle};

/// What each party would bear over some months under one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// What the reader calls it.
    pub name: String,
    /// Every party of any of the documents, towns first, in the order of the first that has it.
    pub totals: Vec<ScenarioTotal>,
}

/// What one party would bear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioTotal {
    /// Who.
    pub party: PartyId,
    /// Over all months.
    pub cents: Cents,
    /// More or less than in the first scenario.
    pub difference_cents: Cents,
}

/// Settles the same months on the same facts under several documents. The first is what the others
/// are compared with.
pub fn compare(
    under: &[(String, Terms)],
    months: &[Month],
    facts: &Facts,
) -> Result<Vec<Scenario>, Refusal> {
    let mut parties: Vec<PartyId> = vec![];
    for (_, terms) in under {
        for party in terms.parties() {
            if party != PartyId::Provider && !parties.contains(&party) {
                parties.push(party);
            }
        }
    }
    parties.push(PartyId::Provider);
    let mut first: BTreeMap<PartyId, Cents> = BTreeMap::new();
    let mut scenarios = vec![];
    for (name, terms) in under {
        let sums = sums(terms, months, facts)?;
        if scenarios.is_empty() {
            first.clone_from(&sums);
        }
        let of = |sums: &BTreeMap<PartyId, Cents>, party: &PartyId| {
            sums.get(party).copied().unwrap_or_default()
        };
        let total = |party: &PartyId| {
            let cents = of(&sums, party);
            let difference = cents.checked_sub(of(&first, party));
            let difference = difference.map_err(|_| overflow(format!("{party}'s difference")))?;
            Ok(ScenarioTotal {
                party: party.clone(),
                cents,
                difference_cents: difference,
            })
        };
        scenarios.push(Scenario {
            name: name.clone(),
            totals: parties.iter().map(total).collect::<Result<_, Refusal>>()?,
        });
    }
    Ok(scenarios)
}

fn sums(
    terms: &Terms,
    months: &[Month],
    facts: &Facts,
) -> Result<BTreeMap<PartyId, Cents>, Refusal> {
    let mut sums: BTreeMap<PartyId, Cents> = BTreeMap::new();
    for month in months {
        for total in settle(terms, *month, facts)?.totals {
            let sum = sums.entry(total.party.clone()).or_default();
            let more = sum.checked_add(total.cents);
            *sum = more.map_err(|_| overflow(format!("{}'s total", total.party)))?;
        }
    }
    Ok(sums)
}

/// Why a party's total moved between two settled months. The parts sum to the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// What it bore before.
    pub before_cents: Cents,
    /// What it bears now.
    pub after_cents: Cents,
    /// There was more, or less, to share: at the party's former share.
    pub total_cost_cents: Cents,
    /// The party used more, or less: its own hours, calls and overtime.
    pub own_use_cents: Cents,
    /// The others used more, or less.
    pub others_use_cents: Cents,
    /// Published figures are others: population, property value.
    pub figures_cents: Cents,
    /// The terms are others, or came into another of their steps.
    pub terms_cents: Cents,
    /// Expenses for the party alone.
    pub direct_cents: Cents,
    /// Charges, promises, fees, limits, transfers and credits of the terms.
    pub agreed_cents: Cents,
    /// Cents that rounding moved.
    pub rounding_cents: Cents,
}

/// The parts of a movement in exact cents.
#[derive(Default)]
struct Parts {
    total_cost: Fraction,
    own_use: Fraction,
    others_use: Fraction,
    figures: Fraction,
    terms: Fraction,
    direct: Fraction,
    agreed: Fraction,
}

/// Takes apart why a party's total moved: pool by pool the amount at its former share, then each
/// figure of its own, then those of the others; what is left of the share is the terms'.
pub fn explain_change(
    before: &Settlement,
    after: &Settlement,
    party: &PartyId,
) -> Result<Movement, Refusal> {
    let mut parts = Parts::default();
    let keys = |settlement: &Settlement| -> BTreeSet<String> {
        let pools = settlement.pools.iter();
        pools.map(|pool| pool.pool.clone()).collect()
    };
    for key in keys(before).union(&keys(after)) {
        let (old, new) = (share_of(before, key, party), share_of(after, key, party));
        match key.split_once('/').map(|(kind, _)| kind) {
            Some("pool") => parts.pool(&old, &new),
            Some("fee") => parts.agreed += &(new.charge() - old.charge()),
            // Straight labour and premium follow the party's own minutes.
            _ => parts.own_use += &(new.charge() - old.charge()),
        }
    }
    parts.direct = alone(after, party, true)? - alone(before, party, true)?;
    parts.agreed += &(alone(after, party, false)? - alone(before, party, false)?);
    parts.finish(total(before, party), total(after, party), party)
}

/// A party's share of a pool in one month.
struct Held<'a> {
    amount: Fraction,
    share: Option<&'a Share>,
}

impl Held<'_> {
    fn part(&self) -> Fraction {
        self.share
            .map(|share| share.share.clone())
            .unwrap_or_default()
    }

    fn charge(&self) -> Fraction {
        &self.amount * &self.part()
    }
}

fn share_of<'a>(settlement: &'a Settlement, key: &str, party: &PartyId) -> Held<'a> {
    let pool = settlement.pools.iter().find(|pool| pool.pool == key);
    Held {
        amount: pool
            .map(|pool| pool.amount_cents.exact())
            .unwrap_or_default(),
        share: pool.and_then(|pool| pool.shares.iter().find(|share| share.party == *party)),
    }
}

/// What one party bears by lines without a pool: expenses of its own, or what the terms set.
fn alone(settlement: &Settlement, party: &PartyId, direct: bool) -> Result<Fraction, Refusal> {
    let pooled = ["labour/", "premium/", "pool/", "fee/"];
    let lines = settlement.lines.iter().filter(|line| {
        line.party == *party
            && !pooled.iter().any(|kind| line.key.starts_with(kind))
            && line.key.starts_with("direct/") == direct
    });
    let sum = Cents::sum(lines.map(|line| line.cents));
    sum.map(Cents::exact)
        .map_err(|_| overflow(format!("{party}'s charges")))
}

fn total(settlement: &Settlement, party: &PartyId) -> Cents {
    let total = settlement.totals.iter().find(|total| total.party == *party);
    total.map(|total| total.cents).unwrap_or_default()
}

impl Parts {
    fn pool(&mut self, old: &Held<'_>, new: &Held<'_>) {
        // A pool that had no money, or has none now, says nothing about shares.
        let (Some(was), Some(is)) = (old.share, new.share) else {
            self.total_cost += &(new.charge() - old.charge());
            return;
        };
        self.total_cost += &(&old.part() * &(&new.amount - &old.amount));
        let mut moved = Fraction::zero();
        for figure in was.figures.iter().filter(|figure| !figure.weight.is_zero()) {
            let same =
                |f: &&crate::FigureUsed| f.basis == figure.basis && f.weight == figure.weight;
            let Some(now) = is.figures.iter().find(same) else {
                continue;
            };
            let read = |text: &str| text.parse::<Fraction>().unwrap_or_default();
            let (v1, t1) = (read(&figure.value), read(&figure.total));
            let (v2, t2) = (read(&now.value), read(&now.total));
            let between = &(&t1 - &v1) + &v2;
            let parts = (
                v1.checked_div(&t1),
                v2.checked_div(&between),
                v2.checked_div(&t2),
            );
            let (Some(first), Some(own), Some(last)) = parts else {
                continue;
            };
            let worth = |share: Fraction| &(share * &figure.weight) * &new.amount;
            let (own, others) = (worth(&own - &first), worth(last - own));
            moved += &(&own + &others);
            match figure.unit {
                Unit::Figure => self.figures += &(own + others),
                Unit::Minutes | Unit::Calls | Unit::Cents => {
                    self.own_use += &own;
                    self.others_use += &others;
                }
            }
        }
        let share_moved = &(&new.part() - &old.part()) * &new.amount;
        self.terms += &(share_moved - moved);
    }

    /// Whole cents each, the rest being rounding's.
    fn finish(self, before: Cents, after: Cents, party: &PartyId) -> Result<Movement, Refusal> {
        let too_much = |_| overflow(format!("{party}'s movement"));
        let cents = |exact: &Fraction| exact.to_cents_half_up().map_err(too_much);
        let mut movement = Movement {
            before_cents: before,
            after_cents: after,
            total_cost_cents: cents(&self.total_cost)?,
            own_use_cents: cents(&self.own_use)?,
            others_use_cents: cents(&self.others_use)?,
            figures_cents: cents(&self.figures)?,
            terms_cents: cents(&self.terms)?,
            direct_cents: cents(&self.direct)?,
            agreed_cents: cents(&self.agreed)?,
            rounding_cents: Cents::ZERO,
        };
        let named = Cents::sum(movement.parts().map(|(_, cents)| cents));
        let rest = after.checked_sub(before);
        let rest = rest.and_then(|moved| moved.checked_sub(named?));
        movement.rounding_cents = rest.map_err(too_much)?;
        Ok(movement)
    }
}

impl Movement {
    /// The parts in words, in the order in which people ask.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, Cents)> {
        [
            ("total cost", self.total_cost_cents),
            ("own use", self.own_use_cents),
            ("others' use", self.others_use_cents),
            ("figures", self.figures_cents),
            ("terms", self.terms_cents),
            ("own expenses", self.direct_cents),
            ("charges, fees and credits of the terms", self.agreed_cents),
            ("rounding", self.rounding_cents),
        ]
        .into_iter()
    }
}

#[cfg(test)]
mod tests;
