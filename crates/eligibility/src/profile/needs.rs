//! Requirements: reading them, and that they hang together.

use super::parse::{Read, list, unique};
use super::read::{Table, Value};
use super::{Need, Per, Phase, Profile, Renewal, Requirement, Stage};
use crate::{Length, Name, Outcome};

const KINDS: &[(&str, &str)] = &[
    ("check", "check"),
    ("course", "course"),
    ("refresher", "refresher"),
    ("hours_within", "hours_within"),
    ("supervised", "supervised"),
    ("qualification", "qualification"),
    ("credential", "credential"),
    ("age", "age"),
    ("field_training", "field_training"),
    ("all_of", "all_of"),
    ("one_of", "one_of"),
];

const OUTCOMES: &[(&str, Outcome)] = &[
    ("participation", Outcome::Participation),
    ("completion", Outcome::Completion),
    (
        "completion_and_proficiency",
        Outcome::CompletionAndProficiency,
    ),
];

const PERS: &[(&str, Per)] = &[
    ("person", Per::Person),
    ("model", Per::Model),
    ("serial", Per::Serial),
];

const STAGES: &[(&str, Stage)] = &[
    ("deployable", Stage::Deployable),
    ("complete", Stage::Complete),
];

pub(crate) fn requirements<'d, 't>(root: &Table<'d, 't>) -> Vec<Read<'d, 't, Requirement>> {
    let found = list(root, "requirement", requirement);
    unique(&found, |requirement| requirement.id.as_str());
    found
}

fn requirement(table: &Table<'_, '_>) -> Option<Requirement> {
    let id = table.required("id", "its name: id = \"core\"");
    let id = id.and_then(|value| value.parsed());
    let title = table.required("title", "the requirement in words");
    let title = title.and_then(|value| value.line());
    let kind = table.required("kind", "what meets it: kind = \"course\"");
    let kind = kind.and_then(|value| value.one_of(KINDS));
    let requirement = Requirement {
        after: table.words("after"),
        mandatory: table.flag("mandatory", true),
        extent: table.line("extent"),
        topics: table.lines("topics"),
        sources: table.lines("source"),
        note: table.line("note"),
        need: need(table, kind?)?,
        id: id?,
        title: title?,
    };
    Some(requirement)
}

fn need(table: &Table<'_, '_>, kind: &str) -> Option<Need> {
    Some(match kind {
        "check" => Need::Check {
            check: named(table, "check", "which check: check = \"background\"")?,
            valid_for: table.parsed("valid_for"),
        },
        "course" => Need::Course {
            course: named(table, "course", "which course: course = \"core\"")?,
            outcome: table
                .required(
                    "outcome",
                    "participation, completion or completion_and_proficiency",
                )?
                .one_of(OUTCOMES)?,
            minutes: table.optional("hours").and_then(|value| value.hours()),
            valid_for: table.parsed("valid_for"),
        },
        "refresher" => Need::Refresher {
            course: named(table, "course", "which course: course = \"refresher\"")?,
            every: length(
                table,
                "every",
                "how long each counts: every = \"12 months\"",
            )?,
            counting_from: table.parsed("counting_from"),
        },
        "hours_within" => Need::HoursWithin {
            courses: table
                .required("courses", "in which courses: courses = [\"core\"]")?
                .words("name at least one course"),
            minutes: table.required("hours", "how many: hours = 24")?.hours()?,
            within: length(table, "within", "within how long: within = \"12 months\"")?,
        },
        "supervised" => Need::Supervised {
            service: named(table, "service", "which service: service = \"ride-along\"")?,
            minutes: table.required("hours", "how many: hours = 40")?.hours()?,
        },
        "qualification" => Need::Qualification {
            qualification: named(table, "qualification", "which: qualification = \"pistol\"")?,
            valid_for: table.parsed("valid_for"),
            per: table
                .required("per", "what it counts for: person, model or serial")?
                .one_of(PERS)?,
        },
        "credential" => Need::Credential {
            credential: named(table, "credential", "which kind: credential = \"mo-ccw\"")?,
            issuer: table.line("issuer"),
            issued_by: table.words("issued_by"),
            renewal: Renewal {
                opens: table.parsed("renewal_opens"),
                late: table.parsed("late_renewal"),
                grace_to_work: table.parsed("grace_to_work"),
            },
        },
        "age" => Need::Age {
            years: years(&table.required("years", "the least age: years = 19")?)?,
        },
        "field_training" => field_training(table)?,
        "all_of" => Need::AllOf(set(table)?),
        _ => Need::OneOf(set(table)?),
    })
}

