//! By which profile a town's officers work on a day, as known then.

pub(crate) mod mirror;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{Known, Length, Name, Narrowing, Need, Profile, ProgrammeId, narrow};
use eventlog::{Error, LogId, Page, Store, Table, TypedMirror};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vocabulary::{AgreementId, TownId};

use mirror::{Agreed, AgreementDays, AgreementRow, Profiles, Programmes, Version};

/// Everything that the registry told of programmes, as the mirrors hold it.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    profiles: BTreeMap<ProgrammeId, Vec<Version>>,
    agreed: BTreeMap<TownId, Vec<Agreed>>,
    agreements: BTreeMap<AgreementId, AgreementRow>,
}

/// The profile of a town on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// As the town's clauses narrow it.
    pub profile: Profile,
    /// The agreement in which the town agreed to it.
    pub agreement: AgreementId,
    /// The last day to which this certainly holds; absent where nothing is known to change it.
    pub until: Option<Date>,
    /// How far the registry's log was known for it.
    pub head: u64,
}

/// Why a town has no profile on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRules {
    /// The town agreed to no programme.
    NoneAgreed {
        /// Which town.
        town: TownId,
        /// When.
        on: Date,
    },
    /// The programme it agreed to has no profile on the day.
    NoProfile {
        /// Which programme.
        programme: ProgrammeId,
        /// When.
        on: Date,
    },
    /// The town's clauses do not fit the version in force.
    Unfit {
        /// Which town.
        town: TownId,
        /// Which programme.
        programme: ProgrammeId,
        /// Which version.
        version: u32,
        /// The first clause, and why.
        clause: String,
    },
}

/// A sentence, with what to do.
impl std::fmt::Display for NoRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoneAgreed { town, on } => write!(
                f,
                "On {on} {town} works by no programme: agree to one, in an agreement that is in \
                 force; if that was just now, try again."
            ),
            Self::NoProfile { programme, on } => write!(
                f,
                "The programme {programme} has no profile in force on {on}: issue one; if that was \
                 just now, try again."
            ),
            Self::Unfit {
                town,
                programme,
                version,
                clause,
            } => write!(
                f,
                "What {town} agreed to does not fit version {version} of {programme} ({clause}): \
                 agree to it anew; until then nobody is eligible there."
            ),
        }
    }
}

impl NoRules {
    /// Stable machine reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoneAgreed { .. } => "PROGRAMME_NOT_AGREED",
            Self::NoProfile { .. } => "PROFILE_NOT_IN_FORCE",
            Self::Unfit { .. } => "CLAUSES_DO_NOT_FIT",
        }
    }
}

impl Rules {
    /// Reads the mirrors of a store that was opened with [`crate::mirrors`].
    pub async fn load(store: &Store) -> Result<Self, Error> {
        let registry = LogId::try_new("registry").expect("a lower-case word is a log id");
        let profiles = all::<Profiles>(store, &registry).await?;
        let agreed = all::<Programmes>(store, &registry).await?;
        let agreements = all::<AgreementDays>(store, &registry).await?;
        let mut rules = Self::default();
        for (programme, row) in profiles {
            let versions = programme.parse().map(|id| (id, row.versions));
            rules.profiles.extend(versions);
        }
        for (town, row) in agreed {
            rules.agreed.extend(town.parse().map(|id| (id, row.agreed)));
        }
        for (agreement, row) in agreements {
            rules
                .agreements
                .extend(agreement.parse().map(|id| (id, row)));
        }
        Ok(rules)
    }

    /// The towns that ever agreed to a programme.
    pub fn towns(&self) -> impl Iterator<Item = &TownId> {
        self.agreed.keys()
    }

    /// The profile of a town on a day, or why there is none.
    pub fn in_force(&self, town: &TownId, on: Date, known: &Known) -> Result<InForce, NoRules> {
        let entries = self.agreed.get(town).map_or(&[][..], Vec::as_slice);
        let entries: Vec<&Agreed> = entries.iter().filter(|e| e.learnt.covered(known)).collect();
        let holds = |entry: &&&Agreed| {
            entry.from <= on && self.agreement_holds(&entry.agreement, on, known)
        };
        let agreed = entries.iter().filter(holds);
        let agreed = agreed.max_by_key(|entry| (entry.from, entry.learnt.seq));
        let agreed = agreed.ok_or_else(|| NoRules::NoneAgreed {
            town: town.clone(),
            on,
        })?;
        let version = self.version(&agreed.programme, on, known)?;
        let profile = narrowed(town, version, agreed)?;
        let learnt = self.learnt().filter(|learnt| learnt.covered(known));
        Ok(InForce {
            profile,
            agreement: agreed.agreement.clone(),
            until: self.holds_until(town, on, known),
            head: learnt.map(|learnt| learnt.seq).max().unwrap_or(0),
        })
    }

    /// The last day to which what [`Rules::in_force`] says on a day certainly holds; absent where
    /// nothing is known to change it.
    pub fn holds_until(&self, town: &TownId, on: Date, known: &Known) -> Option<Date> {
        let entries = self.agreed.get(town).map_or(&[][..], Vec::as_slice);
        let firsts = entries
            .iter()
            .filter(|e| e.learnt.covered(known))
            .flat_map(|entry| {
                let days = self.agreements.get(&entry.agreement);
                let (from, until) = days.and_then(|row| row.days(known)).unzip();
                let after = until.flatten().and_then(|until| until.tomorrow().ok());
                let versions = self.profiles.get(&entry.programme).into_iter().flatten();
                let versions = versions.filter(|v| v.learnt.covered(known)).map(|v| v.from);
                versions.chain([entry.from]).chain(from).chain(after)
            });
        let next = firsts.filter(|first| *first > on).min();
        next.and_then(|first| first.yesterday().ok())
    }

