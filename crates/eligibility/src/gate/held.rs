//! When each kind of requirement is met by its own evidence.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vocabulary::Minutes;

use super::{Case, Why};
use crate::timeline::{Segment, sweep};
use crate::words::{eve, morrow, sooner};
use crate::{
    Credential, Fact, Length, Name, Need, Outcome, Per, Phase, Position, Renewal, Stage, Weapon,
};

/// An outcome of a course that nothing took away.
pub(super) struct Issued<'a> {
    pub(super) at: &'a Position,
    pub(super) started: Date,
    pub(super) on: Date,
    pub(super) outcome: Outcome,
    pub(super) minutes: Minutes,
    /// The last day before a removal.
    until: Option<Date>,
}

impl<'a> Case<'a> {
    /// The days on which it is met, by each piece of evidence.
    pub(super) fn held(&self, need: &Need, weapon: Option<&Weapon>) -> Vec<Segment> {
        match need {
            Need::Check { check, valid_for } => self.checked(check, *valid_for),
            Need::Course {
                course,
                outcome,
                minutes,
                valid_for,
            } => self.finished(course, *outcome, *minutes, *valid_for),
            Need::Refresher {
                course,
                every,
                counting_from,
            } => self.refreshed(course, *every, counting_from.as_ref()),
            Need::HoursWithin {
                courses,
                minutes,
                within,
            } => self.hours_within(courses, *minutes, *within),
            Need::Supervised { service, minutes } => self.supervised(service, *minutes),
            Need::Qualification {
                qualification,
                valid_for,
                per,
            } => self.qualified(qualification, *valid_for, *per, weapon),
            Need::Credential {
                credential,
                issued_by,
                renewal,
                ..
            } => self.credentialed(credential, issued_by, renewal, weapon),
            Need::Age { years } => self.of_age(*years),
            Need::FieldTraining {
                training,
                phases,
                stage,
            } => self.trained(training, phases, *stage),
            Need::AllOf(_) | Need::OneOf(_) => vec![],
        }
    }

    fn checked(&self, wanted: &Name, valid_for: Option<Length>) -> Vec<Segment> {
        let results = || {
            self.records
                .iter()
                .filter_map(move |record| match &record.fact {
                    Fact::Checked {
                        check,
                        on,
                        passed,
                        until,
                    } if check == wanted => Some((*on, *passed, *until, &record.at)),
                    _ => None,
                })
        };
        let passes = results().filter(|(_, passed, _, _)| *passed);
        let held = passes.map(|(on, _, until, at)| {
            let failed = results().filter(|(day, passed, _, by)| !passed && (*day, *by) > (on, at));
            let failed = failed.map(|(day, ..)| eve(day)).min();
            let until = sooner(sooner(until, failed), last_day(on, valid_for));
            proved(on, until, on, Why::Checked { on }, at)
        });
        held.collect()
    }

