//! What neighbours tell: one month of an invented agreement, as their facts.

use std::collections::BTreeMap;

use eventlog::{FactRow, LogId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use prost::Message;
use wire::convert::timestamp_value;
use wire::{incidents, payroll, registry};

pub(crate) const TERMS: &str = r#"
grammar = 1
agreement = "three-rivers"
towns = ["barlow", "milford"]

[rounding]
order = ["barlow", "milford", "provider"]

[labour]
cost = "actual"
split = "worked"
travel = "destination"
premium = "pro_rata"
elsewhere = "provider"

[[pool]]
name = "vehicle"
basis = "calls"
if_zero = "equal"

[[pool]]
name = "readiness"
basis = "population"
"#;

/// A fact before it has a place: its kind, its bytes, its day.
pub(crate) type Fact = (&'static str, Vec<u8>, Date);

/// The neighbours' logs, as the listener would be given them.
#[derive(Default, Clone)]
pub(crate) struct Logs(BTreeMap<&'static str, Vec<FactRow>>);

impl Logs {
    /// Adds facts to a log, each a command of its own. Gives their rows.
    pub(crate) fn tell(&mut self, log: &'static str, facts: Vec<Fact>) -> Vec<FactRow> {
        let rows = self.0.entry(log).or_default();
        let before = rows.len();
        for (kind, bytes, valid_on) in facts {
            let prev = rows.last().map_or(0, |last| last.seq);
            // Owners have private events too: positions of facts have holes.
            let seq = prev + 1 + prev % 2;
            rows.push(FactRow {
                log: log.parse::<LogId>().unwrap(),
                seq,
                prev,
                kind: kind.to_owned(),
                leaf_hash: proof::Hash::of(&bytes),
                bytes,
                recorded_at: "2026-11-02T12:00:00Z".parse().unwrap(),
                valid_on,
                actor: "ops-1".to_owned(),
                trace: Some(format!("00-{seq:032x}-00000000000000aa-01")),
                group_last: true,
            });
        }
        rows[before..].to_vec()
    }

    pub(crate) fn rows(&self) -> Vec<Vec<FactRow>> {
        self.0.values().cloned().collect()
    }

    pub(crate) fn heads(&self) -> BTreeMap<&'static str, u64> {
        let head = |rows: &Vec<FactRow>| rows.last().map_or(0, |last| last.seq);
        self.0
            .iter()
            .map(|(log, rows)| (*log, head(rows)))
            .collect()
    }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn figure(town: &str, as_of: &str, value: &str) -> Fact {
    let fact = registry::v1::BasisFigureRecorded {
        town: town.to_owned(),
        basis: "population".to_owned(),
        as_of: as_of.to_owned(),
        value: value.to_owned(),
        source: "US Census 2020, table P1".to_owned(),
    };
    ("BasisFigureRecorded", fact.encode_to_vec(), day(as_of))
}

pub(crate) fn signed() -> Fact {
    let fact = registry::v1::AgreementSigned {
        agreement: "three-rivers".to_owned(),
        name: "Three Rivers".to_owned(),
        zone: "America/Chicago".to_owned(),
        towns: vec!["barlow".to_owned(), "milford".to_owned()],
        starts_on: "2026-10-01".to_owned(),
        ends_on: String::new(),
        terms: Some(registry::v1::Terms {
            version: 1,
            effective_from: "2026-10-01".to_owned(),
            toml: TERMS.to_owned(),
        }),
    };
    ("AgreementSigned", fact.encode_to_vec(), day("2026-09-20"))
}

pub(crate) fn incident(number: usize, town: &str, date: &str) -> Fact {
    moved(number, town, "", date)
}

pub(crate) fn moved(number: usize, town: &str, former_town: &str, date: &str) -> Fact {
    let fact = incidents::v1::IncidentClosed {
        incident: format!("cad/{number}"),
        town: town.to_owned(),
        call_type: "welfare-check".to_owned(),
        received_at: Some(timestamp_value("2026-10-05T14:00:00Z".parse().unwrap())),
        date: date.to_owned(),
        minutes: 12,
        minutes_known: true,
        former_town: former_town.to_owned(),
        ..incidents::v1::IncidentClosed::default()
    };
    ("IncidentClosed", fact.encode_to_vec(), day(date))
}

fn start_of(date: &str) -> Timestamp {
    format!("{date}T14:00:00Z").parse().unwrap()
}

/// A duty of the officer in Barlow, from nine in the morning.
pub(crate) fn duty(number: u32, date: &str, minutes: i64) -> Fact {
    let start = start_of(date);
    let fact = payroll::v1::DutyRecorded {
        officer: "cso-114".to_owned(),
        duty: format!("cso-114.{number}"),
        location: "town:barlow".to_owned(),
        account: "agreement:three-rivers".to_owned(),
        pieces: vec![payroll::v1::Piece {
            number: 1,
            date: date.to_owned(),
            week_start: "2026-10-04".to_owned(),
            start: Some(timestamp_value(start)),
            end: Some(timestamp_value(start + SignedDuration::from_mins(minutes))),
            minutes,
        }],
        manual: false,
    };
    ("DutyRecorded", fact.encode_to_vec(), day(date))
}

pub(crate) fn approved(from: &str, to: &str) -> Fact {
    let fact = payroll::v1::WeekApproved {
        officer: "cso-114".to_owned(),
        week_start: "2026-10-04".to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    ("WeekApproved", fact.encode_to_vec(), day(to))
}

/// The week of 4 October: so many minutes on the 5th, at 24 dollars an hour.
pub(crate) fn labour(revision: u32, minutes: i64) -> Fact {
    let start = start_of("2026-10-05");
    let fact = payroll::v1::LabourCosted {
        officer: "cso-114".to_owned(),
        week_start: "2026-10-04".to_owned(),
        account: "agreement:three-rivers".to_owned(),
        revision,
        slices: vec![payroll::v1::Slice {
            duty: "cso-114.1".to_owned(),
            piece: 1,
            date: "2026-10-05".to_owned(),
            start: Some(timestamp_value(start)),
            end: Some(timestamp_value(start + SignedDuration::from_mins(minutes))),
            location: "town:barlow".to_owned(),
            minutes,
            past_threshold_minutes: 0,
            cents_per_hour: "2400/1".to_owned(),
            burden: "0/1".to_owned(),
            cost_cents: format!("{}/1", minutes * 40),
        }],
        premium_cents: "0/1".to_owned(),
        premium_on: "2026-10-10".to_owned(),
        week: None,
    };
    ("LabourCosted", fact.encode_to_vec(), day("2026-10-10"))
}

/// A whole month: figures, the agreement, some incidents, one approved duty.
pub(crate) fn october() -> Logs {
    let mut logs = Logs::default();
    logs.tell(
        "registry",
        vec![
            figure("barlow", "2020-04-01", "1480"),
            figure("milford", "2020-04-01", "2960"),
            signed(),
            figure("elsewhere", "2020-04-01", "7"),
        ],
    );
    logs.tell(
        "incidents",
        vec![
            incident(1, "barlow", "2026-10-03"),
            incident(2, "milford", "2026-10-03"),
            incident(3, "milford", "2026-10-31"),
            incident(4, "milford", "2026-09-30"),
            incident(5, "elsewhere", "2026-10-07"),
            // Number 1 was in Milford after all; number 5 in Barlow.
            moved(1, "milford", "barlow", "2026-10-03"),
            moved(5, "barlow", "elsewhere", "2026-10-07"),
        ],
    );
    logs.tell(
        "payroll",
        vec![
            duty(1, "2026-10-05", 480),
            approved("2026-10-04", "2026-10-10"),
            labour(1, 480),
        ],
    );
    logs
}
