//! Where a timesheet stands: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{Account, DutyId, Location, Minutes};

use super::event::{Event, Piece};

/// Where an officer's timesheet stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Complete duties by number, removed ones included.
    pub duties: BTreeMap<u64, Duty>,
    /// The duty that the officer is on.
    pub on_duty: Option<OnDuty>,
    /// The number of the last duty begun or entered.
    pub last_number: u64,
    /// Weeks with minutes, by first day.
    pub weeks: BTreeMap<Date, Week>,
}

/// A complete duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// Where it was.
    pub location: Location,
    /// Who is charged.
    pub account: Account,
    /// Day by day; empty once removed.
    pub pieces: Vec<Piece>,
}

impl Duty {
    /// First instant and end; `None` once removed.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.pieces.first()?.start, self.pieces.last()?.end))
    }

    /// Elapsed minutes.
    pub fn minutes(&self) -> Minutes {
        self.pieces.iter().map(Piece::minutes).sum()
    }
}

/// A duty that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Its id.
    pub id: DutyId,
    /// Its first instant.
    pub start: Timestamp,
    /// The civil day of it.
    pub day: Date,
    /// Where.
    pub location: Location,
    /// Who is charged.
    pub account: Account,
}

/// How far a week has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// Not signed, or changed since.
    #[default]
    Open,
    /// Signed.
    Submitted,
    /// Sent back.
    Returned,
    /// Every day with minutes is approved.
    Approved,
}

/// A week with minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week {
    /// How far it has come.
    pub status: Status,
    /// Days that have, or had, minutes nobody has approved as they now stand.
    pub awaiting: BTreeSet<Date>,
    /// Approved days, each with its pieces as they stood when it was approved.
    pub accepted: BTreeMap<Date, Vec<Accepted>>,
    /// The last costing's number.
    pub revision: u32,
    /// Accounts that bear something by the last costing.
    pub costed: BTreeSet<Account>,
}

/// An approved piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its duty.
    pub duty: DutyId,
    /// Where it was.
    pub location: Location,
    /// Who is charged.
    pub account: Account,
    /// The piece.
    pub piece: Piece,
}

impl Week {
    /// Takes the days `from..=to` as they stand in `duties`.
    pub fn approve(&mut self, from: Date, to: Date, duties: &BTreeMap<u64, Duty>) {
        let range = from..=to;
        self.awaiting.retain(|day| !range.contains(day));
        self.accepted.retain(|day, _| !range.contains(day));
        for duty in duties.values() {
            for piece in duty.pieces.iter().filter(|p| range.contains(&p.day)) {
                self.accepted.entry(piece.day).or_default().push(Accepted {
                    duty: duty.id.clone(),
                    location: duty.location.clone(),
                    account: duty.account.clone(),
                    piece: piece.clone(),
                });
            }
        }
        if self.awaiting.is_empty() {
            self.status = Status::Approved;
        }
    }
}

impl State {
    /// The number of the next duty.
    pub fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    /// The complete duty of an id; removed ones included.
    pub fn duty(&self, id: &DutyId) -> Option<&Duty> {
        self.duties.get(&id.number()).filter(|duty| &duty.id == id)
    }

    fn put(&mut self, id: &DutyId, location: &Location, account: &Account, pieces: &[Piece]) {
        if self.on_duty.as_ref().is_some_and(|open| &open.id == id) {
            self.on_duty = None;
        }
        let duty = Duty {
            id: id.clone(),
            location: location.clone(),
            account: account.clone(),
            pieces: pieces.to_vec(),
        };
        self.last_number = self.last_number.max(id.number());
        self.duties.insert(id.number(), duty);
        self.touch(pieces);
    }

    /// A change to a day voids its week's signature and the day's approval. A week sent back stays
    /// so until it is signed again.
    fn touch(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            let week = self.weeks.entry(piece.week).or_default();
            week.awaiting.insert(piece.day);
            if week.status != Status::Returned {
                week.status = Status::Open;
            }
        }
    }

    fn set(&mut self, week: Date, status: Status) {
        self.weeks.entry(week).or_default().status = status;
    }
}

/// Applies one event.
pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::ClockedIn {
            duty,
            start,
            day,
            location,
            account,
        } => {
            state.last_number = state.last_number.max(duty.number());
            state.on_duty = Some(OnDuty {
                id: duty.clone(),
                start: *start,
                day: *day,
                location: location.clone(),
                account: account.clone(),
            });
        }
        Event::ClockedOut {
            duty,
            location,
            account,
            pieces,
        }
        | Event::DutyEntered {
            duty,
            location,
            account,
            pieces,
            ..
        } => state.put(duty, location, account, pieces),
        Event::DutyCorrected {
            duty,
            location,
            account,
            pieces,
            before,
            ..
        } => {
            state.put(duty, location, account, pieces);
            state.touch(before);
        }
        Event::DutyRemoved {
            duty,
            location,
            account,
            before,
            ..
        } => {
            state.put(duty, location, account, &[]);
            state.touch(before);
        }
        Event::WeekOpened { .. }
        | Event::WeekSubmitted { .. }
        | Event::WeekReturned { .. }
        | Event::WeekApproved { .. }
        | Event::LabourCosted(_) => evolve_week(state, event),
    }
}

fn evolve_week(state: &mut State, event: &Event) {
    match event {
        Event::WeekOpened { week, .. } => {
            state.weeks.entry(*week).or_default();
        }
        Event::WeekSubmitted { week, .. } => state.set(*week, Status::Submitted),
        Event::WeekReturned { week, .. } => state.set(*week, Status::Returned),
        Event::WeekApproved { week, from, to, .. } => {
            let duties = &state.duties;
            let week = state.weeks.entry(*week).or_default();
            week.approve(*from, *to, duties);
        }
        Event::LabourCosted(costed) => {
            let week = state.weeks.entry(costed.week).or_default();
            week.revision = costed.revision;
            if costed.slices.is_empty() {
                week.costed.remove(&costed.account);
            } else {
                week.costed.insert(costed.account.clone());
            }
        }
        Event::ClockedIn { .. }
        | Event::ClockedOut { .. }
        | Event::DutyEntered { .. }
        | Event::DutyCorrected { .. }
        | Event::DutyRemoved { .. } => {}
    }
}
