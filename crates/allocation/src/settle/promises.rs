//! Hours promised against hours delivered, and what the difference is worth.

use std::collections::VecDeque;

use vocabulary::{Fraction, Month, PartyId};

use super::known::Known;
use super::lines::{Alone, Drawn};
use super::overflow;
use crate::basis::plain;
use crate::{Promise, Promised, Refusal, Terms, Undelivered};

/// One month of a promise, in exact hours.
#[derive(Default)]
struct Kept {
    promised: Fraction,
    carried_in: Fraction,
    delivered: Fraction,
    carried_out: Fraction,
    lapsed: Fraction,
    excess: Fraction,
}

/// What became of every promise in the month, for the parties' statements.
pub(super) fn kept(terms: &Terms, known: &Known<'_>) -> Vec<Promised> {
    let promises = terms.promises.iter();
    promises
        .map(|promise| {
            let kept = in_month(promise, known);
            Promised {
                party: PartyId::Town(promise.town.clone()),
                promised_hours: plain(&kept.promised),
                carried_in_hours: plain(&kept.carried_in),
                delivered_hours: plain(&kept.delivered),
                carried_out_hours: plain(&kept.carried_out),
                lapsed_hours: plain(&kept.lapsed),
                excess_hours: plain(&kept.excess),
            }
        })
        .collect()
}

/// What was not delivered in time, credited or charged; what was delivered beyond, charged.
pub(super) fn charges(
    terms: &Terms,
    known: &Known<'_>,
    drawn: &mut Drawn<'_>,
) -> Result<(), Refusal> {
    for promise in &terms.promises {
        let kept = in_month(promise, known);
        let lapsed = match &promise.undelivered {
            Undelivered::Lapses => None,
            Undelivered::Credited(cents) => Some((Fraction::zero() - cents, "credited at")),
            Undelivered::Charged(cents) => Some((cents.clone(), "charged all the same at")),
        };
        if let Some((cents, how)) = lapsed {
            let what = format!("hours promised and not delivered in time, {how}");
            draw(
                terms,
                promise,
                "undelivered",
                (&kept.lapsed, &cents),
                &what,
                drawn,
            )?;
        }
        if let Some(cents) = &promise.excess_cents {
            let what = "hours delivered beyond those promised, at";
            draw(terms, promise, "excess", (&kept.excess, cents), what, drawn)?;
        }
    }
    Ok(())
}

fn draw(
    terms: &Terms,
    promise: &Promise,
    kind: &str,
    (hours, cents_per_hour): (&Fraction, &Fraction),
    what: &str,
    drawn: &mut Drawn<'_>,
) -> Result<(), Refusal> {
    let exact = hours * cents_per_hour;
    if exact.is_zero() {
        return Ok(());
    }
    let cents = terms.mode.cents(&exact);
    let dollars = cents_per_hour.checked_div(&Fraction::from(100));
    let dollars = dollars.expect("100 is not zero");
    drawn.alone(Alone {
        key: format!("promise/{kind}"),
        party: PartyId::Town(promise.town.clone()),
        cents: cents.map_err(|_| overflow(format!("{}'s hours", promise.town)))?,
        exact,
        rule: format!("{} {what} ${} an hour", plain(hours), plain(&dollars)),
        facts: vec![],
    });
    Ok(())
}

/// The month in question, after the months whose hours it may still have to deliver.
fn in_month(promise: &Promise, known: &Known<'_>) -> Kept {
    let mut month = known.month;
    if promise.carry_months > 0
        && let Some(from) = promise.span.from
    {
        month = Month::of(from).min(month);
    }
    let mut waiting: VecDeque<(Month, Fraction)> = VecDeque::new();
    loop {
        let kept = deliver(promise, known, month, &mut waiting);
        if month == known.month {
            return kept;
        }
        month = month.next();
    }
}

/// One month: the oldest hours are delivered first; what waited long enough lapses.
fn deliver(
    promise: &Promise,
    known: &Known<'_>,
    month: Month,
    waiting: &mut VecDeque<(Month, Fraction)>,
) -> Kept {
    let promised = &promise.hours * &promise.per.times_in(&known.in_life(&promise.span), month);
    let delivered = delivered(promise, known, month);
    let mut kept = Kept {
        carried_in: Fraction::sum(waiting.iter().map(|(_, hours)| hours)),
        promised: promised.clone(),
        delivered: delivered.clone(),
        ..Kept::default()
    };
    waiting.push_back((month, promised));
    let mut left = delivered;
    for (_, hours) in waiting.iter_mut() {
        let now = hours.clone().min(left.clone());
        *hours = &*hours - &now;
        left = left - now;
    }
    kept.excess = left;
    waiting.retain(|(_, hours)| !hours.is_zero());
    while let Some((since, _)) = waiting.front()
        && last_chance(*since, promise.carry_months) <= month
    {
        let (_, hours) = waiting.pop_front().expect("it was there just now");
        kept.lapsed += &hours;
    }
    kept.carried_out = Fraction::sum(waiting.iter().map(|(_, hours)| hours));
    kept
}

/// The last month in which a month's hours may be delivered.
fn last_chance(month: Month, carry_months: u32) -> Month {
    (0..carry_months).fold(month, |month, _| month.next())
}

fn delivered(promise: &Promise, known: &Known<'_>, month: Month) -> Fraction {
    let slices = known
        .slices()
        .filter(|(_, slice)| month.contains(slice.date));
    let minutes = slices.filter(|(_, slice)| promise.counts(&slice.location));
    let minutes = minutes.map(|(_, slice)| slice.minutes);
    minutes.fold(Fraction::zero(), |sum, more| sum + more.hours())
}
