//! One question with one officer's records: what it needs, and when each of it is met.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::Date;

use super::permission::{self, Permission};
use super::{Condition, Finding, Question, Standing, Subject, Why};
use crate::timeline::{Segment, Timeline};
use crate::words::sooner;
use crate::{Carries, Fact, Name, Need, Profile, Record, Requirement, Weapon};

/// A question, the profile it is asked of, and what is known of the officer.
pub(crate) struct Case<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) question: &'a Question,
    pub(crate) records: Vec<&'a Record>,
    /// Timelines reckoned so far. A weapon makes another timeline of the same requirement.
    timelines: RefCell<Timelines>,
}

/// The requirements that one subject's findings tell of, each with whether it must be met.
#[derive(Default)]
struct Told<'n> {
    seen: Vec<(&'n Name, bool)>,
    leaves: Vec<(&'n Name, bool)>,
}

/// By requirement and weapon.
type Timelines = BTreeMap<(Name, Option<Weapon>), Rc<Timeline>>;

/// Something the question needs.
pub(crate) struct NeededFor<'a> {
    pub(crate) subject: Subject,
    pub(crate) permission: Permission,
    requires: &'a [Name],
    weapon: Option<&'a Weapon>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        profile: &'a Profile,
        question: &'a Question,
        records: Vec<&'a Record>,
    ) -> Self {
        Self {
            profile,
            question,
            records,
            timelines: RefCell::default(),
        }
    }

    /// What the question needs: the duty, each item, the call.
    pub(crate) fn needs(&self) -> Vec<NeededFor<'a>> {
        let (profile, question) = (self.profile, self.question);
        let duty = profile.duty(&question.duty);
        let mut needs = vec![NeededFor {
            subject: Subject::Duty(question.duty.clone()),
            permission: permission::duty(profile, question),
            requires: duty.map_or(&[], |duty| &duty.requires),
            weapon: None,
        }];
        needs.extend(question.carries.iter().map(|carries| self.item(carries)));
        if let Some(call) = &question.call {
            let found = profile.call_type(&call.code);
            needs.push(NeededFor {
                subject: Subject::CallType(call.code.clone()),
                permission: permission::call(profile, call),
                requires: found.map_or(&[], |found| &found.requires),
                weapon: None,
            });
        }
        needs
    }

    fn item(&self, carries: &'a Carries) -> NeededFor<'a> {
        let item = self.profile.item(&carries.item);
        NeededFor {
            subject: Subject::Equipment(carries.item.clone()),
            permission: permission::item(self.profile, carries),
            requires: item.map_or(&[], |item| &item.requires),
            weapon: carries.weapon.as_ref(),
        }
    }

    /// When everything is met that must be.
    pub(crate) fn verdicts(&self, needs: &[NeededFor<'_>]) -> Timeline {
        let mut parts = vec![];
        for need in needs {
            parts.push(Rc::new(need.permission.timeline.clone()));
            let must = need.requires.iter().filter(|id| self.mandatory(id));
            parts.extend(must.map(|id| self.timeline(id, need.weapon)));
        }
        let parts: Vec<&Timeline> = parts.iter().map(Rc::as_ref).collect();
        Timeline::all(&parts)
    }

    /// Each permission and requirement on a day; a set is told by its members.
    pub(crate) fn findings(&self, needs: &[NeededFor<'_>], day: Date) -> Vec<Finding> {
        let mut findings: Vec<Finding> = vec![];
        for need in needs {
            findings.push(need.permission.finding(&need.subject, day));
            let mut told = Told::default();
            for id in need.requires {
                self.tell(id, need.weapon, day, self.mandatory(id), &mut told);
            }
            for (id, mandatory) in told.leaves {
                add(&mut findings, self.finding(need, id, day, mandatory));
            }
        }
        findings
    }

    /// A requirement, or the members of a set of all. The set itself is told only where it is met
    /// by other means than its members, or is not met though they are.
    fn tell<'n>(
        &'n self,
        id: &'n Name,
        weapon: Option<&Weapon>,
        day: Date,
        mandatory: bool,
        told: &mut Told<'n>,
    ) {
        // Sets may share members many times over: each is told once.
        if told.seen.contains(&(id, mandatory)) {
            return;
        }
        told.seen.push((id, mandatory));
        let requirement = self.profile.requirement(id);
        let Some(Need::AllOf(of)) = requirement.map(|requirement| &requirement.need) else {
            told.leaves.push((id, mandatory));
            return;
        };
        let missing = |id: &Name| self.timeline(id, weapon).at(day).is_none();
        let by_members = match self.timeline(id, weapon).at(day) {
            Some(now) => now.why == Why::AllOf,
            None => of.iter().any(|id| self.mandatory(id) && missing(id)),
        };
        if !by_members {
            told.leaves.push((id, mandatory));
            return;
        }
        for member in of {
            let mandatory = mandatory && self.mandatory(member);
            self.tell(member, weapon, day, mandatory, told);
        }
    }

    fn finding(&self, need: &NeededFor<'_>, id: &Name, day: Date, mandatory: bool) -> Finding {
        let timeline = self.timeline(id, need.weapon);
        let requirement = self.profile.requirement(id);
        let (standing, why, evidence) = match timeline.at(day) {
            Some(now) if now.waived => (Standing::Waived, now.why.clone(), now.evidence.clone()),
            Some(now) => (Standing::Met, now.why.clone(), now.evidence.clone()),
            None => {
                let (why, evidence) = self.missing(id, need.weapon, &timeline, day);
                (Standing::Missing, why, evidence)
            }
        };
        Finding {
            needed_for: need.subject.clone(),
            requirement: Some(id.clone()),
            title: requirement.map_or_else(|| id.to_string(), |r| r.title.clone()),
            mandatory,
            standing,
            why,
            evidence,
            stays_until: timeline.stays(day),
        }
    }

    fn mandatory(&self, id: &Name) -> bool {
        self.profile
            .requirement(id)
            .is_none_or(|requirement| requirement.mandatory)
    }

    /// When a requirement is met, with a weapon where that matters.
    pub(crate) fn timeline(&self, id: &Name, weapon: Option<&Weapon>) -> Rc<Timeline> {
        let key = (id.clone(), weapon.cloned());
        if let Some(known) = self.timelines.borrow().get(&key) {
            return Rc::clone(known);
        }
        let requirement = self.profile.requirement(id);
        let timeline = Rc::new(match requirement {
            Some(requirement) => self.reckon(requirement, weapon),
            None => Timeline::default(),
        });
        self.timelines
            .borrow_mut()
            .insert(key, Rc::clone(&timeline));
        timeline
    }

    fn reckon(&self, requirement: &Requirement, weapon: Option<&Weapon>) -> Timeline {
        let held = self.own(&requirement.need, weapon);
        let in_order = held
            .into_iter()
            .filter(|held| self.in_order(requirement, held));
        let other = self.by_other_means(requirement);
        Timeline::any(in_order.chain(other).collect::<Vec<_>>())
    }

    /// The days on which a need is met by its own evidence or its members.
    pub(super) fn own(&self, need: &Need, weapon: Option<&Weapon>) -> Vec<Segment> {
        match need {
            Need::AllOf(of) => self.all_of(of, weapon),
            Need::OneOf(of) => self.one_of(of, weapon),
            need => self.held(need, weapon),
        }
    }

    fn all_of(&self, of: &[Name], weapon: Option<&Weapon>) -> Vec<Segment> {
        let must = of.iter().filter(|id| self.mandatory(id));
        let parts: Vec<_> = must.map(|id| self.timeline(id, weapon)).collect();
        let parts: Vec<&Timeline> = parts.iter().map(Rc::as_ref).collect();
        Timeline::all(&parts).segments().to_vec()
    }

    fn one_of(&self, of: &[Name], weapon: Option<&Weapon>) -> Vec<Segment> {
        let parts = of.iter().flat_map(|id| {
            let timeline = self.timeline(id, weapon);
            timeline.segments().to_vec()
        });
        parts.collect()
    }

    /// Whether all that had to come before was met when it was begun.
    pub(crate) fn in_order(&self, requirement: &Requirement, held: &Segment) -> bool {
        let before = |id: &Name| self.timeline(id, None).at(held.started).is_some();
        requirement.after.iter().all(before)
    }

    /// What meets a requirement without its own evidence: what was kept from an older set, a
    /// decision on training elsewhere, a waiver.
    fn by_other_means(&self, requirement: &Requirement) -> Vec<Segment> {
        let mut found = self.kept(requirement);
        for record in &self.records {
            found.extend(self.decided(requirement, record));
            found.extend(self.waived(requirement, record));
        }
        found
    }

    fn kept(&self, requirement: &Requirement) -> Vec<Segment> {
        let transitions = self.profile.transitions.iter();
        let transitions = transitions.filter(|t| t.requirement == requirement.id);
        let kept = transitions.filter_map(|transition| {
            let then = self.timeline(&transition.held, None);
            let then = then.at(transition.on)?;
            Some(Segment {
                from: transition.on,
                until: transition.until,
                started: then.started,
                waived: false,
                why: Why::Kept {
                    held: transition.held.clone(),
                    on: transition.on,
                    until: transition.until,
                },
                evidence: then.evidence.clone(),
            })
        });
        kept.collect()
    }

    fn decided(&self, requirement: &Requirement, record: &Record) -> Option<Segment> {
        let Fact::EquivalenceDecided {
            id,
            foreign,
            by,
            satisfies,
            from,
            until,
            ..
        } = &record.fact
        else {
            return None;
        };
        satisfies.contains(&requirement.id).then(|| Segment {
            from: *from,
            until: *until,
            started: *from,
            waived: false,
            why: Why::Equivalent {
                decision: id.clone(),
                foreign: foreign.clone(),
                by: by.clone(),
            },
            evidence: vec![record.at.clone()],
        })
    }

    fn waived(&self, requirement: &Requirement, record: &Record) -> Option<Segment> {
        let Fact::WaiverGranted {
            id,
            requirement: of,
            from,
            until,
            signer,
            towns,
        } = &record.fact
        else {
            return None;
        };
        let here = towns.is_empty() || towns.contains(&self.question.town);
        if *of != requirement.id || !here {
            return None;
        }
        let ended = self.records.iter().filter_map(|r| match &r.fact {
            Fact::WaiverEnded { id: ended, on } if ended == id => Some((crate::words::eve(*on), r)),
            _ => None,
        });
        let ended = ended.min_by_key(|(last, r)| (*last, &r.at));
        let last = sooner(Some(*until), ended.map(|(last, _)| last))?;
        let ends = ended.map(|(_, r)| r.at.clone());
        Some(Segment {
            from: *from,
            until: Some(last),
            started: *from,
            waived: true,
            why: Why::Waived {
                waiver: id.clone(),
                signer: signer.clone(),
                until: last,
            },
            evidence: [record.at.clone()].into_iter().chain(ends).collect(),
        })
    }

    /// What has to be kept to beside the verdict.
    pub(crate) fn conditions(&self, findings: &[Finding]) -> Vec<Condition> {
        let mut conditions = permission::conditions(self.profile, self.question);
        for record in &self.records {
            let Fact::Questioned {
                record: doubted,
                because,
            } = &record.fact
            else {
                continue;
            };
            if findings
                .iter()
                .any(|finding| finding.evidence.contains(doubted))
            {
                conditions.push(Condition::Questioned {
                    record: doubted.clone(),
                    because: because.clone(),
                });
            }
        }
        conditions
    }
}

/// Adds a finding, unless the same was told of something else before.
fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let same = findings.iter_mut().find(|f| {
        f.requirement == finding.requirement
            && f.why == finding.why
            && f.evidence == finding.evidence
    });
    match same {
        Some(told) => told.mandatory |= finding.mandatory,
        None => findings.push(finding),
    }
}
