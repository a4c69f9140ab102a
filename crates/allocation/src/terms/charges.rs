//! The `[[charge]]`, `[[credit]]` and `[[transfer]]` tables: sums that the terms themselves set.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Cents, Fraction, PartyId};

use super::parse::Names;
use super::read::Value;
use super::{Name, Priced};

/// A sum that is due by the terms alone: hours bought, units of service, an instalment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its name.
    pub name: Name,
    /// Who bears it.
    pub to: ChargeTo,
    /// How much.
    pub priced: Priced,
}

/// Who bears a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeTo {
    /// One party.
    Party(PartyId),
    /// A pool, which splits it.
    Pool(Name),
}

/// Revenue that lowers what a party owes: it stands on a line of its own, below the gross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Its name.
    pub name: Name,
    /// Whose bill it lowers.
    pub to: PartyId,
    /// How much.
    pub priced: Priced,
    /// Whether what is above the charges is paid out. Where it is not, that is refused.
    pub refund: bool,
}

/// Sums that parties pay each other: a buy-in, an exit charge, last year's equalisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its name.
    pub name: Name,
    /// The day in whose month it is due.
    pub on: Date,
    /// What each pays; below zero: receives. They sum to nothing.
    pub amounts: BTreeMap<PartyId, Cents>,
}

/// The names of a list of tables, so that what stands before them may name them too.
pub(super) fn names(listed: &[Value<'_, '_>], kind: &str) -> Vec<Name> {
    let mut names: Vec<Name> = vec![];
    for value in listed {
        let Some(table) = value.table() else { continue };
        let Some(name) = table.required("name", "name = \"patrol\"") else {
            continue;
        };
        match name.parsed::<Name>() {
            Some(id) if names.contains(&id) => {
                name.refuse(format!("another {kind} has this name"));
            }
            Some(id) => names.push(id),
            None => {}
        }
    }
    names
}

pub(super) fn charge(value: &Value<'_, '_>, names: &Names) -> Option<Charge> {
    let table = value.table()?;
    let name = table.optional("name").and_then(|name| name_of(&name));
    let to = table
        .required("to", "who bears it: a party, or to = \"pool:<name>\"")
        .and_then(|value| to(&value, names));
    let priced = Priced::read(&table);
    table.no_other_keys();
    Some(Charge {
        name: name?,
        to: to?,
        priced: priced?,
    })
}

pub(super) fn credit(value: &Value<'_, '_>, names: &Names) -> Option<Credit> {
    let table = value.table()?;
    let name = table.optional("name").and_then(|name| name_of(&name));
    let to = table
        .required("to", "whose bill it lowers: a party")
        .and_then(|value| names.party(&value));
    let priced = Priced::read(&table);
    let above = table.optional("above_charges");
    let refund = match above.as_ref().map(|v| (v, v.text())) {
        None | Some((_, Some("refuse"))) => false,
        Some((_, Some("refund"))) => true,
        Some((value, _)) => {
            value.refuse("write \"refuse\" or \"refund\": what a credit above the charges does");
            return None;
        }
    };
    table.no_other_keys();
    Some(Credit {
        name: name?,
        to: to?,
        priced: priced?,
        refund,
    })
}

pub(super) fn transfer(value: &Value<'_, '_>, names: &Names) -> Option<Transfer> {
    let table = value.table()?;
    let name = table.optional("name").and_then(|name| name_of(&name));
    let on = table.required("on", "the day it is due: on = 2026-10-01");
    let on = on.and_then(|value| value.date());
    let amounts_value = table.required(
        "amounts",
        "what each pays: amounts = { barlow = \"500\", fenwick = \"-500\" }",
    );
    let amounts = amounts_value.and_then(|value| amounts(&value, names));
    table.no_other_keys();
    Some(Transfer {
        name: name?,
        on: on?,
        amounts: amounts?,
    })
}

fn amounts(value: &Value<'_, '_>, names: &Names) -> Option<BTreeMap<PartyId, Cents>> {
    let mut amounts = BTreeMap::new();
    let entries = value.table()?.entries();
    for (key, amount) in &entries {
        let cents = amount.number().map(|n| n * Fraction::from(100));
        let whole = cents.as_ref().and_then(Fraction::to_integer_exact);
        if cents.is_some() && whole.is_none() {
            amount.refuse("write dollars and whole cents: \"500.00\"");
        }
        let party = key.parse::<PartyId>().ok();
        let party = party.filter(|party| names.parties.contains(party));
        if party.is_none() {
            amount.refuse(format!("{key} is no party of the agreement"));
        }
        if let (Some(party), Some(cents)) = (party, whole) {
            amounts.insert(party, Cents(cents));
        }
    }
    if amounts.len() < entries.len() {
        return None;
    }
    match Cents::sum(amounts.values().copied()) {
        Ok(Cents::ZERO) if !amounts.is_empty() => Some(amounts),
        Ok(sum) => {
            value.refuse(format!(
                "what some pay, others receive: the amounts sum to {sum}, and must sum to nothing"
            ));
            None
        }
        Err(_) => {
            value.refuse("these amounts do not fit 64-bit cents");
            None
        }
    }
}

fn to(value: &Value<'_, '_>, names: &Names) -> Option<ChargeTo> {
    match value.text()?.strip_prefix("pool:") {
        Some(pool) => names.pool(value, pool).map(ChargeTo::Pool),
        None => names.party(value).map(ChargeTo::Party),
    }
}

/// A name whose problems were noted when the names were gathered.
pub(super) fn name_of(value: &Value<'_, '_>) -> Option<Name> {
    Name::new(value.text()?).ok()
}
