//! The document as a whole: parties and rounding here, the rest in the modules beside.

use std::collections::BTreeSet;

use vocabulary::{PartyId, TownId};

use super::read::{Document, Table, Value};
use super::{GRAMMAR, Name, Premium, Problem, Rounding, Terms};
use super::{charges, fees, labour, limits, members, pools, promises};
use crate::Mode;

/// The parties, pools, charges and fees that the rest of the document may name.
pub(super) struct Names {
    pub(super) parties: Vec<PartyId>,
    pub(super) pools: Vec<Name>,
    pub(super) charges: Vec<Name>,
    pub(super) fees: Vec<Name>,
}

/// No agreement is longer; a hostile text could otherwise ask for a million problems.
const LONGEST: usize = 256 * 1024;

fn too_long(text: &str) -> Problem {
    Problem {
        line: 1,
        column: 1,
        field: String::new(),
        value: String::new(),
        fix: format!(
            "{} bytes are too long: terms have at most {LONGEST}",
            text.len()
        ),
    }
}

pub(super) fn parse(text: &str) -> Result<Terms, Vec<Problem>> {
    if text.len() > LONGEST {
        return Err(vec![too_long(text)]);
    }
    let document = Document::new(text);
    let terms = document
        .syntax()
        .and_then(|root| terms(&document.root(&root)));
    match terms {
        Some(terms) if document.is_clean() => Ok(terms),
        _ => Err(document.problems()),
    }
}

/// Reads on after a problem, so that one look at the list of problems is enough to mend them all.
fn terms(root: &Table<'_, '_>) -> Option<Terms> {
    let grammar = root.required("grammar", "grammar = 1 (the version of this language)");
    if let Some(grammar) = grammar
        && grammar.whole_number()? != GRAMMAR
    {
        grammar.refuse("this program reads grammar 1");
        return None;
    }
    let agreement = root
        .required(
            "agreement",
            "the agreement's id: agreement = \"three-rivers\"",
        )
        .and_then(|value| value.parsed());
    let towns = root.required("towns", "the towns' ids: towns = [\"barlow\", \"fenwick\"]");
    let towns = towns.map(|value| towns_of(&value)).unwrap_or_default();
    let rounding_value = root.required("rounding", "a table [rounding] with `order` or `residual`");
    let listed = Listed::of(root);
    let names = listed.names(&towns);
    let rounded = rounding_value.and_then(|value| rounding(&value.table()?, &names));
    let labour_table = root.optional("labour");
    let labour = labour_table
        .as_ref()
        .and_then(|value| labour::labour(&value.table()?, &names));
    root.no_other_keys();
    let pools = listed.pool.iter();
    let charges = listed.charge.iter();
    let transfers = listed.transfer.iter();
    let credits = listed.credit.iter();
    let terms = Terms {
        version: 1,
        pools: pools.filter_map(|v| pools::pool(v, &names)).collect(),
        charges: charges.filter_map(|v| charges::charge(v, &names)).collect(),
        promises: promises::promises(&listed.promise, &names),
        fees: fees::fees(&listed.fee, &names),
        limits: limits::limits(&listed.limit, &names),
        transfers: transfers
            .filter_map(|v| charges::transfer(v, &names))
            .collect(),
        credits: credits.filter_map(|v| charges::credit(v, &names)).collect(),
        memberships: members::memberships(&listed.membership, &names),
        labour,
        towns,
        agreement: agreement?,
        mode: rounded.as_ref()?.1,
        rounding: rounded?.0,
    };
    every_town_has_a_promise(&terms, labour_table.as_ref());
    Some(terms)
}

/// What goes beyond a promise can be told only where there is one.
fn every_town_has_a_promise(terms: &Terms, labour: Option<&Value<'_, '_>>) {
    let premium = terms.labour.as_ref().and_then(|l| l.premium.as_ref());
    let promised = |town: &&TownId| terms.promises.iter().any(|p| p.town == **town);
    let without = terms.towns.iter().find(|town| !promised(town));
    if let (Some(Premium::BeyondPromise), Some(town), Some(labour)) = (premium, without, labour) {
        labour.refuse(format!(
            "premium = \"beyond_promise\" needs a [[promise]] for every town: {town} has none"
        ));
    }
}

/// The lists of tables of a document, each in its order.
struct Listed<'d, 't> {
    pool: Vec<Value<'d, 't>>,
    charge: Vec<Value<'d, 't>>,
    promise: Vec<Value<'d, 't>>,
    fee: Vec<Value<'d, 't>>,
    limit: Vec<Value<'d, 't>>,
    transfer: Vec<Value<'d, 't>>,
    credit: Vec<Value<'d, 't>>,
    membership: Vec<Value<'d, 't>>,
}

