//! Duties as they now stand: whom they are charged to, and on which days they lie.

use std::collections::BTreeMap;

use eventlog::{Error, FactRow, Page, Store, Table, TypedMirror};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, DutyId, Minutes, OfficerId};
use wire::convert::{all, date, required, timestamp};
use wire::payroll::v1 as facts;

/// Mirror `duties` of log `payroll`: key is the duty's id.
pub(crate) struct Duties;

/// A duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Duty {
    pub(crate) officer: OfficerId,
    pub(crate) account: Account,
    /// Since when, while the officer is on it still.
    pub(crate) on_duty_since: Option<Timestamp>,
    pub(crate) pieces: Vec<Piece>,
    /// Every day it lies or lay on, and the position of the last fact that touched it there.
    pub(crate) touched: BTreeMap<Date, u64>,
}

/// Its minutes of one civil day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) date: Date,
    pub(crate) minutes: Minutes,
}

/// What a fact says of a duty.
pub(crate) fn read(fact: &FactRow) -> Result<Option<(DutyId, Duty)>, String> {
    let (duty, officer, account, pieces, since) = match (fact.log.as_str(), fact.kind.as_str()) {
        ("payroll", "DutyStarted") => {
            let started: facts::DutyStarted = super::decode(fact)?;
            let since = timestamp("start", started.start.as_ref());
            let since =
                since.map_err(|v| super::wrong(fact, wire::convert::WrongFields(vec![v])))?;
            (
                started.duty,
                started.officer,
                started.account,
                vec![],
                Some(since),
            )
        }
        ("payroll", "DutyRecorded") => {
            let told: facts::DutyRecorded = super::decode(fact)?;
            (told.duty, told.officer, told.account, told.pieces, None)
        }
        ("payroll", "DutyCorrected") => {
            let told: facts::DutyCorrected = super::decode(fact)?;
            (told.duty, told.officer, told.account, told.pieces, None)
        }
        _ => return Ok(None),
    };
    let pieces = pieces.iter().map(|piece| {
        let minutes = Minutes(piece.minutes);
        date("pieces.date", &piece.date).map(|date| Piece { date, minutes })
    });
    let (duty, officer, account, pieces) = all((
        required("duty", &duty),
        required("officer", &officer),
        required("account", &account),
        pieces.collect::<Result<Vec<_>, _>>(),
    ))
    .map_err(|fields| super::wrong(fact, fields))?;
    let touched = pieces.iter().map(|piece| (piece.date, fact.seq)).collect();
    let duty_now = Duty {
        officer,
        account,
        on_duty_since: since,
        pieces,
        touched,
    };
    Ok(Some((duty, duty_now)))
}

impl TypedMirror for Duties {
    const NAME: &'static str = "duties";
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["account"];
    type Row = Duty;

    fn keys(fact: &FactRow) -> Vec<String> {
        let read = read(fact).ok().flatten();
        read.map(|(duty, _)| duty.to_string()).into_iter().collect()
    }

    fn apply(fact: &FactRow, _: &str, old: Option<Duty>) -> Option<Duty> {
        let Some((_, mut duty)) = read(fact).ok().flatten() else {
            return old;
        };
        if let Some(old) = old {
            // A day that a correction takes a duty away from awaits approval as well.
            let left = old.pieces.iter().map(|piece| (piece.date, fact.seq));
            let before = old.touched.into_iter().chain(left);
            let now = std::mem::take(&mut duty.touched);
            duty.touched = before.chain(now).collect();
        }
        Some(duty)
    }
}

/// Every duty charged to an account.
pub(crate) async fn of_account(store: &Store, account: &Account) -> Result<Vec<Duty>, Error> {
    let account = account.to_string();
    let mut duties = Vec::new();
    let mut page = Page::first(5_000);
    loop {
        let table = Table::Mirror(Duties::NAME);
        let filter = [("account", account.as_str())];
        let rows = store
            .read_rows::<Duty>(table, &super::source("payroll"), &filter, &page)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(duties);
        };
        page.after = last.key.clone();
        duties.extend(rows.into_iter().map(|row| row.row));
    }
}
