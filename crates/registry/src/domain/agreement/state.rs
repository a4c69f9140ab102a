//! What the events so far say of an agreement: as much as decisions and facts need.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use vocabulary::{AgreementId, PartyId, TownId, Zone};

use super::{AgreementName, Event};

/// An agreement, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody drafted it.
    #[default]
    Unknown,
    /// Somebody did.
    Known(Drafted),
}

/// What is known of a drafted agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// Its id.
    pub agreement: AgreementId,
    /// Its public name.
    pub name: AgreementName,
    /// The zone in which its months are reckoned.
    pub zone: Zone,
    /// Its towns, in the order of the document.
    pub towns: Vec<TownId>,
    /// First day.
    pub starts_on: Date,
    /// Last day by the document, if it names one.
    pub ends_on: Option<Date>,
    /// Last day by a later decision.
    pub ended_on: Option<Date>,
    /// Every version of terms there ever was; the n-th is version n.
    pub versions: Vec<Version>,
}

/// One version of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// 1 for the first.
    pub version: u32,
    /// The first of the month from which it holds.
    pub effective_from: Date,
    /// The document.
    pub toml: String,
    /// Who signed, and when.
    pub signatures: BTreeMap<PartyId, Date>,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a version of terms stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Before the parties.
    Proposed,
    /// Taken back.
    Withdrawn,
    /// Signed by every party.
    InForce,
}

impl Drafted {
    /// Its towns and the provider.
    pub fn parties(&self) -> BTreeSet<PartyId> {
        let towns = self.towns.iter().cloned().map(PartyId::Town);
        towns.chain([PartyId::Provider]).collect()
    }

    /// The version before the parties, if one is.
    pub fn proposal(&self) -> Option<&Version> {
        self.versions
            .iter()
            .find(|v| v.standing == Standing::Proposed)
    }

    /// Versions that every party has signed.
    pub fn in_force(&self) -> impl Iterator<Item = &Version> {
        self.versions
            .iter()
            .filter(|v| v.standing == Standing::InForce)
    }

    /// The version of this number.
    pub fn version(&self, version: u32) -> Option<&Version> {
        self.versions.iter().find(|v| v.version == version)
    }

    /// The number that the next proposal gets.
    pub fn next_version(&self) -> u32 {
        self.versions.last().map_or(1, |v| v.version + 1)
    }

    /// Last day, whoever named it.
    pub fn last_day(&self) -> Option<Date> {
        self.ended_on.or(self.ends_on)
    }

    fn version_mut(&mut self, version: u32) -> Option<&mut Version> {
        self.versions.iter_mut().find(|v| v.version == version)
    }

    fn evolve(&mut self, event: &Event) {
        match event.clone() {
            Event::TermsProposed {
                version,
                effective_from,
                toml,
                ..
            } => {
                let signatures = BTreeMap::new();
                let standing = Standing::Proposed;
                self.versions.push(Version {
                    version,
                    effective_from,
                    toml,
                    signatures,
                    standing,
                });
            }
            Event::TermsSigned { version, party, on } => {
                if let Some(terms) = self.version_mut(version) {
                    terms.signatures.insert(party, on);
                }
            }
            Event::TermsWithdrawn { version, .. } => self.stand(version, Standing::Withdrawn),
            Event::BroughtIntoForce { version, .. } | Event::Amended { version, .. } => {
                self.stand(version, Standing::InForce);
            }
            Event::Ended { on } => self.ended_on = Some(on),
            Event::Drafted { .. } => {}
        }
    }

    fn stand(&mut self, version: u32, standing: Standing) {
        if let Some(terms) = self.version_mut(version) {
            terms.standing = standing;
        }
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::Drafted {
                    agreement,
                    name,
                    zone,
                    towns,
                    starts_on,
                    ends_on,
                    ..
                },
            ) => {
                *self = Self::Known(Drafted {
                    agreement,
                    name,
                    zone,
                    towns,
                    starts_on,
                    ends_on,
                    ended_on: None,
                    versions: Vec::new(),
                });
            }
            (Self::Known(known), event) => known.evolve(&event),
            // Nothing can happen before the draft.
            (Self::Unknown, _) => {}
        }
    }
}
