//! How fast weeks are reckoned: `cargo bench -p overtime`. One core, no I/O.
//!
//! * one officer-week of ten slices in three towns at two rates, a stipend and a state's rules;
//! * 10,000 officers × 52 weeks of them (`-- N` reckons N officers instead);
//! * a correction in week 1 of 52: weeks stand alone (29 CFR 778.104), so one is reckoned again.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use overtime::Slice;
use overtime::employer::EmployerKind;
use overtime::extra::ExtraKind;
use overtime::line::deltas;
use overtime::pay::{Basis, Extra, OvertimeRate, Standard, Week, Work, compute};
use overtime::rules::{RuleSet, state};
use vocabulary::{Cents, Fraction, Zone};

const WEEKS: i64 = 52;

fn main() {
    let officers = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let officers: i64 = officers.unwrap_or(10_000);
    let zone: Zone = "America/Chicago".parse().expect("a zone");
    let rules = state("US-MO").expect("a state that comes with the rulebook");
    let year: Vec<Week> = (0..WEEKS).map(|n| week(n, &zone, &rules)).collect();

    let mut times: Vec<Duration> = (0..2_000).map(|n| once(&year[n % year.len()])).collect();
    times.sort_unstable();
    println!(
        "one officer-week: median {:?}, 99th {:?}",
        times[1_000], times[1_980]
    );

    let start = Instant::now();
    for _ in 0..officers {
        for week in &year {
            black_box(compute(black_box(week)).expect("a valid week"));
        }
    }
    let took = start.elapsed();
    let each = took / u32::try_from(officers * WEEKS).expect("a bench of this size");
    println!("{officers} officers x {WEEKS} weeks on one core: {took:?}, {each:?} a week");

    let paid: Vec<_> = year
        .iter()
        .map(|week| compute(week).expect("a valid week"))
        .collect();
    let start = Instant::now();
    let mut corrected = year[0].clone();
    corrected.work.pop();
    let again = compute(&corrected).expect("a valid week");
    let owed = deltas(&paid[0].lines, &again.lines).expect("small amounts");
    println!(
        "a correction in week 1 of {WEEKS}: {:?}, 1 week reckoned again, {} lines differ",
        start.elapsed(),
        owed.len()
    );
}

fn once(week: &Week) -> Duration {
    let start = Instant::now();
    black_box(compute(black_box(week)).expect("a valid week"));
    start.elapsed()
}

/// Ten slices of 4 h 37 min, so that there is overtime and nothing divides evenly.
fn week(n: i64, zone: &Zone, rules: &RuleSet) -> Week {
    let first_day: Date = date(2026, 1, 4).saturating_add((7 * n).days());
    let towns = ["town:barlow", "town:corbin", "travel:dexter"];
    let mut work = Vec::new();
    for slice in 0..10i64 {
        let day = first_day.saturating_add((slice / 2).days());
        let start = zone.start_of(day) + SignedDuration::from_mins(480 + 300 * (slice % 2));
        let rate = if slice % 3 == 2 { 1_850 } else { 2_137 };
        let town = towns[usize::try_from(slice % 3).expect("small")];
        work.push(Work {
            slice: Slice {
                duty: format!("cso-114.{}", slice + 1).parse().expect("a duty"),
                piece: 1,
                start,
                end: start + SignedDuration::from_mins(277),
                day,
                location: town.parse().expect("a location"),
                account: "agreement:three-rivers".parse().expect("an account"),
                rate_cents_per_hour: Fraction::from(rate),
                burden: Fraction::zero(),
                burden_on_premium: false,
            },
            kind: "patrol".to_owned(),
            authorised: true,
        });
    }
    Week {
        first_day,
        standard: Standard::Workweek,
        employer: EmployerKind::Private,
        basis: Basis::Hourly,
        overtime_rate: OvertimeRate::WeightedAverage,
        work,
        extras: vec![Extra {
            kind: ExtraKind::OnCallStipend,
            cents: Cents(4_000),
            day: first_day,
        }],
        rule_sets: vec![rules.clone()],
        comp_time: None,
        minimum_wage: Some(Fraction::from(1_500)),
    }
}
