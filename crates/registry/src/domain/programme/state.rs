//! What the events so far say of a programme.

use std::collections::BTreeMap;

use eligibility::{Profile, ProgrammeId};
use jiff::civil::Date;
use vocabulary::{AgreementId, TownId};

use super::Event;

/// A programme, or the lack of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// No profile of it was issued.
    #[default]
    Unknown,
    /// One was.
    Known(Known),
}

/// What is known of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub programme: ProgrammeId,
    /// Every version of its profile; the n-th is version n, each from a later day than the former.
    pub versions: Vec<Version>,
    /// What towns agreed to, by agreement and town, each from its first day.
    pub agreed: BTreeMap<(AgreementId, TownId), BTreeMap<Date, String>>,
}

/// One version of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// 1 for the first.
    pub version: u32,
    /// Its first day.
    pub effective_from: Date,
    /// The document.
    pub toml: String,
}

impl Version {
    /// The document, read.
    pub fn profile(&self) -> Profile {
        Profile::parse(&self.toml).expect("what was issued was read, and its grammar stays")
    }
}

impl Known {
    /// Versions that are in force on any day from `from` on and before `before`.
    pub fn in_force(&self, from: Date, before: Option<Date>) -> impl Iterator<Item = &Version> {
        let follows = self.versions.iter().skip(1).map(|v| Some(v.effective_from));
        let spans = self.versions.iter().zip(follows.chain([None]));
        spans.filter_map(move |(version, next)| {
            let begins = before.is_none_or(|before| version.effective_from < before);
            let lasts = next.is_none_or(|next| next > from);
            (begins && lasts).then_some(version)
        })
    }
}

impl State {
    /// Applies one event.
    pub(super) fn evolve(&mut self, event: &Event) {
        match (&mut *self, event.clone()) {
            (
                _,
                Event::ProfileIssued {
                    programme,
                    version,
                    effective_from,
                    toml,
                },
            ) => self.issued(
                programme,
                Version {
                    version,
                    effective_from,
                    toml,
                },
            ),
            (
                Self::Known(known),
                Event::Agreed {
                    agreement,
                    town,
                    from,
                    narrowing,
                },
            ) => {
                let days = known.agreed.entry((agreement, town)).or_default();
                days.insert(from, narrowing);
            }
            // Nobody agrees to what was not issued.
            (Self::Unknown, Event::Agreed { .. }) => {}
        }
    }

    fn issued(&mut self, programme: ProgrammeId, version: Version) {
        match self {
            Self::Known(known) => known.versions.push(version),
            Self::Unknown => {
                *self = Self::Known(Known {
                    programme,
                    versions: vec![version],
                    agreed: BTreeMap::new(),
                });
            }
        }
    }
}
