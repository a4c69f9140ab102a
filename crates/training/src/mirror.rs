//! What we remember of the registry's facts: towns with their zones, officers with their days, and
//! programmes (crate `evidence`).

use std::str::FromStr;

use eventlog::{Error, FactRow, LogId, Mirror, Page, Store, Table, Typed, TypedMirror};
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TownId, Zone};
use wire::registry::v1 as facts;

/// Every mirror of the service.
pub(crate) fn all() -> Vec<Box<dyn Mirror>> {
    let mut mirrors = evidence::mirrors();
    mirrors.push(rpc::grants::mirror());
    mirrors.push(Box::new(Typed::of::<Towns>()));
    mirrors.push(Box::new(Typed::of::<Officers>()));
    mirrors
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    rpc::grants::check(fact)?;
    evidence::check(fact)?;
    Learnt::of(fact).map(|_| ())
}

/// The officer whose personal data a fact says are erased.
pub(crate) fn erased(fact: &FactRow) -> Option<OfficerId> {
    match Learnt::checked(fact) {
        Learnt::Erased { officer } => Some(officer),
        _ => None,
    }
}

/// A town's zone; nothing for a town that nobody registered.
pub(crate) async fn zone_of(store: &Store, town: &TownId) -> Result<Option<Zone>, Error> {
    let table = Table::Mirror(Towns::NAME);
    let row: Option<TownRow> = store.read_row(table, &registry(), town.as_str()).await?;
    Ok(row.map(|row| row.zone))
}

/// An officer's days; nothing for one that nobody enrolled.
pub(crate) async fn employment(
    store: &Store,
    officer: &OfficerId,
) -> Result<Option<Employment>, Error> {
    let table = Table::Mirror(Officers::NAME);
    store.read_row(table, &registry(), officer.as_str()).await
}

/// Everybody who is employed on a day, by badge code.
pub(crate) async fn employed(store: &Store, on: Date) -> Result<Vec<OfficerId>, Error> {
    let (registry, table) = (registry(), Table::Mirror(Officers::NAME));
    let (mut found, mut page) = (Vec::new(), Page::first(1_000));
    loop {
        let rows = store.read_rows::<Employment>(table, &registry, &[], &page);
        let rows = rows.await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        page.after.clone_from(&last.key);
        let employed = rows.into_iter().filter(|row| row.row.covers(on));
        found.extend(employed.filter_map(|row| row.key.parse().ok()));
    }
}

pub(crate) fn registry() -> LogId {
    LogId::try_new("registry").expect("a lower-case word is a log id")
}

/// What a fact of the registry tells this service beside programmes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Learnt {
    Town {
        town: TownId,
        zone: Zone,
    },
    Enrolled {
        officer: OfficerId,
        from: Date,
    },
    Ended {
        officer: OfficerId,
        on: Date,
    },
    Erased {
        officer: OfficerId,
    },
    /// Of no concern here.
    Other,
}

impl Learnt {
    fn of(fact: &FactRow) -> Result<Self, String> {
        let read = Self::read(&fact.kind, &fact.bytes);
        read.map_err(|problem| {
            let (kind, log, seq) = (&fact.kind, &fact.log, fact.seq);
            format!("{kind} {log}:{seq} cannot be read: {problem}")
        })
    }

    fn read(kind: &str, bytes: &[u8]) -> Result<Self, String> {
        let garbled = |e: prost::DecodeError| e.to_string();
        Ok(match kind {
            "TownRegistered" => {
                let fact = facts::TownRegistered::decode(bytes).map_err(garbled)?;
                Self::Town {
                    town: value(&fact.town)?,
                    zone: value(&fact.zone)?,
                }
            }
            "TownChanged" => {
                let fact = facts::TownChanged::decode(bytes).map_err(garbled)?;
                Self::Town {
                    town: value(&fact.town)?,
                    zone: value(&fact.zone)?,
                }
            }
            "OfficerEnrolled" => {
                let fact = facts::OfficerEnrolled::decode(bytes).map_err(garbled)?;
                Self::Enrolled {
                    officer: value(&fact.officer)?,
                    from: value(&fact.from)?,
                }
            }
            "OfficerEnded" => {
                let fact = facts::OfficerEnded::decode(bytes).map_err(garbled)?;
                Self::Ended {
                    officer: value(&fact.officer)?,
                    on: value(&fact.on)?,
                }
            }
            "OfficerErased" => {
                let fact = facts::OfficerErased::decode(bytes).map_err(garbled)?;
                Self::Erased {
                    officer: value(&fact.officer)?,
                }
            }
            _ => Self::Other,
        })
    }

    /// The listener has checked every fact before a mirror sees it.
    fn checked(fact: &FactRow) -> Self {
        Self::of(fact).unwrap_or(Self::Other)
    }
}

fn value<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e| format!("{e}"))
}

/// Towns by id.
struct Towns;

#[derive(Serialize, Deserialize)]
struct TownRow {
    zone: Zone,
}

impl TypedMirror for Towns {
    const NAME: &'static str = "towns";
    const VERSION: u32 = 1;
    type Row = TownRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Learnt::checked(fact) {
            Learnt::Town { town, .. } => vec![town.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<TownRow>) -> Option<TownRow> {
        match Learnt::checked(fact) {
            Learnt::Town { zone, .. } => Some(TownRow { zone }),
            _ => old,
        }
    }
}

/// Officers by badge code.
struct Officers;

/// From when to when an officer is employed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Employment {
    from: Date,
    ended_on: Option<Date>,
}

impl Employment {
    /// Whether a day is one of it.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.from <= day && self.ended_on.is_none_or(|last| day <= last)
    }
}

impl TypedMirror for Officers {
    const NAME: &'static str = "officers";
    const VERSION: u32 = 1;
    type Row = Employment;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Learnt::checked(fact) {
            Learnt::Enrolled { officer, .. } | Learnt::Ended { officer, .. } => {
                vec![officer.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<Employment>) -> Option<Employment> {
        match Learnt::checked(fact) {
            Learnt::Enrolled { from, .. } => Some(Employment {
                from,
                ended_on: None,
            }),
            Learnt::Ended { on, .. } => old.map(|row| Employment {
                ended_on: Some(on),
                ..row
            }),
            _ => old,
        }
    }
}
