//! The days on which a clause holds, and what a month that it holds in part counts for.

use jiff::civil::Date;
use vocabulary::{Fraction, Month};

use super::read::Table;

/// The days on which a clause holds; without an end on one side, for ever on that side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// What a month counts for in which it holds on some days only.
    pub partial: Partial,
}

/// What a month counts for in which a clause holds on some days only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Partial {
    /// As many parts of it as days.
    #[default]
    Days,
    /// A whole month.
    WholeMonth,
}

impl Span {
    pub(super) fn read(table: &Table<'_, '_>) -> Option<Self> {
        let (from_value, until_value) = (table.optional("from"), table.optional("until"));
        let partial_value = table.optional("partial");
        let partial = match partial_value.as_ref().map(|v| (v, v.text())) {
            None | Some((_, Some("days"))) => Partial::Days,
            Some((_, Some("whole_month"))) => Partial::WholeMonth,
            Some((value, _)) => {
                value.refuse("write \"days\" or \"whole_month\"");
                return None;
            }
        };
        let mut span = Self {
            partial,
            ..Self::default()
        };
        if let Some(value) = &from_value {
            span.from = Some(value.date()?);
        }
        if let Some(value) = &until_value {
            span.until = Some(value.date()?);
            if span.from > span.until {
                value.refuse("it ends before it begins");
                return None;
            }
        }
        if let (Some(value), None, None) = (&partial_value, span.from, span.until) {
            value.refuse("every month is whole without `from` and `until`: drop this");
            return None;
        }
        Some(span)
    }

    /// On how many days of a month it counts, the last of February in a leap year left out if
    /// that day is free.
    pub(crate) fn days_in(&self, month: Month, leap_day_free: bool) -> i64 {
        let (first, last) = (month.first_day(), month.last_day());
        let (mut from, mut until) = self.within(month);
        if from > until {
            return 0;
        }
        if self.partial == Partial::WholeMonth {
            (from, until) = (first, last);
        }
        let days = i64::from(until.day()) - i64::from(from.day()) + 1;
        let leap_day = first.month() == 2 && until.day() == 29;
        days - i64::from(leap_day && leap_day_free)
    }

    /// The part of a month on which it counts: nothing to all of it.
    pub(crate) fn part_of(&self, month: Month) -> Fraction {
        let all = i64::from(month.last_day().day());
        Fraction::new(self.days_in(month, false), all).expect("a month has days")
    }

    fn within(&self, month: Month) -> (Date, Date) {
        let (first, last) = (month.first_day(), month.last_day());
        let from = self.from.map_or(first, |from| from.max(first));
        let until = self.until.map_or(last, |until| until.min(last));
        (from, until)
    }

    /// `, from 2026-09-01 until 2026-12-31`; empty where it holds for ever.
    pub(crate) fn in_words(&self) -> String {
        let mut words = String::new();
        if let Some(from) = self.from {
            words += &format!(", from {from}");
        }
        if let Some(until) = self.until {
            words += &format!(", until {until}");
        }
        if self.partial == Partial::WholeMonth {
            words += ", a month begun counting whole";
        }
        words
    }
}