impl<'d, 't> Listed<'d, 't> {
    fn of(root: &Table<'d, 't>) -> Self {
        let list = |key| match root.optional(key) {
            Some(value) => value.list("leave it out where there is none"),
            None => vec![],
        };
        Self {
            pool: list("pool"),
            charge: list("charge"),
            promise: list("promise"),
            fee: list("fee"),
            limit: list("limit"),
            transfer: list("transfer"),
            credit: list("credit"),
            membership: list("membership"),
        }
    }

    /// What the rest of the document may name.
    fn names(&self, towns: &[TownId]) -> Names {
        let parties = towns.iter().cloned().map(PartyId::Town);
        for (listed, kind) in [
            (&self.limit, "limit"),
            (&self.transfer, "transfer"),
            (&self.credit, "credit"),
        ] {
            charges::names(listed, kind);
        }
        Names {
            parties: parties.chain([PartyId::Provider]).collect(),
            pools: charges::names(&self.pool, "pool"),
            charges: charges::names(&self.charge, "charge"),
            fees: charges::names(&self.fee, "fee"),
        }
    }
}

fn towns_of(value: &Value<'_, '_>) -> Vec<TownId> {
    let mut towns = vec![];
    for town in value.list("an agreement has at least one town") {
        match town.parsed::<TownId>() {
            Some(id) if towns.contains(&id) => town.refuse("this town stands here twice"),
            Some(id) => towns.push(id),
            None => {}
        }
    }
    towns
}

fn rounding(table: &Table<'_, '_>, names: &Names) -> Option<(Rounding, Mode)> {
    let mode = match table.optional("mode") {
        Some(value) => Mode::read(&value)?,
        None => Mode::HalfUp,
    };
    let rule = rule(table, names)?;
    Some((rule, mode))
}

fn rule(table: &Table<'_, '_>, names: &Names) -> Option<Rounding> {
    let order = table.optional("order");
    let residual = table.optional("residual");
    table.no_other_keys();
    match (order, residual) {
        (Some(order), None) => {
            let mut seen = BTreeSet::new();
            let mut listed = vec![];
            for item in order.list("a tie order names every party once") {
                let party = names.party(&item)?;
                if !seen.insert(party.clone()) {
                    item.refuse("this party stands here twice");
                }
                listed.push(party);
            }
            let missing: Vec<_> = names.parties.iter().filter(|p| !seen.contains(p)).collect();
            if !missing.is_empty() {
                let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
                order.refuse(format!(
                    "a tie order names every party once, the provider included: {} missing",
                    missing.join(", ")
                ));
            }
            Some(Rounding::LargestRemainder { order: listed })
        }
        (None, Some(residual)) => {
            let party = names.party(&residual)?;
            Some(Rounding::Residual { party })
        }
        (Some(_), Some(residual)) => {
            residual.refuse("write either `order` or `residual`, not both");
            None
        }
        (None, None) => {
            table.refuse(
                "write `order = [every party]` for the largest remainder with that tie order, or \
                 `residual = \"<party>\"`",
            );
            None
        }
    }
}

impl Mode {
    pub(super) fn read(value: &Value<'_, '_>) -> Option<Self> {
        let mode = match value.text()? {
            "half_up" => Some(Self::HalfUp),
            "half_even" => Some(Self::HalfEven),
            "up" => Some(Self::Up),
            _ => None,
        };
        if mode.is_none() {
            value.refuse("write \"half_up\", \"half_even\" or \"up\"");
        }
        mode
    }
}

impl Names {
    /// A party of this agreement.
    pub(super) fn party(&self, value: &Value<'_, '_>) -> Option<PartyId> {
        let party: PartyId = value.parsed()?;
        if self.parties.contains(&party) {
            return Some(party);
        }
        let known: Vec<_> = self.parties.iter().map(ToString::to_string).collect();
        value.refuse(format!(
            "this is no party of the agreement: parties are {}",
            known.join(", ")
        ));
        None
    }

    /// A pool of these terms, named after `pool:`.
    pub(super) fn pool(&self, value: &Value<'_, '_>, name: &str) -> Option<Name> {
        let found = self.pools.iter().find(|pool| pool.as_str() == name);
        if found.is_none() {
            let known: Vec<_> = self.pools.iter().map(Name::as_str).collect();
            value.refuse(if known.is_empty() {
                "there is no such pool: the terms have no [[pool]]".to_owned()
            } else {
                format!("there is no such pool: pools are {}", known.join(", "))
            });
        }
        found.cloned()
    }
}
