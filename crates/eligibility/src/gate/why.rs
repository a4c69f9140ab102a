//! The reasons of an answer, and how they read.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, Minutes, TownId};

use super::{Answer, Finding, Standing, Verdict};
use crate::{CredentialState, Deployment, Name, Outcome, Position, RecordId, Role, Rule, Weapon};

/// By what a permission or requirement is met, or what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// What the profile allows, allowed.
    Permitted,
    /// A check was passed.
    Checked {
        /// On which day.
        on: Date,
    },
    /// A course ended well enough.
    Issued {
        /// Which course.
        course: Name,
        /// How it ended.
        outcome: Outcome,
        /// On which day.
        on: Date,
    },
    /// Enough time was served or attended.
    Hours {
        /// How much.
        minutes: Minutes,
        /// How much is needed.
        needed: Minutes,
    },
    /// An assessment was passed.
    Qualified {
        /// On which day.
        on: Date,
        /// With what, where that matters.
        with: Option<Weapon>,
    },
    /// A credential, met or missing by what it is on the day.
    Credential {
        /// Which.
        id: RecordId,
        /// Who issued it, as a code.
        issuer: Name,
        /// What it is on the day.
        state: CredentialState,
    },
    /// An age was proved.
    OfAge {
        /// At least.
        years: u8,
    },
    /// Every phase that is wanted was signed off.
    SignedOff {
        /// Which.
        phases: Vec<String>,
    },
    /// Every member of a set is met.
    AllOf,
    /// A transition lets the old requirement count.
    Kept {
        /// The old requirement.
        held: Name,
        /// The day on which it was met.
        on: Date,
        /// The last day on which it counts, where there is one.
        until: Option<Date>,
    },
    /// Somebody decided that training elsewhere counts.
    Equivalent {
        /// The decision.
        decision: RecordId,
        /// What was learnt elsewhere, as a code.
        foreign: Name,
        /// Who decided.
        by: Actor,
    },
    /// Waived.
    Waived {
        /// Which waiver.
        waiver: RecordId,
        /// Who signed it.
        signer: Actor,
        /// Its last day.
        until: Date,
    },
    /// Missing: nothing is recorded of it.
    NothingRecorded,
    /// Missing: it will be met from a day on.
    NotYet {
        /// From which day.
        from: Date,
    },
    /// Missing: it was met up to a day.
    Lapsed {
        /// The last day on which it was met.
        on: Date,
    },
    /// Missing: the last check or assessment was failed.
    Failed {
        /// On which day.
        on: Date,
    },
    /// Missing: the officer was removed from the course.
    Removed {
        /// On which day.
        on: Date,
    },
    /// Missing: the course ended with less than is needed.
    OutcomeBelow {
        /// How it ended.
        outcome: Outcome,
        /// The least that counts.
        needed: Outcome,
    },
    /// Missing: too little time was served or attended.
    HoursBelow {
        /// How much.
        minutes: Minutes,
        /// How much is needed.
        needed: Minutes,
    },
    /// Missing: qualified with another weapon than is carried.
    OtherWeapon {
        /// With what.
        qualified_with: Option<Weapon>,
        /// What is carried.
        carried: Weapon,
    },
    /// Missing: phases are not signed off.
    PhasesOpen {
        /// Which.
        phases: Vec<String>,
    },
    /// Missing: it was begun before something that had to come first.
    BegunBefore {
        /// What had to come first.
        first: Name,
        /// When it was begun.
        begun: Date,
    },
    /// Missing: a credential is of another issuer, or not good for the town or the weapon.
    NotGoodHere {
        /// Which.
        id: RecordId,
    },
    /// Missing: no member of a set is met.
    NoneOf {
        /// Its members.
        of: Vec<Name>,
    },
    /// Refused: the profile does not have it.
    NotInProfile,
    /// Refused: the profile was narrowed for another town.
    OtherTownsProfile {
        /// Which.
        town: TownId,
    },
    /// Refused: the town does without it.
    NotInThisTown,
    /// Refused: it is the town's to decide, and the town has not.
    TownHasNotDecided,
    /// Refused: it is not carried this way in this town.
    NotThisWay {
        /// Which way.
        carry: Name,
    },
    /// Refused: the call is not one for these officers.
    NotTheirs,
    /// Refused: the call involves what is excluded.
    Excluded {
        /// What.
        what: Name,
    },
    /// Refused: the trial is over.
    PilotOver {
        /// Its last day.
        on: Date,
    },
    /// Refused: a screening question has no answer yet.
    NotAsked {
        /// Which.
        question: Name,
    },
    /// Refused: a screening question was answered so.
    ScreenedOut {
        /// Which.
        question: Name,
        /// How.
        answer: Name,
    },
}

