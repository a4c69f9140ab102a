//! The `[[limit]]` tables: the most and the least that a party bears, and who bears the rest.

use vocabulary::{Cents, Fraction, PartyId};

use super::parse::Names;
use super::price::year_begins;
use super::read::{Table, Value};
use super::{FeeBase, Name, Span, charges, fees};

/// The most or the least that a party bears of some charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its name.
    pub name: Name,
    /// Whom it protects.
    pub party: PartyId,
    /// The charges that are counted.
    pub of: Vec<FeeBase>,
    /// The most.
    pub at_most: Option<Cents>,
    /// The least.
    pub at_least: Option<Cents>,
    /// Whether it is for each month, or for a year that begins with this month.
    pub year_begins: Option<i8>,
    /// Who bears what lies above, and gains by what is missing below.
    pub excess_to: PartyId,
    /// On which days it holds.
    pub span: Span,
}

pub(super) fn limits(listed: &[Value<'_, '_>], names: &Names) -> Vec<Limit> {
    let mut limits: Vec<Limit> = vec![];
    for value in listed {
        let Some(table) = value.table() else { continue };
        let Some((limit, of)) = limit(&table, names) else {
            continue;
        };
        let rival = |known: &&Limit| {
            known.party == limit.party && known.of.iter().any(|base| limit.of.contains(base))
        };
        if let Some(rival) = limits.iter().find(rival) {
            of.refuse(format!(
                "the limit \"{}\" counts some of these for {} already: write the most and the \
                 least in one limit",
                rival.name, rival.party
            ));
        }
        limits.push(limit);
    }
    limits
}

fn limit<'d, 't>(table: &Table<'d, 't>, names: &Names) -> Option<(Limit, Value<'d, 't>)> {
    let name = table.optional("name");
    let name = name.and_then(|name| charges::name_of(&name));
    let party_of = |key, example| {
        let value = table.required(key, example)?;
        names.party(&value).map(|party| (party, value))
    };
    let party = party_of("party", "whom it protects: party = \"barlow\"");
    let excess = party_of("excess_to", "who bears the rest: excess_to = \"provider\"");
    let of_value = table.required("of", "the charges that are counted: of = [\"pool:<name>\"]");
    let of = of_value
        .as_ref()
        .map(|value| fees::base(value, &names.fees, names));
    let bounds = bounds(table);
    let year_begins = year(table);
    let span = Span::read(table);
    table.no_other_keys();
    let ((party, _), (excess_to, excess_value)) = (party?, excess?);
    if party == excess_to {
        excess_value.refuse("this is the party that the limit protects: name another");
        return None;
    }
    let (at_most, at_least) = bounds?;
    let limit = Limit {
        name: name?,
        party,
        of: of?,
        at_most,
        at_least,
        year_begins: year_begins?,
        excess_to,
        span: span?,
    };
    Some((limit, of_value?))
}

type Bounds = (Option<Cents>, Option<Cents>);

fn bounds(table: &Table<'_, '_>) -> Option<Bounds> {
    let (most_value, least_value) = (table.optional("at_most"), table.optional("at_least"));
    // A cap on last year's figure is written as that figure and a percentage of it.
    let percent = match table.optional("percent") {
        Some(value) => super::price::positive(&value)?,
        None => Fraction::from(100),
    };
    let dollars = |value: &Value<'_, '_>| {
        let number = value.number()?;
        if !super::price::not_below_zero(value, &number) {
            return None;
        }
        let cents = (number * &percent).to_cents_half_up().ok();
        if cents.is_none() {
            value.refuse("this does not fit 64-bit cents");
        }
        cents
    };
    let at_most = match &most_value {
        Some(value) => Some(dollars(value)?),
        None => None,
    };
    let at_least = match &least_value {
        Some(value) => Some(dollars(value)?),
        None => None,
    };
    match (at_most, at_least, &least_value) {
        (None, None, _) => {
            table.refuse("a limit limits something: write `at_most` or `at_least`, dollars");
            None
        }
        (Some(most), Some(least), Some(value)) if least > most => {
            value.refuse(format!("the least is above the most, {most}: lower it"));
            None
        }
        _ => Some((at_most, at_least)),
    }
}

fn year(table: &Table<'_, '_>) -> Option<Option<i8>> {
    let value = table.required("per", "per = \"month\" or \"year\"")?;
    match value.text()? {
        "month" => Some(None),
        "year" => year_begins(table).map(Some),
        _ => {
            value.refuse("write \"month\" or \"year\"");
            None
        }
    }
}
