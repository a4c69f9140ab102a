//! Why a request about the roster was refused.

use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use roster::ShiftId;
use vocabulary::{Account, Minutes, OfficerId, TownId};

use crate::domain::{EntryId, RequestId};

/// Why a request about the roster was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("There is no shift {0}: look for it with `cwctl shift list`.")]
    UnknownShift(ShiftId),
    #[error("The town {0} is not known here: register it; if that was just now, try again.")]
    UnknownTown(TownId),
    #[error("The officer {0} is not known here: enrol them; if that was just now, try again.")]
    UnknownOfficer(OfficerId),
    #[error("It is no shift: {0}.")]
    NoShift(String),
    #[error("Shift {shift} would start at {start}, and it is {now}: shifts lie in the future.")]
    InPast {
        shift: ShiftId,
        start: String,
        now: String,
    },
    #[error("Shift {shift} started at {start}: what happened on it is payroll's to record.")]
    Started { shift: ShiftId, start: String },
    #[error("There is a shift {0} already: choose another id, or change that one.")]
    Exists(ShiftId),
    #[error("Shift {0} was cancelled: draft another one.")]
    Cancelled(ShiftId),
    #[error("Shift {0} is published already: change it, or leave it out.")]
    AlreadyPublished(ShiftId),
    #[error("{town} is in {n} agreements on {day}: say which account is charged.", n = .n)]
    AccountUnclear { town: TownId, day: Date, n: usize },
    #[error("{account} cannot be charged for {town} on {day}: no such agreement holds there then.")]
    AccountWrong {
        account: Account,
        town: TownId,
        day: Date,
    },
    #[error("{officer} has {other} already, which overlaps {shift}.")]
    Overlaps {
        officer: OfficerId,
        shift: ShiftId,
        other: ShiftId,
    },
    #[error("{} in the way: {}", count(.0.len()), .0.join(" · "))]
    Unmet(Vec<String>),
    #[error(
        "Shift {shift} starts in {notice}, and officers are given {least} of notice: say \
         `--short-notice` if it has to be."
    )]
    NoticeTooShort {
        shift: ShiftId,
        notice: Minutes,
        least: Minutes,
    },
    #[error("Shift {0} already stands as it is to be.")]
    NothingChanges(ShiftId),
    #[error("Nothing is to be published: no draft was named, and none lies in the period.")]
    NothingToPublish,
    #[error("Shift {0} is not open: it is not published, or somebody has it.")]
    NotOpen(ShiftId),
    #[error("{officer} does not have shift {shift}, or it is not published.")]
    NotTheirs { officer: OfficerId, shift: ShiftId },
    #[error("{0} cannot swap with themselves: name a colleague.")]
    OwnColleague(OfficerId),
    #[error("{officer} asked for that already: {request} waits.")]
    AlreadyAsked {
        officer: OfficerId,
        request: RequestId,
    },
    #[error("{officer} has no request {request} of this kind.")]
    UnknownRequest { officer: String, request: RequestId },
    #[error("Request {request} is {how} already.")]
    AlreadyDecided {
        request: RequestId,
        how: &'static str,
    },
    #[error("Request {request} waits for {colleague}, who has not agreed yet.")]
    NotAgreed {
        request: RequestId,
        colleague: OfficerId,
    },
    #[error("It would be over at {end}, and it is {now}.")]
    Over { end: String, now: String },
    #[error("It would end at {end}, not after its start at {start}.")]
    EndsBeforeStart { start: String, end: String },
    #[error("{officer}'s leave {request} meets that time.")]
    LeaveOverlaps {
        officer: OfficerId,
        request: RequestId,
    },
    #[error(
        "{officer} has {} in that time: give them to somebody else first.",
        .shifts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    HasShifts {
        officer: OfficerId,
        shifts: Vec<ShiftId>,
    },
    #[error("{officer} has no entry {entry}.")]
    UnknownEntry { officer: OfficerId, entry: EntryId },
}

