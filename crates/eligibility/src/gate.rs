//! The gate: may this officer be put here, on this day, with this in the belt?

mod case;
mod held;
mod missing;
mod permission;
mod why;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TownId};

pub use why::{Condition, Why};

pub(crate) use case::Case;

use crate::timeline::Timeline;
use crate::{CallCode, Evidence, Known, Name, Position, Profile, ProgrammeId, Weapon};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who.
    pub officer: OfficerId,
    /// In which town.
    pub town: TownId,
    /// For which kind of duty.
    pub duty: Name,
    /// With what.
    pub carries: Vec<Carries>,
    /// For a call, where it is about one.
    pub call: Option<Call>,
    /// On which day. A shift over midnight is two questions.
    pub on: Date,
}

/// Something an officer is to carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carries {
    /// What.
    pub item: Name,
    /// How, such as `open`; any way where it is not said.
    pub carry: Option<Name>,
    /// Which one; any one where it is not said.
    pub weapon: Option<Weapon>,
}

/// A call that an officer is to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its type.
    pub code: CallCode,
    /// What was answered to the screening questions, by their names.
    pub answers: BTreeMap<Name, Name>,
    /// What it involves that an exclusion may name, such as `firearms`.
    pub involves: Vec<Name>,
}

/// The answer, with all that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who.
    pub officer: OfficerId,
    /// Where.
    pub town: TownId,
    /// When.
    pub on: Date,
    /// Yes, no, or yes with a waiver.
    pub verdict: Verdict,
    /// The last day on which the verdict stays; absent where nothing is known to change it.
    pub stays_until: Option<Date>,
    /// Each permission and requirement, in the order of the question and the profile.
    pub findings: Vec<Finding>,
    /// What has to be kept to beside.
    pub conditions: Vec<Condition>,
    /// By which profile.
    pub programme: ProgrammeId,
    /// Which version of it.
    pub version: u32,
    /// How far each log of evidence was known.
    pub heads: BTreeMap<String, u64>,
}

/// From the strictest: of a stretch over several towns the least counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Something is missing.
    No,
    /// Nothing is missing that is not waived.
    YesWithWaiver,
    /// Everything is met.
    Yes,
}

/// One permission or requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What needs it.
    pub needed_for: Subject,
    /// The requirement; absent for the permission itself.
    pub requirement: Option<Name>,
    /// In words.
    pub title: String,
    /// Whether it must be met; else it is shown only.
    pub mandatory: bool,
    /// Met, waived or missing.
    pub standing: Standing,
    /// By what it is met, or what is missing.
    pub why: Why,
    /// The events that prove it.
    pub evidence: Vec<Position>,
    /// The last day on which it stays so; absent where nothing is known to change it.
    pub stays_until: Option<Date>,
}

/// What needs a permission or requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A kind of duty.
    Duty(Name),
    /// An item.
    Equipment(Name),
    /// A type of call.
    CallType(CallCode),
}

/// Whether something is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is.
    Met,
    /// It is not, and need not be.
    Waived,
    /// It is not.
    Missing,
}

/// Days without a break with one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first of them, or the first asked for.
    pub from: Date,
    /// The last of them; absent where nothing is known to change it.
    pub until: Option<Date>,
    /// Yes, no, or yes with a waiver.
    pub verdict: Verdict,
}

/// Answers a question from what was known. The same evidence up to `known` gives the same answer
/// for ever, whatever is recorded later.
pub fn eligible(
    profile: &Profile,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
) -> Answer {
    let case = Case::new(profile, question, evidence.known(&question.officer, known));
    let needs = case.needs();
    let verdicts = case.verdicts(&needs);
    let findings = case.findings(&needs, question.on);
    Answer {
        officer: question.officer.clone(),
        town: question.town.clone(),
        on: question.on,
        verdict: verdict(&verdicts, question.on),
        stays_until: verdicts.stays(question.on),
        conditions: case.conditions(&findings),
        findings,
        programme: profile.programme.clone(),
        version: profile.version,
        heads: evidence.heads(&question.officer, known),
    }
}

/// The verdicts from the question's day to `to`, stretch by stretch. The second and later ones that
/// are `No` are the lapses in between.
pub fn stretches(
    profile: &Profile,
    question: &Question,
    evidence: &Evidence,
    known: &Known,
    to: Date,
) -> Vec<Stretch> {
    let case = Case::new(profile, question, evidence.known(&question.officer, known));
    let verdicts = case.verdicts(&case.needs());
    let mut found = vec![];
    let mut from = Some(question.on);
    while let Some(day) = from.filter(|day| *day <= to) {
        let until = verdicts.stays(day);
        found.push(Stretch {
            from: day,
            until,
            verdict: verdict(&verdicts, day),
        });
        from = until.and_then(crate::words::morrow);
    }
    found
}

fn verdict(verdicts: &Timeline, day: Date) -> Verdict {
    match verdicts.at(day) {
        None => Verdict::No,
        Some(segment) if segment.waived => Verdict::YesWithWaiver,
        Some(_) => Verdict::Yes,
    }
}

impl Answer {
    /// What is missing and must not be.
    pub fn missing(&self) -> impl Iterator<Item = &Finding> {
        let missing = |finding: &&Finding| finding.standing == Standing::Missing;
        self.findings
            .iter()
            .filter(missing)
            .filter(|finding| finding.mandatory)
    }

    /// A requirement's finding.
    pub fn finding(&self, requirement: &str) -> Option<&Finding> {
        let named = |name: &Name| name.as_str() == requirement;
        self.findings
            .iter()
            .find(|f| f.requirement.as_ref().is_some_and(named))
    }

    /// The answer in words: one sentence for the verdict, one for each finding and condition.
    pub fn sentences(&self) -> Vec<String> {
        why::sentences(self)
    }
}

impl Question {
    /// The same question with nothing carried: what can be offered where arms are refused.
    #[must_use]
    pub fn unarmed(mut self) -> Self {
        self.carries.clear();
        self
    }

    /// The same question about another officer.
    #[must_use]
    pub fn about(mut self, officer: OfficerId) -> Self {
        self.officer = officer;
        self
    }

    /// The same question about another day.
    #[must_use]
    pub fn on(mut self, day: Date) -> Self {
        self.on = day;
        self
    }
}

#[cfg(test)]
mod tests;
