//! What a town makes of a programme's profile: less, never more.

mod parse;

use std::collections::BTreeMap;

use vocabulary::{AgreementId, TownId};

use crate::profile::{self, Deployment, Screening};
use crate::{
    CallCode, CallType, Carried, Equipment, Name, Pilot, Power, Profile, ProgrammeId, Requirement,
    Role,
};

/// A town's clauses in its agreement, read from their document (docs/profiles.md).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowing {
    /// Which programme's profile it narrows.
    pub programme: ProgrammeId,
    /// Which version of it.
    pub version: u32,
    /// The agreement it stands in.
    pub agreement: AgreementId,
    /// The town it is for.
    pub town: TownId,
    /// Powers the town does without.
    pub powers: BTreeMap<Name, Power>,
    /// What may be carried, and how.
    pub equipment: BTreeMap<Name, ItemClause>,
    /// Which duties there are, and what more they need.
    pub duties: BTreeMap<Name, DutyClause>,
    /// Which calls are taken, and how.
    pub call_types: Vec<CallClause>,
    /// Requirements of the town's own.
    pub requirements: Vec<Requirement>,
    /// Optional requirements that are mandatory here.
    pub mandatory: Vec<Name>,
    /// Questions that are asked here too.
    pub screening: Vec<Screening>,
    /// Deployment rules that hold here too.
    pub deployment: Vec<Deployment>,
}

/// A clause on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemClause {
    /// Whether it is carried here; absent where the town leaves it as it is.
    pub carried: Option<bool>,
    /// The ways to carry it here; empty where the town leaves them as they are.
    pub carry: Vec<Name>,
    /// What whoever carries it must meet beyond the profile.
    pub requires: Vec<Name>,
}

/// A clause on a kind of duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyClause {
    /// Whether it is done here.
    pub offered: bool,
    /// What whoever does it must meet beyond the profile.
    pub requires: Vec<Name>,
}

/// A clause on a type of call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallClause {
    /// Which.
    pub code: CallCode,
    /// In what role; absent where the town leaves it as it is.
    pub role: Option<Role>,
    /// Who must approve.
    pub approval_by: Option<String>,
    /// A trial.
    pub pilot: Option<Pilot>,
    /// What else takes a call out of it.
    pub excludes: Vec<Name>,
    /// What whoever takes it must meet beyond the profile.
    pub requires: Vec<Name>,
}

/// A clause that would give officers more than their programme does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{clause}: {why}; an agreement narrows its programme's profile and never widens it")]
pub struct Widening {
    /// Which clause, such as `equipment.handgun.carry`.
    pub clause: String,
    /// What it asks and what the profile gives.
    pub why: String,
}

impl Narrowing {
    /// Reads a narrowing document (docs/profiles.md), or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<crate::Problem>> {
        parse::narrowing(text)
    }

    /// The same clauses upon another version of the programme. What a town agreed to outlives the
    /// version for which it was written; where it would then widen, [`narrow`] says so.
    pub fn upon(&self, version: u32) -> Self {
        Self {
            version,
            ..self.clone()
        }
    }
}

/// The profile as it holds in a town, or every clause that would widen it.
pub fn narrow(profile: &Profile, narrowing: &Narrowing) -> Result<Profile, Vec<Widening>> {
    let mut narrowed = profile.clone();
    let mut refused = Refused(vec![]);
    refused.unless(
        narrowing.programme == profile.programme,
        "programme",
        || {
            let (asked, is) = (&narrowing.programme, &profile.programme);
            format!("it narrows {asked}, and this is {is}")
        },
    );
    refused.unless(narrowing.version == profile.version, "version", || {
        let (asked, is) = (narrowing.version, profile.version);
        format!("it narrows version {asked}, and this is version {is}")
    });
    if let Some((_, town)) = &profile.narrowed_for {
        refused.unless(*town == narrowing.town, "town", || {
            format!("the profile is already that of {town}")
        });
    }
    requirements(&mut narrowed, narrowing, &mut refused);
    powers(&mut narrowed, narrowing, &mut refused);
    equipment(&mut narrowed, narrowing, &mut refused);
    duties(&mut narrowed, narrowing, &mut refused);
    call_types(&mut narrowed, narrowing, &mut refused);
    screening(&mut narrowed, narrowing, &mut refused);
    let more = narrowing.deployment.iter();
    let more = more.filter(|rule| !profile.deployment.contains(rule));
    narrowed.deployment.extend(more.cloned());
    narrowed.narrowed_for = Some((narrowing.agreement.clone(), narrowing.town.clone()));
    if refused.0.is_empty() {
        Ok(narrowed)
    } else {
        Err(refused.0)
    }
}

