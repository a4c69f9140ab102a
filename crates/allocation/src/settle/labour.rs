//! Officers' time: each officer's month in whole cents, then to towns, pools and parties.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction, Location, Minutes, OfficerId, PartyId};

use super::known::Known;
use super::lines::Whole;
use super::overflow;
use super::pools::Fed;
use crate::basis::{Entitled, plain};
use crate::terms::History;
use crate::{Citation, Destination, FigureUsed, Labour, LabourCost, LabourWeek, Name, Premium};
use crate::{Refusal, Slice, Terms, Unit, apportion};

/// What labour comes to.
pub(super) struct Charged {
    /// What goes straight to parties: `labour/<officer>` and `premium/<officer>`.
    pub(super) pools: Vec<Whole>,
    /// What goes into cost pools.
    pub(super) into_pools: BTreeMap<Name, Vec<Fed>>,
}

/// Where exact cents go: to a party, or into a pool.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Party(PartyId),
    Pool(Name),
}

/// What goes to one target.
#[derive(Default)]
struct Parcel {
    exact: Fraction,
    minutes: i64,
    facts: Vec<Citation>,
}

/// One officer's account: everything before the month, and the month itself by target.
#[derive(Default)]
struct Account {
    before: Fraction,
    parcels: BTreeMap<Target, Parcel>,
}

type Accounts<'a> = BTreeMap<&'a OfficerId, Account>;

pub(super) fn labour(
    history: &History<'_>,
    terms: &Terms,
    known: &Known<'_>,
) -> Result<Charged, Refusal> {
    let mut charged = Charged {
        pools: vec![],
        into_pools: BTreeMap::new(),
    };
    let Some(labour) = &terms.labour else {
        return match known.slices_in_month().next() {
            None => Ok(charged),
            Some((week, _)) => Err(Refusal::LabourWithoutTerms {
                officer: week.officer.clone(),
                month: known.month,
            }),
        };
    };
    let rule = format!(
        "minutes to the town they were worked in, at {}",
        labour.cost.in_words()
    );
    for (officer, account) in base(history, terms, labour, known)? {
        let key = format!("labour/{officer}");
        charged.take(terms, key, "hours", &rule, account)?;
    }
    if let Some(premium) = &labour.premium {
        let rule = format!(
            "overtime premium of the workweeks that end in the month, {}",
            premium.in_words()
        );
        for (officer, account) in premiums(history, terms, labour, premium, known) {
            let key = format!("premium/{officer}");
            charged.take(terms, key, "hours", &rule, account)?;
        }
    }
    Ok(charged)
}

/// Straight time: every slice at its cost, up to the month's end.
fn base<'a>(
    history: &History<'_>,
    terms: &Terms,
    labour: &Labour,
    known: &Known<'a>,
) -> Result<Accounts<'a>, Refusal> {
    let mut accounts: Accounts<'a> = BTreeMap::new();
    let first_day = known.month.first_day();
    let last_day = known.month.last_day();
    for week in &known.weeks {
        let account = accounts.entry(&week.officer).or_default();
        for slice in &week.slices {
            if slice.date < first_day {
                let then = history.in_force(vocabulary::Month::of(slice.date));
                let then =
                    then.ok_or_else(|| outside(week, slice, "before any terms are in force"))?;
                if let Some(labour) = &then.labour {
                    account.before += &cost(labour, slice);
                }
            } else if slice.date <= last_day {
                if history
                    .ends_on
                    .is_some_and(|ended_on| slice.date > ended_on)
                {
                    return Err(outside(week, slice, "after the agreement's last day"));
                }
                let cents = cost(labour, slice);
                let parcel = account
                    .parcels
                    .entry(target(terms, labour, slice))
                    .or_default();
                parcel.add(week, slice, slice.minutes, cents);
            }
        }
    }
    Ok(accounts)
}

/// The premium of the workweeks that end in the month, and those before for the running total.
fn premiums<'a>(
    history: &History<'_>,
    terms: &Terms,
    labour: &Labour,
    premium: &Premium,
    known: &Known<'a>,
) -> Accounts<'a> {
    let mut accounts: Accounts<'a> = BTreeMap::new();
    for week in known
        .weeks
        .iter()
        .filter(|week| !week.premium_cents.is_zero())
    {
        let account = accounts.entry(&week.officer).or_default();
        if week.premium_on < known.month.first_day() {
            let then = history.in_force(vocabulary::Month::of(week.premium_on));
            let charged =
                |terms: &&Terms| terms.labour.as_ref().is_some_and(|l| l.premium.is_some());
            if then.as_ref().is_some_and(charged) {
                account.before += &week.premium_cents;
            }
        } else if week.premium_on <= known.month.last_day() {
            split_premium(terms, labour, premium, week, account);
        }
    }
    accounts
}

