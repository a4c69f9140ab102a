//! What the events so far say of a dossier.

use eligibility::{CredentialState, Fact, Length, Name, Position, RecordId, Weapon};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, OfficerId, TownId};

use super::Event;
use crate::domain::Token;

/// A dossier; empty before anything was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// In the order in which they were recorded; the nth has the id `<officer>.c<n>`.
    pub credentials: Vec<Held>,
    /// In the order in which they were granted; the nth has the id `<officer>.w<n>`.
    pub waivers: Vec<Waiver>,
    /// How many equivalences were decided; the nth has the id `<officer>.q<n>`.
    pub decisions: u32,
    /// What was voided and not restored since, with what it said.
    pub voided: Vec<(Position, Fact)>,
}

/// One issued credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub id: RecordId,
    pub kind: Name,
    /// A code.
    pub issuer: Name,
    pub issued: Date,
    pub from: Date,
    pub until: Option<Date>,
    /// The one model or piece it is good for.
    pub weapon: Option<Weapon>,
    /// The towns it is good in; empty for all.
    pub towns: Vec<TownId>,
    /// Where in the vault the issuer's number lies.
    pub number: Option<Token>,
    /// In the order in which they were recorded.
    pub turns: Vec<Turned>,
    pub voided: bool,
    /// The first day of its renewal window, once that was noticed.
    pub renewal_opened: Option<Date>,
    /// That it is over was noticed.
    pub lapse_noted: bool,
}

/// Something that happened to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    pub from: Date,
    pub turn: Turn,
    pub voided: bool,
}

/// What happens to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It is not valid from the day on.
    Suspended,
    /// It is valid again.
    Reinstated,
    /// It is over.
    Revoked,
}

/// One waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    pub id: RecordId,
    pub requirement: Name,
    pub from: Date,
    pub until: Date,
    /// First days without effect, of each time that it was ended early.
    pub ends: Vec<Date>,
    pub signer: Actor,
    /// Where it holds; empty for everywhere.
    pub towns: Vec<TownId>,
    pub voided: bool,
}

impl Held {
    /// What it is on a day, by its own dates and turns. Of two turns on one day the later recorded
    /// counts, a revocation always.
    pub fn on(&self, day: Date) -> CredentialState {
        if let Some(on) = self.revoked_from().filter(|on| *on <= day) {
            return CredentialState::Revoked { on };
        }
        if day < self.from {
            return CredentialState::NotYet { from: self.from };
        }
        if let Some(on) = self.until.filter(|until| *until < day) {
            return CredentialState::Expired { on };
        }
        match self.suspended(day) {
            Some(since) => CredentialState::Suspended { since },
            None => CredentialState::Valid { until: self.until },
        }
    }

    /// Since when it is suspended on a day, if it is; also one that is over.
    pub fn suspended(&self, day: Date) -> Option<Date> {
        let so_far = self.standing().filter(|turned| turned.from <= day);
        // Of equal days the last one is the later recorded.
        let last = so_far.max_by_key(|turned| turned.from)?;
        (last.turn == Turn::Suspended).then_some(last.from)
    }

    /// The first day from which it is revoked.
    pub fn revoked_from(&self) -> Option<Date> {
        let revoked = self
            .standing()
            .filter(|turned| turned.turn == Turn::Revoked);
        revoked.map(|turned| turned.from).min()
    }

    /// Whether this is recorded of it, and not voided.
    pub fn has(&self, from: Date, turn: Turn) -> bool {
        let mut standing = self.standing();
        standing.any(|turned| (turned.from, turned.turn) == (from, turn))
    }

    fn standing(&self) -> impl Iterator<Item = &Turned> {
        self.turns.iter().filter(|turned| !turned.voided)
    }

    /// Whether both are good for the same.
    fn is_like(&self, other: &Self) -> bool {
        let good_for = |held: &Self| (held.kind.clone(), held.weapon.clone(), held.towns.clone());
        good_for(self) == good_for(other)
    }
}

impl Waiver {
    /// The first day without effect, where it was ended early.
    pub fn ended(&self) -> Option<Date> {
        self.ends.iter().min().copied()
    }
}

impl State {
    /// A credential by its id.
    pub fn credential(&self, id: &RecordId) -> Option<&Held> {
        self.credentials.iter().find(|held| held.id == *id)
    }

    /// A waiver by its id.
    pub fn waiver(&self, id: &RecordId) -> Option<&Waiver> {
        self.waivers.iter().find(|waiver| waiver.id == *id)
    }

    /// What a record said that is voided.
    pub(super) fn voided_at(&self, at: &Position) -> Option<&Fact> {
        let found = self.voided.iter().find(|(position, _)| position == at);
        found.map(|(_, said)| said)
    }

    /// What the calendar did to a credential up to a day and nobody has noticed yet.
    pub fn unnoticed(
        &self,
        officer: &OfficerId,
        held: &Held,
        opens: Option<Length>,
        today: Date,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        let Some(until) = held.until.filter(|_| !held.voided) else {
            return events;
        };
        if held.revoked_from().is_some_and(|on| on <= until) {
            return events;
        }
        let opens = opens.map(|opens| opens.before(until));
        if let Some(opens) = opens.filter(|opens| (*opens..=until).contains(&today))
            && held.renewal_opened.is_none()
        {
            events.push(Event::RenewalWindowOpened {
                officer: officer.clone(),
                credential: held.id.clone(),
                opens,
                until,
            });
        }
        if until < today && !held.lapse_noted && !self.is_renewed(held, until) {
            events.push(Event::CredentialLapsed {
                officer: officer.clone(),
                credential: held.id.clone(),
                kind: held.kind.clone(),
                until,
            });
        }
        events
    }

