//! What a pool is split by: each party's figures, their sources, and the exact share.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, PartyId};

use crate::settle::Known;
use crate::{Basis, FigureUsed, IfZero, Refusal, Terms, TermsPool, Unit};

use count::{Counted, count};

mod count;

/// A party's exact share, with what it rests on.
pub(crate) struct Entitled {
    pub(crate) party: PartyId,
    pub(crate) share: Fraction,
    pub(crate) figures: Vec<FigureUsed>,
}

/// The shares of a pool that has `amount` to split; they sum to one.
pub(crate) fn shares(
    terms: &Terms,
    pool: &TermsPool,
    amount: Cents,
    known: &Known<'_>,
) -> Result<Vec<Entitled>, Refusal> {
    let mut parties: BTreeMap<PartyId, Entitled> = BTreeMap::new();
    for (basis, weight) in mix(pool, known)? {
        for part in of_basis(terms, pool, basis, amount, known)? {
            let entitled = parties.entry(part.party.clone()).or_insert(Entitled {
                party: part.party,
                share: Fraction::zero(),
                figures: vec![],
            });
            entitled.share += &(&part.share * &weight);
            for figure in part.figures {
                // What is given for information weighs nothing in a mix either.
                entitled.figures.push(FigureUsed {
                    weight: figure.weight * &weight,
                    ..figure
                });
            }
        }
    }
    let order = terms.parties();
    let mut shares: Vec<Entitled> = parties.into_values().collect();
    shares.sort_by_key(|s| order.iter().position(|p| *p == s.party));
    Ok(shares)
}

/// The bases of a pool with their weights in the month; what weighs nothing asks for no figures.
fn mix<'p>(pool: &'p TermsPool, known: &Known<'_>) -> Result<Vec<(&'p Basis, Fraction)>, Refusal> {
    let Basis::Weighted(parts) = &pool.basis else {
        return Ok(vec![(&pool.basis, Fraction::one())]);
    };
    let on = Some(known.month.first_day());
    let mix = parts.iter().map(|part| (&part.basis, part.weight_on(on)));
    let mix: Vec<_> = mix.filter(|(_, weight)| !weight.is_zero()).collect();
    if mix.is_empty() {
        return Err(Refusal::Impossible {
            what: format!("the pool \"{}\"", pool.name),
            why: format!("the terms give none of its weights for {} yet", known.month),
        });
    }
    Ok(mix)
}

fn of_basis(
    terms: &Terms,
    pool: &TermsPool,
    basis: &Basis,
    amount: Cents,
    known: &Known<'_>,
) -> Result<Vec<Entitled>, Refusal> {
    let rows = match basis {
        Basis::Fixed { shares } => stated(terms, shares.clone(), known),
        Basis::Equal => stated(terms, equal(&pool.among), known),
        Basis::Sum(parts) => {
            let mut sum: Vec<Row> = vec![];
            for part in parts {
                let counted = count(terms, pool, &part.basis, known)?;
                add(&mut sum, counted, &part.basis, &part.per);
            }
            sum
        }
        _ => count(terms, pool, basis, known)?
            .into_iter()
            .map(|counted| row(counted, basis))
            .collect(),
    };
    let total = Fraction::sum(rows.iter().map(|row| &row.value));
    let mut zero = BTreeMap::new();
    if total.is_zero() {
        zero = match &pool.if_zero {
            Some(IfZero::Equal) => equal(&pool.among),
            Some(IfZero::Party(party)) => BTreeMap::from([(party.clone(), Fraction::one())]),
            None => {
                return Err(Refusal::ZeroBasis {
                    pool: pool.name.clone(),
                    basis: basis.in_words(),
                    amount,
                });
            }
        };
    }
    let mut entitled: Vec<Entitled> = rows
        .into_iter()
        .map(|row| Entitled {
            share: match row.value.checked_div(&total) {
                Some(share) => share,
                None => zero.remove(&row.party).unwrap_or_default(),
            },
            party: row.party,
            figures: row.figures,
        })
        .collect();
    totals(&mut entitled, &total);
    entitled.extend(zero.into_iter().map(|(party, share)| Entitled {
        party,
        share,
        figures: vec![],
    }));
    Ok(entitled)
}

