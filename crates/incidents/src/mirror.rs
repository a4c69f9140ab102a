//! What we remember of the registry's facts: towns with their zones, officers with their days.

use eventlog::{Error, FactRow, LogId, Mirror, Store, Table, Typed, TypedMirror};
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TownId, Zone};
use wire::registry::v1 as facts;

use crate::domain::incident::Employment;

/// Every mirror of the service.
pub(crate) fn all() -> Vec<Box<dyn Mirror>> {
    vec![
        rpc::grants::mirror(),
        Box::new(Typed::of::<Towns>()),
        Box::new(Typed::of::<Officers>()),
    ]
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    rpc::grants::check(fact)?;
    Learnt::of(fact).map(|_| ())
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
    let row: Option<OfficerRow> = store.read_row(table, &registry(), officer.as_str()).await?;
    Ok(row.map(|row| Employment {
        from: row.from,
        until: row.ended_on,
    }))
}

fn registry() -> LogId {
    LogId::try_new("registry").expect("a lower-case word is a log id")
}

/// What a fact of the registry tells this service.
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
    /// Of no concern here.
    Other,
}

impl Learnt {
    /// Reads a fact.
    fn of(fact: &FactRow) -> Result<Self, String> {
        let wrong = |e: &dyn std::fmt::Display| {
            format!(
                "{} {}:{} cannot be read: {e}",
                fact.kind, fact.log, fact.seq
            )
        };
        let bytes = fact.bytes.as_slice();
        let town = |town: String, zone: String| {
            Ok(Self::Town {
                town: town.parse().map_err(|e| wrong(&e))?,
                zone: zone.parse().map_err(|e| wrong(&e))?,
            })
        };
        match fact.kind.as_str() {
            "TownRegistered" => {
                let fact = facts::TownRegistered::decode(bytes).map_err(|e| wrong(&e))?;
                town(fact.town, fact.zone)
            }
            "TownChanged" => {
                let fact = facts::TownChanged::decode(bytes).map_err(|e| wrong(&e))?;
                town(fact.town, fact.zone)
            }
            "OfficerEnrolled" => {
                let fact = facts::OfficerEnrolled::decode(bytes).map_err(|e| wrong(&e))?;
                let officer = fact.officer.parse().map_err(|e| wrong(&e))?;
                Ok(Self::Enrolled {
                    officer,
                    from: fact.from.parse().map_err(|e| wrong(&e))?,
                })
            }
            "OfficerEnded" => {
                let fact = facts::OfficerEnded::decode(bytes).map_err(|e| wrong(&e))?;
                let officer = fact.officer.parse().map_err(|e| wrong(&e))?;
                Ok(Self::Ended {
                    officer,
                    on: fact.on.parse().map_err(|e| wrong(&e))?,
                })
            }
            _ => Ok(Self::Other),
        }
    }

    /// The listener has checked every fact before a mirror sees it.
    fn checked(fact: &FactRow) -> Self {
        Self::of(fact).unwrap_or(Self::Other)
    }
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

#[derive(Serialize, Deserialize)]
struct OfficerRow {
    from: Date,
    ended_on: Option<Date>,
}

impl TypedMirror for Officers {
    const NAME: &'static str = "officers";
    const VERSION: u32 = 1;
    type Row = OfficerRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        match Learnt::checked(fact) {
            Learnt::Enrolled { officer, .. } | Learnt::Ended { officer, .. } => {
                vec![officer.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<OfficerRow>) -> Option<OfficerRow> {
        match Learnt::checked(fact) {
            Learnt::Enrolled { from, .. } => Some(OfficerRow {
                from,
                ended_on: None,
            }),
            Learnt::Ended { on, .. } => old.map(|row| OfficerRow {
                ended_on: Some(on),
                ..row
            }),
            _ => old,
        }
    }
}