    /// The outcomes of a course, each up to the removal that followed it.
    pub(super) fn issued(&self, wanted: &Name) -> Vec<Issued<'a>> {
        let issued = self.records.iter().filter_map(|record| match &record.fact {
            Fact::OutcomeIssued {
                course,
                started,
                on,
                outcome,
                minutes,
                ..
            } if course == wanted => {
                let removed = self.removals(wanted).into_iter().filter(|day| day >= on);
                Some(Issued {
                    at: &record.at,
                    started: *started,
                    on: *on,
                    outcome: *outcome,
                    minutes: *minutes,
                    until: removed.map(eve).min(),
                })
            }
            _ => None,
        });
        issued.collect()
    }

    pub(super) fn removals(&self, wanted: &Name) -> Vec<Date> {
        let removals = self.records.iter().filter_map(|record| match &record.fact {
            Fact::Removed { course, on } if course == wanted => Some(*on),
            _ => None,
        });
        removals.collect()
    }

    fn finished(
        &self,
        course: &Name,
        least: Outcome,
        minutes: Option<Minutes>,
        valid_for: Option<Length>,
    ) -> Vec<Segment> {
        let enough = |issued: &Issued<'_>| {
            issued.outcome >= least && minutes.is_none_or(|least| issued.minutes >= least)
        };
        let issued = self.issued(course).into_iter().filter(enough);
        let held = issued.map(|issued| {
            let why = Why::Issued {
                course: course.clone(),
                outcome: issued.outcome,
                on: issued.on,
            };
            let until = sooner(issued.until, last_day(issued.on, valid_for));
            proved(issued.on, until, issued.started, why, issued.at)
        });
        held.collect()
    }

    fn refreshed(&self, course: &Name, every: Length, first: Option<&Name>) -> Vec<Segment> {
        let courses = [Some(course), first].into_iter().flatten();
        let held = courses
            .flat_map(|course| self.finished(course, Outcome::Completion, None, Some(every)));
        held.collect()
    }

    /// A sum over a window that moves with the day: it changes when a session comes into the window
    /// and when it leaves it.
    fn hours_within(&self, courses: &[Name], least: Minutes, within: Length) -> Vec<Segment> {
        let issued: Vec<_> = courses
            .iter()
            .flat_map(|course| self.issued(course))
            .collect();
        let mut days = BTreeSet::new();
        for session in &issued {
            days.insert(session.on);
            days.extend(morrow(within.after(session.on)));
        }
        let timeline = sweep(days, |day| {
            let inside = |s: &&Issued<'_>| s.on <= day && day <= within.after(s.on);
            let inside: Vec<_> = issued.iter().filter(inside).collect();
            let minutes: Minutes = inside.iter().map(|s| s.minutes).sum();
            (minutes >= least).then(|| Segment {
                from: day,
                until: None,
                started: day,
                waived: false,
                why: Why::Hours {
                    minutes,
                    needed: least,
                },
                evidence: inside.iter().map(|s| s.at.clone()).collect(),
            })
        });
        timeline.segments().to_vec()
    }

    /// Minutes served, in order of time.
    pub(super) fn served(&self, wanted: &Name) -> Vec<(Date, Minutes, &'a Position)> {
        let served = self.records.iter().filter_map(|record| match &record.fact {
            Fact::Supervised {
                service,
                on,
                minutes,
            } if service == wanted => Some((*on, *minutes, &record.at)),
            _ => None,
        });
        let mut served: Vec<_> = served.collect();
        served.sort();
        served
    }

    fn supervised(&self, service: &Name, needed: Minutes) -> Vec<Segment> {
        let mut minutes = Minutes::ZERO;
        let mut evidence = vec![];
        for (on, more, at) in self.served(service) {
            minutes += more;
            evidence.push(at.clone());
            if minutes >= needed {
                let why = Why::Hours { minutes, needed };
                return vec![Segment {
                    evidence,
                    ..segment(on, None, on, why)
                }];
            }
        }
        vec![]
    }

    fn qualified(
        &self,
        wanted: &Name,
        valid_for: Option<Length>,
        per: Per,
        weapon: Option<&Weapon>,
    ) -> Vec<Segment> {
        let shot = self.assessed(wanted);
        let passes = shot
            .iter()
            .filter(|(_, passed, with, _)| *passed && fits(per, *with, weapon));
        let held = passes.map(|(on, _, with, at)| {
            // A fail ends what was shot before with the same weapon, or with any where weapons are
            // alike. A retake on the day of a fail counts: it was recorded after it.
            let failed = shot.iter().filter(|(day, passed, other, by)| {
                !passed && (day, by) > (on, at) && same(per, *with, *other)
            });
            let failed = failed.map(|(day, ..)| eve(*day)).min();
            let why = Why::Qualified {
                on: *on,
                with: with.cloned(),
            };
            proved(*on, sooner(failed, last_day(*on, valid_for)), *on, why, at)
        });
        held.collect()
    }

    /// The results of an assessment.
    pub(super) fn assessed(
        &self,
        wanted: &Name,
    ) -> Vec<(Date, bool, Option<&'a Weapon>, &'a Position)> {
        let results = self.records.iter().filter_map(|record| match &record.fact {
            Fact::Assessed {
                qualification,
                on,
                passed,
                weapon,
                ..
            } if qualification == wanted => Some((*on, *passed, weapon.as_ref(), &record.at)),
            _ => None,
        });
        results.collect()
    }

    fn credentialed(
        &self,
        kind: &Name,
        issued_by: &[Name],
        renewal: &Renewal,
        weapon: Option<&Weapon>,
    ) -> Vec<Segment> {
        let credentials = Credential::among(&self.records, kind);
        let good = credentials
            .iter()
            .filter(|c| self.good_here(c, issued_by, weapon));
        let held = good.flat_map(|credential| {
            let timeline = sweep(credential.changes(renewal), |day| {
                let state = credential.on(day, renewal);
                let why = Why::Credential {
                    id: credential.id.clone(),
                    issuer: credential.issuer.clone(),
                    state,
                };
                state.counts().then(|| Segment {
                    evidence: credential.proof(day),
                    ..segment(day, None, credential.issued, why)
                })
            });
            timeline.segments().to_vec()
        });
        held.collect()
    }

    /// Whether a credential is of an issuer that counts, and good for the town and the weapon.
    pub(super) fn good_here(
        &self,
        credential: &Credential,
        issued_by: &[Name],
        weapon: Option<&Weapon>,
    ) -> bool {
        let issuer = issued_by.is_empty() || issued_by.contains(&credential.issuer);
        let town = credential.towns.is_empty() || credential.towns.contains(&self.question.town);
        let weapon = match (&credential.weapon, weapon) {
            (Some(good), Some(carried)) => {
                let serial = good.serial.is_none() || good.serial == carried.serial;
                good.model == carried.model && serial
            }
            _ => true,
        };
        issuer && town && weapon
    }

    fn of_age(&self, least: u8) -> Vec<Segment> {
        let proofs = self.records.iter().filter_map(|record| match &record.fact {
            Fact::AgeProved { years, on } if *years >= least => Some(proved(
                *on,
                None,
                *on,
                Why::OfAge { years: *years },
                &record.at,
            )),
            _ => None,
        });
        proofs.collect()
    }

    /// The phases that were signed off since the last removal before the day, with their days.
    pub(super) fn signed(&self, wanted: &Name) -> Vec<(&'a str, Date, Date, &'a Position)> {
        let signed = self.records.iter().filter_map(|record| match &record.fact {
            Fact::PhaseSignedOff {
                training,
                phase,
                started,
                on,
                ..
            } if training == wanted => Some((phase.as_str(), *started, *on, &record.at)),
            _ => None,
        });
        signed.collect()
    }

    fn trained(&self, training: &Name, phases: &[Phase], stage: Stage) -> Vec<Segment> {
        let signed = self.signed(training);
        let wanted = wanted(phases, stage);
        let mut days: BTreeSet<Date> = signed.iter().map(|(_, _, on, _)| *on).collect();
        days.extend(self.removals(training));
        let timeline = sweep(days, |day| {
            let removed = self
                .removals(training)
                .into_iter()
                .filter(|r| *r <= day)
                .max();
            let mut found = vec![];
            for phase in &wanted {
                // Of two sign-offs of one phase the first counts.
                let off = signed.iter().filter(|(name, _, on, _)| {
                    *name == phase.name && *on <= day && removed.is_none_or(|r| *on > r)
                });
                found.push(off.min_by_key(|(_, _, on, at)| (*on, *at))?);
            }
            let phases = found.iter().map(|(name, ..)| (*name).to_owned()).collect();
            let why = Why::SignedOff { phases };
            let started = found.iter().map(|(_, started, ..)| *started).min();
            Some(Segment {
                evidence: found.iter().map(|(_, _, _, at)| (*at).clone()).collect(),
                ..segment(day, None, started.unwrap_or(day), why)
            })
        });
        timeline.segments().to_vec()
    }
}

