//! Why a request about a session was refused.

use eligibility::{CredentialState, Name, Outcome};
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::OfficerId;

use super::Seat;

/// A state of affairs that stands against the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The session {session} was scheduled already: choose another name.")]
    AlreadyScheduled { session: Name },
    #[error("The session {session} is not known: schedule it first.")]
    Unknown { session: Name },
    #[error("The session {session} was cancelled on {on}.")]
    IsCancelled { session: Name, on: Date },
    #[error("The session {session} was held: attendance is recorded, it cannot be cancelled.")]
    WasHeld { session: Name },
    #[error("A session has at least one seat.")]
    WithoutSeats,
    #[error("{seats} seats are too many: the block {block} takes {most} learners at most.")]
    TooManySeats { block: Name, seats: u32, most: u32 },
    #[error(
        "Part {part} teaches {block}, which is no block of the course: its blocks are {}.",
        list(blocks)
    )]
    BlockUnknown {
        part: u32,
        block: Name,
        blocks: Vec<Name>,
    },
    #[error("The block {block} takes {minutes} minutes, and the parts give it {planned}.")]
    TooShort {
        block: Name,
        planned: u32,
        minutes: u32,
    },
    #[error("{instructor} would teach parts {} and {} at once.", parts[0], parts[1])]
    InTwoPlaces {
        instructor: OfficerId,
        parts: [u32; 2],
    },
    #[error("Not by these instructors: {}.", sentences(lacking))]
    InstructorsNotQualified { lacking: Vec<Unqualified> },
    #[error("The session has parts 1 to {parts}, and no part {part}.")]
    PartUnknown { part: u32, parts: usize },
    #[error("The officer {officer} is not known: enrol the officer with the registry first.")]
    OfficerUnknown { officer: OfficerId },
    #[error("{officer} is not employed on {day}, the session's first day.")]
    NotEmployed { officer: OfficerId, day: Date },
    #[error("{officer} has not completed {} before it.", list(missing))]
    PrerequisitesMissing {
        officer: OfficerId,
        missing: Vec<Name>,
    },
    #[error("{asked} seats cannot be held: {most} are left at most.")]
    SeatsTaken { asked: u32, most: u32 },
    #[error("{officer} has no seat{}.", standing(*seat))]
    NoSeat {
        officer: OfficerId,
        seat: Option<Seat>,
    },
    #[error("{officer} was removed from the course.")]
    WasRemoved { officer: OfficerId },
    #[error("{officer} has begun the course: remove the learner, or issue the outcome.")]
    BegunAlready { officer: OfficerId },
    #[error("{day} is still to come: today is {today}.")]
    StillToCome { day: Date, today: Date },
    #[error("{day} is before the session's first day, {first_day}.")]
    BeforeTheStart { day: Date, first_day: Date },
    #[error("{officer} attended {attended} minutes of a part that lasts {lasts}.")]
    LongerThanThePart {
        officer: OfficerId,
        attended: u32,
        lasts: u32,
    },
    #[error(
        "{assessment} is no assessment of the course: its assessments are {}.",
        list(assessments)
    )]
    AssessmentUnknown {
        assessment: Name,
        assessments: Vec<Name>,
    },
    #[error("It cannot be so: {0}.")]
    Impossible(eligibility::Refusal),
    #[error("{assessment} is assessed with a weapon: name its model.")]
    WeaponNotNamed { assessment: Name },
    #[error(
        "{officer} has used the {attempts} attempts at {assessment}: open remediation before \
         another."
    )]
    NoAttemptLeft {
        officer: OfficerId,
        assessment: Name,
        attempts: u32,
    },
    #[error("{officer} has passed {assessment}: there is nothing to remedy.")]
    PassedAlready {
        officer: OfficerId,
        assessment: Name,
    },
    #[error("Outcomes cannot be of {day}: the session's last day is {last_day}.")]
    NotOver { day: Date, last_day: Date },
    #[error("Attendance is missing of the parts {}: record it first.", list(parts))]
    AttendanceMissing { parts: Vec<u32> },
    #[error("{officer}'s outcome cannot be of {day}: the last assessment was on {assessed}.")]
    BeforeAssessment {
        officer: OfficerId,
        day: Date,
        assessed: Date,
    },
    #[error(
        "By what is recorded now {officer} would have {outcome}, and {stands} was issued: void that \
         record first."
    )]
    WouldLower {
        officer: OfficerId,
        outcome: Outcome,
        stands: Outcome,
    },
}

/// A part, and what its instructor lacks on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unqualified {
    /// Which part, from 1.
    pub part: u32,
    /// What is taught.
    pub block: Name,
    /// On which day.
    pub on: Date,
    /// By whom.
    pub instructor: OfficerId,
    /// Whether the officer is employed on the day.
    pub employed: bool,
    /// The kind of credential that is lacking.
    pub takes: Option<Name>,
    /// What the officer's is on the day.
    pub holds: Option<CredentialState>,
}

