//! Facts and terms that the tests speak of, in few words.

use jiff::civil::Date;
use vocabulary::{Cents, Fraction, IncidentId, Minutes, Month, OfficerId, PartyId, TownId};

use crate::{Expense, ExpenseTo, Facts, Figure, Incident, LabourWeek, Name, Slice, Source, Terms};

pub(crate) const THREE_RIVERS: &str = include_str!("../examples/terms/three-rivers.toml");

pub(crate) fn terms(text: &str) -> Terms {
    Terms::parse(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Terms of three towns with these tables, largest remainder in the towns' order.
pub(crate) fn with(tables: &str) -> Terms {
    terms(&document(tables))
}

pub(crate) fn document(tables: &str) -> String {
    format!(
        "grammar = 1\nagreement = \"three-rivers\"\n\
         towns = [\"barlow\", \"fenwick\", \"oakhurst\"]\n\
         rounding = {{ order = [\"barlow\", \"fenwick\", \"oakhurst\", \"provider\"] }}\n{tables}"
    )
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn fraction(text: &str) -> Fraction {
    text.parse().unwrap()
}

pub(crate) fn town(text: &str) -> TownId {
    text.parse().unwrap()
}

pub(crate) fn party(text: &str) -> PartyId {
    text.parse().unwrap()
}

pub(crate) fn at(log: &str, seq: u64) -> Source {
    Source {
        log: log.to_owned(),
        seq,
    }
}

/// `(duty, date, location, minutes, past the threshold)` at $24.00 an hour, 20 % burden.
pub(crate) fn slice(duty: u64, day: &str, location: &str, minutes: i64, past: i64) -> Slice {
    let start = format!("{day}T12:00:00Z").parse().unwrap();
    Slice {
        duty: officer().duty(duty),
        piece: 1,
        date: date(day),
        start,
        end: start,
        location: location.parse().unwrap(),
        minutes: Minutes(minutes),
        past_threshold_minutes: Minutes(past),
        rate_cents_per_hour: Fraction::from(2400),
        base_cost_cents: Fraction::from(48 * minutes),
    }
}

pub(crate) fn officer() -> OfficerId {
    "cso-114".parse().unwrap()
}

/// The first revision of a week that begins on a day, with its premium.
pub(crate) fn week(seq: u64, start: &str, premium: &str, slices: Vec<Slice>) -> LabourWeek {
    LabourWeek {
        source: at("payroll", seq),
        officer: officer(),
        week_start: date(start),
        revision: 1,
        slices,
        premium_cents: fraction(premium),
        premium_on: vocabulary::Workweek::last_day(date(start)),
    }
}

pub(crate) fn incident(seq: u64, town_id: &str, day: &str, minutes: Option<i64>) -> Incident {
    Incident {
        source: at("incidents", seq),
        id: IncidentId::new(format!("cad/{seq}")).unwrap(),
        town: town(town_id),
        call_type: "welfare-check".to_owned(),
        date: date(day),
        minutes: minutes.map(Minutes),
        withdrawn: false,
    }
}

pub(crate) fn expense(n: u64, to: ExpenseTo, cents: i64, day: &str) -> Expense {
    Expense {
        source: None,
        id: format!("three-rivers.e{n}").parse().unwrap(),
        to,
        amount_cents: Cents(cents),
        date: date(day),
        code: "fuel".to_owned(),
    }
}

pub(crate) fn pool(name: &str) -> ExpenseTo {
    ExpenseTo::Pool(Name::new(name).unwrap())
}

pub(crate) fn direct(name: &str) -> ExpenseTo {
    ExpenseTo::Direct(party(name))
}

pub(crate) fn figure(seq: u64, town_id: &str, basis: &str, as_of: &str, value: &str) -> Figure {
    Figure {
        source: at("registry", seq),
        town: town(town_id),
        basis: basis.to_owned(),
        as_of: date(as_of),
        value: fraction(value),
        figure_source: "census-2020".to_owned(),
    }
}

/// One expense of October 2026 for a pool named `cost`.
pub(crate) fn spent(cents: i64) -> Facts {
    Facts {
        expenses: vec![expense(1, pool("cost"), cents, "2026-10-05")],
        ..Facts::default()
    }
}

/// A small October of the three towns: two weeks, one with overtime, over the month's end.
pub(crate) fn october() -> Facts {
    Facts {
        labour: vec![
            week(
                11,
                "2026-10-04",
                "0",
                vec![
                    slice(1, "2026-10-05", "town:barlow", 480, 0),
                    slice(2, "2026-10-06", "travel:fenwick", 25, 0),
                    slice(3, "2026-10-06", "town:fenwick", 455, 0),
                    slice(4, "2026-10-07", "training", 240, 0),
                ],
            ),
            week(
                12,
                "2026-10-25",
                "4320/7",
                vec![
                    slice(5, "2026-10-26", "town:oakhurst", 600, 0),
                    slice(6, "2026-10-30", "town:barlow", 610, 70),
                ],
            ),
        ],
        incidents: vec![
            incident(21, "barlow", "2026-10-05", Some(35)),
            incident(22, "barlow", "2026-10-06", None),
            incident(23, "oakhurst", "2026-10-26", Some(50)),
        ],
        expenses: vec![
            expense(1, pool("vehicle"), 31_007, "2026-10-31"),
            expense(2, direct("fenwick"), 4_999, "2026-10-12"),
        ],
        figures: figures(),
    }
}

pub(crate) fn figures() -> Vec<Figure> {
    vec![
        figure(1, "barlow", "population", "2020-04-01", "1480"),
        figure(2, "fenwick", "population", "2020-04-01", "905"),
        figure(3, "oakhurst", "population", "2020-04-01", "2311"),
    ]
}