/// The clauses refused so far.
struct Refused(Vec<Widening>);

impl Refused {
    fn add(&mut self, clause: impl Into<String>, why: String) {
        let clause = clause.into();
        self.0.push(Widening { clause, why });
    }

    fn unless(&mut self, right: bool, clause: &str, why: impl FnOnce() -> String) {
        if !right {
            self.add(clause, why());
        }
    }

    /// Adds requirements to a list, if the profile has them.
    fn require(&mut self, clause: &str, profile: &Profile, list: &mut Vec<Name>, more: &[Name]) {
        for id in more {
            if profile.requirement(id).is_none() {
                self.add(
                    clause,
                    format!("`{id}` is no requirement of the profile or the town"),
                );
            } else if !list.contains(id) {
                list.push(id.clone());
            }
        }
    }
}

/// The town's own requirements, and optional ones that it makes mandatory.
fn requirements(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for own in &narrowing.requirements {
        if narrowed.requirement(&own.id).is_some() {
            let why = "the profile has a requirement of this name: give the town's own another";
            refused.add(format!("requirement.{}", own.id), why.to_owned());
        } else {
            narrowed.requirements.push(own.clone());
        }
    }
    for own in &narrowing.requirements {
        for id in profile::unknown(narrowed, own) {
            let why = format!("`{id}` is no requirement of the profile or the town");
            refused.add(format!("requirement.{}", own.id), why);
        }
    }
    if let Some(cycle) = profile::cycle(narrowed) {
        let cycle: Vec<_> = cycle.iter().map(Name::as_str).collect();
        let why = format!("a requirement refers to itself: {}", cycle.join(" -> "));
        refused.add("requirement", why);
    }
    for id in &narrowing.mandatory {
        match narrowed.requirements.iter_mut().find(|r| r.id == *id) {
            Some(requirement) => requirement.mandatory = true,
            None => refused.add(
                "mandatory",
                format!("the profile has no requirement `{id}`"),
            ),
        }
    }
}

fn powers(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for (name, asked) in &narrowing.powers {
        let given = narrowed
            .authority
            .powers
            .get(name)
            .copied()
            .unwrap_or(Power::NotStated);
        if *asked > given {
            let why = "the programme does not give this power to that extent";
            refused.add(format!("powers.{name}"), why.to_owned());
        } else {
            narrowed.authority.powers.insert(name.clone(), *asked);
        }
    }
}

fn equipment(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for (name, clause) in &narrowing.equipment {
        let place = format!("equipment.{name}");
        let Some(mut item) = narrowed.item(name).cloned() else {
            refused.add(place, "the programme does not carry this".to_owned());
            continue;
        };
        carried(&mut item, clause, &place, refused);
        let place = format!("{place}.requires");
        refused.require(&place, narrowed, &mut item.requires, &clause.requires);
        if let Some(slot) = narrowed.equipment.iter_mut().find(|e| e.item == *name) {
            *slot = item;
        }
    }
}

/// Whether and how an item is carried. Naming a way to carry it is a decision to carry it.
fn carried(item: &mut Equipment, clause: &ItemClause, place: &str, refused: &mut Refused) {
    for way in clause.carry.iter().filter(|way| !item.carry.contains(way)) {
        let ways: Vec<_> = item.carry.iter().map(Name::as_str).collect();
        let why = format!("asks for {way}, the programme knows {}", ways.join(", "));
        refused.add(format!("{place}.carry"), why);
    }
    if !clause.carry.is_empty() {
        item.carry.clone_from(&clause.carry);
    }
    let decided = clause
        .carried
        .or((!clause.carry.is_empty()).then_some(true));
    match (decided, item.carried) {
        (Some(false), _) => item.carried = Carried::No,
        (Some(true), Carried::No) => {
            refused.add(format!("{place}.carried"), "it is not carried".to_owned());
        }
        (Some(true), _) => item.carried = Carried::Yes,
        (None, _) => {}
    }
}

