//! Fees: a percentage of named charges, split as these are.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, PartyId};

use super::lines::{Drawn, Whole};
use super::overflow;
use crate::basis::{Entitled, plain};
use crate::{Citation, Fee, FeeBase, FigureUsed, Refusal, Terms, Unit};

pub(super) fn fees(terms: &Terms, drawn: &mut Drawn<'_>) -> Result<(), Refusal> {
    for fee in &terms.fees {
        let whole = whole(terms, fee, drawn)?;
        drawn.pool(whole)?;
    }
    Ok(())
}

fn whole(terms: &Terms, fee: &Fee, drawn: &Drawn<'_>) -> Result<Whole, Refusal> {
    // The provider pays itself no fee on what it bears.
    let towns = terms
        .parties()
        .into_iter()
        .filter(|p| *p != PartyId::Provider);
    let mut charged: Vec<(PartyId, Fraction)> = towns.map(|p| (p, Fraction::zero())).collect();
    let mut facts = vec![];
    for base in &fee.base {
        for line in drawn.lines_of(&prefix(base)) {
            if let Some((_, sum)) = charged.iter_mut().find(|(p, _)| *p == line.party) {
                *sum += &line.cents.exact();
                facts.push(Citation {
                    date: None,
                    code: format!("line {}", line.key),
                    source: None,
                    minutes: None,
                    cents: Some(line.cents.exact()),
                });
            }
        }
    }
    let total = Fraction::sum(charged.iter().map(|(_, sum)| sum));
    let exact = fee.factor() * &total;
    let amount = terms.mode.cents(&exact);
    let amount = amount.map_err(|_| overflow(format!("the fee \"{}\"", fee.name)))?;
    let own: BTreeMap<PartyId, Vec<Citation>> = charged
        .iter()
        .map(|(party, _)| {
            let of_party = format!("/{party}");
            let mine = facts.iter().filter(|f| f.code.ends_with(&of_party));
            (party.clone(), mine.cloned().collect())
        })
        .collect();
    let shares = match amount {
        Cents::ZERO => vec![],
        _ => charged.iter().map(|row| entitled(row, &total)).collect(),
    };
    Ok(Whole {
        key: format!("fee/{}", fee.name),
        basis: "charges".to_owned(),
        rule: fee.rule(),
        amount,
        exact,
        shares,
        facts,
        own,
    })
}

fn entitled((party, charged): &(PartyId, Fraction), total: &Fraction) -> Entitled {
    Entitled {
        party: party.clone(),
        share: charged.checked_div(total).unwrap_or_default(),
        figures: vec![FigureUsed {
            basis: "charges".to_owned(),
            weight: Fraction::one(),
            value: plain(charged),
            total: plain(total),
            unit: Unit::Cents,
            as_of: None,
            sources: vec![],
        }],
    }
}

pub(super) fn prefix(base: &FeeBase) -> String {
    match base {
        FeeBase::Labour => "labour/".to_owned(),
        FeeBase::Premium => "premium/".to_owned(),
        FeeBase::Direct => "direct/".to_owned(),
        FeeBase::Charge(name) => format!("charge/{name}/"),
        FeeBase::Pool(name) => format!("pool/{name}/"),
        FeeBase::Fee(name) => format!("fee/{name}/"),
    }
}
