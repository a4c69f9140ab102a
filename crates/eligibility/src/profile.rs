//! A programme profile: what its officers may do, carry and must have learnt, as a dated document
//! (docs/profiles.md).

pub(crate) mod calls;
pub(crate) mod needs;
pub(crate) mod parse;
pub(crate) mod read;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Minutes, TownId};

use crate::{CallCode, Length, Name, Outcome, ProgrammeId};

/// The grammar of the documents that this crate reads.
pub(crate) const GRAMMAR: i64 = 1;

/// A profile document, read and found consistent; of the whole programme, or narrowed for a town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Whose profile.
    pub programme: ProgrammeId,
    /// Which version of it, from 1.
    pub version: u32,
    /// The programme's name.
    pub title: String,
    /// Where it holds, such as `US-MO`.
    pub jurisdiction: String,
    /// Its first day, where the source says one; the day that counts is that of its adoption.
    pub from: Option<Date>,
    /// Who employs its officers, in words.
    pub employer: Option<String>,
    /// Where its facts are from.
    pub sources: Vec<String>,
    /// What the sources do not say: nobody may read a rule into it.
    pub silent: Vec<String>,
    /// What its officers may do by law.
    pub authority: Authority,
    /// What they may carry.
    pub equipment: Vec<Equipment>,
    /// What they must have learnt or hold, in the order of the document.
    pub requirements: Vec<Requirement>,
    /// What kinds of duty there are, and what each needs.
    pub duties: Vec<DutyKind>,
    /// Which calls they take, and how.
    pub call_types: Vec<CallType>,
    /// What is asked before a call is taken, in this order.
    pub screening: Vec<Screening>,
    /// How they are put on the street.
    pub deployment: Vec<Deployment>,
    /// Who keeps what they had when requirements change.
    pub transitions: Vec<Transition>,
    /// For which agreement and town it was narrowed; absent for the programme's own.
    pub narrowed_for: Option<(AgreementId, TownId)>,
}

/// What officers may do by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The statute, ordinance or appointment it rests on.
    pub basis: Option<String>,
    /// Where that can be read.
    pub sources: Vec<String>,
    /// Whether they are sworn.
    pub sworn: bool,
    /// What they do where force would be needed.
    pub posture: Option<String>,
    /// Each power that the profile names; one that it does not name is not theirs.
    pub powers: BTreeMap<Name, Power>,
}

/// Whether a power is an officer's, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// No.
    No,
    /// The source does not say: not theirs until it does.
    NotStated,
    /// Where somebody approves.
    WithApproval,
    /// Yes.
    Yes,
}

/// Something that officers may carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    /// What.
    pub item: Name,
    /// In words.
    pub title: String,
    /// Whether it may be carried.
    pub carried: Carried,
    /// Ways to carry it, such as `open` and `concealed`; empty where there is but one.
    pub carry: Vec<Name>,
    /// Requirements that whoever carries it must meet.
    pub requires: Vec<Name>,
    /// Where it is from.
    pub sources: Vec<String>,
}

/// Whether an item may be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// Yes.
    Yes,
    /// Only in a town whose agreement says so.
    TownDecides,
    /// No.
    No,
}

/// Something that an officer must have learnt, hold or be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in this profile.
    pub id: Name,
    /// In words.
    pub title: String,
    /// What meets it.
    pub need: Need,
    /// Requirements that had to be met before this one was begun.
    pub after: Vec<Name>,
    /// Whether it must be met; else it is shown only, until a town makes it mandatory.
    pub mandatory: bool,
    /// What is said of its length but not reckoned with: `about 80 hours`, `5 weeks`.
    pub extent: Option<String>,
    /// What it teaches.
    pub topics: Vec<String>,
    /// Where it is from.
    pub sources: Vec<String>,
    /// What a reader should know of it.
    pub note: Option<String>,
}

