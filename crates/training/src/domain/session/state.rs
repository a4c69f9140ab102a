//! What the events so far say of a session. Also the row of its table.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Name, Outcome, Weapon};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, OfficerId, TownId};

use super::{Event, Part};
use crate::domain::course::Curriculum;

/// A session, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody scheduled it.
    #[default]
    Unknown,
    /// Somebody did.
    Known(Box<Known>),
}

/// What is known of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub session: Name,
    pub course: Name,
    /// The version of the curriculum by which it is held.
    pub version: u32,
    pub curriculum: Curriculum,
    pub town: TownId,
    pub place: Name,
    pub presenter: Name,
    pub seats: u32,
    /// In order of their beginnings; the nth is part n.
    pub parts: Vec<Part>,
    /// Parts of which attendance was recorded.
    pub attended: BTreeSet<u32>,
    /// Seats held for agencies.
    pub held: BTreeMap<Name, u32>,
    /// Everybody who ever asked for a seat.
    pub learners: BTreeMap<OfficerId, Learner>,
    /// How many requests there were.
    pub requests: u32,
    pub cancelled: Option<Date>,
}

/// One learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learner {
    pub seat: Seat,
    /// Class of the seat: 1 goes before 2.
    pub class: u8,
    /// The number of the request.
    pub request: u32,
    /// Minutes attended, by part.
    pub minutes: BTreeMap<u32, u32>,
    /// In the order in which they were recorded.
    pub attempts: Vec<Attempt>,
    /// Attempts since the start or the last remediation, by assessment.
    pub tries: BTreeMap<Name, u32>,
    /// Assessments with an open remediation, since when.
    pub remediation: BTreeMap<Name, Date>,
    /// Every outcome that was issued, in the order in which they were.
    pub outcomes: Vec<(Date, Outcome)>,
}

/// Where a learner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// Asked for one.
    Requested,
    /// Waits for one.
    Standby,
    /// Has one.
    Confirmed,
    /// Gave it back.
    Withdrawn,
    /// Was removed.
    Removed,
}

/// One attempt at an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub assessment: Name,
    pub on: Date,
    pub points: u32,
    pub passed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weapon: Option<Weapon>,
    pub assessor: Actor,
}

impl Learner {
    fn new(class: u8, request: u32) -> Self {
        Self {
            seat: Seat::Requested,
            class,
            request,
            minutes: BTreeMap::new(),
            attempts: vec![],
            tries: BTreeMap::new(),
            remediation: BTreeMap::new(),
            outcomes: vec![],
        }
    }

    /// Whether the learner's latest attempt passed: of two on a day the later recorded.
    pub fn has_passed(&self, assessment: &Name) -> bool {
        let of_it = self
            .attempts
            .iter()
            .filter(|it| it.assessment == *assessment);
        of_it.max_by_key(|it| it.on).is_some_and(|it| it.passed)
    }

    /// Minutes attended of all parts.
    pub fn total_minutes(&self) -> u32 {
        self.minutes.values().sum()
    }
}

