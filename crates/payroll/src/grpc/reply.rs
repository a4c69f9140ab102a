//! What the rules and tables say, as answers.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vocabulary::{Account, DutyId, Minutes};
use wire::convert::{date_text, timestamp_value};
use wire::payroll::v1 as pb;

use super::Done;
use crate::domain::timesheet::{Event, Piece};
use crate::projection::timesheets::{Cost, State, Timesheet};
use crate::projection::{duties, on_duty};

impl Done {
    /// The duty that is open afterwards: the last one begun.
    pub(super) fn begun(&self) -> String {
        let begun = self.events.iter().rev().find_map(|event| match event {
            Event::ClockedIn { duty, .. } => Some(duty.to_string()),
            _ => None,
        });
        begun.unwrap_or_default()
    }

    /// The duty that was completed, and its minutes.
    pub(super) fn completed(&self) -> (String, i64) {
        let completed = self.events.iter().find_map(|event| match event {
            Event::ClockedOut { duty, pieces, .. } | Event::DutyEntered { duty, pieces, .. } => {
                let minutes: Minutes = pieces.iter().map(Piece::minutes).sum();
                Some((duty.to_string(), minutes.0))
            }
            _ => None,
        });
        completed.unwrap_or_default()
    }

    /// Days that a correction touched.
    pub(super) fn reopened_days(&self) -> Vec<String> {
        let mut days = BTreeSet::new();
        for event in &self.events {
            let (pieces, before) = match event {
                Event::DutyCorrected { pieces, before, .. } => (pieces.as_slice(), before),
                Event::DutyRemoved { before, .. } => (&[][..], before),
                _ => continue,
            };
            days.extend(pieces.iter().chain(before).map(|piece| piece.day));
        }
        days.into_iter().map(date_text).collect()
    }

    /// What an approval costed.
    pub(super) fn costs(&self) -> Vec<pb::AccountCost> {
        let costed = self.events.iter().filter_map(|event| match event {
            Event::LabourCosted(costed) => Some(account_cost(&costed.account, &Cost::of(costed))),
            _ => None,
        });
        costed.collect()
    }
}

fn account_cost(account: &Account, cost: &Cost) -> pb::AccountCost {
    pb::AccountCost {
        account: account.to_string(),
        minutes: cost.minutes.0,
        cost_cents: cost.cost_cents.to_string(),
        premium_cents: cost.premium_cents.to_string(),
    }
}

/// A week without its duties, and without the words of the vault.
pub(super) fn timesheet(row: &Timesheet) -> pb::Timesheet {
    let locations = row.locations();
    pb::Timesheet {
        officer: row.officer.to_string(),
        week_start: date_text(row.week),
        state: week_state(row.state).into(),
        minutes: locations.values().copied().sum::<Minutes>().0,
        open_days: row.awaiting.iter().copied().map(date_text).collect(),
        exceptions: row.exceptions(),
        locations: locations
            .into_iter()
            .map(|(location, minutes)| pb::LocationMinutes {
                location: location.to_string(),
                minutes: minutes.0,
            })
            .collect(),
        duties: Vec::new(),
        costs: row
            .costs
            .iter()
            .map(|(account, cost)| account_cost(account, cost))
            .collect(),
        returned_because: String::new(),
    }
}

/// A week in which nothing was recorded yet.
pub(super) fn empty_week(officer: &str, week: Date) -> pb::Timesheet {
    pb::Timesheet {
        officer: officer.to_owned(),
        week_start: date_text(week),
        state: pb::WeekState::Open.into(),
        ..pb::Timesheet::default()
    }
}

fn week_state(state: State) -> pb::WeekState {
    match state {
        State::Open => pb::WeekState::Open,
        State::Submitted => pb::WeekState::Submitted,
        State::Returned => pb::WeekState::Returned,
        State::Approved => pb::WeekState::Approved,
    }
}

/// A duty with the words of its reason.
pub(super) fn duty(row: &duties::Duty, reason: String) -> pb::Duty {
    pb::Duty {
        duty: row.duty.to_string(),
        start: Some(timestamp_value(row.start)),
        end: row.end.map(timestamp_value),
        location: row.location.to_string(),
        account: row.account.to_string(),
        minutes: row.minutes.0,
        manual: row.manual,
        corrected: row.corrected,
        removed: row.removed,
        seq: row.seq,
        reason,
    }
}

pub(super) fn on_duty(row: &on_duty::Open) -> pb::OnDuty {
    pb::OnDuty {
        officer: row.officer.to_string(),
        duty: row.duty.to_string(),
        location: row.location.to_string(),
        since: Some(timestamp_value(row.since)),
    }
}

/// An open duty blocks the approval of its week.
pub(super) fn still_on_duty(duty: &DutyId, since: &str) -> String {
    format!("Duty {duty} is still open since {since}.")
}