/// What meets a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// A check that was passed, such as of the person's background.
    Check {
        /// Which.
        check: Name,
        /// For how long it counts; else for good.
        valid_for: Option<Length>,
    },
    /// The outcome of a course.
    Course {
        /// Which.
        course: Name,
        /// The least outcome that counts.
        outcome: Outcome,
        /// Minutes that must have been attended.
        minutes: Option<Minutes>,
        /// For how long it counts; else for good.
        valid_for: Option<Length>,
    },
    /// A course that is taken again and again.
    Refresher {
        /// Which.
        course: Name,
        /// How long each counts.
        every: Length,
        /// A course whose completion starts the count, so that nobody is late on the first day.
        counting_from: Option<Name>,
    },
    /// Minutes of attendance within a length of time that ends on the day.
    HoursWithin {
        /// In any of these courses.
        courses: Vec<Name>,
        /// How many.
        minutes: Minutes,
        /// Within how long.
        within: Length,
    },
    /// Minutes served under somebody.
    Supervised {
        /// Which kind of service.
        service: Name,
        /// How many.
        minutes: Minutes,
    },
    /// An assessment that was passed, such as on the range.
    Qualification {
        /// Which.
        qualification: Name,
        /// For how long it counts; else for good.
        valid_for: Option<Length>,
        /// What it counts for.
        per: Per,
    },
    /// A permit, card or licence of an issuer.
    Credential {
        /// Which kind.
        credential: Name,
        /// Who issues it, in words.
        issuer: Option<String>,
        /// The issuers whose credentials count, as codes; empty for any.
        issued_by: Vec<Name>,
        /// What happens about its end.
        renewal: Renewal,
    },
    /// Years of age.
    Age {
        /// At least.
        years: u8,
    },
    /// Phases of field training, each signed off.
    FieldTraining {
        /// Which training.
        training: Name,
        /// Its phases in order.
        phases: Vec<Phase>,
        /// Which of them must be signed off.
        stage: Stage,
    },
    /// A set: every one of these requirements.
    AllOf(Vec<Name>),
    /// A set: one of these requirements.
    OneOf(Vec<Name>),
}

/// What a qualification counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Whatever is carried.
    Person,
    /// Weapons of the model it was shot with.
    Model,
    /// The very piece it was shot with.
    Serial,
}

/// What happens about a credential's end. Being allowed to renew it late, and being allowed to work
/// on it meanwhile, are two things; the first never brings the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renewal {
    /// How long before its end it can be renewed.
    pub opens: Option<Length>,
    /// How long after its end it can still be renewed; it is not valid then.
    pub late: Option<Length>,
    /// How long after its end it still counts for work.
    pub grace_to_work: Option<Length>,
}

/// One phase of field training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its name, such as `II`.
    pub name: String,
    /// How long it lasts, where the source says.
    pub lasts: Option<Length>,
    /// Whether an officer in this phase counts as one on duty.
    pub deployable: bool,
    /// What happens in it.
    pub what: Option<String>,
}

/// Which phases of a field training must be signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All in which the officer is not deployable.
    Deployable,
    /// All.
    Complete,
}

/// A kind of duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyKind {
    /// Which, such as `patrol`.
    pub kind: Name,
    /// In words.
    pub title: String,
    /// Requirements that whoever does it must meet.
    pub requires: Vec<Name>,
    /// Whether who does it counts towards a town's minimum presence.
    pub counts_to_staffing: bool,
    /// Whether it is done at all; a town may do without.
    pub offered: bool,
}

/// A type of call, and how officers take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallType {
    /// Which.
    pub code: CallCode,
    /// In words.
    pub title: Option<String>,
    /// In what role.
    pub role: Role,
    /// Roles it had before a town narrowed it, whose screening questions are still asked.
    pub screened_also_as: Vec<&'static str>,
    /// Who must approve each time.
    pub approval_by: Option<String>,
    /// Whether it is on trial.
    pub pilot: Option<Pilot>,
    /// What takes a call out of it, such as `firearms` for found property.
    pub excludes: Vec<Name>,
    /// Requirements that whoever takes it must meet, beyond those of the duty.
    pub requires: Vec<Name>,
    /// Where it is from.
    pub sources: Vec<String>,
}

