//! Questions over many officers and days: who, with what, and what is about to end.

use jiff::civil::Date;
use vocabulary::OfficerId;

use crate::{
    Answer, Carries, Credential, Evidence, Known, Name, Need, Profile, Question, RecordId,
    Standing, Subject, eligible,
};

/// A requirement that an officer meets and is about to meet no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// Whose.
    pub officer: OfficerId,
    /// What needs it.
    pub needed_for: Subject,
    /// Which requirement.
    pub requirement: Name,
    /// Whether it must be met.
    pub mandatory: bool,
    /// The last day on which it is met.
    pub until: Date,
    /// How the credential behind it can be renewed, where it is one.
    pub renewal: Option<Renewable>,
}

/// When a credential can be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewable {
    /// Which.
    pub id: RecordId,
    /// The first day; absent where the profile gives none.
    pub opens: Option<Date>,
    /// The last day, on some of which it is not valid any more.
    pub until: Option<Date>,
}

/// The answer to a question for every officer of whom something is known, by id: who could be
/// armed in a town on a day, who can take a shift over.
pub fn who(
    profile: &Profile,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
) -> Vec<Answer> {
    let each = evidence.officers().map(|officer| {
        let question = question.clone().about(officer.clone());
        eligible(profile, &question, evidence, known)
    });
    each.collect()
}

/// What an officer could carry, item by item in the order of the profile: the question, asked once
/// for each item alone.
pub fn kit(
    profile: &Profile,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
) -> Vec<(Name, Answer)> {
    let each = profile.equipment.iter().map(|item| {
        let carries = Carries {
            item: item.item.clone(),
            carry: None,
            weapon: None,
        };
        let question = Question {
            carries: vec![carries],
            ..question.clone()
        };
        (
            item.item.clone(),
            eligible(profile, &question, evidence, known),
        )
    });
    each.collect()
}

/// What officers meet on the question's day and no longer after `to`, soonest first.
pub fn expiring(
    profile: &Profile,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
    to: Date,
) -> Vec<Expiring> {
    let mut found = vec![];
    for answer in who(profile, question, evidence, known) {
        for finding in answer
            .findings
            .iter()
            .filter(|f| f.standing != Standing::Missing)
        {
            let ends = finding.stays_until.filter(|until| *until <= to);
            let (Some(until), Some(requirement)) = (ends, &finding.requirement) else {
                continue;
            };
            found.push(Expiring {
                officer: answer.officer.clone(),
                needed_for: finding.needed_for.clone(),
                requirement: requirement.clone(),
                mandatory: finding.mandatory,
                until,
                renewal: renewable(profile, requirement, evidence, known, &answer),
            });
        }
    }
    found.sort_by(|one, other| {
        let key = |e: &Expiring| (e.until, e.officer.clone(), e.requirement.clone());
        key(one).cmp(&key(other))
    });
    found
}

fn renewable(
    profile: &Profile,
    requirement: &Name,
    evidence: &Evidence,
    known: &Known,
    answer: &Answer,
) -> Option<Renewable> {
    let Need::Credential {
        credential,
        renewal,
        ..
    } = &profile.requirement(requirement)?.need
    else {
        return None;
    };
    let held = Credential::of(evidence, &answer.officer, credential, known);
    let valid = held.iter().filter(|c| c.on(answer.on, renewal).counts());
    let last = valid.max_by_key(|c| (c.until.unwrap_or(Date::MAX), &c.at))?;
    let (opens, until) = last.renewable(renewal);
    Some(Renewable {
        id: last.id.clone(),
        opens,
        until,
    })
}
