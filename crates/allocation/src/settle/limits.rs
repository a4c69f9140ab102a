//! Limits: the most and the least that a party bears, and who bears the rest.

use vocabulary::{Cents, Month, PartyId};

use super::fees::prefix;
use super::known::Known;
use super::lines::{Alone, Drawn};
use super::{formula, overflow};
use crate::terms::{History, year_of};
use crate::{Citation, Facts, FeeBase, Limit, Refusal, Terms};

pub(super) fn limits(
    history: &History<'_>,
    terms: &Terms,
    known: &Known<'_>,
    facts: &Facts,
    drawn: &mut Drawn<'_>,
) -> Result<(), Refusal> {
    // All are reckoned on what the formula says, so that their order changes nothing.
    let mut moved = vec![];
    for limit in &terms.limits {
        if limit.span.days_in(known.month, false) == 0 {
            continue;
        }
        let charged = charged(drawn, &limit.of, &limit.party)?;
        let before = earlier(history, limit, known, facts)?;
        moved.push((limit, charged, moves(limit, known.month, before, charged)?));
    }
    for (limit, charged, cents) in moved {
        draw(limit, charged, cents, drawn)?;
    }
    Ok(())
}

fn draw(limit: &Limit, charged: Cents, cents: Cents, drawn: &mut Drawn<'_>) -> Result<(), Refusal> {
    if cents == Cents::ZERO {
        return Ok(());
    }
    let other = Cents::ZERO.checked_sub(cents);
    let other = other.map_err(|_| overflow(format!("the limit \"{}\"", limit.name)))?;
    let facts = vec![Citation {
        date: None,
        code: format!("charged to {} by the formula", limit.party),
        source: None,
        minutes: None,
        cents: Some(charged.exact()),
    }];
    for (party, cents) in [(&limit.party, cents), (&limit.excess_to, other)] {
        drawn.alone(Alone {
            key: format!("limit/{}", limit.name),
            party: party.clone(),
            cents,
            exact: cents.exact(),
            rule: limit.in_words(),
            facts: facts.clone(),
        });
    }
    Ok(())
}

/// What the formula charged in the limit's year before the month.
fn earlier(
    history: &History<'_>,
    limit: &Limit,
    known: &Known<'_>,
    facts: &Facts,
) -> Result<Cents, Refusal> {
    let mut sum = Cents::ZERO;
    let Some(begins) = limit.year_begins else {
        return Ok(sum);
    };
    let mut month = year_of(known.month, begins);
    while month < known.month {
        if let Some(terms) = history.in_force(month)
            && limit.span.days_in(month, false) > 0
        {
            let past = Known::new(month, history, facts)?;
            let drawn = formula(history, terms, &past)?;
            let charged = charged(&drawn, &limit.of, &limit.party)?;
            sum = sum
                .checked_add(charged)
                .map_err(|_| overflow(format!("the limit \"{}\"", limit.name)))?;
        }
        month = month.next();
    }
    Ok(sum)
}

/// What the limit adds to the month's charges, or takes from them.
fn moves(limit: &Limit, month: Month, before: Cents, charged: Cents) -> Result<Cents, Refusal> {
    let too_much = |_| overflow(format!("the limit \"{}\"", limit.name));
    let ends = |begins| year_of(month.next(), begins) != year_of(month, begins);
    // A year's least is known at its end only.
    let at_least = limit
        .at_least
        .filter(|_| limit.year_begins.is_none_or(ends));
    let bounded = |sum: Cents, at_least: Option<Cents>| {
        let most = limit.at_most.map_or(sum, |most| sum.min(most));
        at_least.map_or(most, |least| most.max(least))
    };
    let sum = before.checked_add(charged).map_err(too_much)?;
    let due = bounded(sum, at_least).checked_sub(bounded(before, None));
    due.and_then(|due| due.checked_sub(charged))
        .map_err(too_much)
}

fn charged(drawn: &Drawn<'_>, of: &[FeeBase], party: &PartyId) -> Result<Cents, Refusal> {
    let prefixes = of.iter().map(prefix);
    let lines = prefixes.flat_map(|prefix| {
        let lines = drawn.lines_of(&prefix).filter(|line| line.party == *party);
        lines.map(|line| line.cents).collect::<Vec<_>>()
    });
    Cents::sum(lines).map_err(|_| overflow(format!("{party}'s charges")))
}