fn count(n: usize) -> String {
    match n {
        1 => "1 thing stands".to_owned(),
        n => format!("{n} things stand"),
    }
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::UnknownShift(_) => "SHIFT_UNKNOWN",
            Self::UnknownTown(_) => "TOWN_UNKNOWN",
            Self::UnknownOfficer(_) => "OFFICER_UNKNOWN",
            Self::NoShift(_) => "NO_SHIFT",
            Self::InPast { .. } => "SHIFT_IN_PAST",
            Self::Started { .. } => "SHIFT_STARTED",
            Self::Exists(_) => "SHIFT_EXISTS",
            Self::Cancelled(_) => "SHIFT_CANCELLED",
            Self::AlreadyPublished(_) => "SHIFT_ALREADY_PUBLISHED",
            Self::AccountUnclear { .. } => "ACCOUNT_MISSING",
            Self::AccountWrong { .. } => "AGREEMENT_NOT_IN_FORCE",
            Self::Overlaps { .. } => "SHIFTS_OVERLAP",
            Self::Unmet(_) => "REQUIREMENTS_UNMET",
            Self::NoticeTooShort { .. } => "NOTICE_TOO_SHORT",
            Self::NothingChanges(_) => "NOTHING_CHANGES",
            Self::NothingToPublish => "NOTHING_TO_PUBLISH",
            Self::NotOpen(_) => "SHIFT_NOT_OPEN",
            Self::NotTheirs { .. } => "SHIFT_NOT_THEIRS",
            Self::OwnColleague(_) => "OWN_COLLEAGUE",
            Self::AlreadyAsked { .. } => "ALREADY_ASKED",
            Self::UnknownRequest { .. } => "REQUEST_UNKNOWN",
            Self::AlreadyDecided { .. } => "REQUEST_ALREADY_DECIDED",
            Self::NotAgreed { .. } => "SWAP_NOT_AGREED",
            Self::Over { .. } => "TIME_OVER",
            Self::EndsBeforeStart { .. } => "ENDS_BEFORE_START",
            Self::LeaveOverlaps { .. } => "LEAVE_OVERLAPS",
            Self::HasShifts { .. } => "OFFICER_HAS_SHIFTS",
            Self::UnknownEntry { .. } => "ENTRY_UNKNOWN",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let field = match self {
            Self::UnknownShift(_) | Self::Exists(_) | Self::NotOpen(_) => "shift",
            Self::NotTheirs { .. } | Self::Cancelled(_) => "shift",
            Self::UnknownTown(_) => "town",
            Self::UnknownOfficer(_) | Self::Overlaps { .. } => "officer",
            Self::NoShift(_) | Self::EndsBeforeStart { .. } | Self::Over { .. } => "end",
            Self::InPast { .. } => "start",
            Self::AccountUnclear { .. } | Self::AccountWrong { .. } => "account",
            Self::OwnColleague(_) => "colleague",
            Self::UnknownRequest { .. } => "request",
            Self::UnknownEntry { .. } => "entry",
            Self::Unmet(all) => {
                let one = |words: &String| Violation {
                    field: "shifts".to_owned(),
                    description: words.clone(),
                };
                return all.iter().map(one).collect();
            }
            _ => return Vec::new(),
        };
        vec![Violation {
            field: field.to_owned(),
            description: self.to_string(),
        }]
    }

    fn class(&self) -> Class {
        match self {
            Self::UnknownShift(_)
            | Self::UnknownTown(_)
            | Self::UnknownOfficer(_)
            | Self::UnknownRequest { .. }
            | Self::UnknownEntry { .. } => Class::NotFound,
            Self::NoShift(_)
            | Self::AccountUnclear { .. }
            | Self::OwnColleague(_)
            | Self::EndsBeforeStart { .. } => Class::InvalidArgument,
            Self::Exists(_) => Class::AlreadyExists,
            _ => Class::FailedPrecondition,
        }
    }
}