/// One week's premium follows its minutes: all of them, those past the threshold, or those beyond
/// what was promised.
fn split_premium(
    terms: &Terms,
    labour: &Labour,
    premium: &Premium,
    week: &LabourWeek,
    account: &mut Account,
) {
    let weights = weights(terms, premium, week);
    let total = Fraction::sum(&weights);
    for (slice, weight) in week.slices.iter().zip(&weights) {
        if weight.is_zero() {
            continue;
        }
        let part = weight.checked_div(&total);
        let part = part.expect("a sum of numbers above zero is above zero");
        let target = match premium {
            Premium::ProRata | Premium::WorkedLast | Premium::BeyondPromise => {
                target(terms, labour, slice)
            }
            Premium::Pool(name) => Target::Pool(name.clone()),
            Premium::Party(party) => Target::Party(party.clone()),
        };
        let parcel = account.parcels.entry(target).or_default();
        let minutes = Minutes(weight.floor().to_integer_exact().unwrap_or_default());
        parcel.add(week, slice, minutes, &week.premium_cents * &part);
    }
    if total.is_zero() {
        // A premium without a minute in this agreement is nobody's here: the provider's line.
        let parcel = account
            .parcels
            .entry(Target::Party(PartyId::Provider))
            .or_default();
        parcel.exact += &week.premium_cents;
        parcel.facts.push(Citation::week(week));
    }
}

/// What each slice of a week counts for when its premium is split.
fn weights(terms: &Terms, premium: &Premium, week: &LabourWeek) -> Vec<Fraction> {
    let slices = week.slices.iter();
    let chosen: Vec<Fraction> = match premium {
        Premium::WorkedLast => slices
            .map(|slice| Fraction::from(slice.past_threshold_minutes.0))
            .collect(),
        Premium::BeyondPromise => slices
            .map(|slice| beyond_promise(terms, week, slice))
            .collect(),
        Premium::ProRata | Premium::Pool(_) | Premium::Party(_) => vec![],
    };
    if chosen.iter().any(|weight| !weight.is_zero()) {
        return chosen;
    }
    let slices = week.slices.iter();
    slices
        .map(|slice| Fraction::from(slice.minutes.0))
        .collect()
}

/// A slice's part of the minutes that its town got in the week beyond those promised to it.
fn beyond_promise(terms: &Terms, week: &LabourWeek, slice: &Slice) -> Fraction {
    let promise = terms.promises.iter().find(|p| p.counts(&slice.location));
    let Some(promise) = promise else {
        return Fraction::zero();
    };
    let slices = week.slices.iter().filter(|s| promise.counts(&s.location));
    let got = Fraction::from(slices.map(|s| s.minutes.0).sum::<i64>());
    let promised = promise.hours_in_week(week.week_start) * Fraction::from(60);
    let beyond = &got - &promised;
    match Fraction::from(slice.minutes.0).checked_div(&got) {
        Some(part) if !beyond.is_negative() => part * beyond,
        _ => Fraction::zero(),
    }
}

fn outside(week: &LabourWeek, slice: &Slice, when: &str) -> Refusal {
    Refusal::Impossible {
        what: format!("duty {}/{} of {}", slice.duty, slice.piece, week.officer),
        why: format!(
            "it is charged to this agreement on {}, {when}: correct its account",
            slice.date
        ),
    }
}

fn cost(labour: &Labour, slice: &Slice) -> Fraction {
    match &labour.cost {
        LabourCost::Actual => slice.base_cost_cents.clone(),
        LabourCost::Hourly { cents_per_hour } => cents_per_hour * &slice.minutes.hours(),
    }
}

fn target(terms: &Terms, labour: &Labour, slice: &Slice) -> Target {
    let (destination, town) = match &slice.location {
        Location::Town(town) => (&labour.split, Some(town)),
        Location::Travel(town) => (&labour.travel, Some(town)),
        Location::Training => (&labour.training, None),
        Location::Court => (&labour.court, None),
        Location::Leave => (&labour.leave, None),
        Location::Administration => (&labour.administration, None),
        Location::Aid(_) => (&labour.aid, None),
    };
    let member = |town: &vocabulary::TownId| terms.is_member(town, slice.date);
    let (destination, town) = match town {
        Some(town) if !member(town) => (&labour.outside, None),
        town => (destination, town),
    };
    match (destination, town) {
        (Destination::Worked, Some(town)) => Target::Party(PartyId::Town(town.clone())),
        (Destination::Worked, None) => Target::Party(PartyId::Provider),
        (Destination::Pool(name), _) => Target::Pool(name.clone()),
        (Destination::Party(party), _) => Target::Party(party.clone()),
    }
}

