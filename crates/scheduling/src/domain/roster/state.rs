//! Where the roster stands: the fold of its events.

use std::collections::BTreeMap;

use eligibility::Name;
use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Away, AwayWhy, ShiftId};
use serde::{Deserialize, Serialize};
use vocabulary::{Minutes, OfficerId};

use super::event::{Asked, Event, Slot, When};

/// Where the roster stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Every shift there ever was.
    pub shifts: BTreeMap<ShiftId, Planned>,
    /// Every request, by number.
    pub requests: BTreeMap<u64, Request>,
    /// When officers cannot be planned, by number.
    pub unavailable: BTreeMap<u64, Unavailable>,
    /// The number of the last entry made, also if it was taken back.
    pub last_entry: u64,
    /// How much officers work, where it was said.
    pub hours: BTreeMap<OfficerId, Hours>,
}

/// How far a shift has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Thought of.
    Draft,
    /// Told to everybody.
    Published,
    /// Taken back before anybody was told.
    Dropped,
    /// It does not take place, as everybody was told.
    Cancelled,
}

/// A shift as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What is planned.
    pub slot: Slot,
    /// How far it has come.
    pub stage: Stage,
    /// How often it was changed since it was published.
    pub sequence: u32,
    /// What its officer lacks.
    pub flag: Option<Flag>,
}

/// What the officer of a shift lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// On which civil day of the employer.
    pub on: Date,
    /// Which requirements.
    pub missing: Vec<Name>,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub officer: OfficerId,
    /// For what.
    pub asked: Asked,
    /// How far it has come.
    pub standing: Standing,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It waits; a swap for the colleague.
    Asked,
    /// The colleague agreed.
    Agreed,
    /// Yes.
    Approved,
    /// No.
    Declined,
    /// Taken back before it was decided.
    Withdrawn,
    /// Taken back after a yes.
    GivenUp,
}

/// A time in which an officer cannot, or would rather not, be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// Who.
    pub officer: OfficerId,
    /// When.
    pub when: When,
    /// Whether it is only a wish.
    pub wish: bool,
}

/// How much an officer works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Minutes a week that are theirs to give.
    pub weekly_minutes: Minutes,
    /// Most minutes in a workweek.
    pub weekly_minutes_max: Option<Minutes>,
}

impl When {
    /// The stretches that meet the time from `from` to `to`.
    pub fn stretches(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let meets = |start: Timestamp, end: Timestamp| start < to && from < end;
        match self {
            Self::Once { start, end } if meets(*start, *end) => vec![(*start, *end)],
            Self::Once { .. } => Vec::new(),
            Self::Pattern { pattern } => pattern
                .expand(Timestamp::MIN, to)
                .into_iter()
                .filter(|one| meets(one.start, one.end))
                .map(|one| (one.start, one.end))
                .collect(),
        }
    }
}

impl Planned {
    /// Whether somebody is to be there.
    pub fn stands(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Published)
    }

    /// Whether everybody was told of it and it takes place.
    pub fn is_published(&self) -> bool {
        self.stage == Stage::Published
    }
}

impl State {
    /// Stretches in which an officer is on approved leave or not available, that meet a time.
    pub fn away(&self, officer: &OfficerId, from: Timestamp, to: Timestamp) -> Vec<Away> {
        let leave = self.requests.values().filter_map(|request| {
            let approved = request.standing == Standing::Approved && request.officer == *officer;
            match &request.asked {
                Asked::Leave { start, end, .. } if approved && *start < to && from < *end => {
                    Some((*start, *end, AwayWhy::Leave))
                }
                _ => None,
            }
        });
        let entries = self.unavailable.values();
        let entries = entries.filter(|entry| entry.officer == *officer && !entry.wish);
        let entries = entries.flat_map(|entry| entry.when.stretches(from, to));
        let entries = entries.map(|(start, end)| (start, end, AwayWhy::Unavailable));
        let all = leave.chain(entries);
        all.map(|(from, to, why)| Away { from, to, why }).collect()
    }

    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::ShiftDrafted { slot } => {
                let planned = Planned {
                    slot: slot.clone(),
                    stage: Stage::Draft,
                    sequence: 0,
                    flag: None,
                };
                self.shifts.insert(slot.shift.id().clone(), planned);
            }
            Event::ShiftChanged { slot, .. } => {
                if let Some(planned) = self.shifts.get_mut(slot.shift.id()) {
                    planned.slot = slot.clone();
                    planned.sequence += u32::from(planned.is_published());
                }
            }
            Event::ShiftPublished { shift, .. } => self.at(shift, |p| p.stage = Stage::Published),
            Event::ShiftCancelled { shift, .. } => self.at(shift, |planned| {
                planned.sequence += u32::from(planned.is_published());
                planned.flag = None;
                planned.stage = match planned.stage {
                    Stage::Draft | Stage::Dropped => Stage::Dropped,
                    Stage::Published | Stage::Cancelled => Stage::Cancelled,
                };
            }),
            Event::ShiftFlagged {
                shift, on, missing, ..
            } => self.at(shift, |planned| {
                planned.flag = Some(Flag {
                    on: *on,
                    missing: missing.clone(),
                });
            }),
            Event::FlagCleared { shift, .. } => self.at(shift, |planned| planned.flag = None),
            _ => self.evolve_officer(event),
        }
    }

    fn at(&mut self, shift: &ShiftId, change: impl FnOnce(&mut Planned)) {
        if let Some(planned) = self.shifts.get_mut(shift) {
            change(planned);
        }
    }

    /// What concerns officers and not shifts.
    fn evolve_officer(&mut self, event: &Event) {
        match event {
            Event::RequestMade {
                request,
                officer,
                asked,
                ..
            } => {
                let made = Request {
                    officer: officer.clone(),
                    asked: asked.clone(),
                    standing: Standing::Asked,
                };
                self.requests.insert(request.number(), made);
            }
            Event::UnavailableAdded {
                entry,
                officer,
                when,
                wish,
                ..
            } => {
                let added = Unavailable {
                    officer: officer.clone(),
                    when: when.clone(),
                    wish: *wish,
                };
                self.unavailable.insert(entry.number(), added);
                self.last_entry = self.last_entry.max(entry.number());
            }
            Event::UnavailableRemoved { entry, .. } => {
                self.unavailable.remove(&entry.number());
            }
            Event::HoursSet {
                officer,
                weekly_minutes,
                weekly_minutes_max,
                ..
            } => {
                let hours = Hours {
                    weekly_minutes: *weekly_minutes,
                    weekly_minutes_max: *weekly_minutes_max,
                };
                self.hours.insert(officer.clone(), hours);
            }
            _ => self.evolve_request(event),
        }
    }

    fn evolve_request(&mut self, event: &Event) {
        let (request, standing) = match event {
            Event::SwapAgreed { request, .. } => (request, Standing::Agreed),
            Event::RequestApproved { request, .. } => (request, Standing::Approved),
            Event::RequestDeclined { request, .. } => (request, Standing::Declined),
            Event::RequestWithdrawn { request, .. } => (request, Standing::Withdrawn),
            _ => return,
        };
        if let Some(made) = self.requests.get_mut(&request.number()) {
            made.standing = match (made.standing, standing) {
                (Standing::Approved, Standing::Withdrawn) => Standing::GivenUp,
                (_, next) => next,
            };
        }
    }
}
