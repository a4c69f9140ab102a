//! Every rule and every refusal.

mod clock;
mod cost;
mod duty;
mod week;

use jiff::Timestamp;
use jiff::civil::Date;
use vocabulary::{Account, DutyId, Location, OfficerId, TownId};

use super::command::{Act, Command, Known};
use super::event::{Event, Piece};
use super::refusal::Refusal;
use super::state::State;

/// What one command sees: who, what was known, where the timesheet stands.
#[derive(Clone, Copy)]
struct Scene<'a> {
    officer: &'a OfficerId,
    known: &'a Known,
    state: &'a State,
}

/// Decides a command.
pub(super) fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let scene = Scene {
        officer: &command.officer,
        known: &command.known,
        state,
    };
    if command.known.employment.is_none() {
        return Err(Refusal::UnknownOfficer {
            officer: command.officer.clone(),
        });
    }
    match &command.act {
        Act::ClockIn {
            at,
            location,
            account,
        } => clock::clock_in(scene, *at, location.as_ref(), account.as_ref()),
        Act::ClockOut { at } => clock::clock_out(scene, *at),
        Act::Move {
            town,
            leave_at,
            arrive_at,
            account,
        } => clock::move_to(scene, town, *leave_at, *arrive_at, account.as_ref()),
        Act::Arrive { at } => clock::arrive(scene, *at),
        Act::RecordDuty { .. } => duty::record(scene, &command.act),
        Act::CorrectDuty { .. } => duty::correct(scene, &command.act),
        Act::RemoveDuty { duty, reason } => duty::remove(scene, duty, reason.as_ref()),
        Act::Submit { week } => week::submit(scene, *week),
        Act::Return { week, reason } => week::send_back(scene, *week, reason.as_ref()),
        Act::Approve { .. } => week::approve(scene, &command.act),
    }
}

