//! The split of one month: labour first, then pools, direct charges and fees.
//!
//! Exact until each amount's one rounding. An officer's labour is rounded on its running total, so
//! that months never drift from what was paid: a month's cents are round(cost up to its end) less
//! round(cost up to its beginning).

mod charges;
mod cite;
mod fees;
mod known;
mod labour;
mod limits;
mod lines;
mod pools;
mod promises;

use std::collections::BTreeMap;

use vocabulary::{Cents, Month, Overflow, PartyId};

use crate::terms::History;
use crate::{Facts, PartyTotal, Refusal, Settlement, Terms};

pub(crate) use known::Known;
pub(crate) use pools::check_expense;

/// The edition of the rules that this program makes settlements by. A change of results is a new
/// edition; editions once used stay runnable.
pub const EDITION: u32 = 1;

/// Splits a month by one document that holds for all time: the offline calculator's view.
pub fn settle(terms: &Terms, month: Month, facts: &Facts) -> Result<Settlement, Refusal> {
    settle_under(&History::single(terms), month, facts)
}

/// Splits a month by the terms in force in it; earlier months' terms price the running total.
pub(crate) fn settle_under(
    history: &History<'_>,
    month: Month,
    facts: &Facts,
) -> Result<Settlement, Refusal> {
    let terms = history.in_force(month).ok_or_else(|| Refusal::NoTerms {
        month,
        known: "the first version begins later".to_owned(),
    })?;
    let known = Known::new(month, history, facts)?;
    let mut drawn = formula(history, terms, &known)?;
    limits::limits(history, terms, &known, facts, &mut drawn)?;
    charges::transfers(terms, &known, &mut drawn);
    charges::credits(terms, &known, &mut drawn)?;
    let promises = promises::kept(terms, &known);
    let (pools, lines) = drawn.finish();
    Ok(Settlement {
        edition: EDITION,
        agreement: terms.agreement.clone(),
        month,
        terms_version: terms.version,
        rounding: terms.rounding_in_words(),
        totals: totals(terms, &lines)?,
        usage: known.usage(terms),
        promises,
        pools,
        lines,
    })
}

/// What each party bears before limits, transfers and credits.
fn formula<'t>(
    history: &History<'_>,
    terms: &'t Terms,
    known: &Known<'_>,
) -> Result<lines::Drawn<'t>, Refusal> {
    let labour = labour::labour(history, terms, known)?;
    let mut drawn = lines::Drawn::new(terms);
    for pool in labour.pools {
        drawn.pool(pool)?;
    }
    for pool in pools::pools(terms, known, labour.into_pools)? {
        drawn.pool(pool)?;
    }
    pools::direct(known, &mut drawn);
    charges::charges(terms, known, &mut drawn)?;
    promises::charges(terms, known, &mut drawn)?;
    fees::fees(terms, &mut drawn)?;
    Ok(drawn)
}

fn totals(terms: &Terms, lines: &[crate::Line]) -> Result<Vec<PartyTotal>, Refusal> {
    let mut sums: BTreeMap<&PartyId, Cents> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(&line.party).or_default();
        let more = sum.checked_add(line.cents);
        *sum = more.map_err(|_: Overflow| overflow(format!("{}'s total", line.party)))?;
    }
    let parties = terms.parties().into_iter();
    Ok(parties
        .map(|party| PartyTotal {
            cents: sums.get(&party).copied().unwrap_or_default(),
            party,
        })
        .collect())
}

pub(crate) fn overflow(what: impl Into<String>) -> Refusal {
    Refusal::Overflow { what: what.into() }
}

#[cfg(test)]
mod tests;
