//! A small world for tests: towns a quarter of an hour apart, officers, limits, shifts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date, time};
use vocabulary::local_time::parse;
use vocabulary::{Minutes, OfficerId, TownId, Workweek, Zone};

use crate::{
    Assigned, Away, AwayWhy, Bought, Coverage, Limits, Officer, Shift, ShiftId, ShiftKind, Team,
    Travel, Window,
};

pub(crate) fn zone() -> Zone {
    "America/Chicago".parse().unwrap()
}

/// `2026-10-05T08:00` on Chicago's clock.
pub(crate) fn at(text: &str) -> Timestamp {
    parse(text, &zone()).unwrap()
}

pub(crate) fn town(text: &str) -> TownId {
    TownId::new(text).unwrap()
}

pub(crate) fn cso(n: usize) -> OfficerId {
    OfficerId::new(format!("cso-{n}")).unwrap()
}

pub(crate) fn patrol() -> ShiftKind {
    ShiftKind::new("patrol").unwrap()
}

pub(crate) fn shift(id: &str, place: &str, from: &str, to: &str) -> Shift {
    let id = ShiftId::new(id).unwrap();
    Shift::new(id, town(place), patrol(), at(from), at(to)).unwrap()
}

pub(crate) fn on(officer: usize, shift: Shift) -> Assigned {
    Assigned {
        officer: cso(officer),
        shift,
    }
}

pub(crate) fn away(from: &str, to: &str, why: AwayWhy) -> Away {
    Away {
        from: at(from),
        to: at(to),
        why,
    }
}

/// So many officers with ten hours of rest, twelve at a stretch, six days in a row, overtime past
/// forty hours, weeks from Sunday.
pub(crate) fn team(officers: usize) -> Team {
    Team {
        officers: (1..=officers)
            .map(|n| Officer {
                id: cso(n),
                weekly_minutes: Minutes(2400),
                weekly_minutes_max: None,
                away: Vec::new(),
                wishes: Vec::new(),
            })
            .collect(),
        limits: Limits {
            rest_minutes: Minutes(600),
            stretch_minutes_max: Minutes(720),
            days_in_a_row_max: 6,
            weekly_minutes_max: None,
            overtime_after_minutes: Minutes(2400),
            workweek: Workweek {
                starts_on: Weekday::Sunday,
                zone: zone(),
            },
        },
        travel: Travel {
            between: BTreeMap::from([((town("ashford"), town("barlow")), Minutes(30))]),
            otherwise: Minutes(15),
        },
    }
}

/// A town with one window of every day, from `from` to `until` o'clock.
pub(crate) fn coverage(place: &str, weekly: i64, from: i8, until: i8, must: u16) -> Coverage {
    Coverage {
        town: town(place),
        zone: zone(),
        bought: vec![Bought {
            from: date(2026, 1, 1),
            until: None,
            weekly_minutes: Minutes(weekly),
        }],
        windows: vec![Window {
            weekdays: Weekday::Sunday.cycle_forward().take(7).collect(),
            from: time(from, 0, 0, 0),
            until: time(until, 0, 0, 0),
            officers_min: must,
        }],
    }
}

/// A gate that lets everybody through.
pub(crate) fn anybody(_: &OfficerId, _: &Shift, _: Date) -> Result<(), String> {
    Ok(())
}
