//! Questions about a roster as it stands: who could take a shift, what that would mean, what would
//! be a good month, and whether towns get what they bought.

mod balance;
mod preview;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use roster::{Assigned, Candidates, Coverage, Shift, ShiftId, Suggestion, Team};
use vocabulary::{OfficerId, TownId};

pub use balance::{Balance, TownBalance};
pub use preview::{Bearer, Preview, Week};

use super::gate::Ask;
use super::roster::{Known, Planned, Slot, State, assigned, refused, team};
use super::town;

/// A roster with what is known around it.
#[derive(Clone)]
pub struct Outlook {
    /// The shifts around the time in question, and what officers said.
    pub state: State,
    /// What is known.
    pub known: Known,
    /// What is planned of towns.
    pub towns: BTreeMap<TownId, town::State>,
}

/// Rounds of a suggestion for a caller who names none, and at most.
pub const ROUNDS: (u32, u32) = (20_000, 200_000);

/// A period: from a day to another (without).
pub type Period = (Date, Date);

impl Outlook {
    /// Ranks everybody who is employed for a shift.
    pub fn candidates(&self, slot: &Slot) -> Candidates {
        let shift = &slot.shift;
        let day = self.known.zone().day_of(shift.start());
        let employed = self
            .known
            .officers
            .iter()
            .filter(|(_, e)| e.from <= day && e.until.is_none_or(|until| day <= until));
        let ids: Vec<&OfficerId> = employed.map(|(id, _)| id).collect();
        let team = self.team(ids.into_iter(), (shift.start(), shift.end()));
        let planned = self.standing(|planned| planned.slot.officer.is_some());
        let planned: Vec<Assigned> = planned.filter_map(|p| assigned(&p.slot)).collect();
        let gate = |officer: &OfficerId, _: &Shift, day: Date| self.gate(officer, slot, day);
        roster::candidates(&team, &planned, shift, &gate)
    }

    /// What the officer of a shift lacks on its days, in words.
    pub fn lacking(&self, slot: &Slot) -> Vec<String> {
        refused(&self.known, slot)
    }

    /// Proposes who takes the drafts and open shifts of a period.
    pub fn suggest(&self, (from, to): Period, seed: u64, rounds: u32) -> Suggestion {
        let zone = self.known.zone();
        let bounds = (zone.start_of(from), zone.start_of(to));
        let team = self.team(self.known.officers.keys(), bounds);
        let slots: BTreeMap<&ShiftId, &Slot> = self
            .standing(|_| true)
            .map(|p| (p.slot.shift.id(), &p.slot))
            .collect();
        let to_come = |slot: &&&Slot| slot.shift.start() > self.known.now;
        let open = slots.values().filter(|slot| slot.officer.is_none());
        let open: Vec<Shift> = open
            .filter(to_come)
            .map(|slot| slot.shift.clone())
            .collect();
        let kept: Vec<Assigned> = slots.values().filter_map(|slot| assigned(slot)).collect();
        let coverage = self.coverage((from, to));
        let gate = |officer: &OfficerId, shift: &Shift, day: Date| {
            let slot = slots.get(shift.id());
            slot.map_or(Ok(()), |slot| self.gate(officer, slot, day))
        };
        roster::suggest(&roster::Request {
            team: &team,
            coverage: &coverage,
            open: &open,
            kept: &kept,
            from,
            to,
            gate: &gate,
            seed,
            rounds: rounds.min(ROUNDS.1),
        })
    }

    /// Hard rules that a proposal breaks and that what stands does not, in words.
    pub fn breaches(&self, (from, to): Period, proposed: &[Assigned]) -> Vec<String> {
        let zone = self.known.zone();
        let team = self.team(
            self.known.officers.keys(),
            (zone.start_of(from), zone.start_of(to)),
        );
        let kept: Vec<Assigned> = self
            .standing(|_| true)
            .filter_map(|p| assigned(&p.slot))
            .collect();
        let asked = |officer: &OfficerId, shift: &Shift, day: Date| {
            let planned = self.state.shifts.get(shift.id());
            planned.map_or(Ok(()), |p| self.gate(officer, &p.slot, day))
        };
        let had = roster::breaches(&team, &kept, &asked);
        let all: Vec<Assigned> = kept.into_iter().chain(proposed.iter().cloned()).collect();
        let broken = roster::breaches(&team, &all, &asked).into_iter();
        let broken = broken.filter(|breach| !had.contains(breach));
        broken.map(|breach| breach.to_string()).collect()
    }

    /// What each town bought, as the rules of rosters take it.
    fn coverage(&self, (from, to): Period) -> Vec<Coverage> {
        let towns = self
            .towns
            .iter()
            .filter(|(_, plan)| !plan.coverage.is_empty());
        let coverage = towns.filter_map(|(town, plan)| {
            Some(Coverage {
                town: town.clone(),
                zone: self.known.towns.get(town)?.clone(),
                bought: plan.bought(),
                windows: plan
                    .presence(from, to)
                    .into_iter()
                    .map(|p| p.window())
                    .collect(),
            })
        });
        coverage.collect()
    }

    fn team<'o>(
        &self,
        officers: impl Iterator<Item = &'o OfficerId>,
        (from, to): (Timestamp, Timestamp),
    ) -> Team {
        team(&self.state, &self.known, officers, (from, to))
    }

    fn standing(&self, which: impl Fn(&Planned) -> bool) -> impl Iterator<Item = &Planned> {
        let standing = self.state.shifts.values();
        standing.filter(move |planned| planned.stands() && which(planned))
    }

    fn gate(&self, officer: &OfficerId, slot: &Slot, day: Date) -> Result<(), String> {
        let ask = Ask {
            officer,
            town: slot.shift.town(),
            kind: slot.shift.kind(),
            equipment: &slot.equipment,
            day,
        };
        match self.known.gate.unmet(&ask) {
            None => Ok(()),
            Some(unmet) => Err(unmet.words.join(" ")),
        }
    }
}
