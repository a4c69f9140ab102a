//! What happened to the roster: the stored form. Frozen by `tests/golden/roster`.

use eligibility::Name;
use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Pattern, Shift, ShiftId};
use serde::{Deserialize, Serialize};
use vocabulary::{Account, Minutes, OfficerId, TownId};

use crate::domain::{EntryId, LeaveKind, RequestId};

/// A shift with all that is planned of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Which, where, what and when.
    pub shift: Shift,
    /// The civil day on which it starts, on the town's clock.
    pub day: Date,
    /// Who has it.
    pub officer: Option<OfficerId>,
    /// What is to be carried.
    pub equipment: Vec<Name>,
    /// Who is charged.
    pub account: Account,
}

/// What an officer asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// To be free of duty.
    Leave {
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
        /// What for.
        kind: LeaveKind,
    },
    /// To have an open shift.
    SignUp {
        /// Which.
        shift: ShiftId,
    },
    /// To give a shift to a colleague.
    Swap {
        /// Which.
        shift: ShiftId,
        /// To whom.
        colleague: OfficerId,
        /// For which of theirs, if for any.
        in_return: Option<ShiftId>,
    },
}

/// When an officer cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Once.
    Once {
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
    },
    /// Again and again.
    Pattern {
        /// Its occurrences.
        pattern: Pattern,
    },
}

/// One thing that happened. `day` of a shift's event is the day on which the shift starts;
/// `officer` of a request's is who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A shift is thought of; nobody is told.
    #[serde(rename = "shift_drafted")]
    ShiftDrafted { slot: Slot },
    /// It is other than it was; as it stands since. Without notice where it was a draft.
    #[serde(rename = "shift_changed")]
    ShiftChanged {
        slot: Slot,
        former_officer: Option<OfficerId>,
        former_town: TownId,
        notice_minutes: Option<Minutes>,
    },
    /// It is told to everybody.
    #[serde(rename = "shift_published")]
    ShiftPublished { shift: ShiftId, day: Date },
    /// It does not take place. Without notice where it was a draft.
    #[serde(rename = "shift_cancelled")]
    ShiftCancelled {
        shift: ShiftId,
        day: Date,
        notice_minutes: Option<Minutes>,
    },
    /// Its officer lacks something on a day of it.
    #[serde(rename = "shift_flagged")]
    ShiftFlagged {
        shift: ShiftId,
        day: Date,
        on: Date,
        missing: Vec<Name>,
    },
    /// Nothing is lacking any more.
    #[serde(rename = "flag_cleared")]
    FlagCleared { shift: ShiftId, day: Date },
    /// An officer asks.
    #[serde(rename = "request_made")]
    RequestMade {
        request: RequestId,
        officer: OfficerId,
        asked: Asked,
        on: Date,
    },
    /// The colleague of a swap agrees.
    #[serde(rename = "swap_agreed")]
    SwapAgreed {
        request: RequestId,
        officer: OfficerId,
        on: Date,
    },
    /// The provider says yes.
    #[serde(rename = "request_approved")]
    RequestApproved {
        request: RequestId,
        officer: OfficerId,
        on: Date,
    },
    /// The provider says no, or what was asked for is not to be had any more.
    #[serde(rename = "request_declined")]
    RequestDeclined {
        request: RequestId,
        officer: OfficerId,
        on: Date,
    },
    /// The officer takes it back.
    #[serde(rename = "request_withdrawn")]
    RequestWithdrawn {
        request: RequestId,
        officer: OfficerId,
        on: Date,
    },
    /// An officer cannot be planned, or would rather not.
    #[serde(rename = "unavailable_added")]
    UnavailableAdded {
        entry: EntryId,
        officer: OfficerId,
        when: When,
        wish: bool,
        on: Date,
    },
    /// That holds no longer.
    #[serde(rename = "unavailable_removed")]
    UnavailableRemoved {
        entry: EntryId,
        officer: OfficerId,
        on: Date,
    },
    /// How much an officer works.
    #[serde(rename = "hours_set")]
    HoursSet {
        officer: OfficerId,
        weekly_minutes: Minutes,
        weekly_minutes_max: Option<Minutes>,
        on: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::ShiftDrafted { slot } | Self::ShiftChanged { slot, .. } => slot.day,
            Self::ShiftPublished { day, .. }
            | Self::ShiftCancelled { day, .. }
            | Self::ShiftFlagged { day, .. }
            | Self::FlagCleared { day, .. } => *day,
            Self::RequestMade { on, .. }
            | Self::SwapAgreed { on, .. }
            | Self::RequestApproved { on, .. }
            | Self::RequestDeclined { on, .. }
            | Self::RequestWithdrawn { on, .. }
            | Self::UnavailableAdded { on, .. }
            | Self::UnavailableRemoved { on, .. }
            | Self::HoursSet { on, .. } => *on,
        }
    }
}
