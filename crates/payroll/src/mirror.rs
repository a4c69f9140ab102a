//! What payroll remembers of the registry: towns, officers with pay and assignments, agreements.

mod learnt;
mod tables;

use std::collections::BTreeSet;

use eventlog::{Error, FactRow, LogId, Mirror, Page, Store, Table, Typed, TypedMirror};
use vocabulary::{OfficerId, TownId};

use crate::Settings;
use crate::domain::timesheet::Known;
use learnt::Learnt;
use tables::{Agreements, Officers, TownRow, Towns};

/// Every mirror of the service.
pub(crate) fn all() -> Vec<Box<dyn Mirror>> {
    vec![
        rpc::grants::mirror(),
        Box::new(Typed::of::<Towns>()),
        Box::new(Typed::of::<Officers>()),
        Box::new(Typed::of::<Agreements>()),
    ]
}

/// Whether a fact can be read; says what is wrong with it otherwise.
pub(crate) fn check(fact: &FactRow) -> Result<(), String> {
    rpc::grants::check(fact)?;
    Learnt::of(fact).map(|_| ())
}

/// The officer whose erasure the fact tells.
pub(crate) fn erased(fact: &FactRow) -> Option<OfficerId> {
    match Learnt::of(fact) {
        Ok(Learnt::Erased { officer }) => Some(officer),
        _ => None,
    }
}

/// More agreements than any provider will ever have; all of them are looked at.
const AGREEMENTS_MAX: u32 = 10_000;

/// What is known about an officer and some towns at this moment.
pub(crate) async fn known(
    store: &Store,
    settings: &Settings,
    officer: &OfficerId,
    towns: &[&TownId],
) -> Result<Known, Error> {
    let log = registry();
    let officers = Table::Mirror(Officers::NAME);
    let officer: Option<tables::OfficerRow> =
        store.read_row(officers, &log, officer.as_str()).await?;
    let officer = officer.unwrap_or_default();
    let mut registered = BTreeSet::new();
    for town in towns {
        let row: Option<TownRow> = store
            .read_row(Table::Mirror(Towns::NAME), &log, town.as_str())
            .await?;
        if row.is_some() {
            registered.insert((*town).clone());
        }
    }
    let agreements = store
        .read_rows::<tables::AgreementRow>(
            Table::Mirror(Agreements::NAME),
            &log,
            &[],
            &Page::first(AGREEMENTS_MAX),
        )
        .await?;
    Ok(Known {
        now: store.surroundings().now(),
        workweek: settings.workweek.clone(),
        employment: officer.employment(),
        rates: officer.rates(),
        assignments: officer.assignments(),
        towns: registered,
        agreements: agreements
            .into_iter()
            .map(|found| found.row.agreement())
            .collect(),
    })
}

fn registry() -> LogId {
    LogId::try_new("registry").expect("a lower-case word is a log id")
}

#[cfg(test)]
mod tests;
