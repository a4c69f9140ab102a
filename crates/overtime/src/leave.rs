//! Leave: what accrues by policy, what is left, and whether a request fits.
//!
//! Federal law asks for no paid leave, and Missouri's mandate was repealed (HB 567, 2025): leave is
//! the employer's promise, so its terms are data. Once promised it is owed. Paid leave is no hour
//! worked and in no regular rate (29 CFR 778.218-.219); [`crate::pay`] keeps it so.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Fraction, Minutes};

/// An employer's terms for one kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What people call it, such as `vacation`.
    pub name: String,
    /// How it accrues.
    pub accrual: Accrual,
    /// The most that may be saved up; what would go beyond does not accrue. No limit without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_max_minutes: Option<i64>,
    /// What at most is kept over the turn of a calendar year. All of it without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry_over_max_minutes: Option<i64>,
    /// How far below nothing a request may go: leave given in advance.
    #[serde(default)]
    pub advance_max_minutes: i64,
}

/// How leave accrues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Accrual {
    /// So many minutes for each hour worked.
    HourWorked {
        /// Minutes, such as `"2"` for one hour in thirty.
        minutes: Fraction,
    },
    /// So many minutes for each pay period that ends.
    PayPeriod {
        /// Minutes.
        minutes: Fraction,
    },
    /// So many minutes on the first of January and, in the first year, nothing before.
    Year {
        /// Minutes.
        minutes: Fraction,
    },
}

/// What happened to an officer's leave, in any order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When.
    pub on: Date,
    /// What.
    pub what: What,
}

/// An event of a leave account. The order is the one in which a day's events count: what is earned
/// before what is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Hours were worked.
    Worked(Minutes),
    /// A pay period ended.
    PeriodEnded,
    /// The provider gave or took by hand, with a reason kept elsewhere.
    Adjusted(Minutes),
    /// Leave was taken.
    Taken(Minutes),
}

/// An account on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Minutes saved up, exact.
    pub balance: Fraction,
    /// Minutes that did not accrue or were lost, by the limits.
    pub lost: Fraction,
}

/// More was asked for than is there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{asked} hours of {name} were asked for on {on} and {available} are there by then")]
pub struct NotThere {
    /// The kind of leave.
    pub name: String,
    /// The day.
    pub on: Date,
    /// What was asked for.
    pub asked: Minutes,
    /// What is there, advance included.
    pub available: Minutes,
}

impl Policy {
    /// The account at the end of a day. The order in which entries are given makes no difference.
    pub fn account(&self, entries: &[Entry], on: Date) -> Account {
        let mut entries: Vec<&Entry> = entries.iter().filter(|entry| entry.on <= on).collect();
        entries.sort();
        let mut account = Account::default();
        let mut year = entries.first().map_or(on.year(), |entry| entry.on.year());
        for entry in entries {
            self.turn_years(&mut account, &mut year, entry.on.year());
            match &entry.what {
                What::Worked(minutes) => {
                    if let Accrual::HourWorked { minutes: per_hour } = &self.accrual {
                        self.earn(&mut account, &(minutes.hours() * per_hour));
                    }
                }
                What::PeriodEnded => {
                    if let Accrual::PayPeriod { minutes } = &self.accrual {
                        self.earn(&mut account, minutes);
                    }
                }
                What::Adjusted(minutes) => account.balance += &Fraction::from(minutes.0),
                What::Taken(minutes) => account.balance += &Fraction::from(-minutes.0),
            }
        }
        self.turn_years(&mut account, &mut year, on.year());
        account
    }

    /// Whether a request fits what is there on its first day, and still does on every later day on
    /// which leave is taken already; nothing is hoped for that is not earned yet. Gives what is
    /// left. `asked` is above zero.
    pub fn request(
        &self,
        entries: &[Entry],
        on: Date,
        asked: Minutes,
    ) -> Result<Minutes, NotThere> {
        let later = entries.iter().filter(|entry| entry.on > on);
        let taken = later.filter(|entry| matches!(entry.what, What::Taken(_)));
        let days = taken.map(|entry| entry.on).chain([on]);
        let least = days.map(|day| self.account(entries, day).balance).min();
        let least = least.unwrap_or_default().floor();
        let whole = least.to_integer_exact().unwrap_or(i64::MAX / 2);
        let available = Minutes(whole + self.advance_max_minutes);
        if asked > available || asked <= Minutes::ZERO {
            return Err(NotThere {
                name: self.name.clone(),
                on,
                asked,
                available,
            });
        }
        Ok(available - asked)
    }

    fn earn(&self, account: &mut Account, minutes: &Fraction) {
        let room = self.balance_max_minutes.map(|most| {
            let room = Fraction::from(most) - &account.balance;
            room.max(Fraction::zero())
        });
        let kept = room.map_or(minutes.clone(), |room| room.min(minutes.clone()));
        account.balance += &kept;
        account.lost += &(minutes - &kept);
    }

    /// Every turn of a year on the way: first what is not carried over goes, then the new year's.
    fn turn_years(&self, account: &mut Account, year: &mut i16, until: i16) {
        while *year < until {
            *year += 1;
            if let Some(most) = self.carry_over_max_minutes {
                let beyond = &account.balance - &Fraction::from(most);
                if !beyond.is_negative() {
                    account.balance = Fraction::from(most);
                    account.lost += &beyond;
                }
            }
            if let Accrual::Year { minutes } = &self.accrual {
                self.earn(account, minutes);
            }
        }
    }
}

#[cfg(test)]
mod tests;
