//! The `[[promise]]` tables: hours that a town bought, and what becomes of those it did not get.

use jiff::ToSpan;
use jiff::civil::Date;
use vocabulary::{Fraction, Location, Month, PartyId, TownId};

use super::parse::Names;
use super::price::{Priced, not_below_zero};
use super::read::{Table, Value};
use super::{Partial, Per, Span};

/// Hours promised to a town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// To whom.
    pub town: TownId,
    /// How many.
    pub hours: Fraction,
    /// In which time.
    pub per: Per,
    /// On which days the promise holds.
    pub span: Span,
    /// Whether travel towards the town counts as delivered.
    pub travel_counts: bool,
    /// For how many more months hours may be delivered that were not in their own.
    pub carry_months: u32,
    /// What an hour is worth that was neither delivered in its month nor later.
    pub undelivered: Undelivered,
    /// What an hour beyond those promised costs, in cents; none: nothing besides.
    pub excess_cents: Option<Fraction>,
}

/// What a promised hour is worth that was not delivered in time, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// Nothing: it lapses.
    Lapses,
    /// The town gets it back.
    Credited(Fraction),
    /// The town pays for it all the same: a minimum of hours billed at their rate.
    Charged(Fraction),
}

impl Promise {
    /// Whether minutes there are delivered time.
    pub(crate) fn counts(&self, location: &Location) -> bool {
        match location {
            Location::Town(town) => *town == self.town,
            Location::Travel(town) => self.travel_counts && *town == self.town,
            _ => false,
        }
    }

    /// How many hours are promised for the seven days from one on: each day its part of its month.
    pub(crate) fn hours_in_week(&self, start: Date) -> Fraction {
        let days = start.series(1.day()).take(7);
        let hours = days.map(|day| {
            let day = Span {
                from: self.span.from.max(Some(day)),
                until: [self.span.until, Some(day)].into_iter().flatten().min(),
                partial: Partial::Days,
            };
            let month = day.until.map(Month::of);
            month.map_or(Fraction::zero(), |month| {
                &self.hours * &self.per.times_in(&day, month)
            })
        });
        hours.fold(Fraction::zero(), |sum, hours| sum + hours)
    }
}

pub(super) fn promises(listed: &[Value<'_, '_>], names: &Names) -> Vec<Promise> {
    let mut promises: Vec<Promise> = vec![];
    for value in listed {
        let Some(table) = value.table() else { continue };
        let Some(promise) = promise(&table, names) else {
            continue;
        };
        if promises.iter().any(|known| known.town == promise.town) {
            table.refuse("this town has a promise already: write its hours in one");
        }
        promises.push(promise);
    }
    promises
}

fn promise(table: &Table<'_, '_>, names: &Names) -> Option<Promise> {
    let town = table
        .required("town", "whose hours: town = \"barlow\"")
        .and_then(|value| match names.party(&value)? {
            PartyId::Town(town) => Some(town),
            PartyId::Provider => {
                value.refuse("hours are promised to a town");
                None
            }
        });
    let timed = Priced::time(table, "hours", "how many: hours = \"16.5\"");
    let travel = travel(table);
    let carry = table.optional("carry_months");
    let carry_months = match &carry {
        Some(value) => months(value),
        None => Some(0),
    };
    let undelivered = undelivered(table);
    let excess = dollars(table, "excess_charge");
    table.no_other_keys();
    let (hours, per, span) = timed?;
    if matches!(per, Per::Once { .. }) {
        table.refuse("hours are promised per day, week, month or year");
        return None;
    }
    if let (Some(value), None) = (&carry, span.from) {
        value.refuse("hours are carried from a first day on: write `from`");
        return None;
    }
    Some(Promise {
        town: town?,
        hours,
        per,
        span,
        travel_counts: travel?,
        carry_months: carry_months?,
        undelivered: undelivered?,
        excess_cents: excess?,
    })
}

fn travel(table: &Table<'_, '_>) -> Option<bool> {
    let Some(value) = table.optional("travel") else {
        return Some(false);
    };
    match value.text()? {
        "counts" => Some(true),
        "extra" => Some(false),
        _ => {
            value.refuse("write \"counts\" or \"extra\": whether travel is delivered time");
            None
        }
    }
}

fn months(value: &Value<'_, '_>) -> Option<u32> {
    let months = value.whole_number()?;
    let months = u32::try_from(months).ok().filter(|n| (1..=24).contains(n));
    if months.is_none() {
        value.refuse("write for how many more months, 1 to 24, or drop it");
    }
    months
}

fn undelivered(table: &Table<'_, '_>) -> Option<Undelivered> {
    let credit = dollars(table, "undelivered_credit");
    let charge_value = table.optional("undelivered_charge");
    let charge = dollars(table, "undelivered_charge");
    match (credit?, charge?) {
        (Some(_), Some(_)) => {
            charge_value?.refuse("an hour is either credited or charged, not both");
            None
        }
        (Some(cents), None) => Some(Undelivered::Credited(cents)),
        (None, Some(cents)) => Some(Undelivered::Charged(cents)),
        (None, None) => Some(Undelivered::Lapses),
    }
}

/// Dollars as exact cents; the outer `None` is a problem, the inner a key that is not there.
fn dollars(table: &Table<'_, '_>, key: &'static str) -> Option<Option<Fraction>> {
    let Some(value) = table.optional(key) else {
        return Some(None);
    };
    let dollars = value.number()?;
    not_below_zero(&value, &dollars).then(|| Some(dollars * Fraction::from(100)))
}
