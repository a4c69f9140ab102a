//! Several bases in one pool: weighted shares, and figures added up as they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use vocabulary::Fraction;

use super::{basis, decimal};
use crate::terms::parse::Names;
use crate::terms::price::positive;
use crate::terms::read::{Table, Value};
use crate::{Basis, Summed, Weighted};

pub(super) fn weighted(table: &Table<'_, '_>, names: &Names) -> Option<Basis> {
    let value = table.required(
        "weights",
        "weights = [{ basis = \"calls\", weight = \"0.4\" }, …]",
    )?;
    let mut parts = vec![];
    let listed = value.list("a mix has at least one basis");
    for item in &listed {
        let Some(table) = item.table() else { continue };
        let weights = table.required("weight", "weight = \"0.4\"");
        let weights = weights.as_ref().and_then(weights_of);
        let basis = basis(&table, names, true);
        table.no_other_keys();
        if let (Some(basis), Some(weights)) = (basis, weights) {
            parts.push(Weighted { basis, weights });
        }
    }
    if parts.len() < listed.len() || !sum_to_one(&value, &parts) {
        return None;
    }
    Some(Basis::Weighted(parts))
}

/// A weight for all time, or one from each of some days on: a phase-in.
fn weights_of(value: &Value<'_, '_>) -> Option<BTreeMap<Option<Date>, Fraction>> {
    if !value.is_list() {
        let weight = value.number()?;
        if weight.is_negative() || weight.is_zero() {
            value.refuse("a weight is above zero");
        }
        return Some(BTreeMap::from([(None, weight)]));
    }
    let mut weights = BTreeMap::new();
    let listed = value.list("write at least one step: { from = 2026-01-01, weight = \"0.4\" }");
    for item in &listed {
        let table = item.table()?;
        let from_value = table.required("from", "the first of a month: from = 2026-01-01");
        let from = from_value.as_ref().and_then(Value::date);
        let weight = table.required("weight", "weight = \"0.4\"");
        let weight = weight.and_then(|value| {
            let weight = value.number()?;
            crate::terms::price::not_below_zero(&value, &weight).then_some(weight)
        });
        table.no_other_keys();
        if let (Some(value), Some(from)) = (&from_value, from) {
            if from.day() != 1 {
                value.refuse("a weight changes on the first of a month");
            }
            if weights.contains_key(&Some(from)) {
                value.refuse("this day stands here twice");
            }
        }
        weights.insert(Some(from?), weight?);
    }
    Some(weights)
}

/// On every day on which a weight changes; before the first of them a month is refused.
fn sum_to_one(value: &Value<'_, '_>, parts: &[Weighted]) -> bool {
    let days = parts.iter().flat_map(|part| part.weights.keys().flatten());
    let mut days: BTreeSet<Option<Date>> = days.copied().map(Some).collect();
    if days.is_empty() {
        days.insert(None);
    }
    for day in days {
        let weights = parts.iter().map(|part| part.weight_on(day));
        let sum = weights.fold(Fraction::zero(), |sum, weight| sum + weight);
        if sum != Fraction::one() {
            let when = day.map(|day| format!(" from {day} on")).unwrap_or_default();
            value.refuse(format!(
                "weights sum to {}{when}: they must sum to exactly 1",
                decimal(&sum)
            ));
            return false;
        }
    }
    true
}

pub(super) fn sum(table: &Table<'_, '_>, names: &Names) -> Option<Basis> {
    let value = table.required(
        "figures",
        "figures = [{ basis = \"calls\", per = \"1\" }, { basis = \"population\", per = \"100\" }]",
    )?;
    let listed = value.list("a sum has at least one basis");
    let mut parts = vec![];
    for item in &listed {
        let Some(table) = item.table() else { continue };
        let per = table.required("per", "how many count as one: per = \"100\"");
        let per = per.and_then(|value| positive(&value));
        let basis = basis(&table, names, true);
        table.no_other_keys();
        if matches!(basis, Some(Basis::Fixed { .. } | Basis::Equal)) {
            item.refuse("only figures and counts can be added up, not shares");
            continue;
        }
        if let (Some(basis), Some(per)) = (basis, per) {
            parts.push(Summed { basis, per });
        }
    }
    (parts.len() == listed.len()).then_some(Basis::Sum(parts))
}

impl Weighted {
    /// The weight on a day; `None`: before every day that is named.
    pub(crate) fn weight_on(&self, day: Option<Date>) -> Fraction {
        let latest = self.weights.range(..=day).next_back();
        latest.map(|(_, weight)| weight.clone()).unwrap_or_default()
    }
}
