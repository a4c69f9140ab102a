//! The recurrence rule (RFC 5545 §3.3.10), as far as shifts need it: which days it names.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::refusal::Refusal;
use super::value::{self, Until};
use crate::shift::{days_between, later};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Every {
    Day,
    Week,
    Month,
}

/// When it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ends {
    Until(Until),
    Count(u32),
}

/// A rule. Which days it names is [`Rule::names`]; when it ends, the pattern sees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) every: Every,
    pub(crate) interval: u16,
    /// Weekdays, in a monthly rule with an ordinal from either end (0: every one).
    pub(crate) by_day: Vec<(i8, Weekday)>,
    /// Days of the month, from the end if negative.
    pub(crate) by_month_day: Vec<i8>,
    pub(crate) week_starts: Weekday,
    pub(crate) ends: Ends,
}

/// What RFC 5545 has and patterns have not, with what to write instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "BYSETPOS",
        "name the days with an ordinal such as BYDAY=1MO or BYDAY=-1FR, or as RDATE",
    ),
    (
        "BYMONTH",
        "write one pattern for each run of months, each with its own UNTIL",
    ),
    ("BYYEARDAY", "list the days as RDATE"),
    ("BYWEEKNO", "list the days as RDATE"),
    ("BYHOUR", "write one pattern for each time of day"),
    ("BYMINUTE", "write one pattern for each time of day"),
    ("BYSECOND", "shifts start on whole minutes"),
];

impl Rule {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut parts: Vec<(String, &str)> = Vec::new();
        for part in text.split(';') {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| Refusal::unreadable("RRULE", part, "parts such as FREQ=WEEKLY"))?;
            let name = name.trim().to_ascii_uppercase();
            if parts.iter().any(|(known, _)| *known == name) {
                return Err(Refusal::Twice { what: name });
            }
            parts.push((name, value.trim()));
        }
        let mut of = |wanted: &str| {
            let at = parts.iter().position(|(name, _)| name == wanted)?;
            Some(parts.swap_remove(at).1)
        };
        let every = every(of("FREQ").ok_or(Refusal::Missing {
            what: "FREQ",
            example: "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20271231",
        })?)?;
        let interval = of("INTERVAL").map_or(Ok(1), |text| {
            value::number(text, 1..=366)
                .and_then(|n| u16::try_from(n).ok())
                .ok_or_else(|| Refusal::unreadable("INTERVAL", text, "a number from 1 to 366"))
        })?;
        let by_day = of("BYDAY").map_or(Ok(Vec::new()), |text| by_day(text, every))?;
        let by_month_day = of("BYMONTHDAY").map_or(Ok(Vec::new()), |t| by_month_day(t, every))?;
        let week_starts = of("WKST").map_or(Ok(Weekday::Monday), |text| {
            value::weekday(text).ok_or_else(|| {
                Refusal::unreadable("WKST", text, "one of MO, TU, WE, TH, FR, SA, SU")
            })
        })?;
        let ends = ends(of("UNTIL"), of("COUNT"))?;
        if let Some((name, _)) = parts.into_iter().next() {
            return Err(elsewhere(name));
        }
        Ok(Self {
            every,
            interval,
            by_day,
            by_month_day,
            week_starts,
            ends,
        })
    }

    /// Whether the rule that starts on `start` names a day, its end aside.
    pub(crate) fn names(&self, start: Date, day: Date) -> bool {
        let periods = match self.every {
            Every::Day => days_between(start, day),
            Every::Week => days_between(self.monday(start), self.monday(day)) / 7,
            Every::Month => {
                let months = |d: Date| i64::from(d.year()) * 12 + i64::from(d.month());
                months(day) - months(start)
            }
        };
        periods >= 0 && periods % i64::from(self.interval) == 0 && self.within(start, day)
    }

    /// The first day of the rule's week in which a day lies.
    fn monday(&self, day: Date) -> Date {
        later(day, -i64::from(day.weekday().since(self.week_starts)))
    }

    fn within(&self, start: Date, day: Date) -> bool {
        let weekday = self.by_day.is_empty()
            || self.by_day.iter().any(|(ordinal, weekday)| {
                day.weekday() == *weekday && (*ordinal == 0 || ordinals(day).contains(ordinal))
            });
        let from_end = day.day() - day.days_in_month() - 1;
        let month_day = self.by_month_day.is_empty()
            || self.by_month_day.contains(&day.day())
            || self.by_month_day.contains(&from_end);
        let bare = self.by_day.is_empty() && self.by_month_day.is_empty();
        let same = !bare
            || match self.every {
                Every::Day => true,
                Every::Week => day.weekday() == start.weekday(),
                Every::Month => day.day() == start.day(),
            };
        weekday && month_day && same
    }
}