/// What one party's share is in proportion to, and the figures that it is made of.
struct Row {
    party: PartyId,
    value: Fraction,
    figures: Vec<FigureUsed>,
}

/// Agreed shares; a party that is a member for part of the month has that part of its own.
fn stated(terms: &Terms, shares: BTreeMap<PartyId, Fraction>, known: &Known<'_>) -> Vec<Row> {
    let shares = shares.into_iter();
    shares
        .map(|(party, share)| Row {
            value: share * terms.part_of_month(&party, known.month),
            party,
            figures: vec![],
        })
        .collect()
}

fn row(counted: Counted, basis: &Basis) -> Row {
    let figure = figure(&counted, basis, &counted.value, Fraction::one());
    Row {
        party: counted.party,
        value: counted.value,
        figures: vec![figure],
    }
}

/// Adds one figure to the sums; the figures themselves stand there for information.
fn add(sums: &mut Vec<Row>, counted: Vec<Counted>, basis: &Basis, per: &Fraction) {
    for one in counted {
        let value = one.value.checked_div(per);
        let value = value.expect("the language refuses to divide by nothing");
        let given = figure(&one, basis, &one.value, Fraction::zero());
        let summed = |value: &Fraction| FigureUsed {
            basis: "sum".to_owned(),
            unit: Unit::Figure,
            as_of: None,
            sources: vec![],
            ..figure(&one, basis, value, Fraction::one())
        };
        match sums.iter_mut().find(|row| row.party == one.party) {
            Some(row) => {
                row.value += &value;
                row.figures[0] = summed(&row.value);
                row.figures.push(given);
            }
            None => sums.push(Row {
                figures: vec![summed(&value), given],
                party: one.party.clone(),
                value,
            }),
        }
    }
}

fn figure(counted: &Counted, basis: &Basis, value: &Fraction, weight: Fraction) -> FigureUsed {
    FigureUsed {
        basis: kind(basis),
        weight,
        value: plain(value),
        total: counted.total.clone(),
        unit: counted.unit,
        as_of: counted.as_of,
        sources: counted.sources.clone(),
    }
}

/// The whole that the shares are made of; what is given for information has its own.
fn totals(entitled: &mut [Entitled], total: &Fraction) {
    for party in entitled {
        for figure in &mut party.figures {
            if !figure.weight.is_zero() {
                figure.total = plain(total);
            }
        }
    }
}

fn equal(among: &[PartyId]) -> BTreeMap<PartyId, Fraction> {
    let n = i64::try_from(among.len()).expect("an agreement has few parties");
    let share = Fraction::new(1, n).expect("a pool is shared among at least one party");
    among.iter().map(|p| (p.clone(), share.clone())).collect()
}

/// The short name of a basis, as figures carry it.
fn kind(basis: &Basis) -> String {
    match basis {
        Basis::Hours { .. } => "hours",
        Basis::Calls { .. } => "calls",
        Basis::IncidentMinutes { .. } => "incident_minutes",
        Basis::Figure { name, .. } => name,
        Basis::Fixed { .. } | Basis::Equal | Basis::Weighted(_) | Basis::Sum(_) => "shares",
    }
    .to_owned()
}

/// A number as people write it: a decimal where it has one of up to twelve places, else `n/d`.
pub(crate) fn plain(number: &Fraction) -> String {
    let text = number.to_string();
    let denominator = text
        .rsplit_once('/')
        .and_then(|(_, d)| d.parse::<u64>().ok());
    match denominator.and_then(places) {
        Some(places) => number.to_decimal(places),
        None => text,
    }
}

/// How many decimals a fraction in lowest terms needs: only twos and fives below the line end.
fn places(mut denominator: u64) -> Option<u32> {
    let mut count = |by: u64| {
        let mut times = 0;
        while denominator.is_multiple_of(by) {
            denominator /= by;
            times += 1;
        }
        times
    };
    let places = count(2).max(count(5));
    (denominator == 1 && places <= 12).then_some(places)
}

#[cfg(test)]
mod tests;