impl Scene<'_> {
    /// The officer must be employed on every day of the duty.
    fn check_employed(&self, day: Date) -> Result<(), Refusal> {
        let officer = || self.officer.clone();
        let Some(employment) = &self.known.employment else {
            return Err(Refusal::UnknownOfficer { officer: officer() });
        };
        if day < employment.from {
            let from = employment.from;
            return Err(Refusal::NotYetEnrolled {
                officer: officer(),
                from,
                day,
            });
        }
        match employment.until {
            Some(until) if day > until => Err(Refusal::OfficerEnded {
                officer: officer(),
                until,
                day,
            }),
            _ => Ok(()),
        }
    }

    fn check_not_future(&self, at: Timestamp) -> Result<(), Refusal> {
        if at <= self.known.now {
            return Ok(());
        }
        Err(Refusal::InFuture {
            at: self.known.local(at),
            now: self.known.local(self.known.now),
        })
    }

    /// Whether a start alone can be the start of a duty.
    fn check_instant(&self, at: Timestamp) -> Result<(), Refusal> {
        let next = at + jiff::SignedDuration::from_mins(1);
        self.cut(at, next).map(|_| ())
    }

    fn check_town(&self, town: &TownId) -> Result<(), Refusal> {
        if self.known.towns.contains(town) {
            return Ok(());
        }
        Err(Refusal::UnknownTown { town: town.clone() })
    }

    fn location(&self, given: Option<&Location>) -> Result<Location, Refusal> {
        let location = given.ok_or(Refusal::NoLocation)?;
        if let Some(town) = location.town() {
            self.check_town(town)?;
        }
        Ok(location.clone())
    }

    /// Who is charged: what was named; else the town's only agreement; else the assignment. A
    /// duty is charged by its first day.
    fn account(
        &self,
        named: Option<&Account>,
        location: &Location,
        day: Date,
    ) -> Result<Account, Refusal> {
        let of_town = || {
            let agreements = self.known.agreements_of(location.town()?, day);
            let [only] = agreements.as_slice() else {
                return None;
            };
            Some(Account::Agreement(only.id.clone()))
        };
        let account = named
            .cloned()
            .or_else(of_town)
            .or_else(|| self.known.assignment_on(day).cloned())
            .ok_or_else(|| Refusal::NoAccount {
                officer: self.officer.clone(),
                location: location.clone(),
                day,
            })?;
        self.check_account(&account, location, day)?;
        Ok(account)
    }

    /// An agreement can only be charged while it is in force, and for its own towns.
    fn check_account(
        &self,
        account: &Account,
        location: &Location,
        day: Date,
    ) -> Result<(), Refusal> {
        let Account::Agreement(id) = account else {
            return Ok(());
        };
        let known = self.known.agreements.iter().find(|known| &known.id == id);
        let agreement = known.ok_or_else(|| Refusal::UnknownAgreement {
            agreement: id.clone(),
        })?;
        if !agreement.in_force_on(day) {
            let agreement = id.clone();
            return Err(Refusal::NotInForce { agreement, day });
        }
        match location.town() {
            Some(town) if !agreement.towns.contains(town) => Err(Refusal::TownNotInAgreement {
                town: town.clone(),
                agreement: id.clone(),
                day,
            }),
            _ => Ok(()),
        }
    }

    /// No minute may belong to two duties. `end` is `None` for a duty that stays open.
    fn check_free(
        &self,
        start: Timestamp,
        end: Option<Timestamp>,
        except: Option<&DutyId>,
    ) -> Result<(), Refusal> {
        let other = |id: &DutyId| except != Some(id);
        for duty in self.state.duties.values().filter(|duty| other(&duty.id)) {
            let Some((from, until)) = duty.span() else {
                continue;
            };
            if start < until && end.is_none_or(|end| from < end) {
                return Err(Refusal::Overlaps {
                    duty: duty.id.clone(),
                    location: duty.location.clone(),
                    start: self.known.local(from),
                    end: self.known.local(until),
                });
            }
        }
        match self.state.on_duty.as_ref().filter(|open| other(&open.id)) {
            Some(open) if end.is_none_or(|end| open.start < end) => Err(Refusal::Overlaps {
                duty: open.id.clone(),
                location: open.location.clone(),
                start: self.known.local(open.start),
                end: "now".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// The pieces of a duty, or what is wrong with its times.
    fn cut(&self, start: Timestamp, end: Timestamp) -> Result<Vec<Piece>, Refusal> {
        let local = |at| self.known.local(at);
        let pieces =
            overtime::cut(start, end, &self.known.workweek).map_err(|refusal| match refusal {
                overtime::Refusal::EndsBeforeStart { start, end } => Refusal::EndsBeforeStart {
                    start: local(start),
                    end: local(end),
                },
                overtime::Refusal::NotWholeMinute { at } => {
                    Refusal::NotWholeMinute { at: at.to_string() }
                }
                overtime::Refusal::TooLong { minutes } => Refusal::TooLong { minutes },
                overtime::Refusal::OutOfRange { at } => Refusal::OutOfRange { at: at.to_string() },
                _ => Refusal::NoLength { at: local(start) },
            })?;
        let numbered = (1u32..).zip(pieces).map(|(number, piece)| Piece {
            number,
            day: piece.day,
            week: piece.week,
            start: piece.start,
            end: piece.end,
        });
        Ok(numbered.collect())
    }

    /// Opens the weeks that get their first minutes from these pieces.
    fn open_weeks(&self, pieces: &[Piece], events: &mut Vec<Event>) {
        for piece in pieces {
            let opened = events.iter().any(
                |event| matches!(event, Event::WeekOpened { week, .. } if *week == piece.week),
            );
            if !opened && !self.state.weeks.contains_key(&piece.week) {
                events.push(Event::WeekOpened {
                    officer: self.officer.clone(),
                    week: piece.week,
                    day: piece.day,
                });
            }
        }
    }
}