    /// Whether another one of its kind goes on where it ends.
    fn is_renewed(&self, held: &Held, until: Date) -> bool {
        let next = until.tomorrow().unwrap_or(until);
        let others = self.credentials.iter().filter(|other| other.id != held.id);
        let mut others = others.filter(|other| !other.voided && other.is_like(held));
        others.any(|other| other.revoked_from().is_none() && other.on(next).counts())
    }

    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::Recorded { fact, number, .. } => self.record(fact, number.as_ref()),
            Event::Voided { record, said, .. } => self.void(record, said),
            Event::Questioned { .. } => {}
            Event::RenewalWindowOpened {
                credential, opens, ..
            } => {
                if let Some(held) = self.held(credential) {
                    held.renewal_opened = Some(*opens);
                }
            }
            Event::CredentialLapsed { credential, .. } => {
                if let Some(held) = self.held(credential) {
                    held.lapse_noted = true;
                }
            }
        }
    }

    fn held(&mut self, id: &RecordId) -> Option<&mut Held> {
        self.credentials.iter_mut().find(|held| held.id == *id)
    }

    fn record(&mut self, fact: &Fact, number: Option<&Token>) {
        match fact.clone() {
            Fact::CredentialGranted {
                id,
                credential,
                issuer,
                issued,
                from,
                until,
                weapon,
                towns,
                rests_on: _,
            } => self.credentials.push(Held {
                id,
                kind: credential,
                issuer,
                issued,
                from,
                until,
                weapon,
                towns,
                number: number.cloned(),
                turns: Vec::new(),
                voided: false,
                renewal_opened: None,
                lapse_noted: false,
            }),
            Fact::WaiverGranted {
                id,
                requirement,
                from,
                until,
                signer,
                towns,
            } => self.waivers.push(Waiver {
                id,
                requirement,
                from,
                until,
                ends: Vec::new(),
                signer,
                towns,
                voided: false,
            }),
            Fact::EquivalenceDecided { .. } => self.decisions += 1,
            other => self.turn(&other),
        }
    }

    fn turn(&mut self, fact: &Fact) {
        if let Some((id, from, turn)) = turn_of(fact) {
            if let Some(held) = self.held(id) {
                held.turns.push(Turned {
                    from,
                    turn,
                    voided: false,
                });
            }
        } else if let Fact::WaiverEnded { id, on } = fact
            && let Some(waiver) = self.waivers.iter_mut().find(|waiver| waiver.id == *id)
        {
            waiver.ends.push(*on);
        }
    }

    fn void(&mut self, record: &Position, said: &Fact) {
        // A record that voided: what it had voided is so again.
        if let Fact::Voided { record: former } = said {
            let at = self.voided.iter().position(|(at, _)| at == former);
            if let Some(at) = at {
                let (_, restored) = self.voided.remove(at);
                self.set(&restored, false);
            }
            return;
        }
        self.voided.push((record.clone(), said.clone()));
        self.set(said, true);
    }

    /// Takes what a record did out of the state, or puts it in again.
    fn set(&mut self, said: &Fact, voided: bool) {
        match said {
            Fact::CredentialGranted { id, .. } => {
                if let Some(held) = self.held(id) {
                    held.voided = voided;
                }
            }
            Fact::WaiverGranted { id, .. } => {
                if let Some(waiver) = self.waivers.iter_mut().find(|waiver| waiver.id == *id) {
                    waiver.voided = voided;
                }
            }
            Fact::WaiverEnded { id, on } => {
                if let Some(waiver) = self.waivers.iter_mut().find(|waiver| waiver.id == *id) {
                    let at = waiver.ends.iter().position(|end| end == on);
                    match (voided, at) {
                        (true, Some(at)) => drop(waiver.ends.remove(at)),
                        (false, _) => waiver.ends.push(*on),
                        (true, None) => {}
                    }
                }
            }
            other => {
                let Some((id, from, turn)) = turn_of(other) else {
                    return;
                };
                let Some(held) = self.held(id) else { return };
                // No two of the same stand at once, so this is the one.
                let same = |turned: &&mut Turned| {
                    (turned.from, turned.turn, turned.voided) == (from, turn, !voided)
                };
                if let Some(turned) = held.turns.iter_mut().find(same) {
                    turned.voided = voided;
                }
            }
        }
    }
}

/// What a record of a turn says, and of which credential.
pub(super) fn turn_of(fact: &Fact) -> Option<(&RecordId, Date, Turn)> {
    match fact {
        Fact::CredentialSuspended { id, from } => Some((id, *from, Turn::Suspended)),
        Fact::CredentialReinstated { id, from } => Some((id, *from, Turn::Reinstated)),
        Fact::CredentialRevoked { id, from } => Some((id, *from, Turn::Revoked)),
        _ => None,
    }
}