/// Which of its weekday's days in the month a day is, from the beginning and from the end.
fn ordinals(day: Date) -> [i8; 2] {
    [
        (day.day() - 1) / 7 + 1,
        -((day.days_in_month() - day.day()) / 7 + 1),
    ]
}

fn every(text: &str) -> Result<Every, Refusal> {
    match text.to_ascii_uppercase().as_str() {
        "DAILY" => Ok(Every::Day),
        "WEEKLY" => Ok(Every::Week),
        "MONTHLY" => Ok(Every::Month),
        other @ ("YEARLY" | "HOURLY" | "MINUTELY" | "SECONDLY") => Err(Refusal::NotSupported {
            what: format!("FREQ={other}"),
            instead: "write DAILY, WEEKLY or MONTHLY, or list the days as RDATE",
        }),
        _ => Err(Refusal::unreadable(
            "FREQ",
            text,
            "DAILY, WEEKLY or MONTHLY",
        )),
    }
}

fn by_day(text: &str, every: Every) -> Result<Vec<(i8, Weekday)>, Refusal> {
    let wrong = || {
        Refusal::unreadable(
            "BYDAY",
            text,
            "weekdays such as MO,TH, monthly also 1MO or -1FR",
        )
    };
    let mut days = Vec::new();
    for one in text.split(',') {
        let split = one.len().checked_sub(2).ok_or_else(wrong)?;
        let (ordinal, day) = one.split_at_checked(split).ok_or_else(wrong)?;
        let day = value::weekday(day).ok_or_else(wrong)?;
        let ordinal = match ordinal {
            "" => 0,
            n => value::signed(n, 5).ok_or_else(wrong)?,
        };
        if ordinal != 0 && every != Every::Month {
            return Err(Refusal::NotSupported {
                what: format!("BYDAY={one} in a daily or weekly rule"),
                instead: "leave out the number, or write FREQ=MONTHLY",
            });
        }
        days.push((ordinal, day));
    }
    days.sort_by_key(|(ordinal, day)| (*ordinal, day.to_monday_zero_offset()));
    days.dedup();
    Ok(days)
}

fn by_month_day(text: &str, every: Every) -> Result<Vec<i8>, Refusal> {
    if every == Every::Week {
        return Err(Refusal::NotSupported {
            what: "BYMONTHDAY in a weekly rule".to_owned(),
            instead: "write FREQ=MONTHLY or FREQ=DAILY",
        });
    }
    let mut days = Vec::new();
    for one in text.split(',') {
        days.push(value::signed(one, 31).ok_or_else(|| {
            Refusal::unreadable(
                "BYMONTHDAY",
                one,
                "a day from 1 to 31, or -1 to -31 from the end",
            )
        })?);
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

fn ends(until: Option<&str>, count: Option<&str>) -> Result<Ends, Refusal> {
    match (until, count) {
        (None, None) => Err(Refusal::NeverEnds),
        (Some(_), Some(_)) => Err(Refusal::Both {
            one: "UNTIL",
            other: "COUNT",
        }),
        (Some(text), None) => value::until(text).map(Ends::Until),
        (None, Some(text)) => value::number(text, 1..=3660)
            .map(Ends::Count)
            .ok_or_else(|| Refusal::unreadable("COUNT", text, "a number from 1 to 3660")),
    }
}

fn elsewhere(name: String) -> Refusal {
    let instead = ELSEWHERE
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("leave it out", |(_, instead)| *instead);
    Refusal::NotSupported {
        what: name,
        instead,
    }
}

/// As RFC 5545 writes it, parts in one order.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.every {
            Every::Day => "FREQ=DAILY",
            Every::Week => "FREQ=WEEKLY",
            Every::Month => "FREQ=MONTHLY",
        })?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if !self.by_day.is_empty() {
            let days: Vec<String> = self
                .by_day
                .iter()
                .map(|(n, day)| match n {
                    0 => value::two_letters(*day).to_owned(),
                    n => format!("{n}{}", value::two_letters(*day)),
                })
                .collect();
            write!(f, ";BYDAY={}", days.join(","))?;
        }
        if !self.by_month_day.is_empty() {
            let days: Vec<String> = self.by_month_day.iter().map(i8::to_string).collect();
            write!(f, ";BYMONTHDAY={}", days.join(","))?;
        }
        if self.week_starts != Weekday::Monday {
            write!(f, ";WKST={}", value::two_letters(self.week_starts))?;
        }
        match &self.ends {
            Ends::Until(until) => write!(f, ";UNTIL={until}"),
            Ends::Count(count) => write!(f, ";COUNT={count}"),
        }
    }
}
