//! How each kind of fact is cited.

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