/// What has to be kept to beside a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "condition", rename_all = "snake_case")]
pub enum Condition {
    /// Who does it does not count towards a town's minimum presence.
    NotCounted,
    /// The call is taken in this role only.
    InRole {
        /// Which.
        role: Role,
    },
    /// Somebody must approve each time.
    ApprovalBy {
        /// Who.
        by: String,
    },
    /// It is on trial.
    Pilot {
        /// The last day, where there is one.
        until: Option<Date>,
    },
    /// A deployment rule, for whoever makes the roster.
    Deployment {
        /// Which.
        rule: Deployment,
    },
    /// A record that the answer rests on is in doubt.
    Questioned {
        /// Which.
        record: Position,
        /// Why, as a code.
        because: Name,
    },
}

pub(super) fn sentences(answer: &Answer) -> Vec<String> {
    let verdict = match answer.verdict {
        Verdict::Yes => "may",
        Verdict::YesWithWaiver => "may, with a waiver,",
        Verdict::No => "may not",
    };
    let stays = last_day(answer.stays_until, "this stays so");
    let asked = answer
        .findings
        .iter()
        .filter(|finding| finding.requirement.is_none());
    let asked: Vec<_> = asked.map(|finding| finding.title.as_str()).collect();
    let first = format!(
        "{} {verdict} be put on duty in {} on {} ({}), by version {} of {}{stays}.",
        answer.officer,
        answer.town,
        answer.on,
        asked.join("; "),
        answer.version,
        answer.programme
    );
    let findings = answer.findings.iter().map(Finding::sentence);
    let conditions = answer
        .conditions
        .iter()
        .map(|condition| format!("Condition: {condition}."));
    [first]
        .into_iter()
        .chain(findings)
        .chain(conditions)
        .collect()
}

impl Finding {
    /// The finding as one sentence.
    pub fn sentence(&self) -> String {
        let standing = match (self.standing, self.mandatory) {
            (Standing::Met, _) => "met",
            (Standing::Waived, _) => "waived",
            (Standing::Missing, true) => "missing",
            (Standing::Missing, false) => "missing, but optional",
        };
        let proof: Vec<String> = self.evidence.iter().map(ToString::to_string).collect();
        let proof = match proof.len() {
            0 => String::new(),
            _ => format!(" [{}]", proof.join(", ")),
        };
        let stays = match self.standing {
            Standing::Missing => String::new(),
            _ => last_day(self.stays_until, "stays so"),
        };
        format!("{}: {standing}: {}{proof}{stays}.", self.title, self.why)
    }
}

fn last_day(day: Option<Date>, words: &str) -> String {
    day.map_or_else(String::new, |day| format!("; {words} until {day}"))
}

fn list(names: &[impl fmt::Display]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permitted => f.write_str("the profile allows it"),
            Self::Checked { on } => write!(f, "checked on {on}"),
            Self::Issued {
                course,
                outcome,
                on,
            } => {
                write!(f, "{outcome} of `{course}` issued on {on}")
            }
            Self::Hours { minutes, needed } => write!(f, "{minutes} of {needed} hours"),
            Self::Qualified {
                on,
                with: Some(with),
            } => write!(f, "passed on {on} with {with}"),
            Self::Qualified { on, with: None } => write!(f, "passed on {on}"),
            Self::Credential { id, issuer, state } => write!(f, "{id} of {issuer} {state}"),
            Self::OfAge { years } => write!(f, "at least {years} years old"),
            Self::SignedOff { phases } => write!(f, "signed off: {}", list(phases)),
            Self::AllOf => f.write_str("all of it is met"),
            Self::Kept { held, on, until } => {
                let until = last_day(*until, "kept");
                write!(f, "`{held}` was met on {on}{until}")
            }
            Self::Equivalent {
                decision,
                foreign,
                by,
            } => {
                write!(f, "`{foreign}` found equivalent by {by} in {decision}")
            }
            Self::Waived {
                waiver,
                signer,
                until,
            } => {
                write!(f, "by {waiver} until {until}, signed by {signer}")
            }
            _ => self.missing(f),
        }
    }
}