fn field_training(table: &Table<'_, '_>) -> Option<Need> {
    let training = named(table, "training", "which training: training = \"field\"");
    let stage = table.required("stage", "which phases: deployable or complete");
    let stage = stage.and_then(|value| value.one_of(STAGES));
    let phases = list(table, "phase", |phase| {
        let name = phase.required("name", "its name: name = \"I\"")?.line();
        Some(Phase {
            lasts: phase.parsed("lasts"),
            deployable: phase.flag("deployable", false),
            what: phase.line("what"),
            name: name?,
        })
    });
    unique(&phases, |phase| phase.name.as_str());
    if phases.is_empty() {
        table.refuse("`phase` is missing: write at least one [[requirement.phase]] with `name`");
    }
    let phases: Vec<_> = super::parse::values(&phases);
    if stage == Some(Stage::Deployable) && phases.iter().all(|phase| phase.deployable) {
        table.refuse("every phase is deployable: this requirement asks for nothing");
    }
    Some(Need::FieldTraining {
        training: training?,
        phases,
        stage: stage?,
    })
}

fn named(table: &Table<'_, '_>, key: &'static str, example: &str) -> Option<Name> {
    table.required(key, example)?.parsed()
}

fn length(table: &Table<'_, '_>, key: &'static str, example: &str) -> Option<Length> {
    table.required(key, example)?.parsed()
}

fn set(table: &Table<'_, '_>) -> Option<Vec<Name>> {
    let of = table.required("of", "its requirements: of = [\"core\", \"pistol\"]")?;
    Some(of.words("a set has at least one requirement"))
}

fn years(value: &Value<'_, '_>) -> Option<u8> {
    let years = value.whole_number()?;
    let years = u8::try_from(years)
        .ok()
        .filter(|years| (1..=99).contains(years));
    if years.is_none() {
        value.refuse("write 1 to 99 years");
    }
    years
}

/// Notes a name that no requirement of the profile has.
pub(super) fn known(profile: &Profile, table: &Table<'_, '_>, key: &str, names: &[Name]) {
    for name in names
        .iter()
        .filter(|name| profile.requirement(name).is_none())
    {
        table.refuse(format!(
            "`{key}` names `{name}`, which is no [[requirement]] here"
        ));
    }
}

/// Notes what requirements name in vain, and one that refers to itself.
pub(crate) fn consistent(list: &[Read<'_, '_, Requirement>], profile: &Profile) {
    for (table, requirement) in list {
        known(profile, table, "after", &requirement.after);
        known(profile, table, "of", members(&requirement.need));
    }
    let Some(cycle) = cycle(profile) else { return };
    let place = list.iter().find(|(_, r)| cycle.first() == Some(&r.id));
    if let Some((table, _)) = place {
        let cycle: Vec<_> = cycle.iter().map(Name::as_str).collect();
        table.refuse(format!(
            "a requirement refers to itself: {}; leave one of these out",
            cycle.join(" -> ")
        ));
    }
}

fn members(need: &Need) -> &[Name] {
    match need {
        Need::AllOf(of) | Need::OneOf(of) => of,
        _ => &[],
    }
}

/// What a requirement needs of others: members of its set, what comes before it, and what a
/// transition takes in its place.
pub(super) fn refers_to(profile: &Profile, requirement: &Requirement) -> Vec<Name> {
    let members = members(&requirement.need);
    let held = profile.transitions.iter();
    let held = held
        .filter(|t| t.requirement == requirement.id)
        .map(|t| &t.held);
    members
        .iter()
        .chain(&requirement.after)
        .chain(held)
        .cloned()
        .collect()
}

/// The first cycle in the order of the document, from a requirement back to itself.
pub(super) fn cycle(profile: &Profile) -> Option<Vec<Name>> {
    let mut done = vec![];
    for requirement in &profile.requirements {
        let mut path = vec![];
        if let Some(cycle) = visit(profile, &requirement.id, &mut path, &mut done) {
            return Some(cycle);
        }
    }
    None
}

fn visit(
    profile: &Profile,
    id: &Name,
    path: &mut Vec<Name>,
    done: &mut Vec<Name>,
) -> Option<Vec<Name>> {
    if let Some(start) = path.iter().position(|seen| seen == id) {
        let round = path[start..].iter().chain([id]);
        return Some(round.cloned().collect());
    }
    if done.contains(id) {
        return None;
    }
    path.push(id.clone());
    let requirement = profile.requirement(id);
    let next = requirement
        .map(|r| refers_to(profile, r))
        .unwrap_or_default();
    for id in next {
        if let Some(cycle) = visit(profile, &id, path, done) {
            return Some(cycle);
        }
    }
    path.pop();
    done.push(id.clone());
    None
}
