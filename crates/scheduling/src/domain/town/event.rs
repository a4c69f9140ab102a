//! What happened to a town's plan: the stored form. Frozen by `tests/golden/town`.

use eligibility::Name;
use jiff::civil::{Date, Time, Weekday};
use roster::{Pattern, PatternId, ShiftKind, Window};
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, Minutes, TownId};

use crate::domain::Clause;

/// A time of day on some weekdays, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Weekdays on which it begins, by name: `monday`.
    pub weekdays: Vec<String>,
    /// From when on the town's clock.
    pub from: Time,
    /// Until when; on the next day if not after `from`.
    pub until: Time,
    /// How many must be there.
    pub officers_min: u16,
}

/// Weekdays with their names.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Presence {
    /// The weekday of a name.
    pub fn weekday(name: &str) -> Option<Weekday> {
        let found = WEEKDAYS.iter().find(|(own, _)| *own == name);
        found.map(|(_, day)| *day)
    }

    /// As the rules of rosters take it.
    pub fn window(&self) -> Window {
        Window {
            weekdays: self
                .weekdays
                .iter()
                .filter_map(|d| Self::weekday(d))
                .collect(),
            from: self.from,
            until: self.until,
            officers_min: self.officers_min,
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It bought hours by an agreement from a day on.
    #[serde(rename = "coverage_set")]
    CoverageSet {
        town: TownId,
        agreement: AgreementId,
        clause: Clause,
        from: Date,
        until: Option<Date>,
        weekly_minutes: Minutes,
        windows: Vec<Presence>,
    },
    /// Shifts come again and again.
    #[serde(rename = "pattern_set")]
    PatternSet {
        town: TownId,
        pattern: PatternId,
        kind: ShiftKind,
        text: Box<Pattern>,
        equipment: Vec<Name>,
        on: Date,
    },
    /// They do no longer.
    #[serde(rename = "pattern_removed")]
    PatternRemoved { pattern: PatternId, on: Date },
    /// How long the way to another town takes.
    #[serde(rename = "travel_set")]
    TravelSet {
        town: TownId,
        to: TownId,
        minutes: Minutes,
        on: Date,
    },
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::CoverageSet { from, .. } => *from,
            Self::PatternSet { on, .. }
            | Self::PatternRemoved { on, .. }
            | Self::TravelSet { on, .. } => *on,
        }
    }
}
