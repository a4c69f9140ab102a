//! Minutes, zones and the fixed workweek.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{Fraction, Invalid};

/// Whole minutes of elapsed time.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Minutes(pub i64);

impl Minutes {
    /// None.
    pub const ZERO: Self = Self(0);

    /// The whole minutes between two instants that lie on whole minutes; negative if reversed.
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        Self((end.as_second() - start.as_second()) / 60)
    }

    /// The time in hours, exact.
    pub fn hours(self) -> Fraction {
        Fraction::new(self.0, 60).expect("60 is not zero")
    }
}

impl Add for Minutes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Minutes {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Minutes {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Minutes {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

/// Hours and minutes: `7:05`.
impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minutes = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}:{:02}", minutes / 60, minutes % 60))
    }
}

/// A zone of the IANA time zone database, such as `America/Chicago`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone's rules.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }

    /// The zone's name.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().expect("made from a name")
    }

    /// The civil day on which an instant falls.
    pub fn day_of(&self, instant: Timestamp) -> Date {
        self.0.to_datetime(instant).date()
    }

    /// The first instant of a civil day, also where midnight is skipped by daylight saving.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.0
            .to_ambiguous_zoned(day.at(0, 0, 0, 0))
            .compatible()
            .expect("the years 1900 to 9998 lie within the calendar")
            .timestamp()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Zone {
    type Err = Invalid;
    fn from_str(name: &str) -> Result<Self, Invalid> {
        TimeZone::get(name)
            .ok()
            .filter(|zone| zone.iana_name().is_some())
            .map(Self)
            .ok_or_else(|| {
                Invalid::new(
                    "a time zone",
                    name,
                    "an IANA name, such as `America/Chicago`",
                )
            })
    }
}

impl TryFrom<String> for Zone {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.as_str().to_owned()
    }
}

/// The employer's workweek: seven consecutive civil days from a fixed weekday at midnight in the
/// employer's zone (29 CFR 778.105: a fixed and regularly recurring period of 168 hours).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workweek {
    /// The weekday on which it begins.
    pub starts_on: Weekday,
    /// The employer's zone.
    pub zone: Zone,
}

impl Workweek {
    /// The first day of the week in which a day lies.
    pub fn start_of(&self, day: Date) -> Date {
        let back = day.weekday().since(self.starts_on);
        day.checked_sub(i64::from(back).days())
            .expect("within the calendar")
    }

    /// The last day of the week that begins on `start`.
    pub fn last_day(start: Date) -> Date {
        start.checked_add(6.days()).expect("within the calendar")
    }
}