impl Why {
    /// The words of what is missing. A reason that is added has to be given words, here or above.
    fn missing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet { from } => write!(f, "not before {from}"),
            Self::Lapsed { on } => write!(f, "it ended on {on}"),
            Self::Failed { on } => write!(f, "failed on {on}"),
            Self::Removed { on } => write!(f, "removed on {on}"),
            Self::OutcomeBelow { outcome, needed } => {
                write!(f, "{outcome} is not yet {needed}")
            }
            Self::HoursBelow { minutes, needed } => write!(f, "{minutes} of {needed} hours"),
            Self::OtherWeapon {
                qualified_with: Some(with),
                carried,
            } => {
                write!(f, "qualified with {with}, not with {carried}")
            }
            Self::OtherWeapon { carried, .. } => write!(f, "not qualified with {carried}"),
            Self::PhasesOpen { phases } => write!(f, "not signed off: {}", list(phases)),
            Self::BegunBefore { first, begun } => {
                write!(f, "begun on {begun}, before `{first}` was met")
            }
            Self::NotGoodHere { id } => {
                write!(
                    f,
                    "{id} is not good here: its issuer, towns or weapon are others"
                )
            }
            Self::NoneOf { of } => write!(f, "none of {} is met", list(of)),
            Self::NotInProfile => f.write_str("the profile does not have it"),
            Self::OtherTownsProfile { town } => write!(f, "the profile is that of {town}"),
            Self::NotInThisTown => f.write_str("the town does without it"),
            Self::TownHasNotDecided => f.write_str("the town has not decided for it"),
            Self::NotThisWay { carry } => write!(f, "not {carry} in this town"),
            Self::NotTheirs => f.write_str("not a call for these officers"),
            Self::Excluded { what } => write!(f, "not where {what} is involved"),
            Self::PilotOver { on } => write!(f, "the trial ended on {on}"),
            Self::NotAsked { question } => write!(f, "`{question}` has not been asked"),
            Self::ScreenedOut { question, answer } => {
                write!(f, "`{question}` was answered with {answer}")
            }
            Self::NothingRecorded
            | Self::Permitted
            | Self::Checked { .. }
            | Self::Issued { .. }
            | Self::Hours { .. }
            | Self::Qualified { .. }
            | Self::Credential { .. }
            | Self::OfAge { .. }
            | Self::SignedOff { .. }
            | Self::AllOf
            | Self::Kept { .. }
            | Self::Equivalent { .. }
            | Self::Waived { .. } => f.write_str("nothing is recorded"),
        }
    }
}

impl fmt::Display for CredentialState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet { from } => write!(f, "is valid only from {from}"),
            Self::Valid { until: Some(until) } => write!(f, "is valid until {until}"),
            Self::Valid { until: None } => f.write_str("is valid"),
            Self::Grace { expired, until } => {
                write!(f, "ended on {expired}, good for work until {until}")
            }
            Self::Late {
                expired,
                renewable_until,
            } => {
                let can = format!("it can be renewed until {renewable_until}");
                write!(f, "ended on {expired} and is not valid; {can}")
            }
            Self::Expired { on } => write!(f, "ended on {on}"),
            Self::Suspended { since } => write!(f, "is suspended since {since}"),
            Self::Revoked { on } => write!(f, "was revoked from {on}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCounted => f.write_str("does not count towards the minimum presence"),
            Self::InRole {
                role: Role::FirstOnScene { hand_off_to },
            } => {
                write!(f, "first on the scene, hands off to {hand_off_to}")
            }
            Self::InRole {
                role: Role::ColdOnly,
            } => f.write_str("only when it is over"),
            Self::InRole { role: Role::Phone } => f.write_str("by phone or online"),
            Self::InRole { role } => write!(f, "as {}", role.word()),
            Self::ApprovalBy { by } => write!(f, "with the approval of {by}"),
            Self::Pilot { until: Some(until) } => write!(f, "on trial until {until}"),
            Self::Pilot { until: None } => f.write_str("on trial"),
            Self::Deployment { rule } => match &rule.note {
                Some(note) => write!(f, "{}: {note}", rule.rule),
                None => write!(f, "{}", rule.rule),
            },
            Self::Questioned { record, because } => write!(f, "{record} is in doubt: {because}"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoPerson => "two officers together",
            Self::Daylight => "between sunrise and sunset",
            Self::Radio => "with a radio",
            Self::DispatchLog => "each deployment in the dispatch log",
            Self::Supervisor => "a supervisor on duty",
            Self::Hours => "hours",
            Self::BackUp => "sworn back-up within reach",
        })
    }
}
