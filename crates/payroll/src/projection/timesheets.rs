//! Weeks of officers: how far each has come, its minutes by place, what blocks it, what it costs.

use std::collections::{BTreeMap, BTreeSet};

use eventlog::{Error, Page, Recorded, Row, Store, Table, TypedRows};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, DutyId, Fraction, Location, Minutes, OfficerId};

use super::event;
use crate::domain::timesheet::{Event, LONGEST_APPROVED, LabourCosted, Piece, Reason};

/// Table `timesheets`: key is `<first day>/<officer>`, so that lists run by time.
pub(crate) struct Timesheets;

/// One officer's week.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Timesheet {
    pub(crate) officer: OfficerId,
    pub(crate) week: Date,
    pub(crate) state: State,
    /// Why it was sent back, until it is signed again.
    pub(crate) returned: Option<Reason>,
    /// Days with minutes that nobody has approved as they now stand.
    pub(crate) awaiting: BTreeSet<Date>,
    /// Duties with minutes in this week.
    pub(crate) duties: BTreeMap<DutyId, Part>,
    /// The last costing.
    pub(crate) costs: BTreeMap<Account, Cost>,
}

/// How far a week has come, as the table is filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Open,
    Submitted,
    Returned,
    Approved,
}

/// The part of a duty that lies in the week.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) location: Location,
    pub(crate) minutes: Minutes,
    /// Of the whole duty, where more than a day's: blocks approval.
    pub(crate) over_24_hours: Option<Minutes>,
}

/// What the approved minutes cost an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) minutes: Minutes,
    pub(crate) cost_cents: Fraction,
    pub(crate) premium_cents: Fraction,
}

impl State {
    /// As stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Approved => "approved",
        }
    }
}

impl TypedRows for Timesheets {
    const NAME: &'static str = "timesheets";
    const VERSION: u32 = 2;
    const INDEXES: &'static [&'static str] = &["officer", "state"];
    type Row = Timesheet;

    fn keys(recorded: &Recorded) -> Vec<String> {
        let weeks: BTreeSet<Date> = match event(recorded) {
            Event::ClockedIn { .. } => BTreeSet::new(),
            Event::ClockedOut { pieces, .. } | Event::DutyEntered { pieces, .. } => {
                pieces.iter().map(|piece| piece.week).collect()
            }
            Event::DutyCorrected { pieces, before, .. } => pieces
                .iter()
                .chain(&before)
                .map(|piece| piece.week)
                .collect(),
            Event::DutyRemoved { before, .. } => before.iter().map(|piece| piece.week).collect(),
            Event::WeekOpened { week, .. }
            | Event::WeekSubmitted { week, .. }
            | Event::WeekReturned { week, .. }
            | Event::WeekApproved { week, .. } => [week].into(),
            Event::LabourCosted(costed) => [costed.week].into(),
        };
        let officer = recorded.stream_key();
        weeks.into_iter().map(|week| key(week, officer)).collect()
    }

    fn apply(recorded: &Recorded, key: &str, old: Option<Timesheet>) -> Option<Timesheet> {
        let event = event(recorded);
        if let Event::WeekOpened { officer, week, .. } = event {
            return Some(Timesheet {
                officer,
                week,
                state: State::Open,
                returned: None,
                awaiting: BTreeSet::new(),
                duties: BTreeMap::new(),
                costs: BTreeMap::new(),
            });
        }
        debug_assert!(old.is_some(), "{key} has an event before it was opened");
        old.map(|row| row.after(event))
    }
}

impl Timesheet {
    fn after(mut self, event: Event) -> Self {
        match event {
            Event::ClockedOut {
                duty,
                location,
                pieces,
                ..
            }
            | Event::DutyEntered {
                duty,
                location,
                pieces,
                ..
            } => self.put(duty, location, &pieces),
            Event::DutyCorrected {
                duty,
                location,
                pieces,
                before,
                ..
            } => {
                self.touch(&before);
                self.put(duty, location, &pieces);
            }
            Event::DutyRemoved { duty, before, .. } => {
                self.touch(&before);
                self.duties.remove(&duty);
            }
            Event::WeekSubmitted { .. } => {
                self.state = State::Submitted;
                self.returned = None;
            }
            Event::WeekReturned { reason, .. } => {
                self.state = State::Returned;
                self.returned = Some(reason);
            }
            Event::WeekApproved { from, to, .. } => {
                self.awaiting.retain(|day| !(from..=to).contains(day));
                if self.awaiting.is_empty() {
                    self.state = State::Approved;
                }
            }
            Event::LabourCosted(costed) => self.charge(*costed),
            Event::ClockedIn { .. } | Event::WeekOpened { .. } => {}
        }
        self
    }

    fn put(&mut self, duty: DutyId, location: Location, pieces: &[Piece]) {
        self.touch(pieces);
        self.duties.remove(&duty);
        let here = pieces.iter().filter(|piece| piece.week == self.week);
        let minutes: Minutes = here.map(Piece::minutes).sum();
        if minutes > Minutes::ZERO {
            let whole: Minutes = pieces.iter().map(Piece::minutes).sum();
            let part = Part {
                location,
                minutes,
                over_24_hours: (whole > LONGEST_APPROVED).then_some(whole),
            };
            self.duties.insert(duty, part);
        }
    }

    fn touch(&mut self, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.week == self.week) {
            self.awaiting.insert(piece.day);
            if self.state != State::Returned {
                self.state = State::Open;
            }
        }
    }

    fn charge(&mut self, costed: LabourCosted) {
        if costed.slices.is_empty() {
            self.costs.remove(&costed.account);
            return;
        }
        let cost = Cost::of(&costed);
        self.costs.insert(costed.account, cost);
    }

    /// Minutes by place.
    pub(crate) fn locations(&self) -> BTreeMap<&Location, Minutes> {
        let mut minutes = BTreeMap::new();
        for part in self.duties.values() {
            *minutes.entry(&part.location).or_insert(Minutes::ZERO) += part.minutes;
        }
        minutes
    }

    /// What blocks approval, in words.
    pub(crate) fn exceptions(&self) -> Vec<String> {
        let long = self.duties.iter().filter_map(|(duty, part)| {
            let minutes = part.over_24_hours?;
            Some(format!(
                "Duty {duty} lasts {minutes} hours, more than 24: correct it."
            ))
        });
        long.collect()
    }
}

impl Cost {
    /// What a costing says.
    pub(crate) fn of(costed: &LabourCosted) -> Self {
        Self {
            minutes: costed.slices.iter().map(|slice| slice.minutes).sum(),
            cost_cents: Fraction::sum(costed.slices.iter().map(|slice| &slice.cost_cents)),
            premium_cents: costed.premium_cents.clone(),
        }
    }
}

fn key(week: Date, officer: &str) -> String {
    format!("{week}/{officer}")
}

/// One week of an officer, if it has minutes.
pub(crate) async fn find(
    store: &Store,
    officer: &OfficerId,
    week: Date,
) -> Result<Option<Timesheet>, Error> {
    let table = Table::Projection(Timesheets::NAME);
    store
        .read_row(table, &crate::log(), &key(week, officer.as_str()))
        .await
}

/// Weeks by first day and officer.
pub(crate) async fn list(
    store: &Store,
    filter: &[(&str, &str)],
    page: &Page,
) -> Result<Vec<Row<Timesheet>>, Error> {
    let table = Table::Projection(Timesheets::NAME);
    store.read_rows(table, &crate::log(), filter, page).await
}
