//! The document as a whole; its larger parts are read by the modules beside.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::read::{Document, Problem, Table};
use super::{Authority, Carried, DutyKind, Equipment, GRAMMAR, Power, Profile, calls, needs};
use crate::Name;

/// No profile is longer; a hostile text could otherwise ask for a million problems.
const LONGEST: usize = 256 * 1024;
/// More names than any profile has, so that a set of sets stays shallow.
const NAMES_MAX: usize = 500;

const POWERS: &[(&str, Power)] = &[
    ("no", Power::No),
    ("not_stated", Power::NotStated),
    ("with_approval", Power::WithApproval),
    ("yes", Power::Yes),
];

/// Reads a text by `read`, which is given the root table once the grammar is known to be right.
pub(crate) fn document<T>(
    text: &str,
    read: impl FnOnce(&Table<'_, '_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    if text.len() > LONGEST {
        return Err(vec![Problem {
            line: 1,
            column: 1,
            field: String::new(),
            value: String::new(),
            fix: format!(
                "{} bytes are too long: a profile has at most {LONGEST}",
                text.len()
            ),
        }]);
    }
    let document = Document::new(text);
    let found = document.syntax().and_then(|root| {
        let root = document.root(&root);
        let grammar = root.required("grammar", "grammar = 1 (the version of this language)")?;
        if grammar.whole_number()? != GRAMMAR {
            grammar.refuse("this program reads grammar 1");
            return None;
        }
        read(&root)
    });
    match found {
        Some(found) if document.is_clean() => Ok(found),
        _ => Err(document.problems()),
    }
}

pub(super) fn profile(text: &str) -> Result<Profile, Vec<Problem>> {
    document(text, read)
}

/// Reads on after a problem, so that one look at the list of problems is enough to mend them all.
fn read(root: &Table<'_, '_>) -> Option<Profile> {
    let programme = root.required("programme", "the programme's id: programme = \"us-mo-cso\"");
    let programme = programme.and_then(|value| value.parsed());
    let version = version(root);
    let title = root.required("title", "the programme's name in words");
    let title = title.and_then(|value| value.line());
    let jurisdiction = root.required("jurisdiction", "where it holds, such as \"US-MO\"");
    let jurisdiction = jurisdiction.and_then(|value| value.line());
    let sources = root.required("sources", "where its facts are from, as a list of texts");
    let sources = sources.map(|value| value.lines()).unwrap_or_default();
    let from = root.optional("from").and_then(|value| value.date());
    let (employer, silent) = (root.line("employer"), root.lines("silent"));
    let authority = root.required("authority", "a table [authority] with `sworn`");
    let authority = authority.and_then(|value| authority_of(&value.table()?));
    let requirements = needs::requirements(root);
    let equipment = list(root, "equipment", equipment);
    unique(&equipment, |item| item.item.as_str());
    let duties = list(root, "duty", duty);
    unique(&duties, |duty| duty.kind.as_str());
    if duties.is_empty() {
        root.refuse("`duty` is missing: write at least one [[duty]] with `kind` and `requires`");
    }
    let call_types = list(root, "call_type", calls::call_type);
    unique(&call_types, |call| call.code.as_str());
    let screening = list(root, "screening", calls::screening);
    unique(&screening, |question| question.id.as_str());
    let deployment = list(root, "deployment", calls::deployment);
    let transitions = list(root, "transition", calls::transition);
    root.no_other_keys();
    let profile = Profile {
        programme: programme?,
        version: version?,
        title: title?,
        jurisdiction: jurisdiction?,
        from,
        employer,
        sources,
        silent,
        authority: authority?,
        equipment: values(&equipment),
        requirements: values(&requirements),
        duties: values(&duties),
        call_types: values(&call_types),
        screening: values(&screening),
        deployment: values(&deployment),
        transitions: values(&transitions),
        narrowed_for: None,
    };
    needs::consistent(&requirements, &profile);
    for (table, item) in &equipment {
        needs::known(&profile, table, "requires", &item.requires);
    }
    for (table, duty) in &duties {
        needs::known(&profile, table, "requires", &duty.requires);
    }
    for (table, call) in &call_types {
        needs::known(&profile, table, "requires", &call.requires);
    }
    for (table, transition) in &transitions {
        let names = [transition.requirement.clone(), transition.held.clone()];
        needs::known(&profile, table, "transition", &names);
    }
    Some(profile)
}

/// A thing with the table it was read from.
pub(crate) type Read<'d, 't, T> = (Table<'d, 't>, T);

/// The tables of a list, each read by `read`.
pub(crate) fn list<'d, 't, T>(
    root: &Table<'d, 't>,
    key: &'static str,
    read: impl Fn(&Table<'d, 't>) -> Option<T>,
) -> Vec<Read<'d, 't, T>> {
    let tables = root.tables(key);
    if tables.len() > NAMES_MAX {
        root.refuse(format!("`{key}` has more than {NAMES_MAX} entries"));
        return vec![];
    }
    let found = tables.into_iter().map(|table| {
        let found = read(&table);
        table.no_other_keys();
        (table, found)
    });
    let found = found.collect::<Vec<_>>();
    found
        .into_iter()
        .filter_map(|(table, found)| Some((table, found?)))
        .collect()
}

/// Notes every second one of a name.
pub(crate) fn unique<T>(list: &[Read<'_, '_, T>], name: impl Fn(&T) -> &str) {
    for (i, (table, thing)) in list.iter().enumerate() {
        if list[..i]
            .iter()
            .any(|(_, before)| name(before) == name(thing))
        {
            table.refuse(format!("`{}` stands here twice", name(thing)));
        }
    }
}

pub(crate) fn values<T: Clone>(list: &[Read<'_, '_, T>]) -> Vec<T> {
    list.iter().map(|(_, value)| value.clone()).collect()
}

pub(crate) fn version(root: &Table<'_, '_>) -> Option<u32> {
    let value = root.required("version", "the profile's version, from 1: version = 1")?;
    let version = value.whole_number()?;
    let version = u32::try_from(version).ok().filter(|version| *version > 0);
    if version.is_none() {
        value.refuse("versions are counted from 1");
    }
    version
}

fn authority_of(table: &Table<'_, '_>) -> Option<Authority> {
    let sworn = table
        .required("sworn", "true or false")
        .and_then(|value| value.flag());
    let authority = Authority {
        basis: table.line("basis"),
        sources: table.lines("source"),
        sworn: sworn.unwrap_or_default(),
        posture: table.line("posture"),
        powers: powers(table),
    };
    table.no_other_keys();
    sworn.map(|_| authority)
}

/// Powers with their words.
pub(crate) fn powers(table: &Table<'_, '_>) -> BTreeMap<Name, Power> {
    let Some(powers) = table.optional_table("powers") else {
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for (name, value) in powers.entries() {
        match (Name::new(name), value.one_of(POWERS)) {
            (Ok(name), Some(power)) => _ = found.insert(name, power),
            (Err(wrong), _) => value.refuse(wrong.to_string()),
            _ => {}
        }
    }
    found
}

fn equipment(table: &Table<'_, '_>) -> Option<Equipment> {
    let item = table.required("item", "what is carried: item = \"baton\"");
    let title = table.required("title", "the item in words");
    let decides = table.flag("town_decides", false);
    let equipment = Equipment {
        item: item.and_then(|value| value.parsed())?,
        title: title.and_then(|value| value.line())?,
        carried: if decides {
            Carried::TownDecides
        } else {
            Carried::Yes
        },
        carry: table.words("carry"),
        requires: table.words("requires"),
        sources: table.lines("source"),
    };
    Some(equipment)
}

fn duty(table: &Table<'_, '_>) -> Option<DutyKind> {
    let kind = table.required("kind", "the kind of duty: kind = \"patrol\"");
    let title = table.required("title", "the kind of duty in words");
    let requires = table.required("requires", "the requirements' ids; [] where it needs none");
    let none = requires.as_ref().is_some_and(|value| value.is_empty_list());
    let requires = requires
        .filter(|_| !none)
        .map(|value| value.words("write ids"));
    Some(DutyKind {
        kind: kind.and_then(|value| value.parsed())?,
        title: title.and_then(|value| value.line())?,
        requires: requires.unwrap_or_default(),
        counts_to_staffing: table.flag("counts_to_staffing", true),
        offered: true,
    })
}

/// A date, or a word in its place.
pub(crate) fn date_or(
    table: &Table<'_, '_>,
    key: &'static str,
    word: &str,
) -> Option<Option<Date>> {
    let value = table.optional(key)?;
    if value.is(word) {
        return Some(None);
    }
    value.date().map(Some)
}
