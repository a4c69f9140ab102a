//! What people ask of a session. What other streams know was looked up just before.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{CredentialState, Name, Outcome, Weapon};
use jiff::civil::Date;
use vocabulary::{Actor, OfficerId, TownId};

use super::Part;
use crate::domain::course::Curriculum;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Of which session.
    pub session: Name,
    /// The present day, in the employer's zone.
    pub today: Date,
    /// What to do.
    pub act: Act,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Puts it on the calendar.
    Schedule(Box<Schedule>),
    /// Gives a part another instructor.
    ChangeInstructor {
        /// Which part, from 1.
        part: u32,
        /// Who.
        instructor: Instructor,
    },
    /// Holds seats for an agency; none frees those that were held.
    HoldSeats {
        /// Which agency, a code.
        agency: Name,
        /// How many.
        seats: u32,
    },
    /// Asks for a seat.
    Enrol(Enrol),
    /// Gives a seat, or the wish for one, back.
    Withdraw {
        /// Whose.
        officer: OfficerId,
    },
    /// Records who attended a part, in minutes.
    RecordAttendance {
        /// Which part, from 1.
        part: u32,
        /// Of each learner; who is not named keeps what was recorded before.
        minutes: BTreeMap<OfficerId, u32>,
    },
    /// Records one attempt at an assessment.
    Assess(Assess),
    /// Opens remediation of an assessment: it may then be tried again.
    Remediate {
        /// Whose.
        officer: OfficerId,
        /// Of which assessment.
        assessment: Name,
    },
    /// Says how the course ended for learners.
    IssueOutcomes(IssueOutcomes),
    /// Removes a learner from the course.
    Remove {
        /// Whom.
        officer: OfficerId,
        /// From which day on.
        on: Date,
        /// Why, a code.
        because: Name,
    },
    /// Takes it off the calendar.
    Cancel {
        /// Why, a code.
        because: Name,
    },
}

/// See [`Act::Schedule`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Which course.
    pub course: Name,
    /// Which version of its curriculum.
    pub version: u32,
    /// That version.
    pub curriculum: Curriculum,
    /// In which town.
    pub town: TownId,
    /// Where there, a code.
    pub place: Name,
    /// Who holds it, a code.
    pub presenter: Name,
    /// Seats.
    pub seats: u32,
    /// When what is taught by whom.
    pub parts: Vec<Part>,
    /// What is known of the instructor of each part, in the same order.
    pub instructors: Vec<Instructor>,
}

/// Who teaches a part, as known on its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructor {
    /// Who.
    pub officer: OfficerId,
    /// Whether the officer is employed on the day.
    pub employed: bool,
    /// What the officer's credential of the kind that the block takes is on the day; absent where
    /// the officer has none, or the block takes none.
    pub credential: Option<CredentialState>,
}

/// See [`Act::Enrol`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrol {
    /// Who.
    pub officer: OfficerId,
    /// In which class of seats: 1 goes before 2.
    pub class: u8,
    /// Whether the officer is employed on the first day.
    pub employed: Employed,
    /// The courses that the officer has completed by the first day.
    pub completed: BTreeSet<Name>,
}

/// Whether an officer is employed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Employed {
    /// Nobody enrolled the officer.
    Unknown,
    /// Not on that day.
    No,
    /// Yes.
    Yes,
}

/// See [`Act::Assess`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assess {
    /// Who was assessed.
    pub officer: OfficerId,
    /// In what.
    pub assessment: Name,
    /// Points.
    pub points: u32,
    /// With what, where that matters.
    pub weapon: Option<Weapon>,
    /// When.
    pub on: Date,
    /// Who says so: an account.
    pub assessor: Actor,
}

/// See [`Act::IssueOutcomes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueOutcomes {
    /// Of whom; of every confirmed learner where nobody is named.
    pub officers: BTreeSet<OfficerId>,
    /// The day of the outcomes.
    pub on: Date,
    /// The best outcome of this session that stands for each learner: issued and not voided.
    pub standing: BTreeMap<OfficerId, Outcome>,
}