/// `part 2, baton-drill on 2026-10-06: cso-114 has no baton-instructor`.
impl std::fmt::Display for Unqualified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            part,
            block,
            on,
            instructor,
            ..
        } = self;
        write!(f, "part {part}, {block} on {on}: {instructor} ")?;
        if !self.employed {
            return f.write_str("is not employed on the day");
        }
        let Some(takes) = &self.takes else {
            return f.write_str("may not teach it");
        };
        match self.holds {
            None => write!(f, "has no {takes}"),
            Some(CredentialState::NotYet { from }) => write!(f, "has {takes} from {from} only"),
            Some(CredentialState::Suspended { since }) => {
                write!(f, "has {takes} suspended since {since}")
            }
            Some(CredentialState::Revoked { on }) => write!(f, "lost {takes} on {on}"),
            Some(CredentialState::Late { expired: on, .. } | CredentialState::Expired { on }) => {
                write!(f, "has {takes} to {on} only")
            }
            Some(CredentialState::Valid { .. } | CredentialState::Grace { .. }) => {
                write!(f, "has {takes}")
            }
        }
    }
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyScheduled { .. } => "SESSION_ALREADY_SCHEDULED",
            Self::Unknown { .. } => "SESSION_UNKNOWN",
            Self::IsCancelled { .. } => "SESSION_CANCELLED",
            Self::WasHeld { .. } => "SESSION_HELD",
            Self::WithoutSeats => "SESSION_WITHOUT_SEATS",
            Self::TooManySeats { .. } => "TOO_MANY_SEATS",
            Self::BlockUnknown { .. } => "BLOCK_UNKNOWN",
            Self::TooShort { .. } => "BLOCK_TOO_SHORT",
            Self::InTwoPlaces { .. } => "INSTRUCTOR_IN_TWO_PLACES",
            Self::InstructorsNotQualified { .. } => "INSTRUCTOR_NOT_QUALIFIED",
            Self::PartUnknown { .. } => "PART_UNKNOWN",
            Self::OfficerUnknown { .. } => "OFFICER_UNKNOWN",
            Self::NotEmployed { .. } => "OFFICER_NOT_EMPLOYED",
            Self::PrerequisitesMissing { .. } => "PREREQUISITES_MISSING",
            Self::SeatsTaken { .. } => "SEATS_TAKEN",
            Self::NoSeat { .. } => "NO_SEAT",
            Self::WasRemoved { .. } => "LEARNER_REMOVED",
            Self::BegunAlready { .. } => "LEARNER_BEGUN",
            Self::StillToCome { .. } => "STILL_TO_COME",
            Self::BeforeTheStart { .. } => "BEFORE_THE_SESSION",
            Self::LongerThanThePart { .. } => "LONGER_THAN_THE_PART",
            Self::AssessmentUnknown { .. } => "ASSESSMENT_UNKNOWN",
            Self::Impossible(_) => "RECORD_IMPOSSIBLE",
            Self::WeaponNotNamed { .. } => "WEAPON_NOT_NAMED",
            Self::NoAttemptLeft { .. } => "NO_ATTEMPT_LEFT",
            Self::PassedAlready { .. } => "PASSED_ALREADY",
            Self::NotOver { .. } => "SESSION_NOT_OVER",
            Self::AttendanceMissing { .. } => "ATTENDANCE_MISSING",
            Self::BeforeAssessment { .. } => "OUTCOME_BEFORE_ASSESSMENT",
            Self::WouldLower { .. } => "OUTCOME_WOULD_BE_LOWER",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::InstructorsNotQualified { lacking } => {
                let each = lacking.iter().map(|lacking| Violation {
                    field: format!("parts[{}].instructor", lacking.part - 1),
                    description: lacking.to_string(),
                });
                return each.collect();
            }
            Self::AlreadyScheduled { .. } => "session",
            Self::WithoutSeats | Self::TooManySeats { .. } | Self::SeatsTaken { .. } => "seats",
            Self::BlockUnknown { .. } | Self::TooShort { .. } | Self::InTwoPlaces { .. } => "parts",
            Self::PartUnknown { .. } => "part",
            Self::OfficerUnknown { .. }
            | Self::NotEmployed { .. }
            | Self::PrerequisitesMissing { .. }
            | Self::NoSeat { .. } => "officer",
            Self::LongerThanThePart { .. } => "attendance",
            Self::AssessmentUnknown { .. } => "assessment",
            Self::Impossible(_) => "points",
            Self::WeaponNotNamed { .. } => "weapon",
            Self::StillToCome { .. }
            | Self::BeforeTheStart { .. }
            | Self::NotOver { .. }
            | Self::BeforeAssessment { .. } => "on",
            _ => return Vec::new(),
        };
        let (field, description) = (field.to_owned(), self.to_string());
        vec![Violation { field, description }]
    }

    fn class(&self) -> Class {
        match self {
            Self::AlreadyScheduled { .. } => Class::AlreadyExists,
            Self::Unknown { .. } | Self::OfficerUnknown { .. } => Class::NotFound,
            Self::WithoutSeats
            | Self::BlockUnknown { .. }
            | Self::TooShort { .. }
            | Self::InTwoPlaces { .. }
            | Self::PartUnknown { .. }
            | Self::LongerThanThePart { .. }
            | Self::AssessmentUnknown { .. }
            | Self::Impossible(_)
            | Self::WeaponNotNamed { .. } => Class::InvalidArgument,
            _ => Class::FailedPrecondition,
        }
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    words.join(", ")
}

fn sentences(lacking: &[Unqualified]) -> String {
    let words: Vec<String> = lacking.iter().map(ToString::to_string).collect();
    words.join("; ")
}

fn standing(seat: Option<Seat>) -> &'static str {
    match seat {
        Some(Seat::Requested | Seat::Standby) => " yet: the officer is on standby",
        Some(Seat::Withdrawn) => " any more: it was given back",
        Some(Seat::Removed) => " any more: the officer was removed",
        Some(Seat::Confirmed) | None => ": enrol the officer first",
    }
}
