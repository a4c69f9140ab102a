//! The `[[pool]]` tables: cost pools and what each is split by.

use std::collections::BTreeMap;

use vocabulary::{Fraction, PartyId};

use super::parse::Names;
use super::read::{Table, Value};
use super::{Basis, IfZero, Name, TermsPool, Window, WithoutMinutes};

mod mixed;

const BASES: &str = "\"hours\", \"calls\", \"incident_minutes\", \"population\", \
                     \"property_value\", \"figure:<name>\", \"fixed\", \"equal\", \"weighted\" or \
                     \"sum\"";

pub(super) fn pool(value: &Value<'_, '_>, names: &Names) -> Option<TermsPool> {
    let table = value.table()?;
    let name = table.optional("name");
    let name = name.and_then(|name| super::charges::name_of(&name));
    let among = table.optional("among");
    let among = among.map(|value| among_of(&value, names));
    let if_zero = table.optional("if_zero");
    let if_zero = if_zero.and_then(|value| if_zero_of(&value, names));
    let basis = basis(&table, names, false);
    table.no_other_keys();
    let (name, basis) = (name?, basis?);
    let provider_shares = among.iter().flatten().any(|p| *p == PartyId::Provider);
    if provider_shares && !matches!(basis, Basis::Equal | Basis::Fixed { .. }) {
        table.refuse("the provider has no figures: only equal and fixed shares can include it");
        return None;
    }
    let among = match (&basis, among) {
        (Basis::Fixed { shares }, None) => {
            let parties = names.parties.iter();
            parties
                .filter(|p| shares.contains_key(*p))
                .cloned()
                .collect()
        }
        (Basis::Fixed { .. }, Some(_)) => {
            table.refuse("fixed shares name their parties themselves: drop `among`");
            return None;
        }
        (_, Some(among)) => among,
        (_, None) => names
            .parties
            .iter()
            .filter(|p| **p != PartyId::Provider)
            .cloned()
            .collect(),
    };
    Some(TermsPool {
        name,
        basis,
        among,
        if_zero,
    })
}

fn among_of(value: &Value<'_, '_>, names: &Names) -> Vec<PartyId> {
    let mut listed = vec![];
    for item in value.list("a pool is shared among at least one party") {
        match names.party(&item) {
            Some(party) if listed.contains(&party) => item.refuse("this party stands here twice"),
            Some(party) => listed.push(party),
            None => {}
        }
    }
    // The order of the parties, not of this list, so that it changes nothing.
    names
        .parties
        .iter()
        .filter(|p| listed.contains(p))
        .cloned()
        .collect()
}

fn if_zero_of(value: &Value<'_, '_>, names: &Names) -> Option<IfZero> {
    if value.text()? == "equal" {
        return Some(IfZero::Equal);
    }
    names.party(value).map(IfZero::Party)
}

/// The basis of a pool, or one of a mix (`within`), which cannot be a mix itself.
fn basis(table: &Table<'_, '_>, names: &Names, within: bool) -> Option<Basis> {
    let value = table.required("basis", &format!("one of {BASES}"))?;
    match value.text()? {
        "hours" => Some(Basis::Hours {
            window: Window::of_counts(table)?,
        }),
        "calls" => Some(Basis::Calls {
            call_types: call_types(table),
            window: Window::of_counts(table)?,
        }),
        "incident_minutes" => {
            let without = table.optional("without_minutes");
            let without_minutes = match without.as_ref().map(|v| (v, v.text())) {
                None | Some((_, Some("refuse"))) => WithoutMinutes::Refuse,
                Some((_, Some("zero"))) => WithoutMinutes::Zero,
                Some((value, _)) => {
                    value.refuse("write \"refuse\" or \"zero\"");
                    return None;
                }
            };
            Some(Basis::IncidentMinutes {
                call_types: call_types(table),
                without_minutes,
                window: Window::of_counts(table)?,
            })
        }
        name @ ("population" | "property_value") => figure(table, name),
        "equal" => Some(Basis::Equal),
        "fixed" => fixed(table, names),
        "weighted" if !within => mixed::weighted(table, names),
        "sum" if !within => mixed::sum(table, names),
        "weighted" | "sum" => {
            value.refuse("a mix cannot stand within a mix: multiply the weights out");
            None
        }
        other => match other.strip_prefix("figure:").map(Name::new) {
            Some(Ok(name)) => figure(table, name.as_str()),
            _ => {
                value.refuse(format!("there is no such basis: write {BASES}"));
                None
            }
        },
    }
}

fn figure(table: &Table<'_, '_>, name: &str) -> Option<Basis> {
    let window = Window::of_figures(table)?;
    let name = name.to_owned();
    Some(Basis::Figure { name, window })
}

fn call_types(table: &Table<'_, '_>) -> Vec<String> {
    let Some(value) = table.optional("call_types") else {
        return vec![];
    };
    let listed = value.list("name at least one call type, or drop `call_types` to count them all");
    let codes = listed
        .iter()
        .filter_map(|item| item.text().map(str::to_owned));
    codes.collect()
}

fn fixed(table: &Table<'_, '_>, names: &Names) -> Option<Basis> {
    let residual = table.optional("residual");
    let value = table.required("shares", "shares = { barlow = \"0.6\", fenwick = \"0.4\" }")?;
    let mut shares: BTreeMap<PartyId, Fraction> = BTreeMap::new();
    let mut sound = true;
    for (key, share) in value.table()?.entries() {
        let party = key
            .parse::<PartyId>()
            .ok()
            .filter(|p| names.parties.contains(p));
        if party.is_none() {
            share.refuse(format!("{key} is no party of the agreement"));
        }
        let number = share.number();
        if number.as_ref().is_some_and(Fraction::is_negative) {
            share.refuse("a share is not below zero");
            sound = false;
        }
        match (party, number) {
            (Some(party), Some(number)) => drop(shares.insert(party, number)),
            _ => sound = false,
        }
    }
    if !sound {
        return None;
    }
    let sum = Fraction::sum(shares.values());
    let left = Fraction::one() - &sum;
    match residual {
        Some(residual) => {
            let party = names.party(&residual)?;
            if left.is_negative() {
                value.refuse(format!("shares sum to {}: more than one", decimal(&sum)));
                return None;
            }
            if shares.insert(party, left).is_some() {
                residual.refuse("the residual party takes what the others leave: give it no share");
                return None;
            }
        }
        None if !left.is_zero() => {
            value.refuse(format!(
                "shares sum to {}: they must sum to exactly 1, or name who takes the rest with \
                 residual = \"<party>\"",
                decimal(&sum)
            ));
            return None;
        }
        None => {}
    }
    Some(Basis::Fixed { shares })
}

/// A sum as people wrote its parts: a decimal where it has one, else a fraction.
pub(super) fn decimal(sum: &Fraction) -> String {
    crate::basis::plain(sum)
}
