//! Closed incidents as they now stand, and between which days each was ever said to lie.

use std::collections::BTreeMap;

use eventlog::{Error, FactRow, Page, Store, Table, TypedMirror};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{IncidentId, TownId};
use wire::convert::{all, date, required};
use wire::incidents::v1 as facts;

use super::Remembered;

/// Mirror `incidents` of log `incidents`: key is the incident's id.
pub(crate) struct Incidents;

/// A closed incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Incident {
    pub(crate) town: TownId,
    pub(crate) span: Span,
    pub(crate) fact: Remembered,
}

/// The first and the last day on which an incident was ever said to count: a correction must
/// follow it wherever it went before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) from: Date,
    pub(crate) to: Date,
}

impl Span {
    pub(crate) fn of(day: Date) -> Self {
        Self { from: day, to: day }
    }

    /// Both, and what lies between.
    pub(crate) fn and(self, other: Span) -> Span {
        Span {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }
}

/// What a fact says of an incident.
pub(crate) enum Change {
    Closed { town: TownId, date: Date },
    Withdrawn { date: Date },
}

impl Change {
    /// The day on which the incident counts, or counted.
    pub(crate) fn date(&self) -> Date {
        match self {
            Self::Closed { date, .. } | Self::Withdrawn { date } => *date,
        }
    }
}

/// What a fact says of which incident, if it does.
pub(crate) fn read(fact: &FactRow) -> Result<Option<(IncidentId, Change)>, String> {
    let wrong = |fields| super::wrong(fact, fields);
    match (fact.log.as_str(), fact.kind.as_str()) {
        ("incidents", "IncidentClosed") => {
            let closed: facts::IncidentClosed = super::decode(fact)?;
            let (incident, town, date) = all((
                required("incident", &closed.incident),
                required("town", &closed.town),
                date("date", &closed.date),
            ))
            .map_err(wrong)?;
            Ok(Some((incident, Change::Closed { town, date })))
        }
        ("incidents", "IncidentWithdrawn") => {
            let withdrawn: facts::IncidentWithdrawn = super::decode(fact)?;
            let (incident, date) = all((
                required("incident", &withdrawn.incident),
                date("date", &withdrawn.date),
            ))
            .map_err(wrong)?;
            Ok(Some((incident, Change::Withdrawn { date })))
        }
        _ => Ok(None),
    }
}

impl TypedMirror for Incidents {
    const NAME: &'static str = "incidents";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["town"];
    type Row = Incident;

    fn keys(fact: &FactRow) -> Vec<String> {
        let read = read(fact).ok().flatten();
        read.map(|(incident, _)| incident.to_string())
            .into_iter()
            .collect()
    }

    fn apply(fact: &FactRow, _: &str, old: Option<Incident>) -> Option<Incident> {
        match read(fact).ok().flatten() {
            None => old,
            Some((_, Change::Withdrawn { .. })) => None,
            Some((_, Change::Closed { town, date })) => {
                let before = old.map_or(Span::of(date), |old| old.span);
                Some(Incident {
                    town,
                    span: before.and(Span::of(date)),
                    fact: Remembered::from(fact),
                })
            }
        }
    }
}

/// Where those of these incidents that are known have lain.
pub(crate) async fn spans(
    store: &Store,
    incidents: &[String],
) -> Result<BTreeMap<String, Span>, Error> {
    if incidents.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = "SELECT key, row->>'span' FROM m_incidents_v1 WHERE log_id = $1 AND key = ANY($2)";
    let client = store.pool().get().await?;
    let statement = client.prepare_cached(sql).await?;
    let source = super::source("incidents");
    let rows = client
        .query(&statement, &[&source.as_str(), &incidents])
        .await?;
    let mut spans = BTreeMap::new();
    for row in rows {
        let span = serde_json::from_str(row.get(1));
        let span = span.map_err(|e| Error::Corrupt(format!("a row of incidents: {e}")))?;
        spans.insert(row.get(0), span);
    }
    Ok(spans)
}

/// The incidents of a town after `page.after`, by id.
pub(crate) async fn of_town(
    store: &Store,
    town: &TownId,
    page: &mut Page,
) -> Result<Vec<Incident>, Error> {
    let table = Table::Mirror(Incidents::NAME);
    let filter = [("town", town.as_str())];
    let rows = store
        .read_rows::<Incident>(table, &super::source("incidents"), &filter, page)
        .await?;
    if let Some(last) = rows.last() {
        page.after = last.key.clone();
    }
    Ok(rows.into_iter().map(|row| row.row).collect())
}
