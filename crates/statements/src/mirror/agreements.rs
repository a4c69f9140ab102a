//! Agreements in force, by id.

use std::collections::BTreeMap;

use eventlog::{Error, FactRow, Page, Store, Table, TypedMirror};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{AgreementId, TownId, Zone};
use wire::convert::{all, date, optional_date, required};
use wire::registry::v1 as facts;

/// Mirror `agreements` of log `registry`: key is the agreement's id.
pub(crate) struct Agreements;

/// An agreement that every party has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agreement {
    pub(crate) agreement: AgreementId,
    pub(crate) name: String,
    pub(crate) zone: Zone,
    pub(crate) towns: Vec<TownId>,
    pub(crate) starts_on: Date,
    pub(crate) ends_on: Option<Date>,
}

/// What a fact says of an agreement.
pub(crate) enum Change {
    Signed(Box<Agreement>),
    Ended { agreement: AgreementId, on: Date },
}

impl Change {
    fn agreement(&self) -> &AgreementId {
        match self {
            Self::Signed(signed) => &signed.agreement,
            Self::Ended { agreement, .. } => agreement,
        }
    }
}

/// What a fact says of an agreement, if it does.
pub(crate) fn read(fact: &FactRow) -> Result<Option<Change>, String> {
    match (fact.log.as_str(), fact.kind.as_str()) {
        ("registry", "AgreementSigned") => signed(fact).map(Some),
        ("registry", "AgreementEnded") => {
            let ended: facts::AgreementEnded = super::decode(fact)?;
            let fields = all((
                required("agreement", &ended.agreement),
                date("on", &ended.on),
            ));
            let (agreement, on) = fields.map_err(|fields| super::wrong(fact, fields))?;
            Ok(Some(Change::Ended { agreement, on }))
        }
        _ => Ok(None),
    }
}

fn signed(fact: &FactRow) -> Result<Change, String> {
    let signed: facts::AgreementSigned = super::decode(fact)?;
    let towns: Result<Vec<TownId>, _> = signed
        .towns
        .iter()
        .map(|town| required("towns", town))
        .collect();
    let (agreement, zone, towns, starts_on, ends_on) = all((
        required("agreement", &signed.agreement),
        required("zone", &signed.zone),
        towns,
        date("starts_on", &signed.starts_on),
        optional_date("ends_on", &signed.ends_on),
    ))
    .map_err(|fields| super::wrong(fact, fields))?;
    Ok(Change::Signed(Box::new(Agreement {
        agreement,
        name: signed.name,
        zone,
        towns,
        starts_on,
        ends_on,
    })))
}

impl TypedMirror for Agreements {
    const NAME: &'static str = "agreements";
    const VERSION: u32 = 1;
    type Row = Agreement;

    fn keys(fact: &FactRow) -> Vec<String> {
        let change = read(fact).ok().flatten();
        let key = change.map(|change| change.agreement().to_string());
        key.into_iter().collect()
    }

    fn apply(fact: &FactRow, _: &str, old: Option<Agreement>) -> Option<Agreement> {
        match read(fact).ok().flatten() {
            Some(change) => after(old, change),
            None => old,
        }
    }
}

fn after(old: Option<Agreement>, change: Change) -> Option<Agreement> {
    match change {
        Change::Signed(signed) => Some(*signed),
        Change::Ended { on, .. } => old.map(|old| Agreement {
            ends_on: Some(on),
            ..old
        }),
    }
}

/// Every agreement, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(pub(crate) BTreeMap<AgreementId, Agreement>);

impl Known {
    /// All that were signed so far.
    pub(crate) async fn load(store: &Store) -> Result<Known, Error> {
        let mut known = BTreeMap::new();
        let mut page = Page::first(1_000);
        loop {
            let table = Table::Mirror(Agreements::NAME);
            let rows = store
                .read_rows::<Agreement>(table, &super::source("registry"), &[], &page)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(Known(known));
            };
            page.after = last.key.clone();
            let rows = rows.into_iter().map(|row| row.row);
            known.extend(rows.map(|row| (row.agreement.clone(), row)));
        }
    }

    /// Takes a change in, as the mirror will.
    pub(crate) fn apply(&mut self, change: Change) {
        let agreement = change.agreement().clone();
        let old = self.0.remove(&agreement);
        self.0
            .extend(after(old, change).map(|agreed| (agreement, agreed)));
    }
}

/// One agreement, if it was signed.
pub(crate) async fn find(
    store: &Store,
    agreement: &AgreementId,
) -> Result<Option<Agreement>, Error> {
    let table = Table::Mirror(Agreements::NAME);
    store
        .read_row(table, &super::source("registry"), agreement.as_str())
        .await
}
