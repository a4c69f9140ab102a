//! Duties as they stand, by id.

use eventlog::{Error, Recorded, Store, Table, TypedRows};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Account, DutyId, Location, Minutes, OfficerId};

use super::event;
use crate::domain::timesheet::{Event, Piece, Reason};

/// Table `duties`: key is the duty.
pub(crate) struct Duties;

/// One duty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Duty {
    pub(crate) duty: DutyId,
    pub(crate) officer: OfficerId,
    /// The civil day on which it begins.
    pub(crate) day: Date,
    pub(crate) start: Timestamp,
    /// `None` while the officer is on it.
    pub(crate) end: Option<Timestamp>,
    pub(crate) location: Location,
    pub(crate) account: Account,
    pub(crate) minutes: Minutes,
    pub(crate) manual: bool,
    pub(crate) corrected: bool,
    pub(crate) removed: bool,
    /// Why it was entered, corrected or removed.
    pub(crate) reason: Option<Reason>,
    /// The event that said so last.
    pub(crate) seq: u64,
}

impl TypedRows for Duties {
    const NAME: &'static str = "duties";
    const VERSION: u32 = 2;
    const INDEXES: &'static [&'static str] = &["officer", "day"];
    type Row = Duty;

    fn keys(recorded: &Recorded) -> Vec<String> {
        match event(recorded) {
            Event::ClockedIn { duty, .. }
            | Event::ClockedOut { duty, .. }
            | Event::DutyEntered { duty, .. }
            | Event::DutyCorrected { duty, .. }
            | Event::DutyRemoved { duty, .. } => vec![duty.to_string()],
            _ => Vec::new(),
        }
    }

    fn apply(recorded: &Recorded, _key: &str, old: Option<Duty>) -> Option<Duty> {
        let seq = recorded.seq;
        match event(recorded) {
            Event::ClockedIn {
                duty,
                start,
                day,
                location,
                account,
            } => Some(Duty {
                officer: duty.officer(),
                duty,
                day,
                start,
                end: None,
                location,
                account,
                minutes: Minutes::ZERO,
                manual: false,
                corrected: false,
                removed: false,
                reason: None,
                seq,
            }),
            Event::ClockedOut {
                duty,
                location,
                account,
                pieces,
            } => complete(duty, location, account, &pieces, seq),
            Event::DutyEntered {
                duty,
                location,
                account,
                pieces,
                reason,
            } => complete(duty, location, account, &pieces, seq).map(|row| Duty {
                manual: true,
                reason: Some(reason),
                ..row
            }),
            Event::DutyCorrected {
                duty,
                location,
                account,
                pieces,
                reason,
                ..
            } => complete(duty, location, account, &pieces, seq).map(|row| Duty {
                manual: old.is_some_and(|old| old.manual),
                corrected: true,
                reason: Some(reason),
                ..row
            }),
            Event::DutyRemoved { reason, .. } => old.map(|old| Duty {
                removed: true,
                reason: Some(reason),
                minutes: Minutes::ZERO,
                seq,
                ..old
            }),
            _ => old,
        }
    }
}

fn complete(
    duty: DutyId,
    location: Location,
    account: Account,
    pieces: &[Piece],
    seq: u64,
) -> Option<Duty> {
    let (first, last) = (pieces.first()?, pieces.last()?);
    Some(Duty {
        officer: duty.officer(),
        duty,
        day: first.day,
        start: first.start,
        end: Some(last.end),
        location,
        account,
        minutes: pieces.iter().map(Piece::minutes).sum(),
        manual: false,
        corrected: false,
        removed: false,
        reason: None,
        seq,
    })
}

/// One duty, if there is or was one of this id.
pub(crate) async fn find(store: &Store, duty: &DutyId) -> Result<Option<Duty>, Error> {
    store
        .read_row(
            Table::Projection(Duties::NAME),
            &crate::log(),
            duty.as_str(),
        )
        .await
}
