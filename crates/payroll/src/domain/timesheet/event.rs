//! What happened to a timesheet: the stored form, frozen. Fields are only ever added.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, DutyId, Fraction, Location, Minutes, OfficerId};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The officer came on duty.
    #[serde(rename = "clocked_in")]
    ClockedIn {
        /// The duty that began.
        duty: DutyId,
        /// Its first instant.
        start: Timestamp,
        /// The employer's civil day of it.
        day: Date,
        /// Where.
        location: Location,
        /// Who is charged.
        account: Account,
    },
    /// The duty ended.
    #[serde(rename = "clocked_out")]
    ClockedOut {
        /// The duty.
        duty: DutyId,
        /// Where it was.
        location: Location,
        /// Who is charged.
        account: Account,
        /// The whole duty, day by day.
        pieces: Vec<Piece>,
    },
    /// A duty was entered by hand.
    #[serde(rename = "duty_entered")]
    DutyEntered {
        /// The duty.
        duty: DutyId,
        /// Where it was.
        location: Location,
        /// Who is charged.
        account: Account,
        /// The whole duty, day by day.
        pieces: Vec<Piece>,
        /// Why it was not clocked.
        reason: Reason,
    },
    /// A duty is other than was said.
    #[serde(rename = "duty_corrected")]
    DutyCorrected {
        /// The duty.
        duty: DutyId,
        /// Where it was.
        location: Location,
        /// Who is charged.
        account: Account,
        /// The whole duty as it now stands.
        pieces: Vec<Piece>,
        /// As it stood before; empty if it was open.
        before: Vec<Piece>,
        /// Why.
        reason: Reason,
    },
    /// A duty never was.
    #[serde(rename = "duty_removed")]
    DutyRemoved {
        /// The duty.
        duty: DutyId,
        /// The day on which it was said to begin.
        day: Date,
        /// Where it was said to be.
        location: Location,
        /// Who would have been charged.
        account: Account,
        /// As it stood before; empty if it was open.
        before: Vec<Piece>,
        /// Why.
        reason: Reason,
    },
    /// A week got its first minutes.
    #[serde(rename = "week_opened")]
    WeekOpened {
        /// Whose week.
        officer: OfficerId,
        /// Its first day.
        week: Date,
        /// The day of the minutes.
        day: Date,
    },
    /// The week was signed.
    #[serde(rename = "week_submitted")]
    WeekSubmitted {
        /// Whose week.
        officer: OfficerId,
        /// Its first day.
        week: Date,
        /// When.
        on: Date,
    },
    /// The week was sent back.
    #[serde(rename = "week_returned")]
    WeekReturned {
        /// Whose week.
        officer: OfficerId,
        /// Its first day.
        week: Date,
        /// When.
        on: Date,
        /// Why.
        reason: Reason,
    },
    /// Days of the week were approved as they stand.
    #[serde(rename = "week_approved")]
    WeekApproved {
        /// Whose week.
        officer: OfficerId,
        /// Its first day.
        week: Date,
        /// First day approved.
        from: Date,
        /// Last day approved.
        to: Date,
        /// When.
        on: Date,
    },
    /// What the week's approved minutes cost one account.
    #[serde(rename = "labour_costed")]
    LabourCosted(Box<LabourCosted>),
}

/// The token under which the vault keeps a reason's words; says nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(pub String);

/// A stretch of a duty within one civil day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// 1, 2, 3 … within the duty.
    pub number: u32,
    /// The employer's civil day.
    pub day: Date,
    /// The first day of its workweek.
    pub week: Date,
    /// Its first instant.
    pub start: Timestamp,
    /// The instant at which it was over.
    pub end: Timestamp,
}

impl Piece {
    /// Elapsed minutes.
    pub fn minutes(&self) -> Minutes {
        Minutes::between(self.start, self.end)
    }
}

/// What one officer's approved minutes of one week cost one account. Takes the place of all
/// earlier revisions; without slices the account bears nothing of the week any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabourCosted {
    /// Whose week.
    pub officer: OfficerId,
    /// Its first day.
    pub week: Date,
    /// Who is charged.
    pub account: Account,
    /// 1, 2, 3 … per week, the same for every account of one costing.
    pub revision: u32,
    /// In order of time.
    pub slices: Vec<CostedSlice>,
    /// The account's part of the premium, with its burden: exact cents.
    pub premium_cents: Fraction,
    /// The day to which the premium belongs: the week's last.
    pub premium_on: Date,
    /// How the premium came about and was split.
    pub totals: WeekTotals,
}

/// A piece of a duty with its exact cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostedSlice {
    /// The duty.
    pub duty: DutyId,
    /// Its piece.
    pub piece: u32,
    /// The civil day.
    pub day: Date,
    /// Its first instant.
    pub start: Timestamp,
    /// The instant at which it was over.
    pub end: Timestamp,
    /// Where it was.
    pub location: Location,
    /// Elapsed minutes.
    pub minutes: Minutes,
    /// Those past the week's threshold: the last ones.
    pub past_threshold_minutes: Minutes,
    /// Pay, in exact cents per hour.
    pub cents_per_hour: Fraction,
    /// Burden as a part of pay.
    pub burden: Fraction,
    /// Straight-time pay in exact cents.
    pub pay_cents: Fraction,
    /// Burden on it in exact cents.
    pub burden_cents: Fraction,
    /// Both together.
    pub cost_cents: Fraction,
}

/// The approved week over all accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekTotals {
    /// Minutes worked.
    pub minutes: Minutes,
    /// After how many of them the premium is due.
    pub threshold_minutes: Minutes,
    /// Minutes past the threshold.
    pub overtime_minutes: Minutes,
    /// Weighted average of straight-time pay, in exact cents per hour.
    pub regular_rate: Fraction,
    /// Premium pay of the whole week, in exact cents.
    pub premium_pay_cents: Fraction,
    /// Burden on it, in exact cents.
    pub premium_burden_cents: Fraction,
    /// The account's minutes worked, by which it bears its part.
    pub account_minutes: Minutes,
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        let first = |pieces: &[Piece]| {
            pieces
                .first()
                .map(|piece| piece.day)
                .expect("a stretch with minutes has a piece")
        };
        match self {
            Self::ClockedIn { day, .. }
            | Self::DutyRemoved { day, .. }
            | Self::WeekOpened { day, .. } => *day,
            Self::ClockedOut { pieces, .. }
            | Self::DutyEntered { pieces, .. }
            | Self::DutyCorrected { pieces, .. } => first(pieces),
            Self::WeekSubmitted { on, .. }
            | Self::WeekReturned { on, .. }
            | Self::WeekApproved { on, .. } => *on,
            Self::LabourCosted(costed) => costed.premium_on,
        }
    }
}
