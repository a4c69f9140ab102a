//! Why a requirement is not met on a day, as exactly as the evidence allows.

use jiff::civil::Date;
use vocabulary::Minutes;

use super::held::wanted;
use super::{Case, Why};
use crate::timeline::Timeline;
use crate::{
    Credential, Length, Name, Need, Outcome, Per, Phase, Position, Renewal, Requirement, Stage,
    Weapon,
};

type Missing = (Why, Vec<Position>);

impl Case<'_> {
    /// What is missing, and the events that say so.
    pub(super) fn missing(
        &self,
        id: &Name,
        weapon: Option<&Weapon>,
        timeline: &Timeline,
        day: Date,
    ) -> Missing {
        let Some(requirement) = self.profile.requirement(id) else {
            return (Why::NotInProfile, vec![]);
        };
        self.begun_too_soon(requirement, weapon, day)
            .or_else(|| self.by_kind(&requirement.need, weapon, day))
            .unwrap_or_else(|| by_time(timeline, day))
    }

    /// Met, had it not been begun before something that had to come first.
    fn begun_too_soon(
        &self,
        requirement: &Requirement,
        weapon: Option<&Weapon>,
        day: Date,
    ) -> Option<Missing> {
        let held = Timeline::any(self.own(&requirement.need, weapon));
        let held = held.at(day)?;
        let unmet = |id: &&Name| self.timeline(id, None).at(held.started).is_none();
        let first = requirement.after.iter().find(unmet)?.clone();
        let begun = held.started;
        Some((Why::BegunBefore { first, begun }, held.evidence.clone()))
    }

    fn by_kind(&self, need: &Need, weapon: Option<&Weapon>, day: Date) -> Option<Missing> {
        match need {
            Need::Check { check, .. } => self.check_failed(check, day),
            Need::Course {
                course,
                outcome,
                minutes,
                ..
            } => self.course_short(course, *outcome, *minutes, day),
            Need::HoursWithin {
                courses,
                minutes,
                within,
            } => Some(self.hours_short(courses, *minutes, *within, day)),
            Need::Supervised { service, minutes } => {
                Some(self.service_short(service, *minutes, day))
            }
            Need::Qualification {
                qualification, per, ..
            } => self.not_qualified(qualification, *per, weapon, day),
            Need::Credential {
                credential,
                issued_by,
                renewal,
                ..
            } => self.credential_not_valid(credential, issued_by, renewal, weapon, day),
            Need::FieldTraining {
                training,
                phases,
                stage,
            } => Some(self.phases_open(training, phases, *stage, day)),
            Need::OneOf(of) => Some((Why::NoneOf { of: of.clone() }, vec![])),
            Need::Refresher { .. } | Need::Age { .. } | Need::AllOf(_) => None,
        }
    }

    fn check_failed(&self, wanted: &Name, day: Date) -> Option<Missing> {
        let results = self.records.iter().filter_map(|record| match &record.fact {
            crate::Fact::Checked {
                check, on, passed, ..
            } if check == wanted && *on <= day => Some((*on, !passed, &record.at)),
            _ => None,
        });
        let (on, failed, at) = results.max()?;
        failed.then(|| (Why::Failed { on }, vec![at.clone()]))
    }

    fn course_short(
        &self,
        course: &Name,
        least: Outcome,
        minutes: Option<Minutes>,
        day: Date,
    ) -> Option<Missing> {
        let issued = self.issued(course);
        let removed = self
            .removals(course)
            .into_iter()
            .filter(|on| *on <= day)
            .max();
        let so_far = issued
            .iter()
            .filter(|i| i.on <= day && removed.is_none_or(|r| i.on > r));
        let Some(best) = so_far.max_by_key(|i| (i.outcome, i.minutes, i.on, i.at)) else {
            return removed.map(|on| (Why::Removed { on }, vec![]));
        };
        if best.outcome < least {
            let why = Why::OutcomeBelow {
                outcome: best.outcome,
                needed: least,
            };
            return Some((why, vec![best.at.clone()]));
        }
        let needed = minutes.filter(|needed| best.minutes < *needed)?;
        let why = Why::HoursBelow {
            minutes: best.minutes,
            needed,
        };
        Some((why, vec![best.at.clone()]))
    }

    fn hours_short(&self, courses: &[Name], needed: Minutes, within: Length, day: Date) -> Missing {
        let issued = courses.iter().flat_map(|course| self.issued(course));
        let inside = issued.filter(|s| s.on <= day && day <= within.after(s.on));
        let inside: Vec<_> = inside.collect();
        let minutes = inside.iter().map(|s| s.minutes).sum();
        let evidence = inside.iter().map(|s| s.at.clone()).collect();
        (Why::HoursBelow { minutes, needed }, evidence)
    }

    fn service_short(&self, service: &Name, needed: Minutes, day: Date) -> Missing {
        let served = self
            .served(service)
            .into_iter()
            .filter(|(on, _, _)| *on <= day);
        let served: Vec<_> = served.collect();
        let minutes = served.iter().map(|(_, minutes, _)| *minutes).sum();
        let evidence = served.iter().map(|(_, _, at)| (*at).clone()).collect();
        (Why::HoursBelow { minutes, needed }, evidence)
    }

    fn not_qualified(
        &self,
        wanted: &Name,
        per: Per,
        weapon: Option<&Weapon>,
        day: Date,
    ) -> Option<Missing> {
        let shot = self
            .assessed(wanted)
            .into_iter()
            .filter(|(on, ..)| *on <= day);
        let shot: Vec<_> = shot.collect();
        let (on, passed, with, at) = shot.iter().max_by_key(|(on, _, _, at)| (*on, *at))?;
        if !passed {
            return Some((Why::Failed { on: *on }, vec![(*at).clone()]));
        }
        let carried = weapon.filter(|_| per != Per::Person)?;
        let other = match per {
            Per::Model => with.is_none_or(|with| with.model != carried.model),
            _ => *with != Some(carried),
        };
        let why = Why::OtherWeapon {
            qualified_with: with.cloned(),
            carried: carried.clone(),
        };
        other.then(|| (why, vec![(*at).clone()]))
    }

    fn credential_not_valid(
        &self,
        kind: &Name,
        issued_by: &[Name],
        renewal: &Renewal,
        weapon: Option<&Weapon>,
        day: Date,
    ) -> Option<Missing> {
        let credentials = Credential::among(&self.records, kind);
        let state = |c: &&Credential| (c.on(day, renewal).telling(), c.from, c.at.clone());
        let best = credentials.iter().max_by_key(state)?;
        let why = if best.on(day, renewal).counts() && !self.good_here(best, issued_by, weapon) {
            Why::NotGoodHere {
                id: best.id.clone(),
            }
        } else {
            Why::Credential {
                id: best.id.clone(),
                issuer: best.issuer.clone(),
                state: best.on(day, renewal),
            }
        };
        Some((why, best.proof(day)))
    }

    fn phases_open(&self, training: &Name, phases: &[Phase], stage: Stage, day: Date) -> Missing {
        let removed = self
            .removals(training)
            .into_iter()
            .filter(|on| *on <= day)
            .max();
        let signed = self.signed(training);
        let counts = |on: Date| on <= day && removed.is_none_or(|removed| on > removed);
        let signed: Vec<_> = signed.iter().filter(|(_, _, on, _)| counts(*on)).collect();
        let open = wanted(phases, stage);
        let open = open
            .iter()
            .filter(|p| !signed.iter().any(|(name, ..)| *name == p.name));
        let why = Why::PhasesOpen {
            phases: open.map(|phase| phase.name.clone()).collect(),
        };
        (
            why,
            signed.iter().map(|(_, _, _, at)| (*at).clone()).collect(),
        )
    }
}

/// What the days alone say: over, not yet, or never.
fn by_time(timeline: &Timeline, day: Date) -> Missing {
    if let Some(over) = timeline.last(day)
        && let Some(on) = over.until
    {
        return (Why::Lapsed { on }, over.evidence.clone());
    }
    match timeline.next(day) {
        Some(next) => (Why::NotYet { from: next.from }, next.evidence.clone()),
        None => (Why::NothingRecorded, vec![]),
    }
}