impl Known {
    /// A part by its number, from 1.
    pub fn part(&self, number: u32) -> Option<&Part> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.parts.get(index)
    }

    /// Its first day. Every session has a part.
    pub fn first_day(&self) -> Date {
        let days = self.parts.iter().map(|part| part.on);
        days.min().expect("a session was scheduled with parts")
    }

    /// The day on which its last part begins.
    pub fn last_day(&self) -> Date {
        let days = self.parts.iter().map(|part| part.on);
        days.max().expect("a session was scheduled with parts")
    }

    /// How many have a seat.
    pub fn confirmed(&self) -> u32 {
        let all = self.learners.values();
        let confirmed = all.filter(|learner| learner.seat == Seat::Confirmed);
        u32::try_from(confirmed.count()).unwrap_or(u32::MAX)
    }

    /// Seats that nobody has and nobody holds.
    pub fn free(&self) -> u32 {
        let held: u32 = self.held.values().sum();
        self.seats
            .saturating_sub(held)
            .saturating_sub(self.confirmed())
    }

    /// Those who wait, in the order in which they get seats.
    pub fn waiting(&self) -> Vec<&OfficerId> {
        let all = self.learners.iter();
        let mut waiting: Vec<_> = all.filter(|(_, it)| it.seat == Seat::Standby).collect();
        waiting.sort_by_key(|(_, learner)| (learner.class, learner.request));
        waiting.into_iter().map(|(officer, _)| officer).collect()
    }

    fn learner(&mut self, officer: &OfficerId) -> Option<&mut Learner> {
        self.learners.get_mut(officer)
    }

    fn seat(&mut self, officer: &OfficerId, seat: Seat) {
        if let Some(learner) = self.learner(officer) {
            learner.seat = seat;
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Scheduled { .. } => {}
            Event::InstructorChanged {
                part, instructor, ..
            } => {
                let index = usize::try_from(*part).unwrap_or(0).wrapping_sub(1);
                if let Some(part) = self.parts.get_mut(index) {
                    part.instructor = instructor.clone();
                }
            }
            Event::SeatsHeld { agency, seats, .. } => {
                self.held.insert(agency.clone(), *seats);
                self.held.retain(|_, seats| *seats > 0);
            }
            Event::SeatRequested { officer, class, .. } => {
                self.requests += 1;
                let learner = Learner::new(*class, self.requests);
                self.learners.insert(officer.clone(), learner);
            }
            Event::SeatConfirmed { officer, .. } | Event::StandbyPromoted { officer, .. } => {
                self.seat(officer, Seat::Confirmed);
            }
            Event::PutOnStandby { officer, .. } => self.seat(officer, Seat::Standby),
            Event::Withdrawn { officer, .. } => self.seat(officer, Seat::Withdrawn),
            Event::Removed { officer, .. } => self.seat(officer, Seat::Removed),
            Event::AttendanceRecorded { part, minutes, .. } => {
                self.attended.insert(*part);
                for (officer, minutes) in minutes {
                    if let Some(learner) = self.learners.get_mut(officer) {
                        learner.minutes.insert(*part, *minutes);
                    }
                }
            }
            Event::Cancelled { on, .. } => self.cancelled = Some(*on),
            learnt => self.learnt(learnt),
        }
    }

    fn learnt(&mut self, event: &Event) {
        match event.clone() {
            Event::Assessed {
                officer,
                assessment,
                points,
                passed,
                weapon,
                assessor,
                on,
            } => {
                let Some(learner) = self.learner(&officer) else {
                    return;
                };
                *learner.tries.entry(assessment.clone()).or_default() += 1;
                learner.attempts.push(Attempt {
                    assessment,
                    on,
                    points,
                    passed,
                    weapon,
                    assessor,
                });
            }
            Event::RemediationOpened {
                officer,
                assessment,
                on,
            } => {
                if let Some(learner) = self.learner(&officer) {
                    learner.tries.remove(&assessment);
                    learner.remediation.insert(assessment, on);
                }
            }
            Event::RemediationClosed {
                officer,
                assessment,
                ..
            } => {
                if let Some(learner) = self.learner(&officer) {
                    learner.remediation.remove(&assessment);
                }
            }
            Event::OutcomeIssued {
                officer,
                outcome,
                on,
                ..
            } => {
                if let Some(learner) = self.learner(&officer) {
                    learner.outcomes.push((on, outcome));
                }
            }
            _ => {}
        }
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::Scheduled {
                    session,
                    course,
                    version,
                    curriculum,
                    town,
                    place,
                    presenter,
                    seats,
                    parts,
                    ..
                },
            ) => {
                *self = Self::Known(Box::new(Known {
                    session,
                    course,
                    version,
                    curriculum,
                    town,
                    place,
                    presenter,
                    seats,
                    parts,
                    attended: BTreeSet::new(),
                    held: BTreeMap::new(),
                    learners: BTreeMap::new(),
                    requests: 0,
                    cancelled: None,
                }));
            }
            (Self::Known(known), event) => known.evolve(&event),
            // Nothing can happen before it is scheduled.
            (Self::Unknown, _) => {}
        }
    }
}
