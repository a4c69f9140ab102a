//! Worked and billed minutes, as payroll and statements told them.

use std::collections::BTreeMap;

use eventlog::{Error, FactRow, Store, TypedMirror};
use jiff::civil::Date;
use prost::Message;
use serde::{Deserialize, Serialize};
use vocabulary::{Location, Minutes, Month, PartyId, TownId};
use wire::payroll::v1 as payroll;
use wire::statements::v1 as statements;

use super::learnt::value;
use super::{log, registry, rows};

/// Table `duties`: key is the duty. Only those in towns.
pub(super) struct Duties;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DutyRow {
    town: TownId,
    /// The month of its first day: a duty lasts a month at most.
    month: Month,
    /// By month.
    minutes: BTreeMap<Month, Minutes>,
}

/// A duty as it now stands; nothing in it where it is in no town, or was removed.
struct Duty {
    duty: String,
    row: Option<DutyRow>,
}

fn duty(fact: &FactRow) -> Result<Option<Duty>, String> {
    if fact.log.as_str() != "payroll" {
        return Ok(None);
    }
    let bytes = fact.bytes.as_slice();
    let garbled = |e: prost::DecodeError| format!("{} is garbled: {e}", place(fact));
    let (duty, location, pieces) = match fact.kind.as_str() {
        "DutyRecorded" => {
            let read = payroll::DutyRecorded::decode(bytes).map_err(garbled)?;
            (read.duty, read.location, read.pieces)
        }
        "DutyCorrected" => {
            let read = payroll::DutyCorrected::decode(bytes).map_err(garbled)?;
            (read.duty, read.location, read.pieces)
        }
        _ => return Ok(None),
    };
    let wrong = |e: String| format!("{} cannot be read: {e}", place(fact));
    let location: Location = value(&location).map_err(wrong)?;
    let mut minutes: BTreeMap<Month, Minutes> = BTreeMap::new();
    for piece in &pieces {
        let day: Date = value(&piece.date).map_err(wrong)?;
        *minutes.entry(Month::of(day)).or_default() += Minutes(piece.minutes);
    }
    let row = match (location, minutes.keys().next().copied()) {
        (Location::Town(town), Some(month)) => Some(DutyRow {
            town,
            month,
            minutes,
        }),
        _ => None,
    };
    Ok(Some(Duty { duty, row }))
}

impl TypedMirror for Duties {
    const NAME: &'static str = "duties";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["month"];
    type Row = DutyRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        let duty = duty(fact).ok().flatten();
        duty.map(|duty| duty.duty).into_iter().collect()
    }

    fn apply(fact: &FactRow, _key: &str, _old: Option<DutyRow>) -> Option<DutyRow> {
        duty(fact).ok().flatten().and_then(|duty| duty.row)
    }
}

/// Table `statements`: key is month and town, in the log of an agreement.
pub(super) struct Statements;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StatementRow {
    town: TownId,
    month: Month,
    minutes: Minutes,
}

/// What of a statement's document is read here (docs/statement.md).
#[derive(Deserialize)]
struct Document {
    minutes: Minutes,
}

fn statement(fact: &FactRow) -> Result<Option<StatementRow>, String> {
    if !fact.log.as_str().starts_with("statements/") || fact.kind != "StatementIssued" {
        return Ok(None);
    }
    let wrong = |e: String| format!("{} cannot be read: {e}", place(fact));
    let read = statements::StatementIssued::decode(fact.bytes.as_slice());
    let read = read.map_err(|e| wrong(e.to_string()))?;
    let PartyId::Town(town) = value(&read.party).map_err(wrong)? else {
        return Ok(None);
    };
    let document: Document =
        serde_json::from_str(&read.document).map_err(|e| wrong(e.to_string()))?;
    Ok(Some(StatementRow {
        town,
        month: value(&read.month).map_err(wrong)?,
        minutes: document.minutes,
    }))
}

impl TypedMirror for Statements {
    const NAME: &'static str = "statements";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["month"];
    type Row = StatementRow;

    fn keys(fact: &FactRow) -> Vec<String> {
        let issued = statement(fact).ok().flatten();
        let key = |row: StatementRow| format!("{} {}", row.month, row.town);
        issued.map(key).into_iter().collect()
    }

    fn apply(fact: &FactRow, _key: &str, old: Option<StatementRow>) -> Option<StatementRow> {
        statement(fact).ok().flatten().or(old)
    }
}

fn place(fact: &FactRow) -> String {
    format!("{} at {}:{}", fact.kind, fact.log, fact.seq)
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub(super) fn check(fact: &FactRow) -> Result<(), String> {
    duty(fact)?;
    statement(fact)?;
    Ok(())
}

/// Worked and billed minutes of a month, by town.
#[derive(Debug, Default, Clone)]
pub(crate) struct Minuted {
    /// Duty in the town, approved or not.
    pub(crate) worked: BTreeMap<TownId, Minutes>,
    /// On statements as they were issued.
    pub(crate) billed: BTreeMap<TownId, Minutes>,
}

/// What was worked and billed in a month.
pub(crate) async fn minuted(store: &Store, month: Month) -> Result<Minuted, Error> {
    let mut found = Minuted::default();
    // A duty may have begun in the month before.
    for begun in [month.previous(), month] {
        let filter = [("month", begun.to_string())];
        let filter: Vec<(&str, &str)> = filter.iter().map(|(k, v)| (*k, v.as_str())).collect();
        for (_, row) in rows::<Duties>(store, &log("payroll"), &filter).await? {
            let minutes = row.minutes.get(&month).copied().unwrap_or_default();
            *found.worked.entry(row.town).or_default() += minutes;
        }
    }
    let text = month.to_string();
    for (agreement, _) in rows::<registry::Agreements>(store, &log("registry"), &[]).await? {
        let books = log(&format!("statements/{agreement}"));
        for (_, row) in rows::<Statements>(store, &books, &[("month", &text)]).await? {
            *found.billed.entry(row.town).or_default() += row.minutes;
        }
    }
    Ok(found)
}
