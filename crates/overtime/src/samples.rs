//! Weeks for tests.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use vocabulary::{Cents, Fraction, Minutes, Zone};

use crate::employer::EmployerKind;
use crate::extra::ExtraKind;
use crate::pay::{Basis, Extra, OvertimeRate, Standard, Week, Work};
use crate::{Slice, pay};

/// Sunday, 4 October 2026.
pub(crate) const FIRST: Date = date(2026, 10, 4);

/// An empty week of an officer paid by the hour, at a private employer.
pub(crate) fn empty() -> Week {
    Week {
        first_day: FIRST,
        standard: Standard::Workweek,
        employer: EmployerKind::Private,
        basis: Basis::Hourly,
        overtime_rate: OvertimeRate::WeightedAverage,
        work: Vec::new(),
        extras: Vec::new(),
        rule_sets: Vec::new(),
        comp_time: None,
        minimum_wage: None,
    }
}

/// Hours in order: (hours, dollars per hour, town), spread over days of at most 12 hours, so that
/// 84 hours fit a week.
pub(crate) fn towns(lines: &[(&str, &str, &str)]) -> Week {
    let mut week = empty();
    for (hours, rate, town) in lines {
        add(&mut week, hours, rate, &format!("town:{town}"));
    }
    week
}

/// Hours in one place: (hours, dollars per hour).
pub(crate) fn hours(lines: &[(&str, &str)]) -> Week {
    let lines: Vec<_> = lines.iter().map(|(h, rate)| (*h, *rate, "aa")).collect();
    towns(&lines)
}

/// Adds hours at the end of what the week holds.
pub(crate) fn add(week: &mut Week, hours: &str, rate: &str, location: &str) {
    let zone: Zone = "America/Chicago".parse().unwrap();
    let mut left = in_minutes(hours);
    while left > 0 {
        let last = week.work.iter().map(|work| work.slice.day).max();
        let mut day = last.unwrap_or(week.first_day);
        let on = |day| {
            let of_day = week.work.iter().filter(move |work| work.slice.day == day);
            of_day
                .map(|work| Minutes::between(work.slice.start, work.slice.end))
                .sum::<Minutes>()
        };
        if on(day) == Minutes(720) {
            day = day.tomorrow().unwrap();
        }
        let done = on(day);
        let minutes = left.min(720 - done.0);
        let start = zone.start_of(day) + SignedDuration::from_mins(360 + done.0);
        week.work
            .push(work(week.work.len(), day, start, minutes, rate, location));
        left -= minutes;
    }
}

/// A stretch of work.
pub(crate) fn work(
    n: usize,
    day: Date,
    start: Timestamp,
    minutes: i64,
    rate: &str,
    location: &str,
) -> Work {
    Work {
        slice: Slice {
            duty: format!("cso-114.{}", n + 1).parse().unwrap(),
            piece: 1,
            start,
            end: start + SignedDuration::from_mins(minutes),
            day,
            location: location.parse().unwrap(),
            account: "agreement:three-rivers".parse().unwrap(),
            rate_cents_per_hour: dollars(rate),
            burden: Fraction::zero(),
            burden_on_premium: false,
        },
        kind: "patrol".to_owned(),
        authorised: true,
    }
}

/// Dollars as exact cents.
pub(crate) fn dollars(text: &str) -> Fraction {
    text.parse::<Fraction>().unwrap() * Fraction::from(100)
}

/// Decimal hours as minutes.
pub(crate) fn in_minutes(hours: &str) -> i64 {
    let minutes = hours.parse::<Fraction>().unwrap() * Fraction::from(60);
    minutes.to_integer_exact().unwrap()
}

/// A salary that covers so many hours.
pub(crate) fn salaried(amount: &str, covers: &str) -> Basis {
    Basis::Salaried {
        weekly_cents: dollars(amount),
        covers: Minutes(in_minutes(covers)),
    }
}

/// A payment on the week's last day.
pub(crate) fn extra(week: &mut Week, kind: ExtraKind, amount: &str) {
    week.extras.push(Extra {
        kind,
        cents: amount.parse().unwrap(),
        day: week.last_day(),
    });
}

/// What a week pays.
pub(crate) fn paid(week: &Week) -> pay::Paid {
    pay::compute(week).unwrap()
}

/// Cents as dollars with two decimals.
pub(crate) fn shown(cents: &Fraction) -> String {
    (cents * &Fraction::new(1, 100).unwrap()).to_decimal(2)
}

/// Whole cents as dollars with two decimals.
pub(crate) fn money(cents: Cents) -> String {
    shown(&cents.exact())
}
