//! The facts of one month, checked, each once, in an order of their own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use vocabulary::{Location, Minutes, Month, TownId};

use crate::terms::History;
use crate::{Expense, Facts, Figure, Incident, LabourWeek, Refusal, Slice, Span, Terms, Usage};

/// The longest civil day has 25 hours; a slice lies within one.
const SLICE_MINUTES_MAX: i64 = 25 * 60;
/// More than a year on one incident is a slip of the pen; so is a sum beyond 64 bits.
const INCIDENT_MINUTES_MAX: i64 = 366 * 24 * 60;

/// What is known of a month, whatever order it came in.
pub(crate) struct Known<'a> {
    pub(crate) month: Month,
    /// The agreement's first and last day, where they are known.
    life: (Option<Date>, Option<Date>),
    /// Every workweek at its highest revision, by officer and week; also of earlier months.
    pub(crate) weeks: Vec<&'a LabourWeek>,
    /// Every incident that counts, also of other months: windows reach back.
    incidents: Vec<&'a Incident>,
    /// The month's expenses, by id.
    pub(crate) expenses: Vec<&'a Expense>,
    figures: BTreeMap<(&'a str, &'a TownId), Vec<&'a Figure>>,
}

impl<'a> Known<'a> {
    /// What is known of a month; of it, nothing counts after the agreement's last day.
    pub(crate) fn new(
        month: Month,
        history: &History<'_>,
        facts: &'a Facts,
    ) -> Result<Self, Refusal> {
        let in_force = |on: Date| history.ends_on.is_none_or(|last| on <= last);
        let mut incidents = incidents(&facts.incidents)?;
        incidents.retain(|incident| in_force(incident.date));
        let mut expenses = expenses(month, &facts.expenses)?;
        expenses.retain(|expense| in_force(expense.date));
        Ok(Self {
            month,
            life: (history.starts_on, history.ends_on),
            weeks: weeks(&facts.labour)?,
            incidents,
            expenses,
            figures: figures(&facts.figures)?,
        })
    }

    /// The days of a clause that lie within the agreement's.
    pub(crate) fn in_life(&self, span: &Span) -> Span {
        let (starts_on, ends_on) = self.life;
        Span {
            from: span.from.max(starts_on),
            until: [span.until, ends_on].into_iter().flatten().min(),
            partial: span.partial,
        }
    }

    /// The work of all months.
    pub(crate) fn slices(&self) -> impl Iterator<Item = (&'a LabourWeek, &'a Slice)> {
        let weeks = self.weeks.iter();
        weeks.flat_map(|week| week.slices.iter().map(|slice| (*week, slice)))
    }

    pub(crate) fn slices_in_month(&self) -> impl Iterator<Item = (&'a LabourWeek, &'a Slice)> {
        let month = self.month;
        self.slices()
            .filter(move |(_, slice)| month.contains(slice.date))
    }

    /// The incidents of these types; of all, if none is named.
    pub(crate) fn incidents<'s>(
        &'s self,
        call_types: &'s [String],
    ) -> impl Iterator<Item = &'a Incident> + 's {
        self.incidents
            .iter()
            .copied()
            .filter(|i| call_types.is_empty() || call_types.contains(&i.call_type))
    }

    /// The latest figure dated on or before a day.
    pub(crate) fn figure(&self, town: &TownId, basis: &str, on: Date) -> Option<&'a Figure> {
        let dated = self.figures.get(&(basis, town))?;
        dated
            .iter()
            .rev()
            .find(|figure| figure.as_of <= on)
            .copied()
    }

    pub(crate) fn usage(&self, terms: &Terms) -> Vec<Usage> {
        let mut rows: Vec<Usage> = terms
            .parties()
            .into_iter()
            .map(|party| Usage {
                party,
                minutes: Minutes::ZERO,
                travel_minutes: Minutes::ZERO,
                calls: 0,
                incident_minutes: Minutes::ZERO,
            })
            .collect();
        let provider = rows.len() - 1;
        let at = |town: &TownId| terms.towns.iter().position(|t| t == town);
        for (_, slice) in self.slices_in_month() {
            match &slice.location {
                Location::Town(town) => {
                    rows[at(town).unwrap_or(provider)].minutes += slice.minutes;
                }
                Location::Travel(town) => {
                    rows[at(town).unwrap_or(provider)].travel_minutes += slice.minutes;
                }
                _ => rows[provider].minutes += slice.minutes,
            }
        }
        let in_month = |incident: &&&Incident| self.month.contains(incident.date);
        for incident in self.incidents.iter().filter(in_month) {
            if let Some(at) = at(&incident.town) {
                rows[at].calls += 1;
                rows[at].incident_minutes += incident.minutes.unwrap_or_default();
            }
        }
        rows
    }
}

