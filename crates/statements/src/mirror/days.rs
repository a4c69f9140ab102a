//! Officers' days: when each was last changed, and when it was last approved.

use std::collections::{BTreeMap, BTreeSet};

use eventlog::{Error, FactRow, Page, Store, Table, TypedMirror};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Month, OfficerId};
use wire::Violation;
use wire::convert::{WrongFields, all, date, required};
use wire::payroll::v1 as facts;

/// Mirror `days` of log `payroll`: key is `<officer>/<date>`.
pub(crate) struct Days;

/// One officer's day. Positions in payroll's log; 0 for never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Day {
    pub(crate) officer: OfficerId,
    pub(crate) date: Date,
    pub(crate) month: Month,
    pub(crate) changed: u64,
    pub(crate) approved: u64,
}

/// What a fact says of an officer's days.
pub(crate) struct Change {
    pub(crate) officer: OfficerId,
    pub(crate) days: BTreeSet<Date>,
    pub(crate) approved: bool,
}

/// What a fact says of an officer's days, if it does.
pub(crate) fn read(fact: &FactRow) -> Result<Option<Change>, String> {
    if (fact.log.as_str(), fact.kind.as_str()) == ("payroll", "WeekApproved") {
        return approval(fact).map(Some);
    }
    let Some((_, duty)) = super::duties::read(fact)? else {
        return Ok(None);
    };
    Ok(Some(Change {
        officer: duty.officer,
        days: duty.pieces.iter().map(|piece| piece.date).collect(),
        approved: false,
    }))
}

fn approval(fact: &FactRow) -> Result<Change, String> {
    let approved: facts::WeekApproved = super::decode(fact)?;
    let (officer, from, to) = all((
        required("officer", &approved.officer),
        date("from", &approved.from),
        date("to", &approved.to),
    ))
    .map_err(|fields| super::wrong(fact, fields))?;
    // An approval lies within a week; anything longer would be a fact of another world.
    if to < from || (to - from).get_days() > 6 {
        let span = Violation::new("to", format!("{from} to {to} is no part of a week"));
        return Err(super::wrong(fact, WrongFields(vec![span])));
    }
    let days = from.series(1.day()).take_while(|day| *day <= to).collect();
    Ok(Change {
        officer,
        days,
        approved: true,
    })
}

impl TypedMirror for Days {
    const NAME: &'static str = "days";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["month"];
    type Row = Day;

    fn keys(fact: &FactRow) -> Vec<String> {
        let Some(change) = read(fact).ok().flatten() else {
            return Vec::new();
        };
        let officer = change.officer;
        let keys = change.days.iter().map(|day| format!("{officer}/{day}"));
        keys.collect()
    }

    fn apply(fact: &FactRow, key: &str, old: Option<Day>) -> Option<Day> {
        let Some(change) = read(fact).ok().flatten() else {
            return old;
        };
        let named = |day: &&Date| key.ends_with(&day.to_string());
        let date = *change.days.iter().find(named)?;
        let mut day = old.unwrap_or_else(|| Day {
            officer: change.officer,
            date,
            month: Month::of(date),
            changed: 0,
            approved: 0,
        });
        if change.approved {
            day.approved = fact.seq;
        } else {
            day.changed = fact.seq;
        }
        Some(day)
    }
}

/// Everybody's days of a month.
pub(crate) async fn of_month(
    store: &Store,
    month: Month,
) -> Result<BTreeMap<(OfficerId, Date), Day>, Error> {
    let month = month.to_string();
    let mut days = BTreeMap::new();
    let mut page = Page::first(5_000);
    loop {
        let table = Table::Mirror(Days::NAME);
        let filter = [("month", month.as_str())];
        let rows = store
            .read_rows::<Day>(table, &super::source("payroll"), &filter, &page)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(days);
        };
        page.after = last.key.clone();
        let rows = rows.into_iter().map(|row| row.row);
        days.extend(rows.map(|day| ((day.officer.clone(), day.date), day)));
    }
}
