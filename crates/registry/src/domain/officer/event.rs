//! What happened to an officer: the stored form. Frozen by `tests/golden/officer`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, Grounds, OfficerId};

use crate::domain::{Decimal, Person};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The employment began.
    #[serde(rename = "enrolled")]
    Enrolled {
        officer: OfficerId,
        person: Person,
        from: Date,
    },
    /// The employment got its last day.
    #[serde(rename = "ended")]
    Ended { on: Date },
    /// Pay and burden from a day on.
    #[serde(rename = "pay_rate_set")]
    PayRateSet {
        from: Date,
        dollars_per_hour: Decimal,
        burden: Decimal,
        burden_on_premium: bool,
    },
    /// Minutes without a town have a payer from a day on.
    #[serde(rename = "assigned")]
    Assigned {
        account: Account,
        from: Date,
        until: Option<Date>,
    },
    /// An assignment got its last day; the day before its first if it never came to be.
    #[serde(rename = "assignment_ended")]
    AssignmentEnded { from: Date, until: Date },
    /// What was personal is destroyed; the badge code stays.
    #[serde(rename = "erased")]
    Erased { grounds: Grounds, on: Date },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::Enrolled { from, .. }
            | Self::PayRateSet { from, .. }
            | Self::Assigned { from, .. } => *from,
            Self::Ended { on } | Self::Erased { on, .. } => *on,
            Self::AssignmentEnded { until, .. } => *until,
        }
    }
}
