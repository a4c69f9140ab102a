//! What a week's approved minutes cost, account by account.

use std::collections::BTreeMap;

use jiff::civil::Date;
use overtime::{AccountShare, CostedWeek};
use vocabulary::{Account, Fraction, Minutes, OfficerId, Workweek};

use super::{Known, Refusal};
use crate::domain::timesheet::event::{CostedSlice, LabourCosted, WeekTotals};
use crate::domain::timesheet::state::{Accepted, Week};

/// Costs the accepted days of a week as one more revision. An account that bore something before
/// and bears nothing now gets an empty one, so that nobody keeps charging what is gone.
pub(super) fn cost(
    officer: &OfficerId,
    first: Date,
    week: &Week,
    known: &Known,
) -> Result<Vec<LabourCosted>, Refusal> {
    let mut slices = Vec::new();
    for accepted in week.accepted.values().flatten() {
        slices.push(slice(officer, accepted, known)?);
    }
    let input = overtime::Week {
        slices,
        threshold: overtime::THRESHOLD,
    };
    // Overlaps and times were refused when the duties came in, so size is all that is left.
    let costed = overtime::cost_week(&input).map_err(|_| Refusal::CostTooLarge {
        officer: officer.clone(),
        week: first,
    })?;

    let mut by_account: BTreeMap<&Account, Vec<CostedSlice>> = BTreeMap::new();
    for account in &week.costed {
        by_account.entry(account).or_default();
    }
    for slice in &costed.slices {
        let of_account = by_account.entry(&slice.slice.account).or_default();
        of_account.push(stored(slice));
    }
    let facts = by_account.into_iter().map(|(account, slices)| {
        let share = costed
            .accounts
            .iter()
            .find(|share| &share.account == account);
        LabourCosted {
            officer: officer.clone(),
            week: first,
            account: account.clone(),
            revision: week.revision + 1,
            slices,
            premium_cents: share.map(premium).unwrap_or_default(),
            premium_on: Workweek::last_day(first),
            totals: totals(&costed, share),
        }
    });
    Ok(facts.collect())
}

fn slice(
    officer: &OfficerId,
    accepted: &Accepted,
    known: &Known,
) -> Result<overtime::Slice, Refusal> {
    let day = accepted.piece.day;
    let rate = known.rate_on(day).ok_or_else(|| Refusal::NoPayRate {
        officer: officer.clone(),
        day,
    })?;
    Ok(overtime::Slice {
        duty: accepted.duty.clone(),
        piece: accepted.piece.number,
        start: accepted.piece.start,
        end: accepted.piece.end,
        day,
        location: accepted.location.clone(),
        account: accepted.account.clone(),
        rate_cents_per_hour: rate.cents_per_hour.clone(),
        burden: rate.burden.clone(),
        burden_on_premium: rate.burden_on_premium,
    })
}

fn stored(costed: &overtime::CostedSlice) -> CostedSlice {
    let slice = &costed.slice;
    CostedSlice {
        duty: slice.duty.clone(),
        piece: slice.piece,
        day: slice.day,
        start: slice.start,
        end: slice.end,
        location: slice.location.clone(),
        minutes: costed.minutes,
        past_threshold_minutes: costed.past_threshold,
        cents_per_hour: slice.rate_cents_per_hour.clone(),
        burden: slice.burden.clone(),
        pay_cents: costed.pay_cents.clone(),
        burden_cents: costed.burden_cents.clone(),
        cost_cents: costed.base_cost_cents(),
    }
}

fn premium(share: &AccountShare) -> Fraction {
    &share.premium_pay_cents + &share.premium_burden_cents
}

fn totals(costed: &CostedWeek, share: Option<&AccountShare>) -> WeekTotals {
    WeekTotals {
        minutes: costed.worked_minutes,
        threshold_minutes: overtime::THRESHOLD,
        overtime_minutes: costed.overtime_minutes,
        regular_rate: costed.regular_rate_cents_per_hour.clone(),
        premium_pay_cents: costed.premium_pay_cents.clone(),
        premium_burden_cents: costed.premium_burden_cents.clone(),
        account_minutes: share.map_or(Minutes::ZERO, |share| share.worked_minutes),
    }
}