    /// Every requirement that any profile or town ever asked for.
    pub fn requirements(&self) -> BTreeSet<Name> {
        let profiles = self.profiles.values().flatten();
        let profiles = profiles.filter_map(|version| Profile::parse(&version.toml).ok());
        let clauses = self.agreed.values().flatten();
        let clauses = clauses.filter_map(|agreed| Narrowing::parse(&agreed.narrowing).ok());
        let own = clauses.flat_map(|narrowing| narrowing.requirements);
        let all = profiles.flat_map(|profile| profile.requirements).chain(own);
        all.map(|requirement| requirement.id).collect()
    }

    /// How long before its end a kind of credential can be renewed, by the latest version of each
    /// programme: the longest that any of them says.
    pub fn renewals(&self) -> BTreeMap<Name, Length> {
        let mut found: BTreeMap<Name, Length> = BTreeMap::new();
        for versions in self.profiles.values() {
            let latest = versions.iter().max_by_key(|version| version.version);
            let profile = latest.and_then(|version| Profile::parse(&version.toml).ok());
            for requirement in profile.into_iter().flat_map(|p| p.requirements) {
                let Need::Credential {
                    credential,
                    renewal,
                    ..
                } = requirement.need
                else {
                    continue;
                };
                let Some(opens) = renewal.opens else { continue };
                let longest = found.entry(credential).or_insert(opens);
                if opens.before(Date::MAX) < longest.before(Date::MAX) {
                    *longest = opens;
                }
            }
        }
        found
    }

    /// A programme's own profile on a day, as no town narrows it.
    pub fn profile(
        &self,
        programme: &ProgrammeId,
        on: Date,
        known: &Known,
    ) -> Result<Profile, NoRules> {
        let version = self.version(programme, on, known)?;
        Profile::parse(&version.toml).map_err(|_| NoRules::NoProfile {
            programme: programme.clone(),
            on,
        })
    }

    fn version(
        &self,
        programme: &ProgrammeId,
        on: Date,
        known: &Known,
    ) -> Result<&Version, NoRules> {
        let versions = self.profiles.get(programme).into_iter().flatten();
        let in_force = versions.filter(|v| v.from <= on && v.learnt.covered(known));
        let latest = in_force.max_by_key(|version| (version.from, version.version));
        latest.ok_or_else(|| NoRules::NoProfile {
            programme: programme.clone(),
            on,
        })
    }

    fn agreement_holds(&self, agreement: &AgreementId, on: Date, known: &Known) -> bool {
        let row = self.agreements.get(agreement);
        row.and_then(|row| row.days(known))
            .is_some_and(|(from, until)| from <= on && until.is_none_or(|until| on <= until))
    }

    fn learnt(&self) -> impl Iterator<Item = &Learnt> {
        let profiles = self.profiles.values().flatten().map(|v| &v.learnt);
        let agreed = self.agreed.values().flatten().map(|a| &a.learnt);
        let agreements = self.agreements.values().flat_map(AgreementRow::learnt);
        profiles.chain(agreed).chain(agreements)
    }
}

/// Where and when the registry recorded something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
pub(crate) struct Learnt {
    pub(crate) seq: u64,
    pub(crate) recorded: Timestamp,
}

impl Learnt {
    fn covered(&self, known: &Known) -> bool {
        match known {
            Known::Now => true,
            Known::At(time) => self.recorded <= *time,
            Known::Heads(heads) => heads.get("registry").is_some_and(|head| self.seq <= *head),
        }
    }
}

fn narrowed(town: &TownId, version: &Version, agreed: &Agreed) -> Result<Profile, NoRules> {
    let unfit = |clause: String| NoRules::Unfit {
        town: town.clone(),
        programme: agreed.programme.clone(),
        version: version.version,
        clause,
    };
    let profile = Profile::parse(&version.toml).map_err(|problems| {
        let first = problems.first().map(ToString::to_string);
        unfit(first.unwrap_or_default())
    })?;
    if agreed.narrowing.is_empty() {
        return Ok(profile);
    }
    let narrowing = Narrowing::parse(&agreed.narrowing).map_err(|problems| {
        let first = problems.first().map(ToString::to_string);
        unfit(first.unwrap_or_default())
    })?;
    // Clauses hold on whatever version is in force, not on the one they were written for alone.
    let narrowing = Narrowing {
        version: profile.version,
        ..narrowing
    };
    narrow(&profile, &narrowing).map_err(|widenings| {
        let first = widenings.first();
        unfit(
            first
                .map(|w| format!("{}: {}", w.clause, w.why))
                .unwrap_or_default(),
        )
    })
}

async fn all<M: TypedMirror>(store: &Store, log: &LogId) -> Result<Vec<(String, M::Row)>, Error>
where
    M::Row: DeserializeOwned,
{
    let (mut found, mut page) = (Vec::new(), Page::first(1_000));
    loop {
        let table = Table::Mirror(M::NAME);
        let rows = store.read_rows::<M::Row>(table, log, &[], &page).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        page.after.clone_from(&last.key);
        found.extend(rows.into_iter().map(|row| (row.key, row.row)));
    }
}
