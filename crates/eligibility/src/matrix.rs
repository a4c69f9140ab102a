//! The task × training matrix of a programme: for every task the training it takes, as an
//! accreditor of limited-duty staff asks for it.

use crate::{Carried, Name, Need, Profile, Role, Subject};

/// One task of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which.
    pub task: Subject,
    /// In words.
    pub title: String,
    /// In what role, for a call.
    pub role: Option<Role>,
    /// For each of [`Matrix::requirements`], whether the task takes it.
    pub takes: Vec<bool>,
}

/// Tasks down, requirements across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The requirements that any task takes, in the order of the profile; sets by their members.
    pub requirements: Vec<Name>,
    /// Duties, items and calls that the profile allows, in its order.
    pub tasks: Vec<Task>,
}

/// The matrix of a profile, as it is or as a town narrowed it.
pub fn matrix(profile: &Profile) -> Matrix {
    let mut tasks = vec![];
    for duty in profile.duties.iter().filter(|duty| duty.offered) {
        tasks.push((
            Subject::Duty(duty.kind.clone()),
            duty.title.as_str(),
            None,
            &duty.requires,
        ));
    }
    for item in profile
        .equipment
        .iter()
        .filter(|item| item.carried != Carried::No)
    {
        tasks.push((
            Subject::Equipment(item.item.clone()),
            item.title.as_str(),
            None,
            &item.requires,
        ));
    }
    for call in profile
        .call_types
        .iter()
        .filter(|call| call.role != Role::NotEligible)
    {
        let title = call.title.as_deref().unwrap_or(call.code.as_str());
        let (code, role) = (
            Subject::CallType(call.code.clone()),
            Some(call.role.clone()),
        );
        tasks.push((code, title, role, &call.requires));
    }
    let taken: Vec<Vec<Name>> = tasks
        .iter()
        .map(|(.., ids)| members(profile, ids))
        .collect();
    let requirements = profile
        .requirements
        .iter()
        .map(|requirement| &requirement.id);
    let requirements = requirements.filter(|id| taken.iter().any(|ids| ids.contains(id)));
    let requirements: Vec<Name> = requirements.cloned().collect();
    let tasks = tasks.into_iter().zip(taken);
    let tasks = tasks.map(|((task, title, role, _), taken)| Task {
        title: title.to_owned(),
        takes: requirements.iter().map(|id| taken.contains(id)).collect(),
        task,
        role,
    });
    Matrix {
        tasks: tasks.collect(),
        requirements,
    }
}

/// Requirements with sets replaced by their members, each once.
fn members(profile: &Profile, ids: &[Name]) -> Vec<Name> {
    let mut seen: Vec<&Name> = vec![];
    let mut found = vec![];
    let mut next: Vec<&Name> = ids.iter().rev().collect();
    while let Some(id) = next.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        match profile.requirement(id).map(|requirement| &requirement.need) {
            Some(Need::AllOf(of) | Need::OneOf(of)) => next.extend(of.iter().rev()),
            _ => found.push(id.clone()),
        }
    }
    found
}
