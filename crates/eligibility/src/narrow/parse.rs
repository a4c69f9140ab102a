//! The narrowing document.

use std::collections::BTreeMap;

use super::{CallClause, DutyClause, ItemClause, Narrowing};
use crate::Name;
use crate::profile::parse::{date_or, document, list, powers, unique, values, version};
use crate::profile::read::{Problem, Table};
use crate::profile::{Pilot, calls, needs};

pub(super) fn narrowing(text: &str) -> Result<Narrowing, Vec<Problem>> {
    document(text, read)
}

fn read(root: &Table<'_, '_>) -> Option<Narrowing> {
    let programme = root.required("programme", "the programme whose profile it narrows");
    let programme = programme.and_then(|value| value.parsed());
    let version = version(root);
    let agreement = root.required("agreement", "the agreement: agreement = \"three-rivers\"");
    let agreement = agreement.and_then(|value| value.parsed());
    let town = root.required("town", "the town: town = \"barlow\"");
    let town = town.and_then(|value| value.parsed());
    let requirements = needs::requirements(root);
    let call_types = list(root, "call_type", call_clause);
    unique(&call_types, |clause| clause.code.as_str());
    let screening = list(root, "screening", calls::screening);
    unique(&screening, |question| question.id.as_str());
    let narrowing = Narrowing {
        powers: powers(root),
        equipment: named(root, "equipment", item_clause),
        duties: named(root, "duty", duty_clause),
        call_types: values(&call_types),
        requirements: values(&requirements),
        mandatory: root.words("mandatory"),
        screening: values(&screening),
        deployment: values(&list(root, "deployment", calls::deployment)),
        programme: programme?,
        version: version?,
        agreement: agreement?,
        town: town?,
    };
    root.no_other_keys();
    Some(narrowing)
}

/// Tables whose keys are names: `[equipment.handgun]`.
fn named<T>(
    root: &Table<'_, '_>,
    key: &'static str,
    read: impl Fn(&Table<'_, '_>) -> Option<T>,
) -> BTreeMap<Name, T> {
    let mut found = BTreeMap::new();
    let Some(tables) = root.optional_table(key) else {
        return found;
    };
    for (name, value) in tables.entries() {
        match Name::new(name) {
            Err(wrong) => value.refuse(wrong.to_string()),
            Ok(name) => {
                let clause = value.table().and_then(|table| {
                    let clause = read(&table);
                    table.no_other_keys();
                    clause
                });
                found.extend(clause.map(|clause| (name, clause)));
            }
        }
    }
    found
}

fn item_clause(table: &Table<'_, '_>) -> Option<ItemClause> {
    let carried = table.optional("carried").and_then(|value| value.flag());
    let clause = ItemClause {
        carried,
        carry: table.words("carry"),
        requires: table.words("requires"),
    };
    if clause.carried == Some(false) && !clause.carry.is_empty() {
        table.refuse("it is not carried and has ways to carry it: leave one of the two out");
        return None;
    }
    Some(clause)
}

fn duty_clause(table: &Table<'_, '_>) -> Option<DutyClause> {
    Some(DutyClause {
        offered: table.flag("offered", true),
        requires: table.words("requires"),
    })
}

fn call_clause(table: &Table<'_, '_>) -> Option<CallClause> {
    let code = table.required("code", "the call type: code = \"VEHABND\"");
    let role = table
        .optional("role")
        .map(|role| calls::role(table, Some(role)));
    if role.is_none() && table.optional("hand_off_to").is_some() {
        table.refuse("`hand_off_to` goes with `role = \"first_on_scene\"`");
    }
    Some(CallClause {
        approval_by: table.line("approval_by"),
        pilot: date_or(table, "pilot", "open").map(|until| Pilot { until }),
        excludes: table.words("excludes"),
        requires: table.words("requires"),
        role: match role {
            Some(role) => Some(role?),
            None => None,
        },
        code: code?.parsed()?,
    })
}