fn weeks(labour: &[LabourWeek]) -> Result<Vec<&LabourWeek>, Refusal> {
    let mut sorted: Vec<&LabourWeek> = labour.iter().collect();
    sorted.sort_by_key(|w| (&w.officer, w.week_start, w.revision, &w.source));
    sorted.iter().try_for_each(|week| check_week(week))?;
    let place = |w: &LabourWeek| (w.officer.clone(), w.week_start);
    let mut latest: Vec<&LabourWeek> = vec![];
    for week in sorted {
        match latest.last_mut() {
            Some(last) if place(last) == place(week) => {
                if last.revision < week.revision {
                    *last = week;
                } else if !same_week(last, week) {
                    return Err(Refusal::Contradiction {
                        what: week_in_words(week),
                    });
                }
            }
            _ => latest.push(week),
        }
    }
    Ok(latest)
}

fn same_week(a: &LabourWeek, b: &LabourWeek) -> bool {
    a.slices == b.slices && a.premium_cents == b.premium_cents && a.premium_on == b.premium_on
}

fn week_in_words(week: &LabourWeek) -> String {
    format!(
        "revision {} of {}'s week of {}",
        week.revision, week.officer, week.week_start
    )
}

fn check_week(week: &LabourWeek) -> Result<(), Refusal> {
    let impossible = |why: &str| Refusal::Impossible {
        what: week_in_words(week),
        why: why.to_owned(),
    };
    if week.premium_cents.is_negative() {
        return Err(impossible("its premium is below zero"));
    }
    for slice in &week.slices {
        let wrong = |why: &str| impossible(&format!("duty {}/{} {why}", slice.duty, slice.piece));
        if !(0..=SLICE_MINUTES_MAX).contains(&slice.minutes.0) {
            return Err(wrong("is not within one civil day"));
        }
        if !(0..=slice.minutes.0).contains(&slice.past_threshold_minutes.0) {
            return Err(wrong("has more minutes past the threshold than it has"));
        }
        if slice.base_cost_cents.is_negative() || slice.rate_cents_per_hour.is_negative() {
            return Err(wrong("costs less than nothing"));
        }
        if slice.duty.officer() != week.officer {
            return Err(wrong("is not this officer's"));
        }
    }
    Ok(())
}

fn incidents(all: &[Incident]) -> Result<Vec<&Incident>, Refusal> {
    let mut sorted: Vec<&Incident> = all.iter().collect();
    sorted.sort_by_key(|i| (&i.id, i.source.seq, &i.source.log));
    let mut latest: Vec<&Incident> = vec![];
    for incident in sorted {
        let minutes = incident.minutes.unwrap_or_default();
        if !(0..=INCIDENT_MINUTES_MAX).contains(&minutes.0) {
            return Err(Refusal::Impossible {
                what: format!("incident {}", incident.id),
                why: "its minutes are below zero or over a year".to_owned(),
            });
        }
        match latest.last_mut() {
            Some(last) if last.id == incident.id => {
                if last.source == incident.source && *last != incident {
                    return Err(Refusal::Contradiction {
                        what: format!("incident {} at one place of its log", incident.id),
                    });
                }
                *last = incident;
            }
            _ => latest.push(incident),
        }
    }
    latest.retain(|incident| !incident.withdrawn);
    Ok(latest)
}

fn expenses(month: Month, all: &[Expense]) -> Result<Vec<&Expense>, Refusal> {
    let mut once = BTreeMap::new();
    for expense in all {
        let place = once.entry(&expense.id).or_insert(expense);
        if **place != *expense {
            return Err(Refusal::Contradiction {
                what: format!("expense {}", expense.id),
            });
        }
    }
    Ok(once
        .into_values()
        .filter(|e| month.contains(e.date))
        .collect())
}

type Figures<'a> = BTreeMap<(&'a str, &'a TownId), Vec<&'a Figure>>;

fn figures(all: &[Figure]) -> Result<Figures<'_>, Refusal> {
    let mut dated: Figures<'_> = BTreeMap::new();
    for figure in all {
        if figure.value.is_negative() {
            return Err(Refusal::Impossible {
                what: format!("{} of {} as of {}", figure.basis, figure.town, figure.as_of),
                why: "a figure is not below zero".to_owned(),
            });
        }
        dated
            .entry((&figure.basis, &figure.town))
            .or_default()
            .push(figure);
    }
    for figures in dated.values_mut() {
        figures.sort_by_key(|f| (f.as_of, f.source.seq, &f.source.log));
        for pair in figures.windows(2) {
            let same_place = pair[0].source == pair[1].source && pair[0].as_of == pair[1].as_of;
            if same_place && pair[0] != pair[1] {
                return Err(Refusal::Contradiction {
                    what: format!(
                        "{} of {} as of {} at one place of its log",
                        pair[0].basis, pair[0].town, pair[0].as_of
                    ),
                });
            }
        }
    }
    Ok(dated)
}
