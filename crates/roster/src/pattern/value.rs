//! Values as RFC 5545 writes them: dates, times, durations, weekdays, numbers.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

use super::refusal::Refusal;

/// The last moment of a rule: an instant, or all of a day on the pattern's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    Instant(Timestamp),
    Day(Date),
}

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

pub(crate) fn weekday(text: &str) -> Option<Weekday> {
    DAYS.iter()
        .find(|(letters, _)| letters.eq_ignore_ascii_case(text))
        .map(|(_, day)| *day)
}

pub(crate) fn two_letters(day: Weekday) -> &'static str {
    DAYS.iter()
        .find(|(_, known)| *known == day)
        .expect("all seven are listed")
        .0
}

pub(crate) fn number(text: &str, range: RangeInclusive<u32>) -> Option<u32> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .filter(|n| range.contains(n))
}

/// A number that is not zero, from `-most` to `most`, with or without its sign.
pub(crate) fn signed(text: &str, most: i8) -> Option<i8> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    number(digits, 1..=u32::from(most.unsigned_abs()))
        .and_then(|n| i8::try_from(n).ok())
        .map(|n| sign * n)
}

/// `20261031`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let part = |from: usize, to: usize| text[from..to].parse::<i16>().ok();
    if !digits {
        return None;
    }
    let small = |n: i16| i8::try_from(n).ok();
    Date::new(part(0, 4)?, small(part(4, 6)?)?, small(part(6, 8)?)?).ok()
}

/// `20261031T220000`; seconds must be none.
pub(crate) fn local(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(['T', 't'])?;
    let day = date(day)?;
    if time.len() != 6 || !time.bytes().all(|b| b.is_ascii_digit()) || !time.ends_with("00") {
        return None;
    }
    let part = |from: usize| time[from..from + 2].parse::<i8>().ok();
    let time = jiff::civil::Time::new(part(0)?, part(2)?, 0, 0).ok()?;
    Some(day.to_datetime(time))
}

pub(crate) fn until(text: &str) -> Result<Until, Refusal> {
    let instant = text
        .strip_suffix(['Z', 'z'])
        .and_then(local)
        .and_then(|utc| TimeZone::UTC.to_timestamp(utc).ok());
    instant
        .map(Until::Instant)
        .or_else(|| date(text).map(Until::Day))
        .ok_or_else(|| {
            Refusal::unreadable(
                "UNTIL",
                text,
                "a day such as 20271231, which is part of it, or an instant such as 20280101T055900Z",
            )
        })
}

/// `PT8H`, `PT7H30M`, `PT450M`: hours and minutes of elapsed time, at most a day.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let text = text.to_ascii_uppercase();
    let (hours, minutes) = match text.strip_prefix("PT")?.split_once('H') {
        Some((hours, "")) => (hours, "0"),
        Some((hours, minutes)) => (hours, minutes.strip_suffix('M')?),
        None => ("0", text.strip_prefix("PT")?.strip_suffix('M')?),
    };
    let total = number(hours, 0..=24)? * 60 + number(minutes, 0..=1440)?;
    (1..=1440).contains(&total).then_some(i64::from(total))
}

/// `20261031T220000`.
pub(crate) fn compact(at: DateTime) -> String {
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(at) => write!(f, "{}Z", compact(TimeZone::UTC.to_datetime(*at))),
            Self::Day(day) => f.write_str(&compact(day.at(0, 0, 0, 0))[..8]),
        }
    }
}