/// The phases of field training that a stage wants.
pub(super) fn wanted(phases: &[Phase], stage: Stage) -> Vec<&Phase> {
    let wanted = phases
        .iter()
        .filter(|p| stage == Stage::Complete || !p.deployable);
    wanted.collect()
}

/// Whether a qualification shot with one weapon counts for what is carried.
fn fits(per: Per, with: Option<&Weapon>, carried: Option<&Weapon>) -> bool {
    match (per, with, carried) {
        (Per::Person, _, _) | (_, _, None) => true,
        (_, None, Some(_)) => false,
        (Per::Model, Some(with), Some(carried)) => with.model == carried.model,
        (Per::Serial, Some(with), Some(carried)) => with.serial.is_some() && with == carried,
    }
}

/// Whether two results are about the same weapon.
fn same(per: Per, one: Option<&Weapon>, other: Option<&Weapon>) -> bool {
    match (per, one, other) {
        (Per::Person, _, _) | (_, None, _) | (_, _, None) => true,
        (Per::Model, Some(one), Some(other)) => one.model == other.model,
        (Per::Serial, Some(one), Some(other)) => one == other,
    }
}

fn last_day(on: Date, valid_for: Option<Length>) -> Option<Date> {
    valid_for.map(|length| length.after(on))
}

fn segment(from: Date, until: Option<Date>, started: Date, why: Why) -> Segment {
    Segment {
        from,
        until,
        started,
        waived: false,
        why,
        evidence: vec![],
    }
}

fn proved(from: Date, until: Option<Date>, started: Date, why: Why, at: &Position) -> Segment {
    Segment {
        evidence: vec![at.clone()],
        ..segment(from, until, started, why)
    }
}