/// In what role an officer takes a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Role {
    /// As the sole responder.
    Primary,
    /// Only when it is over: no suspect on the scene, not in progress.
    ColdOnly,
    /// Assisting another agency.
    Support,
    /// Stabilising until another agency takes over.
    FirstOnScene {
        /// Which.
        hand_off_to: String,
    },
    /// By phone or online, without going there.
    Phone,
    /// Not at all.
    NotEligible,
}

/// A trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pilot {
    /// Its last day; absent where the source says none.
    pub until: Option<Date>,
}

/// A question that is asked before a call is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screening {
    /// Its name.
    pub id: Name,
    /// The question.
    pub ask: String,
    /// What can be answered.
    pub answers: Vec<Name>,
    /// The answers after which no officer of this programme takes the call.
    pub excludes: Vec<Name>,
    /// For calls in these roles only, by [`Role::word`]; empty for all.
    pub roles: Vec<&'static str>,
}

/// A rule on how officers are put on the street. One person's eligibility does not depend on it:
/// whoever makes the roster keeps it, and each answer repeats it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deployment {
    /// What the rule demands.
    pub rule: Rule,
    /// Its words.
    pub note: Option<String>,
}

/// What a deployment rule demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Two officers together.
    TwoPerson,
    /// Between sunrise and sunset.
    Daylight,
    /// A radio that dispatch can hear.
    Radio,
    /// Every deployment stands in the dispatch log.
    DispatchLog,
    /// A supervisor on duty.
    Supervisor,
    /// Hours of the week.
    Hours,
    /// Sworn back-up within reach.
    BackUp,
}

/// Who keeps what they had when requirements change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The requirement of this version that is met by it.
    pub requirement: Name,
    /// What they must have met: a requirement of the old set, kept in the document for this.
    pub held: Name,
    /// On which day they must have met it, in general the last of the old version.
    pub on: Date,
    /// Until when they keep it; without end where the document says `for_good`.
    pub until: Option<Date>,
}

impl Profile {
    /// Reads a profile document (docs/profiles.md), or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<crate::Problem>> {
        parse::profile(text)
    }

    /// A requirement by its name.
    pub fn requirement(&self, id: &Name) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == *id)
    }

    /// An item by its name.
    pub fn item(&self, item: &Name) -> Option<&Equipment> {
        self.equipment.iter().find(|e| e.item == *item)
    }

    /// A duty kind by its name.
    pub fn duty(&self, kind: &Name) -> Option<&DutyKind> {
        self.duties.iter().find(|d| d.kind == *kind)
    }

    /// A call type by its code.
    pub fn call_type(&self, code: &CallCode) -> Option<&CallType> {
        self.call_types.iter().find(|c| c.code == *code)
    }

    /// The profile as if a town had decided for everything that it may decide for: what no
    /// narrowing can go beyond.
    #[must_use]
    pub fn ceiling(mut self) -> Self {
        for item in &mut self.equipment {
            if item.carried == Carried::TownDecides {
                item.carried = Carried::Yes;
            }
        }
        self
    }
}

/// The first cycle of requirements that refer to each other, in the order of the profile.
pub(crate) fn cycle(profile: &Profile) -> Option<Vec<Name>> {
    needs::cycle(profile)
}

/// What a requirement names that the profile does not have.
pub(crate) fn unknown(profile: &Profile, requirement: &Requirement) -> Vec<Name> {
    let named = needs::refers_to(profile, requirement).into_iter();
    named
        .filter(|id| profile.requirement(id).is_none())
        .collect()
}

impl Role {
    /// Its word in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::ColdOnly => "cold_only",
            Self::Support => "support",
            Self::FirstOnScene { .. } => "first_on_scene",
            Self::Phone => "phone",
            Self::NotEligible => "not_eligible",
        }
    }
}

#[cfg(test)]
mod tests;
