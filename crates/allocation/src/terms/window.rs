//! Over which days a basis is counted: as of, averaged, lagged, frozen.

use std::ops::RangeInclusive;

use jiff::Span as Length;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use vocabulary::Month;

use super::read::{Table, Value};

/// Over which days a basis is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The mean over so many periods; without it the month itself, or the latest figure.
    pub average: Option<(u32, Period)>,
    /// How far back it is looked at.
    pub lag: Option<(u32, Period)>,
    /// The day on which it is frozen.
    pub as_of: Option<Date>,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A civil month.
    Month,
    /// Three of them, from January on.
    Quarter,
    /// A calendar year.
    Year,
}

impl Window {
    /// For a published figure.
    pub(super) fn of_figures(table: &Table<'_, '_>) -> Option<Self> {
        let average = periods(table.optional("average"))?;
        let lag_value = table.optional("lag");
        let lag = periods(lag_value.clone())?;
        let as_of = match table.optional("as_of") {
            Some(value) => Some(value.date()?),
            None => None,
        };
        if let (Some(lag), Some(_)) = (&lag_value, as_of) {
            lag.refuse("`as_of` freezes the day already: drop one of the two");
            return None;
        }
        Some(Self {
            average,
            lag,
            as_of,
        })
    }

    /// For what is counted: a day alone says nothing there.
    pub(super) fn of_counts(table: &Table<'_, '_>) -> Option<Self> {
        let window = Self::of_figures(table)?;
        if window.average.is_none() && window != Self::default() {
            table.refuse("say over which time is counted: average = \"3 years\"");
            return None;
        }
        Some(window)
    }

    /// The days whose figures count, the latest first.
    pub(crate) fn days(&self, month: Month) -> Vec<Date> {
        let (count, period) = self.average.unwrap_or((1, Period::Year));
        let latest = self.latest(month.last_day());
        (0..count)
            .map(|back| earlier(latest, period.length(back)))
            .collect()
    }

    /// The days over which is counted, and by how many the count is divided.
    pub(crate) fn stretch(&self, month: Month) -> (RangeInclusive<Date>, u32) {
        let Some((count, period)) = self.average else {
            return (month.first_day()..=month.last_day(), 1);
        };
        let before = earlier(month.first_day(), 1.day());
        let last = period.ended_by(self.latest(before));
        let next = last.tomorrow().unwrap_or(last);
        (earlier(next, period.length(count))..=last, count)
    }

    fn latest(&self, reference: Date) -> Date {
        let lagged = self.lag.map(|(count, period)| period.length(count));
        match (self.as_of, lagged) {
            (Some(day), _) => day,
            (None, Some(length)) => earlier(reference, length),
            (None, None) => reference,
        }
    }

    /// ` as of 2024-12-31, the mean of 3 years`; empty for the month itself.
    pub(crate) fn in_words(&self) -> String {
        let mut words = String::new();
        if let Some(on) = self.as_of {
            words += &format!(" as of {on}");
        }
        if let Some(lag) = self.lag {
            words += &format!(", {} before", in_words(lag));
        }
        if let Some(average) = self.average {
            words += &format!(", the mean of {}", in_words(average));
        }
        words
    }
}

impl Period {
    fn length(self, count: u32) -> Length {
        let count = i64::from(count);
        match self {
            Self::Month => count.months(),
            Self::Quarter => (count * 3).months(),
            Self::Year => count.years(),
        }
    }

    /// The last day of the latest whole period that has ended by a day.
    fn ended_by(self, day: Date) -> Date {
        let months = match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        };
        let next = day.tomorrow().unwrap_or(day);
        let begins = (next.month() - 1) / months * months + 1;
        earlier(date(next.year(), begins, 1), 1.day())
    }

    fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// The calendar has no day before its first: there is no figure then either.
fn earlier(day: Date, length: Length) -> Date {
    day.saturating_sub(length)
}

fn in_words((count, period): (u32, Period)) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {}{plural}", period.word())
}

fn periods(value: Option<Value<'_, '_>>) -> Option<Option<(u32, Period)>> {
    let Some(value) = value else {
        return Some(None);
    };
    let text = value.text()?;
    let parsed = text.split_once(' ').and_then(|(count, word)| {
        let count = count
            .parse()
            .ok()
            .filter(|count| (1..=40).contains(count))?;
        let period = match word.strip_suffix('s').unwrap_or(word) {
            "month" => Period::Month,
            "quarter" => Period::Quarter,
            "year" => Period::Year,
            _ => return None,
        };
        Some((count, period))
    });
    if parsed.is_none() {
        value.refuse("write a number (1 to 40) of years, quarters or months: \"3 years\"");
    }
    parsed.map(Some)
}
