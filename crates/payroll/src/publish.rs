//! Event → fact: the one place where what is private becomes what neighbours learn.
//!
//! Every event of payroll is public, but not all of it: reasons stay behind, and so does what a
//! duty was before a correction.

use eventlog::Fact;
use prost::Message;
use vocabulary::{Account, DutyId, Location, OfficerId};
use wire::convert::{date_text, timestamp_value};
use wire::payroll::v1 as fact;

use crate::domain::timesheet::{CostedSlice, Event, LabourCosted, Piece};

/// The fact of an event.
pub(crate) fn fact(event: &Event) -> Fact {
    match event {
        Event::ClockedIn {
            duty,
            start,
            location,
            account,
            ..
        } => encode(
            "DutyStarted",
            &fact::DutyStarted {
                officer: duty.officer().to_string(),
                duty: duty.to_string(),
                start: Some(timestamp_value(*start)),
                location: location.to_string(),
                account: account.to_string(),
            },
        ),
        Event::ClockedOut {
            duty,
            location,
            account,
            pieces,
        } => recorded(duty, location, account, pieces, false),
        Event::DutyEntered {
            duty,
            location,
            account,
            pieces,
            ..
        } => recorded(duty, location, account, pieces, true),
        Event::DutyCorrected {
            duty,
            location,
            account,
            pieces,
            ..
        } => corrected(duty, location, account, pieces),
        Event::DutyRemoved {
            duty,
            location,
            account,
            ..
        } => corrected(duty, location, account, &[]),
        Event::LabourCosted(costed) => encode("LabourCosted", &labour(costed)),
        Event::WeekOpened { officer, week, .. }
        | Event::WeekSubmitted { officer, week, .. }
        | Event::WeekReturned { officer, week, .. }
        | Event::WeekApproved { officer, week, .. } => of_week(event, officer, date_text(*week)),
    }
}

fn of_week(event: &Event, officer: &OfficerId, week_start: String) -> Fact {
    let officer = officer.to_string();
    match event {
        Event::WeekSubmitted { .. } => encode(
            "WeekSubmitted",
            &fact::WeekSubmitted {
                officer,
                week_start,
            },
        ),
        Event::WeekReturned { .. } => encode(
            "WeekReturned",
            &fact::WeekReturned {
                officer,
                week_start,
            },
        ),
        Event::WeekApproved { from, to, .. } => encode(
            "WeekApproved",
            &fact::WeekApproved {
                officer,
                week_start,
                from: date_text(*from),
                to: date_text(*to),
            },
        ),
        _ => encode(
            "WeekOpened",
            &fact::WeekOpened {
                officer,
                week_start,
            },
        ),
    }
}

fn recorded(
    duty: &DutyId,
    location: &Location,
    account: &Account,
    pieces: &[Piece],
    manual: bool,
) -> Fact {
    encode(
        "DutyRecorded",
        &fact::DutyRecorded {
            officer: duty.officer().to_string(),
            duty: duty.to_string(),
            location: location.to_string(),
            account: account.to_string(),
            pieces: pieces.iter().map(piece).collect(),
            manual,
        },
    )
}

fn corrected(duty: &DutyId, location: &Location, account: &Account, pieces: &[Piece]) -> Fact {
    encode(
        "DutyCorrected",
        &fact::DutyCorrected {
            officer: duty.officer().to_string(),
            duty: duty.to_string(),
            location: location.to_string(),
            account: account.to_string(),
            pieces: pieces.iter().map(piece).collect(),
        },
    )
}

fn piece(piece: &Piece) -> fact::Piece {
    fact::Piece {
        number: piece.number,
        date: date_text(piece.day),
        week_start: date_text(piece.week),
        start: Some(timestamp_value(piece.start)),
        end: Some(timestamp_value(piece.end)),
        minutes: piece.minutes().0,
    }
}

fn labour(costed: &LabourCosted) -> fact::LabourCosted {
    let totals = &costed.totals;
    fact::LabourCosted {
        officer: costed.officer.to_string(),
        week_start: date_text(costed.week),
        account: costed.account.to_string(),
        revision: costed.revision,
        slices: costed.slices.iter().map(slice).collect(),
        premium_cents: costed.premium_cents.to_string(),
        premium_on: date_text(costed.premium_on),
        week: Some(fact::WeekTotals {
            minutes: totals.minutes.0,
            threshold_minutes: totals.threshold_minutes.0,
            overtime_minutes: totals.overtime_minutes.0,
            regular_rate: totals.regular_rate.to_string(),
            premium_cents: (&totals.premium_pay_cents + &totals.premium_burden_cents).to_string(),
            account_minutes: totals.account_minutes.0,
        }),
    }
}

fn slice(slice: &CostedSlice) -> fact::Slice {
    fact::Slice {
        duty: slice.duty.to_string(),
        piece: slice.piece,
        date: date_text(slice.day),
        start: Some(timestamp_value(slice.start)),
        end: Some(timestamp_value(slice.end)),
        location: slice.location.to_string(),
        minutes: slice.minutes.0,
        past_threshold_minutes: slice.past_threshold_minutes.0,
        cents_per_hour: slice.cents_per_hour.to_string(),
        burden: slice.burden.to_string(),
        cost_cents: slice.cost_cents.to_string(),
    }
}

fn encode(kind: &'static str, message: &impl Message) -> Fact {
    Fact {
        kind,
        bytes: message.encode_to_vec(),
    }
}
