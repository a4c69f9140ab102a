//! What the profile lets be done at all, before any person is looked at.

use jiff::civil::Date;

use super::{Call, Condition, Finding, Question, Standing, Subject, Why};
use crate::timeline::Timeline;
use crate::{CallType, Carried, Carries, Profile, Role};

/// Whether something may be done, and on which days.
pub(crate) struct Permission {
    pub(crate) timeline: Timeline,
    title: String,
    /// Why not, where or when it may not.
    refused: Why,
}

impl Permission {
    fn given(title: &str) -> Self {
        Self {
            timeline: Timeline::always(),
            title: title.to_owned(),
            refused: Why::Permitted,
        }
    }

    fn refused(title: &str, why: Why) -> Self {
        Self {
            timeline: Timeline::default(),
            title: title.to_owned(),
            refused: why,
        }
    }

    pub(super) fn finding(&self, subject: &Subject, day: Date) -> Finding {
        let given = self.timeline.at(day).is_some();
        Finding {
            needed_for: subject.clone(),
            requirement: None,
            title: self.title.clone(),
            mandatory: true,
            standing: if given {
                Standing::Met
            } else {
                Standing::Missing
            },
            why: if given {
                Why::Permitted
            } else {
                self.refused.clone()
            },
            evidence: vec![],
            stays_until: self.timeline.stays(day),
        }
    }
}

pub(super) fn duty(profile: &Profile, question: &Question) -> Permission {
    let Some(duty) = profile.duty(&question.duty) else {
        return Permission::refused(question.duty.as_str(), Why::NotInProfile);
    };
    let elsewhere = profile
        .narrowed_for
        .as_ref()
        .filter(|(_, town)| *town != question.town);
    match elsewhere {
        Some((_, town)) => {
            let why = Why::OtherTownsProfile { town: town.clone() };
            Permission::refused(&duty.title, why)
        }
        None if !duty.offered => Permission::refused(&duty.title, Why::NotInThisTown),
        None => Permission::given(&duty.title),
    }
}

pub(super) fn item(profile: &Profile, carries: &Carries) -> Permission {
    let Some(item) = profile.item(&carries.item) else {
        return Permission::refused(carries.item.as_str(), Why::NotInProfile);
    };
    let way = carries.carry.as_ref();
    let other_way = way.filter(|way| !item.carry.is_empty() && !item.carry.contains(way));
    match (item.carried, other_way) {
        (Carried::No, _) => Permission::refused(&item.title, Why::NotInThisTown),
        (Carried::TownDecides, _) => Permission::refused(&item.title, Why::TownHasNotDecided),
        (Carried::Yes, Some(way)) => {
            Permission::refused(&item.title, Why::NotThisWay { carry: way.clone() })
        }
        (Carried::Yes, None) => Permission::given(&item.title),
    }
}

pub(super) fn call(profile: &Profile, call: &Call) -> Permission {
    let Some(found) = profile.call_type(&call.code) else {
        return Permission::refused(call.code.as_str(), Why::NotInProfile);
    };
    let title = found.title.as_deref().unwrap_or(found.code.as_str());
    if found.role == Role::NotEligible {
        return Permission::refused(title, Why::NotTheirs);
    }
    if let Some(what) = found
        .excludes
        .iter()
        .find(|what| call.involves.contains(what))
    {
        return Permission::refused(title, Why::Excluded { what: what.clone() });
    }
    if let Some(why) = screened(profile, found, call) {
        return Permission::refused(title, why);
    }
    let until = found.pilot.and_then(|pilot| pilot.until);
    Permission {
        timeline: Timeline::through(until),
        title: title.to_owned(),
        refused: until.map_or(Why::Permitted, |on| Why::PilotOver { on }),
    }
}

/// The first question, in the order of the profile, that keeps officers from the call.
fn screened(profile: &Profile, found: &CallType, call: &Call) -> Option<Why> {
    let roles = || {
        found
            .screened_also_as
            .iter()
            .copied()
            .chain([found.role.word()])
    };
    let asked = profile.screening.iter();
    let mut asked = asked.filter(|q| q.roles.is_empty() || roles().any(|r| q.roles.contains(&r)));
    asked.find_map(|question| {
        let id = question.id.clone();
        match call.answers.get(&question.id) {
            Some(answer) if question.excludes.contains(answer) => Some(Why::ScreenedOut {
                question: id,
                answer: answer.clone(),
            }),
            Some(answer) if question.answers.contains(answer) => None,
            _ => Some(Why::NotAsked { question: id }),
        }
    })
}

/// What the profile sets beside a yes.
pub(super) fn conditions(profile: &Profile, question: &Question) -> Vec<Condition> {
    let mut conditions = vec![];
    if profile
        .duty(&question.duty)
        .is_some_and(|duty| !duty.counts_to_staffing)
    {
        conditions.push(Condition::NotCounted);
    }
    let call = question
        .call
        .as_ref()
        .and_then(|call| profile.call_type(&call.code));
    if let Some(call) = call {
        if !matches!(call.role, Role::Primary | Role::NotEligible) {
            conditions.push(Condition::InRole {
                role: call.role.clone(),
            });
        }
        conditions.extend(
            call.approval_by
                .iter()
                .map(|by| Condition::ApprovalBy { by: by.clone() }),
        );
        conditions.extend(
            call.pilot
                .map(|pilot| Condition::Pilot { until: pilot.until }),
        );
    }
    let rules = profile.deployment.iter().cloned();
    conditions.extend(rules.map(|rule| Condition::Deployment { rule }));
    conditions
}
