//! What happened in the stories' months: data, and nothing but.

/// One punch of the officer's clock.
#[derive(Clone, Copy)]
pub(crate) enum Punch {
    /// On duty at, in.
    In(&'static str, &'static str),
    /// Left at, for, arrived at.
    Go(&'static str, &'static str, &'static str),
    /// Off duty at.
    Out(&'static str),
    /// Entered by hand: from, to, in.
    ByHand(&'static str, &'static str, &'static str),
}

use Punch::{ByHand, Go, In, Out};

/// Town, name, residents, assessed value in dollars.
pub(crate) const TOWNS: [(&str, &str, &str, &str); 3] = [
    ("barlow", "Barlow", "1480", "14260000"),
    ("cedar-fork", "Cedar Fork", "912", "8105000"),
    ("millbrook", "Millbrook", "2317", "27940000"),
];

pub(crate) const FIRST_HALF: &[Punch] = &[
    In("2026-10-01T08:00", "town:barlow"),
    Go("2026-10-01T12:00", "cedar-fork", "2026-10-01T12:20"),
    Out("2026-10-01T16:00"),
    In("2026-10-02T08:00", "town:millbrook"),
    Out("2026-10-02T15:30"),
    ByHand("2026-10-16T08:00", "2026-10-16T15:00", "town:millbrook"),
];

/// A week of 48 hours 20 minutes; a shift over midnight; and one over midnight, the end of the
/// month and the end of summer time, which ends in the second pass of the repeated hour.
pub(crate) const SECOND_HALF: &[Punch] = &[
    In("2026-10-19T08:00", "town:barlow"),
    Go("2026-10-19T12:00", "millbrook", "2026-10-19T12:25"),
    Out("2026-10-19T17:00"),
    In("2026-10-20T08:00", "town:millbrook"),
    Out("2026-10-20T17:20"),
    In("2026-10-21T07:00", "town:cedar-fork"),
    Go("2026-10-21T11:00", "barlow", "2026-10-21T11:20"),
    Out("2026-10-21T16:00"),
    In("2026-10-22T08:00", "town:millbrook"),
    Out("2026-10-22T17:00"),
    In("2026-10-23T12:00", "town:millbrook"),
    Out("2026-10-23T20:00"),
    In("2026-10-24T08:00", "training"),
    Out("2026-10-24T12:00"),
    In("2026-10-28T08:00", "town:barlow"),
    Go("2026-10-28T12:00", "cedar-fork", "2026-10-28T12:20"),
    Out("2026-10-28T15:00"),
    In("2026-10-30T18:00", "town:barlow"),
    Go("2026-10-30T22:10", "millbrook", "2026-10-30T22:35"),
    Out("2026-10-31T02:00"),
    In("2026-10-31T20:00", "town:millbrook"),
    Go("2026-10-31T23:30", "barlow", "2026-10-31T23:55"),
    Out("2026-11-01T01:30:second"),
];

pub(crate) const NOVEMBER: &[Punch] = &[
    In("2026-11-03T08:00", "town:barlow"),
    Go("2026-11-03T12:00", "cedar-fork", "2026-11-03T12:20"),
    Out("2026-11-03T16:00"),
    In("2026-11-13T08:00", "town:millbrook"),
    Out("2026-11-13T16:00"),
];

/// Weeks by their first day.
pub(crate) const OCTOBER_WEEKS: [&str; 4] =
    ["2026-09-27", "2026-10-11", "2026-10-18", "2026-10-25"];
pub(crate) const NOVEMBER_WEEKS: [&str; 2] = ["2026-11-01", "2026-11-08"];

/// The duty of the afternoon of 21 October, which was spent in Cedar Fork and not in Barlow: it
/// is found out when October is closed. (Duties are numbered in the order in which they began.)
pub(crate) const CORRECTED: &str = "cso-114.12";
pub(crate) const CORRECTED_WEEK: &str = "2026-10-18";

/// Pool or town, cents, day, code.
pub(crate) const EXPENSES: [(&str, i64, &str, &str); 6] = [
    ("pool:vehicle", 48_217, "2026-10-09", "fuel"),
    ("pool:response", 33_333, "2026-10-12", "radio-service"),
    ("pool:readiness", 62_500, "2026-10-01", "insurance"),
    ("pool:equipment", 24_999, "2026-10-15", "radio"),
    ("town:millbrook", 7_350, "2026-10-24", "festival-signs"),
    ("pool:vehicle", -1_117, "2026-10-27", "refund"),
];
pub(crate) const NOVEMBER_EXPENSES: [(&str, i64, &str, &str); 2] = [
    ("pool:vehicle", 44_105, "2026-11-16", "fuel"),
    ("pool:readiness", 62_500, "2026-11-01", "insurance"),
];
