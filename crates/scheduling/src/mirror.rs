//! What we remember of our neighbours' facts.

mod gate;
mod hours;
mod learnt;
mod registry;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use eventlog::{Error, FactRow, LogId, Mirror, Page, Row, Store, Table, Typed, TypedMirror};
use jiff::ToSpan;
use jiff::civil::Date;
use prost::Message;
use roster::Travel;
use serde::de::DeserializeOwned;
use vocabulary::{OfficerId, TownId};

use crate::Settings;
use crate::domain::gate::Gate;
use crate::domain::roster::Known;
use crate::projection::{self, towns};
use learnt::Learnt;
use registry::{Agreements, Officers, Towns};

pub(crate) use hours::minuted;

/// Every mirror of the service.
pub(crate) fn all() -> Vec<Box<dyn Mirror>> {
    let mut all = evidence::mirrors();
    all.extend([
        rpc::grants::mirror(),
        Box::new(Typed::of::<evidence::Records>()) as Box<dyn Mirror>,
        Box::new(Typed::of::<Towns>()),
        Box::new(Typed::of::<Officers>()),
        Box::new(Typed::of::<Agreements>()),
        Box::new(Typed::of::<hours::Duties>()),
        Box::new(Typed::of::<hours::Statements>()),
    ]);
    all
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    rpc::grants::check(fact)?;
    evidence::check(fact)?;
    Learnt::of(fact).map(|_| ())?;
    hours::check(fact)
}

/// Whose shifts are to be asked about again after a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Concerned {
    /// Nobody's.
    Nobody,
    /// This officer's.
    Officer(OfficerId),
    /// Everybody's: the rules are others.
    Everybody,
}

/// Whose shifts are to be asked about again after a fact that was checked.
pub(crate) fn concerned(fact: &FactRow) -> Concerned {
    match fact.log.as_str() {
        "training" => match evidence::fact::read(&fact.kind, &fact.bytes) {
            Ok(Some((officer, _))) => Concerned::Officer(officer),
            // No evidence of its own: the dates said it before. Asked all the same.
            _ => lapsed(fact).map_or(Concerned::Nobody, Concerned::Officer),
        },
        _ => match Learnt::of(fact) {
            Ok(
                Learnt::Enrolled { officer, .. }
                | Learnt::Ended { officer, .. }
                | Learnt::Erased { officer },
            ) => Concerned::Officer(officer),
            Ok(Learnt::AgreementEnded { .. } | Learnt::Rules) => Concerned::Everybody,
            _ => Concerned::Nobody,
        },
    }
}

/// Whose credential lapsed.
fn lapsed(fact: &FactRow) -> Option<OfficerId> {
    if fact.kind != "CredentialLapsed" {
        return None;
    }
    let lapsed = wire::training::v1::CredentialLapsed::decode(fact.bytes.as_slice());
    lapsed.ok()?.officer.parse().ok()
}

/// The officer whose erasure a fact tells.
pub(crate) fn erased(fact: &FactRow) -> Option<OfficerId> {
    match Learnt::of(fact) {
        Ok(Learnt::Erased { officer }) => Some(officer),
        _ => None,
    }
}

/// Of whom the gate is to know.
#[derive(Debug, Clone)]
pub(crate) enum Of {
    /// Nobody: nothing that is asked comes to the gate.
    Nobody,
    /// These.
    These(BTreeSet<OfficerId>),
    /// Everybody who was ever enrolled.
    All,
}

/// How far ahead the gate knows by which rules towns work, in days.
const AHEAD_DAYS: i64 = 800;

/// What is known now. `later` are facts that were heard and are not in the mirrors yet.
pub(crate) async fn known(
    store: &Store,
    settings: &Settings,
    of: Of,
    later: &[FactRow],
) -> Result<Known, Error> {
    let now = store.surroundings().now();
    let today = settings.limits.workweek.zone.day_of(now);
    let log = log("registry");
    let zones = fresh::<Towns>(store, &log, later).await?;
    let officers = fresh::<Officers>(store, &log, later).await?;
    let agreements = fresh::<Agreements>(store, &log, later).await?;
    let officers = officers
        .into_iter()
        .filter_map(|(officer, row)| Some((officer.parse::<OfficerId>().ok()?, row.employment()?)));
    let officers: BTreeMap<_, _> = officers.collect();
    let asked: BTreeSet<OfficerId> = match of {
        Of::Nobody => BTreeSet::new(),
        Of::These(some) => some,
        Of::All => officers.keys().cloned().collect(),
    };
    let zones = zones.into_iter();
    let zones = zones.filter_map(|(town, row)| Some((town.parse::<TownId>().ok()?, row.zone)));
    let towns: BTreeMap<_, _> = zones.collect();
    let gate: Arc<dyn Gate> = if asked.is_empty() {
        Arc::new(gate::Knowing::default())
    } else {
        let from = today.saturating_sub(2.days());
        let days = (from, from.saturating_add(AHEAD_DAYS.days()));
        Arc::new(gate::Knowing::load(store, &asked, towns.keys(), days, later).await?)
    };
    Ok(Known {
        now,
        limits: settings.limits.clone(),
        notice: settings.notice,
        weekly_minutes: settings.weekly_minutes,
        officers,
        towns,
        agreements: agreements
            .into_iter()
            .map(|(_, row)| row.agreement())
            .collect(),
        travel: travel(store, settings).await?,
        gate,
    })
}

/// The ways between towns.
async fn travel(store: &Store, settings: &Settings) -> Result<Travel, Error> {
    let rows = projection::rows::<towns::Towns>(store, &[]).await?;
    let ways = rows.into_iter().flat_map(|Row { row, .. }| {
        let from = row.town;
        let ways = row.plan.ways.into_iter();
        ways.map(move |(to, minutes)| ((from.clone(), to), minutes))
    });
    Ok(Travel {
        between: ways.collect(),
        otherwise: settings.travel,
    })
}

/// The log of a neighbour.
pub(crate) fn log(service: &str) -> LogId {
    LogId::try_new(service).expect("a lower-case word is a log id")
}

/// Every row of a mirror.
async fn rows<M: TypedMirror>(
    store: &Store,
    log: &LogId,
    filter: &[(&str, &str)],
) -> Result<Vec<(String, M::Row)>, Error>
where
    M::Row: DeserializeOwned,
{
    let (mut found, mut page) = (Vec::new(), Page::first(5_000));
    loop {
        let table = Table::Mirror(M::NAME);
        let rows = store.read_rows::<M::Row>(table, log, filter, &page).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        page.after.clone_from(&last.key);
        found.extend(rows.into_iter().map(|row| (row.key, row.row)));
    }
}

/// Every row of a mirror as it will be once `later` is accepted.
async fn fresh<M: TypedMirror>(
    store: &Store,
    log: &LogId,
    later: &[FactRow],
) -> Result<Vec<(String, M::Row)>, Error>
where
    M::Row: DeserializeOwned,
{
    let rows = rows::<M>(store, log, &[]).await?;
    let mut rows: BTreeMap<_, _> = rows.into_iter().collect();
    for fact in later.iter().filter(|fact| fact.log == *log) {
        for key in M::keys(fact) {
            let old = rows.remove(&key);
            let new = M::apply(fact, &key, old);
            rows.extend(new.map(|row| (key, row)));
        }
    }
    Ok(rows.into_iter().collect())
}

/// Today of the employer.
pub(crate) fn today(store: &Store, settings: &Settings) -> Date {
    let zone = &settings.limits.workweek.zone;
    zone.day_of(store.surroundings().now())
}
