//! What happened in a session: the stored form. Frozen by `tests/golden/session`.

use std::collections::BTreeMap;

use eligibility::{Name, Outcome, Weapon};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, OfficerId, TownId};

use crate::domain::course::Curriculum;

/// A stretch of a session in which one block is taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which block.
    pub block: Name,
    /// The civil day on which it begins, in the town's zone.
    pub on: Date,
    /// When it begins.
    pub starts: Timestamp,
    /// How long it lasts.
    pub minutes: u32,
    /// Who teaches it.
    pub instructor: OfficerId,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was put on the calendar.
    #[serde(rename = "scheduled")]
    Scheduled {
        session: Name,
        course: Name,
        version: u32,
        curriculum: Curriculum,
        town: TownId,
        place: Name,
        presenter: Name,
        seats: u32,
        parts: Vec<Part>,
        on: Date,
    },
    /// Another instructor teaches, or taught, a part.
    #[serde(rename = "instructor_changed")]
    InstructorChanged {
        part: u32,
        instructor: OfficerId,
        on: Date,
    },
    /// So many seats are held for an agency.
    #[serde(rename = "seats_held")]
    SeatsHeld { agency: Name, seats: u32, on: Date },
    /// An officer asked for a seat.
    #[serde(rename = "seat_requested")]
    SeatRequested {
        officer: OfficerId,
        class: u8,
        on: Date,
    },
    /// The officer has it.
    #[serde(rename = "seat_confirmed")]
    SeatConfirmed { officer: OfficerId, on: Date },
    /// No seat was free: the officer waits for one.
    #[serde(rename = "put_on_standby")]
    PutOnStandby { officer: OfficerId, on: Date },
    /// A seat came free, and the officer was next.
    #[serde(rename = "standby_promoted")]
    StandbyPromoted { officer: OfficerId, on: Date },
    /// The officer gave it back, or waits no longer.
    #[serde(rename = "withdrawn")]
    Withdrawn { officer: OfficerId, on: Date },
    /// So long learners attended a part.
    #[serde(rename = "attendance_recorded")]
    AttendanceRecorded {
        part: u32,
        minutes: BTreeMap<OfficerId, u32>,
        on: Date,
    },
    /// An attempt at an assessment ended.
    #[serde(rename = "assessed")]
    Assessed {
        officer: OfficerId,
        assessment: Name,
        points: u32,
        passed: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weapon: Option<Weapon>,
        assessor: Actor,
        on: Date,
    },
    /// What was not passed is taught again.
    #[serde(rename = "remediation_opened")]
    RemediationOpened {
        officer: OfficerId,
        assessment: Name,
        on: Date,
    },
    /// It was passed.
    #[serde(rename = "remediation_closed")]
    RemediationClosed {
        officer: OfficerId,
        assessment: Name,
        on: Date,
    },
    /// The course ended for a learner.
    #[serde(rename = "outcome_issued")]
    OutcomeIssued {
        officer: OfficerId,
        outcome: Outcome,
        minutes: u32,
        on: Date,
    },
    /// A learner was removed from the course.
    #[serde(rename = "removed")]
    Removed {
        officer: OfficerId,
        because: Name,
        on: Date,
    },
    /// It will not be held.
    #[serde(rename = "cancelled")]
    Cancelled { because: Name, on: Date },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Scheduled { on, .. }
            | Self::InstructorChanged { on, .. }
            | Self::SeatsHeld { on, .. }
            | Self::SeatRequested { on, .. }
            | Self::SeatConfirmed { on, .. }
            | Self::PutOnStandby { on, .. }
            | Self::StandbyPromoted { on, .. }
            | Self::Withdrawn { on, .. }
            | Self::AttendanceRecorded { on, .. }
            | Self::Assessed { on, .. }
            | Self::RemediationOpened { on, .. }
            | Self::RemediationClosed { on, .. }
            | Self::OutcomeIssued { on, .. }
            | Self::Removed { on, .. }
            | Self::Cancelled { on, .. } => *on,
        }
    }
}
