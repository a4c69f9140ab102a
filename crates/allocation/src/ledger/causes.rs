//! What was learnt about closed months, and which lines it can have moved.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{DutyId, ExpenseId, Month, OfficerId};

use crate::{
    Basis, Citation, Destination, ExpenseTo, LabourWeek, Premium, Slice, Terms, TermsPool,
};

/// Something learnt after a close.
#[derive(Debug, Clone)]
pub(super) struct Learnt {
    /// The first month it touches.
    pub(super) from: Month,
    /// The last month it touches; all later ones if there is none.
    pub(super) until: Option<Month>,
    pub(super) about: About,
    pub(super) citation: Citation,
}

/// What it is about.
#[derive(Debug, Clone)]
pub(super) enum About {
    /// A duty of an officer.
    Labour { officer: OfficerId },
    /// The premium of an officer's workweek.
    Premium { officer: OfficerId },
    /// An incident.
    Incident,
    /// An expense.
    Expense { id: ExpenseId, to: ExpenseTo },
    /// A basis figure.
    Figure { basis: String },
    /// A version of the terms, or the agreement's end: anything can have moved.
    Terms,
}

impl Learnt {
    /// What a new revision of a workweek says that the old one did not: duty by duty, and the
    /// premium.
    pub(super) fn from_week(old: Option<&LabourWeek>, new: &LabourWeek) -> Vec<Self> {
        let none = vec![];
        let before = old.map_or(&none, |week| &week.slices);
        let mut changed = changed(before, &new.slices, &worked);
        if changed.is_empty() {
            changed = self::changed(before, &new.slices, &Slice::clone);
        }
        let mut learnt: Vec<Self> = changed
            .into_iter()
            .map(|((month, duty), date)| Self {
                from: month,
                until: Some(month),
                about: About::Labour {
                    officer: new.officer.clone(),
                },
                citation: cite(new, format!("duty {duty}"), date),
            })
            .collect();
        let premium = |week: &LabourWeek| (week.premium_cents.clone(), week.premium_on);
        let moved = match old {
            Some(old) => premium(old) != premium(new),
            None => !new.premium_cents.is_zero(),
        };
        // Minutes past the threshold steer a premium that goes to the town worked last.
        if moved || old.is_none_or(|old| old.slices != new.slices) {
            let days = old
                .map(|old| old.premium_on)
                .into_iter()
                .chain([new.premium_on]);
            let months: BTreeSet<Month> = days.map(Month::of).collect();
            for month in months {
                learnt.push(Self {
                    from: month,
                    until: Some(month),
                    about: About::Premium {
                        officer: new.officer.clone(),
                    },
                    citation: Citation::week(new),
                });
            }
        }
        learnt
    }

    fn touches(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month <= until)
    }

    /// Whether it can have moved the line of this key.
    fn moves(&self, key: &str, terms: &Terms) -> bool {
        let (kind, rest) = key.split_once('/').unwrap_or((key, ""));
        let (name, _) = rest.rsplit_once('/').unwrap_or((rest, ""));
        let pool = terms
            .pools
            .iter()
            .find(|p| kind == "pool" && p.name.as_str() == name);
        match (&self.about, kind) {
            (About::Terms, _) | (_, "fee" | "limit") => true,
            (About::Labour { .. }, "promise") => true,
            (About::Labour { officer }, "labour" | "premium") => officer.as_str() == name,
            (About::Premium { officer }, "premium") => officer.as_str() == name,
            (About::Expense { id, .. }, "direct") => id.as_str() == name,
            (about, "pool") => pool.is_none_or(|pool| about.feeds(pool, terms)),
            _ => false,
        }
    }
}

impl About {
    /// Whether it can have moved a pool's amount or shares.
    fn feeds(&self, pool: &TermsPool, terms: &Terms) -> bool {
        let split_by = |uses: &dyn Fn(&Basis) -> bool| match &pool.basis {
            Basis::Weighted(parts) => parts.iter().any(|part| uses(&part.basis)),
            Basis::Sum(parts) => parts.iter().any(|part| uses(&part.basis)),
            basis => uses(basis),
        };
        match self {
            Self::Terms => true,
            Self::Expense { to, .. } => *to == ExpenseTo::Pool(pool.name.clone()),
            Self::Labour { .. } => {
                fed_by_labour(pool, terms) || split_by(&|b| matches!(b, Basis::Hours { .. }))
            }
            Self::Premium { .. } => fed_by_labour(pool, terms),
            Self::Incident => split_by(&|basis| {
                matches!(basis, Basis::Calls { .. } | Basis::IncidentMinutes { .. })
            }),
            Self::Figure { basis: name } => {
                split_by(&|basis| matches!(basis, Basis::Figure { name: n, .. } if n == name))
            }
        }
    }
}

fn fed_by_labour(pool: &TermsPool, terms: &Terms) -> bool {
    let Some(labour) = &terms.labour else {
        return false;
    };
    let into = Destination::Pool(pool.name.clone());
    [
        &labour.split,
        &labour.travel,
        &labour.training,
        &labour.court,
        &labour.leave,
        &labour.administration,
        &labour.aid,
        &labour.outside,
    ]
    .contains(&&into)
        || labour.premium == Some(Premium::Pool(pool.name.clone()))
}

/// What moved a line of a closed month: what touches it; failing that, what touches an earlier
/// month, whose running total carries a cent over; failing that, all of it.
pub(super) fn causes(learnt: &[Learnt], month: Month, key: &str, terms: &Terms) -> Vec<Citation> {
    let cited = |chosen: &dyn Fn(&Learnt) -> bool| -> BTreeSet<Citation> {
        let chosen = learnt.iter().filter(|l| chosen(l));
        let (incidents, others): (Vec<_>, Vec<_>) =
            chosen.partition(|l| matches!(l.about, About::Incident));
        let incidents = Citation::by_day(incidents.iter().map(|l| l.citation.clone()));
        let others = others.into_iter().map(|l| l.citation.clone());
        others.chain(incidents).collect()
    };
    let mut causes = cited(&|l| l.touches(month) && l.moves(key, terms));
    if causes.is_empty() {
        causes = cited(&|l| l.from <= month && l.moves(key, terms));
    }
    if causes.is_empty() {
        causes = cited(&|l| l.from <= month);
    }
    causes.into_iter().collect()
}

type Duties = BTreeMap<(Month, DutyId), jiff::civil::Date>;

/// The duties that have another set of slices than before, by month.
fn changed(old: &[Slice], new: &[Slice], view: &dyn Fn(&Slice) -> Slice) -> Duties {
    let before: BTreeSet<Slice> = old.iter().map(view).collect();
    let after: BTreeSet<Slice> = new.iter().map(view).collect();
    let differing = before.symmetric_difference(&after);
    let mut duties = BTreeMap::new();
    for slice in differing {
        let place = (Month::of(slice.date), slice.duty.clone());
        let date = duties.entry(place).or_insert(slice.date);
        *date = (*date).min(slice.date);
    }
    duties
}

/// A slice without its place about the threshold: another duty's hours can move that.
fn worked(slice: &Slice) -> Slice {
    Slice {
        past_threshold_minutes: vocabulary::Minutes::ZERO,
        ..slice.clone()
    }
}

fn cite(week: &LabourWeek, code: String, date: jiff::civil::Date) -> Citation {
    Citation {
        date: Some(date),
        code,
        source: Some(week.source.clone()),
        minutes: None,
        cents: None,
    }
}
