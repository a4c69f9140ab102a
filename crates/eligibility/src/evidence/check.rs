//! What no record may say. Services ask before they record.

use jiff::civil::Date;
use vocabulary::Minutes;

use super::{Fact, Score};
use crate::Name;

/// Why a record cannot be so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The end lies before the beginning.
    #[error("it ends on {until}, before it begins on {from}: correct one of the two")]
    EndsBeforeItBegins {
        /// Its first day.
        from: Date,
        /// Its last day.
        until: Date,
    },
    /// A credential cannot be valid before somebody issued it.
    #[error("it is valid from {from}, before it was issued on {issued}: correct one of the two")]
    ValidBeforeIssued {
        /// Its first day.
        from: Date,
        /// The day of issue.
        issued: Date,
    },
    /// A waiver needs a last day.
    #[error("a waiver needs a last day: write until when it holds")]
    WaiverWithoutEnd,
    /// No such score.
    #[error("{points} of {maximum} points: the score lies above its maximum")]
    ScoreAboveMaximum {
        /// How many.
        points: u32,
        /// Of how many.
        maximum: u32,
    },
    /// No such pass mark.
    #[error("a pass mark of {pass_mark} cannot be reached with {maximum} points")]
    PassMarkAboveMaximum {
        /// How many pass.
        pass_mark: u32,
        /// The maximum.
        maximum: u32,
    },
    /// Result and score contradict each other.
    #[error("{points} points with a pass mark of {pass_mark} are {}: the record says otherwise",
        if points >= pass_mark { "a pass" } else { "a fail" })]
    ResultContradictsScore {
        /// How many.
        points: u32,
        /// How many pass.
        pass_mark: u32,
    },
    /// Time below zero.
    #[error("{minutes} is less than no time")]
    NegativeMinutes {
        /// How long.
        minutes: Minutes,
    },
    /// A decision says both of one requirement.
    #[error("`{requirement}` stands among what it satisfies and among what it lacks")]
    BothSatisfiedAndLacking {
        /// Which.
        requirement: Name,
    },
    /// A decision that satisfies nothing decides nothing.
    #[error("it satisfies no requirement: name at least one")]
    SatisfiesNothing,
}

impl Fact {
    /// Whether the record can be so by itself. What it says of others (a credential that is not
    /// there) is for whoever holds those.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Checked {
                on,
                until: Some(until),
                ..
            } => ordered(*on, *until),
            Self::OutcomeIssued {
                started,
                on,
                minutes,
                ..
            } => {
                positive(*minutes)?;
                ordered(*started, *on)
            }
            Self::PhaseSignedOff { started, on, .. } => ordered(*started, *on),
            Self::Supervised { minutes, .. } => positive(*minutes),
            Self::Assessed {
                passed,
                score: Some(score),
                ..
            } => scored(*passed, *score),
            Self::CredentialGranted {
                issued,
                from,
                until,
                ..
            } => {
                if from < issued {
                    let (from, issued) = (*from, *issued);
                    return Err(Refusal::ValidBeforeIssued { from, issued });
                }
                until.map_or(Ok(()), |until| ordered(*from, until))
            }
            Self::WaiverGranted { from, until, .. } => ordered(*from, *until),
            Self::EquivalenceDecided {
                satisfies,
                lacks,
                from,
                until,
                ..
            } => {
                if satisfies.is_empty() {
                    return Err(Refusal::SatisfiesNothing);
                }
                if let Some(requirement) = satisfies.iter().find(|r| lacks.contains(r)) {
                    let requirement = requirement.clone();
                    return Err(Refusal::BothSatisfiedAndLacking { requirement });
                }
                until.map_or(Ok(()), |until| ordered(*from, until))
            }
            _ => Ok(()),
        }
    }

    /// The last day of a waiver that is asked for, which has to be given.
    pub fn waiver_end(until: Option<Date>) -> Result<Date, Refusal> {
        until.ok_or(Refusal::WaiverWithoutEnd)
    }
}

fn ordered(from: Date, until: Date) -> Result<(), Refusal> {
    if until < from {
        return Err(Refusal::EndsBeforeItBegins { from, until });
    }
    Ok(())
}

fn positive(minutes: Minutes) -> Result<(), Refusal> {
    if minutes < Minutes::ZERO {
        return Err(Refusal::NegativeMinutes { minutes });
    }
    Ok(())
}

fn scored(passed: bool, score: Score) -> Result<(), Refusal> {
    let Score {
        points,
        maximum,
        pass_mark,
    } = score;
    if points > maximum {
        return Err(Refusal::ScoreAboveMaximum { points, maximum });
    }
    if pass_mark > maximum {
        return Err(Refusal::PassMarkAboveMaximum { pass_mark, maximum });
    }
    if passed != (points >= pass_mark) {
        return Err(Refusal::ResultContradictsScore { points, pass_mark });
    }
    Ok(())
}