fn duties(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for (kind, clause) in &narrowing.duties {
        let Some(mut duty) = narrowed.duty(kind).cloned() else {
            let why = "the programme does not know this duty".to_owned();
            refused.add(format!("duty.{kind}"), why);
            continue;
        };
        if clause.offered && !duty.offered {
            refused.add(format!("duty.{kind}.offered"), "it is not done".to_owned());
        }
        duty.offered = clause.offered;
        let place = format!("duty.{kind}.requires");
        refused.require(&place, narrowed, &mut duty.requires, &clause.requires);
        if let Some(slot) = narrowed.duties.iter_mut().find(|d| d.kind == *kind) {
            *slot = duty;
        }
    }
}

fn call_types(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for clause in &narrowing.call_types {
        let place = format!("call_type.{}", clause.code);
        let Some(mut call) = narrowed.call_type(&clause.code).cloned() else {
            refused.add(place, "the programme does not take this call".to_owned());
            continue;
        };
        role(&mut call, clause, &place, refused);
        limits(&mut call, clause, &place, refused);
        let place = format!("{place}.requires");
        refused.require(&place, narrowed, &mut call.requires, &clause.requires);
        if let Some(slot) = narrowed
            .call_types
            .iter_mut()
            .find(|c| c.code == clause.code)
        {
            *slot = call;
        }
    }
}

/// A role gives way to one that does less. The questions of the former role are asked all the same.
fn role(call: &mut CallType, clause: &CallClause, place: &str, refused: &mut Refused) {
    let Some(asked) = &clause.role else { return };
    let less = match (&call.role, asked) {
        (Role::Primary, _) | (_, Role::NotEligible) => true,
        (Role::FirstOnScene { .. }, Role::Support) => true,
        (given, asked) => given == asked,
    };
    if !less {
        let (given, asked) = (call.role.word(), asked.word());
        let why = format!("asks for {asked}, the programme gives {given}");
        refused.add(format!("{place}.role"), why);
        return;
    }
    if call.role != *asked {
        call.screened_also_as.push(call.role.word());
        call.role = asked.clone();
    }
}

fn limits(call: &mut CallType, clause: &CallClause, place: &str, refused: &mut Refused) {
    match (&call.approval_by, &clause.approval_by) {
        (Some(given), Some(asked)) if given != asked => {
            let why = format!("asks for the approval of {asked} instead of {given}");
            refused.add(format!("{place}.approval_by"), why);
        }
        (_, Some(asked)) => call.approval_by = Some(asked.clone()),
        (_, None) => {}
    }
    if let Some(asked) = clause.pilot {
        let end = call.pilot.and_then(|pilot| pilot.until);
        if end.is_some_and(|end| asked.until.is_none_or(|until| until > end)) {
            let why = "the programme's trial ends sooner".to_owned();
            refused.add(format!("{place}.pilot"), why);
        } else {
            call.pilot = Some(asked);
        }
    }
    let more = clause
        .excludes
        .iter()
        .filter(|what| !call.excludes.contains(what));
    let more: Vec<Name> = more.cloned().collect();
    call.excludes.extend(more);
}

fn screening(narrowed: &mut Profile, narrowing: &Narrowing, refused: &mut Refused) {
    for question in &narrowing.screening {
        if narrowed
            .screening
            .iter()
            .any(|asked| asked.id == question.id)
        {
            let why = "the profile asks a question of this name: give the town's own another";
            refused.add(format!("screening.{}", question.id), why.to_owned());
        } else {
            narrowed.screening.push(question.clone());
        }
    }
}

#[cfg(test)]
mod tests;
