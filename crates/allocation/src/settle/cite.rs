//! How each kind of fact is cited.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::Fraction;

use crate::{Citation, Expense, Figure, Incident, LabourWeek, Slice};

impl Citation {
    /// A piece of a duty.
    pub(crate) fn slice(week: &LabourWeek, slice: &Slice, cents: Option<Fraction>) -> Self {
        Self {
            date: Some(slice.date),
            code: format!("duty {}/{} {}", slice.duty, slice.piece, slice.location),
            source: Some(week.source.clone()),
            minutes: Some(slice.minutes),
            cents,
        }
    }

    /// A workweek's premium.
    pub(crate) fn week(week: &LabourWeek) -> Self {
        Self {
            date: Some(week.premium_on),
            code: format!("week {} of {}", week.week_start, week.officer),
            source: Some(week.source.clone()),
            minutes: None,
            cents: Some(week.premium_cents.clone()),
        }
    }

    /// An incident.
    pub(crate) fn incident(incident: &Incident) -> Self {
        Self {
            date: Some(incident.date),
            code: format!("incident {}", incident.id),
            source: Some(incident.source.clone()),
            minutes: incident.minutes,
            cents: None,
        }
    }

    /// Incidents as they are cited together: a day's only one by itself, several by their number,
    /// so that a month of a thousand calls is a page and not a book. Each stands in the log by
    /// town and day.
    pub(crate) fn by_day(incidents: impl IntoIterator<Item = Citation>) -> Vec<Self> {
        // Of two that speak of one incident the later in its log counts.
        let mut days: BTreeMap<Option<Date>, BTreeMap<String, Self>> = BTreeMap::new();
        for one in incidents {
            let day = days.entry(one.date).or_default();
            let known = day.entry(one.code.clone()).or_insert_with(|| one.clone());
            if known.source < one.source {
                *known = one;
            }
        }
        let cite = |(date, day): (Option<Date>, BTreeMap<String, Self>)| {
            let several = Self {
                date,
                code: format!("{} incidents", day.len()),
                source: None,
                minutes: day
                    .values()
                    .filter_map(|one| one.minutes)
                    .reduce(|sum, more| sum + more),
                cents: None,
            };
            let only = (day.len() == 1).then(|| day.into_values().next());
            only.flatten().unwrap_or(several)
        };
        days.into_iter().map(cite).collect()
    }

    /// All that was counted over a stretch of days, together: each stands in the log.
    pub(crate) fn over(first: Date, last: Date, counted: &[Self]) -> Vec<Self> {
        if counted.is_empty() {
            return vec![];
        }
        let minutes = counted.iter().filter_map(|one| one.minutes);
        vec![Self {
            date: Some(last),
            code: format!("{} counted from {first} to {last}", counted.len()),
            source: None,
            minutes: minutes.reduce(|sum, more| sum + more),
            cents: None,
        }]
    }

    /// An expense.
    pub(crate) fn expense(expense: &Expense) -> Self {
        Self {
            date: Some(expense.date),
            code: format!("expense {} {}", expense.id, expense.code),
            source: expense.source.clone(),
            minutes: None,
            cents: Some(expense.amount_cents.exact()),
        }
    }

    /// A basis figure.
    pub(crate) fn figure(figure: &Figure) -> Self {
        Self {
            date: Some(figure.as_of),
            code: format!(
                "{} of {}: {}",
                figure.basis, figure.town, figure.figure_source
            ),
            source: Some(figure.source.clone()),
            minutes: None,
            cents: None,
        }
    }
}
