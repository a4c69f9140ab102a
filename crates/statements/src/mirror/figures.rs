//! Basis figures of towns, the latest of each town, basis and day.

use eventlog::{Error, FactRow, Page, Store, Table, TypedMirror};
use serde::{Deserialize, Serialize};
use vocabulary::TownId;
use wire::convert::{all, date, required, text};
use wire::registry::v1 as facts;

use super::Remembered;

/// Mirror `figures` of log `registry`: key is `<town>/<basis>/<as of>`.
pub(crate) struct Figures;

/// A figure as its town's log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) town: TownId,
    pub(crate) fact: Remembered,
}

/// The row that a fact makes, with its key.
pub(crate) fn read(fact: &FactRow) -> Result<Option<(String, Figure)>, String> {
    if (fact.log.as_str(), fact.kind.as_str()) != ("registry", "BasisFigureRecorded") {
        return Ok(None);
    }
    let figure: facts::BasisFigureRecorded = super::decode(fact)?;
    let (town, basis, as_of) = all((
        required::<TownId>("town", &figure.town),
        text("basis", &figure.basis, "what is counted"),
        date("as_of", &figure.as_of),
    ))
    .map_err(|fields| super::wrong(fact, fields))?;
    let key = format!("{town}/{basis}/{as_of}");
    let fact = Remembered::from(fact);
    Ok(Some((key, Figure { town, fact })))
}

impl TypedMirror for Figures {
    const NAME: &'static str = "figures";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["town"];
    type Row = Figure;

    fn keys(fact: &FactRow) -> Vec<String> {
        let read = read(fact).ok().flatten();
        read.map(|(key, _)| key).into_iter().collect()
    }

    fn apply(fact: &FactRow, _: &str, old: Option<Figure>) -> Option<Figure> {
        let read = read(fact).ok().flatten();
        read.map(|(_, figure)| figure).or(old)
    }
}

/// Every figure of a town, with its key.
pub(crate) async fn of_town(store: &Store, town: &TownId) -> Result<Vec<(String, Figure)>, Error> {
    let mut figures = Vec::new();
    let mut page = Page::first(1_000);
    loop {
        let table = Table::Mirror(Figures::NAME);
        let filter = [("town", town.as_str())];
        let rows = store
            .read_rows::<Figure>(table, &super::source("registry"), &filter, &page)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(figures);
        };
        page.after = last.key.clone();
        figures.extend(rows.into_iter().map(|row| (row.key, row.row)));
    }
}