impl Parcel {
    fn add(&mut self, week: &LabourWeek, slice: &Slice, minutes: Minutes, cents: Fraction) {
        self.exact += &cents;
        self.minutes += minutes.0;
        self.facts.push(Citation {
            minutes: Some(minutes),
            ..Citation::slice(week, slice, Some(cents))
        });
    }
}

impl Account {
    /// The month's whole cents: the running total's rounding at its end, less that before it.
    fn month_cents(&self) -> Result<Cents, vocabulary::Overflow> {
        let during = Fraction::sum(self.parcels.values().map(|p| &p.exact));
        let until_end = (&self.before + &during).to_cents_half_up()?;
        until_end.checked_sub(self.before.to_cents_half_up()?)
    }
}

impl Charged {
    /// Cuts an officer's month into what goes straight to parties and what goes into each pool,
    /// by the largest remainder in that order; the rest of the settlement splits whole cents.
    fn take(
        &mut self,
        terms: &Terms,
        key: String,
        basis: &str,
        rule: &str,
        account: Account,
    ) -> Result<(), Refusal> {
        let month = account.month_cents().map_err(|_| overflow(&key))?;
        let mut to_parties = vec![];
        let mut to_pools: BTreeMap<Name, Parcel> = BTreeMap::new();
        for (target, parcel) in account.parcels {
            match target {
                Target::Party(party) => to_parties.push((party, parcel)),
                Target::Pool(name) => drop(to_pools.insert(name, parcel)),
            }
        }
        let order = |name: &Name| terms.pools.iter().position(|p| p.name == *name);
        let mut to_pools: Vec<_> = to_pools.into_iter().collect();
        to_pools.sort_by_key(|(name, _)| order(name));
        let straight = Fraction::sum(to_parties.iter().map(|(_, p)| &p.exact));
        let mut exact = vec![straight.clone()];
        exact.extend(to_pools.iter().map(|(_, p)| p.exact.clone()));
        let total = Fraction::sum(&exact);
        // The month's cents and its exact cost differ by less than a cent: the parts are scaled.
        let scaled = exact.iter().map(|part| match part.checked_div(&total) {
            Some(share) => share * month.exact(),
            None => Fraction::zero(),
        });
        let scaled: Vec<Fraction> = scaled.collect();
        let parts = apportion(month, &scaled).map_err(|_| overflow(&key))?;
        for ((name, parcel), part) in to_pools.into_iter().zip(&parts[1..]) {
            self.into_pools.entry(name).or_default().push(Fed {
                cents: part.cents,
                exact: parcel.exact,
                facts: parcel.facts,
            });
        }
        if !to_parties.is_empty() {
            let amount = parts[0].cents;
            self.pools
                .push(whole(terms, key, basis, rule, amount, straight, to_parties));
        }
        Ok(())
    }
}

fn whole(
    terms: &Terms,
    key: String,
    basis: &str,
    rule: &str,
    amount: Cents,
    exact: Fraction,
    mut parcels: Vec<(PartyId, Parcel)>,
) -> Whole {
    let order = terms.parties();
    parcels.sort_by_key(|(party, _)| order.iter().position(|p| p == party));
    let minutes: i64 = parcels.iter().map(|(_, p)| p.minutes).sum();
    let mut facts = vec![];
    let mut own = BTreeMap::new();
    let mut shares = vec![];
    for (party, mut parcel) in parcels {
        parcel.facts.sort();
        shares.push(Entitled {
            party: party.clone(),
            // Nothing was earned: minutes at no cost have no shares of it.
            share: parcel.exact.checked_div(&exact).unwrap_or_default(),
            figures: figures(&parcel, minutes, &exact),
        });
        facts.extend(parcel.facts.iter().cloned());
        own.insert(party, parcel.facts);
    }
    if exact.is_zero() {
        shares.clear();
    }
    facts.sort();
    Whole {
        key,
        basis: basis.to_owned(),
        rule: rule.to_owned(),
        amount,
        exact,
        shares,
        facts,
        own,
    }
}

/// The minutes, for reading, with no weight; the cost, which the share is made of.
fn figures(parcel: &Parcel, minutes: i64, exact: &Fraction) -> Vec<FigureUsed> {
    let figure = |basis: &str, unit, weight: Fraction, value: String, total: String| FigureUsed {
        basis: basis.to_owned(),
        weight,
        value,
        total,
        unit,
        as_of: None,
        sources: vec![],
    };
    vec![
        figure(
            "hours",
            Unit::Minutes,
            Fraction::zero(),
            parcel.minutes.to_string(),
            minutes.to_string(),
        ),
        figure(
            "cost",
            Unit::Cents,
            Fraction::one(),
            plain(&parcel.exact),
            plain(exact),
        ),
    ]
}
