//! What a pool is split by: each party's figures, their sources, and the exact share.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, PartyId, TownId};

use crate::settle::Known;
use crate::{Basis, Destination, IfZero, Refusal, Terms, TermsPool, WithoutMinutes};
use crate::{Citation, FigureUsed, Unit};

/// A party's exact share, with what it rests on.
pub(crate) struct Entitled {
    pub(crate) party: PartyId,
    pub(crate) share: Fraction,
    pub(crate) figures: Vec<FigureUsed>,
}

/// One party's figure.
struct Counted {
    party: PartyId,
    value: Fraction,
    as_of: Option<jiff::civil::Date>,
    sources: Vec<Citation>,
}

/// The shares of a pool that has `amount` to split; they sum to one.
pub(crate) fn shares(
    terms: &Terms,
    pool: &TermsPool,
    amount: Cents,
    known: &Known<'_>,
) -> Result<Vec<Entitled>, Refusal> {
    let one = Fraction::one();
    let mut parties: BTreeMap<PartyId, Entitled> = BTreeMap::new();
    let mix: Vec<(&Basis, &Fraction)> = match &pool.basis {
        Basis::Weighted(parts) => parts.iter().map(|p| (&p.basis, &p.weight)).collect(),
        single => vec![(single, &one)],
    };
    for (basis, weight) in mix {
        for part in of_basis(terms, pool, basis, amount, known)? {
            let entitled = parties.entry(part.party.clone()).or_insert(Entitled {
                party: part.party,
                share: Fraction::zero(),
                figures: vec![],
            });
            entitled.share += &(&part.share * weight);
            for figure in part.figures {
                entitled.figures.push(FigureUsed {
                    weight: weight.clone(),
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

fn of_basis(
    terms: &Terms,
    pool: &TermsPool,
    basis: &Basis,
    amount: Cents,
    known: &Known<'_>,
) -> Result<Vec<Entitled>, Refusal> {
    let (counted, unit) = match basis {
        Basis::Fixed { shares } => return Ok(agreed(shares.clone())),
        Basis::Equal => return Ok(agreed(equal(&pool.among))),
        Basis::Hours => (hours(terms, pool, known), Unit::Minutes),
        Basis::Calls { call_types } => (calls(pool, call_types, known), Unit::Calls),
        Basis::IncidentMinutes {
            call_types,
            without_minutes,
        } => {
            let counted = incident_minutes(pool, call_types, *without_minutes, known)?;
            (counted, Unit::Minutes)
        }
        Basis::Figure { name, as_of } => {
            let on = as_of.unwrap_or(known.month.last_day());
            (figures(pool, name, on, known)?, Unit::Figure)
        }
        Basis::Weighted(_) => unreachable!("the language has no mix within a mix"),
    };
    let total = Fraction::sum(counted.iter().map(|c| &c.value));
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
    let name = kind(basis);
    let mut entitled: Vec<Entitled> = counted
        .into_iter()
        .map(|c| Entitled {
            share: match c.value.checked_div(&total) {
                Some(share) => share,
                None => zero.remove(&c.party).unwrap_or_default(),
            },
            figures: vec![FigureUsed {
                basis: name.clone(),
                weight: Fraction::one(),
                value: plain(&c.value),
                total: plain(&total),
                unit,
                as_of: c.as_of,
                sources: c.sources,
            }],
            party: c.party,
        })
        .collect();
    entitled.extend(agreed(zero));
    Ok(entitled)
}

fn agreed(shares: BTreeMap<PartyId, Fraction>) -> Vec<Entitled> {
    let shares = shares.into_iter();
    shares
        .map(|(party, share)| Entitled {
            party,
            share,
            figures: vec![],
        })
        .collect()
}

fn equal(among: &[PartyId]) -> BTreeMap<PartyId, Fraction> {
    let n = i64::try_from(among.len()).expect("an agreement has few parties");
    let share = Fraction::new(1, n).expect("a pool is shared among at least one party");
    among.iter().map(|p| (p.clone(), share.clone())).collect()
}

/// The short name of a basis, as figures carry it.
fn kind(basis: &Basis) -> String {
    match basis {
        Basis::Hours => "hours",
        Basis::Calls { .. } => "calls",
        Basis::IncidentMinutes { .. } => "incident_minutes",
        Basis::Figure { name, .. } => name,
        Basis::Fixed { .. } | Basis::Equal | Basis::Weighted(_) => "shares",
    }
    .to_owned()
}

/// One row per town of the pool, in the order of the parties; `cite` says how its facts are cited.
fn per_town<'a>(
    pool: &TermsPool,
    facts: impl Iterator<Item = (&'a TownId, i64, Citation)>,
    cite: fn(Vec<Citation>) -> Vec<Citation>,
) -> Vec<Counted> {
    let mut rows: Vec<Counted> = pool
        .among
        .iter()
        .map(|party| Counted {
            party: party.clone(),
            value: Fraction::zero(),
            as_of: None,
            sources: vec![],
        })
        .collect();
    let mut counts = vec![0_i64; rows.len()];
    for (town, count, citation) in facts {
        let at = rows
            .iter()
            .position(|row| matches!(&row.party, PartyId::Town(t) if t == town));
        if let Some(at) = at {
            // Counts are bounded when facts are read: a sum of them cannot leave 64 bits.
            counts[at] += count;
            rows[at].sources.push(citation);
        }
    }
    for (row, count) in rows.iter_mut().zip(counts) {
        row.value = Fraction::from(count);
        row.sources = cite(std::mem::take(&mut row.sources));
        row.sources.sort();
    }
    rows
}

fn hours(terms: &Terms, pool: &TermsPool, known: &Known<'_>) -> Vec<Counted> {
    let travel = terms
        .labour
        .as_ref()
        .is_some_and(|l| l.travel == Destination::Worked);
    let slices = known.slices_in_month().filter_map(move |(week, slice)| {
        let town = match &slice.location {
            vocabulary::Location::Town(town) => town,
            vocabulary::Location::Travel(town) if travel => town,
            _ => return None,
        };
        let citation = Citation::slice(week, slice, None);
        Some((town, slice.minutes.0, citation))
    });
    per_town(pool, slices, |slices| slices)
}

fn calls(pool: &TermsPool, call_types: &[String], known: &Known<'_>) -> Vec<Counted> {
    let counted = known.incidents_in_month(call_types);
    let counted = counted.map(|i| (&i.town, 1, Citation::incident(i)));
    per_town(pool, counted, Citation::by_day)
}

fn incident_minutes(
    pool: &TermsPool,
    call_types: &[String],
    without: WithoutMinutes,
    known: &Known<'_>,
) -> Result<Vec<Counted>, Refusal> {
    let shared = |town: &TownId| pool.among.contains(&PartyId::Town(town.clone()));
    if without == WithoutMinutes::Refuse
        && let Some(incident) = known
            .incidents_in_month(call_types)
            .find(|i| i.minutes.is_none() && shared(&i.town))
    {
        return Err(Refusal::IncidentWithoutMinutes {
            incident: incident.id.clone(),
            town: incident.town.clone(),
            date: incident.date,
            pool: pool.name.clone(),
        });
    }
    let counted = known.incidents_in_month(call_types);
    let counted = counted.map(|i| {
        let minutes = i.minutes.unwrap_or_default();
        (&i.town, minutes.0, Citation::incident(i))
    });
    Ok(per_town(pool, counted, Citation::by_day))
}

fn figures(
    pool: &TermsPool,
    basis: &str,
    on: jiff::civil::Date,
    known: &Known<'_>,
) -> Result<Vec<Counted>, Refusal> {
    let mut rows = vec![];
    for party in &pool.among {
        let PartyId::Town(town) = party else {
            unreachable!("the language keeps the provider, who has no figures, out of such a pool");
        };
        let figure = known
            .figure(town, basis, on)
            .ok_or_else(|| Refusal::MissingFigure {
                town: town.clone(),
                basis: basis.to_owned(),
                on,
                pool: pool.name.clone(),
            })?;
        rows.push(Counted {
            party: party.clone(),
            value: figure.value.clone(),
            as_of: Some(figure.as_of),
            sources: vec![Citation::figure(figure)],
        });
    }
    Ok(rows)
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
