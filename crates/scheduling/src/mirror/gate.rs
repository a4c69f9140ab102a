//! The gate over what is remembered of registry and training.

use std::collections::{BTreeMap, BTreeSet};

use eligibility::{
    Carries, Evidence, Finding, Known, Name, Profile, Question, Record, Verdict, eligible,
};
use eventlog::{Error, FactRow, Store, Table, TypedMirror};
use evidence::{OfficerRecords, Records, Rules};
use jiff::civil::Date;
use vocabulary::{OfficerId, TownId};

use super::{log, rows};
use crate::domain::gate::{Ask, Gate, Unmet};

/// So many officers are asked for one by one.
const FEW: usize = 8;

/// What is known of some officers, and by which profiles towns work.
#[derive(Default)]
pub(super) struct Knowing {
    evidence: Evidence,
    /// By town: a profile or why there is none, each from a day on.
    profiles: BTreeMap<TownId, BTreeMap<Date, Result<Profile, String>>>,
}

impl Knowing {
    /// Reads what is known of some officers in some towns, for some days; `later` are facts that
    /// the mirrors do not hold yet.
    pub(super) async fn load<'t>(
        store: &Store,
        officers: &BTreeSet<OfficerId>,
        towns: impl Iterator<Item = &'t TownId>,
        days: (Date, Date),
        later: &[FactRow],
    ) -> Result<Self, Error> {
        let rules = Rules::load(store).await?;
        let profiles = towns.map(|town| (town.clone(), profiles(&rules, town, days)));
        let profiles = profiles.collect();
        let mut records: Vec<Record> = Vec::new();
        let training = log("training");
        // One question for many beats many questions.
        let few = officers.len() <= FEW;
        if !few {
            for (_, row) in rows::<Records>(store, &training, &[]).await? {
                records.extend(row.records);
            }
            records.retain(|record| officers.contains(&record.officer));
        }
        for officer in officers.iter().filter(|_| few) {
            let table = Table::Mirror(Records::NAME);
            let row: Option<OfficerRecords> =
                store.read_row(table, &training, officer.as_str()).await?;
            records.extend(row.map(|row| row.records).unwrap_or_default());
        }
        records.extend(later.iter().filter_map(recorded));
        Ok(Self {
            evidence: Evidence::new(records),
            profiles,
        })
    }
}

/// What a fact of training records.
fn recorded(fact: &FactRow) -> Option<Record> {
    let key = Records::keys(fact).pop()?;
    Records::apply(fact, &key, None)?.records.pop()
}

/// The profiles of a town over some days, each from its first day.
fn profiles(
    rules: &Rules,
    town: &TownId,
    (from, to): (Date, Date),
) -> BTreeMap<Date, Result<Profile, String>> {
    let mut found = BTreeMap::new();
    let mut day = Some(from);
    while let Some(first) = day.filter(|day| *day <= to) {
        let profile = rules.in_force(town, first, &Known::Now);
        let profile = profile.map(|in_force| in_force.profile);
        found.insert(first, profile.map_err(|why| why.to_string()));
        let until = rules.holds_until(town, first, &Known::Now);
        day = until.and_then(|until| until.tomorrow().ok());
    }
    found
}

impl Gate for Knowing {
    fn unmet(&self, ask: &Ask) -> Option<Unmet> {
        let nothing = |words: String| {
            Some(Unmet {
                missing: Vec::new(),
                words: vec![words],
            })
        };
        let profiles = self.profiles.get(ask.town);
        let profile = profiles.and_then(|all| all.range(..=ask.day).next_back());
        let profile = match profile {
            Some((_, Ok(profile))) => profile,
            Some((_, Err(why))) => return nothing(why.clone()),
            None => return nothing(format!("{} is not known to work by rules", ask.town)),
        };
        let duty = match Name::new(ask.kind.as_str()) {
            Ok(duty) => duty,
            Err(why) => return nothing(why.to_string()),
        };
        let carries = ask.equipment.iter().map(|item| Carries {
            item: item.clone(),
            carry: None,
            weapon: None,
        });
        let question = Question {
            officer: ask.officer.clone(),
            town: ask.town.clone(),
            duty,
            carries: carries.collect(),
            call: None,
            on: ask.day,
        };
        let answer = eligible(profile, &question, &self.evidence, &Known::Now);
        if answer.verdict != Verdict::No {
            return None;
        }
        let mut missing: Vec<Name> = answer
            .missing()
            .filter_map(|finding| finding.requirement.clone())
            .collect();
        missing.sort();
        missing.dedup();
        Some(Unmet {
            missing,
            words: answer.missing().map(Finding::sentence).collect(),
        })
    }
}
