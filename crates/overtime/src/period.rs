//! The work period of section 7(k): 7 to 28 days in place of the workweek, for law enforcement of
//! public agencies (29 USC 207(k), 29 CFR 553.201, .224, .230).
//!
//! A community safety officer without the power to arrest is outside of it, and so is everybody at
//! a private employer: [`crate::employer::EmployerKind::work_period`] says which.

use vocabulary::Minutes;

/// Days of a work period with the hours after which overtime is owed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkPeriod {
    days: i64,
}

/// A length that section 7(k) does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a work period has 7 to 28 days (29 CFR 553.224), not {days}")]
pub struct WrongLength {
    /// What was asked for.
    pub days: i64,
}

impl WorkPeriod {
    /// A work period of so many consecutive days.
    pub fn try_new(days: i64) -> Result<Self, WrongLength> {
        (7..=28)
            .contains(&days)
            .then_some(Self { days })
            .ok_or(WrongLength { days })
    }

    /// Its days.
    pub fn days(self) -> i64 {
        self.days
    }

    /// Hours of law enforcement after which overtime is owed: 171 in 28 days, others in proportion
    /// and to the nearest hour, as the table has them (29 CFR 553.230(b)-(c)).
    pub fn hours_max(self) -> i64 {
        (171 * self.days * 2 + 28) / 56
    }

    /// The same in minutes.
    pub fn threshold(self) -> Minutes {
        Minutes(self.hours_max() * 60)
    }
}

/// Minutes past a threshold within one work period; the weeks inside it do not count apart
/// (29 CFR 553.231(b)).
pub fn overtime(worked: &[Minutes], threshold: Minutes) -> Minutes {
    let total: Minutes = worked.iter().copied().sum();
    (total - threshold).max(Minutes::ZERO)
}
