//! Why a request about field training was refused.

use eligibility::{Name, ProgrammeId};
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::OfficerId;

/// A state of affairs that stands against the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{day} is still to come: today is {today}.")]
    StillToCome { day: Date, today: Date },
    #[error("{day} is before {first_day}: nothing of this can have been then.")]
    BeforeTheStart { day: Date, first_day: Date },
    #[error("{officer} is not in field training {training}: begin it first.")]
    NotBegun { officer: OfficerId, training: Name },
    #[error("{officer} is in field training {training} already.")]
    BegunAlready { officer: OfficerId, training: Name },
    #[error("{officer} is not employed on {day}.")]
    NotEmployed { officer: OfficerId, day: Date },
    #[error("The profile of {programme} on {day} names no phases of a field training {training}.")]
    TrainingUnknown {
        training: Name,
        programme: ProgrammeId,
        day: Date,
    },
    #[error("{officer} cannot be the own trainer.")]
    OwnTrainer { officer: OfficerId },
    #[error("{trainer} holds no {takes} that is valid on {day}: another trainer must observe.")]
    TrainerNotQualified {
        trainer: OfficerId,
        takes: Name,
        day: Date,
    },
    #[error("{what} is rated {points}: give 1 to 7.")]
    RatingOutOfRange { what: Name, points: u8 },
    #[error("Nothing was observed: give a rating, or words.")]
    NothingObserved,
    #[error("Every phase of {training} is signed off.")]
    AllSignedOff { training: Name },
    #[error("\"{phase}\" is no phase of it: its phases are {}.", phases.join(", "))]
    PhaseUnknown { phase: String, phases: Vec<String> },
    #[error("The officer is in phase {phase}, not {asked}: phases are signed off in order.")]
    AnotherPhase { asked: String, phase: String },
    #[error("Nobody observed the officer in phase {phase}: record an observation first.")]
    NotObserved { phase: String },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::StillToCome { .. } => "STILL_TO_COME",
            Self::BeforeTheStart { .. } => "BEFORE_THE_START",
            Self::NotBegun { .. } => "FIELD_TRAINING_NOT_BEGUN",
            Self::BegunAlready { .. } => "FIELD_TRAINING_BEGUN",
            Self::NotEmployed { .. } => "OFFICER_NOT_EMPLOYED",
            Self::TrainingUnknown { .. } => "FIELD_TRAINING_UNKNOWN",
            Self::OwnTrainer { .. } => "OWN_TRAINER",
            Self::TrainerNotQualified { .. } => "TRAINER_NOT_QUALIFIED",
            Self::RatingOutOfRange { .. } => "RATING_OUT_OF_RANGE",
            Self::NothingObserved => "NOTHING_OBSERVED",
            Self::AllSignedOff { .. } => "ALL_SIGNED_OFF",
            Self::PhaseUnknown { .. } => "PHASE_UNKNOWN",
            Self::AnotherPhase { .. } => "ANOTHER_PHASE",
            Self::NotObserved { .. } => "PHASE_NOT_OBSERVED",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::StillToCome { .. } | Self::BeforeTheStart { .. } => "on",
            Self::TrainingUnknown { .. } => "training",
            Self::OwnTrainer { .. } | Self::TrainerNotQualified { .. } => "trainer",
            Self::RatingOutOfRange { .. } | Self::NothingObserved => "ratings",
            Self::PhaseUnknown { .. } | Self::AnotherPhase { .. } | Self::NotObserved { .. } => {
                "phase"
            }
            Self::NotBegun { .. }
            | Self::BegunAlready { .. }
            | Self::NotEmployed { .. }
            | Self::AllSignedOff { .. } => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::RatingOutOfRange { .. }
            | Self::NothingObserved
            | Self::PhaseUnknown { .. }
            | Self::OwnTrainer { .. } => Class::InvalidArgument,
            Self::BegunAlready { .. } => Class::AlreadyExists,
            _ => Class::FailedPrecondition,
        }
    }
}
