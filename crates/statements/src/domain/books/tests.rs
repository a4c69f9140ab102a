//! Every rule of the books, given, when, then.

mod closes;
mod expenses;

use allocation::{EDITION, Entry, Expense, ExpenseTo, LabourWeek, OpenTime, Slice, Source};
use eventlog::testing::{given, golden};
use jiff::civil::{Date, date};
use vocabulary::{Cents, Fraction, Minutes, Month};

use super::*;

const TERMS: &str = r#"
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
basis = "equal"

[[pool]]
name = "readiness"
basis = "population"
"#;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn source(log: &str, seq: u64) -> Source {
    let log = log.to_owned();
    Source { log, seq }
}

fn copied(source: Source, kind: &str, on: Date, entries: Vec<Entry>) -> CopiedFact {
    CopiedFact {
        leaf_hash: proof::Hash::of(source.log.as_bytes()),
        source,
        kind: kind.to_owned(),
        body: Bytes(b"as published".to_vec()),
        on,
        entries,
    }
}

fn event(fact: &CopiedFact) -> Event {
    Event::FactCopied {
        source: fact.source.clone(),
        leaf_hash: fact.leaf_hash,
        fact: fact.kind.clone(),
        body: fact.body.clone(),
        on: fact.on,
        entries: fact.entries.clone(),
    }
}

fn signing() -> CopiedFact {
    let source = source("registry", 4);
    let agreed = Entry::AgreementSigned {
        agreement: "three-rivers".parse().unwrap(),
        starts_on: date(2026, 10, 1),
        ends_on: None,
    };
    let terms = Entry::TermsInForce {
        source: source.clone(),
        version: 1,
        from: date(2026, 10, 1),
        toml: TERMS.to_owned(),
    };
    copied(
        source,
        "AgreementSigned",
        date(2026, 9, 20),
        vec![agreed, terms],
    )
}

/// An hour in Barlow at 24 dollars.
fn labour(seq: u64, revision: u32, minutes: i64) -> CopiedFact {
    let at = source("payroll", seq);
    let start = "2026-10-05T14:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let week = LabourWeek {
        source: at.clone(),
        officer: "cso-114".parse().unwrap(),
        week_start: date(2026, 10, 4),
        revision,
        slices: vec![Slice {
            duty: "cso-114.1".parse().unwrap(),
            piece: 1,
            date: date(2026, 10, 5),
            start,
            end: start + jiff::SignedDuration::from_mins(minutes),
            location: "town:barlow".parse().unwrap(),
            minutes: Minutes(minutes),
            past_threshold_minutes: Minutes::ZERO,
            rate_cents_per_hour: Fraction::from(2_400),
            base_cost_cents: Fraction::from(minutes * 40),
        }],
        premium_cents: Fraction::zero(),
        premium_on: date(2026, 10, 10),
    };
    copied(
        at,
        "LabourCosted",
        date(2026, 10, 11),
        vec![Entry::Labour(week)],
    )
}

fn close_of(text: &str) -> CloseMonth {
    let month = month(text);
    let heads = [("registry", 4), ("payroll", 9)].map(|(log, fact_seq)| Cut {
        log: log.to_owned(),
        fact_seq,
    });
    CloseMonth {
        month,
        cuts: heads.to_vec(),
        receipts: heads.to_vec(),
        open: vec![],
        allow_open: false,
        edition: EDITION,
        today: month.next().first_day(),
    }
}

fn closing(text: &str) -> Command {
    Command::CloseMonth(close_of(text))
}

fn open_day() -> OpenTime {
    OpenTime {
        officer: "cso-114".parse().unwrap(),
        date: date(2026, 10, 30),
        minutes: Minutes(480),
        why: "unapproved".to_owned(),
    }
}

fn begun() -> Vec<Event> {
    vec![event(&signing()), event(&labour(9, 1, 60))]
}

/// What a close decides on these events.
fn decided(events: &[Event], command: &Command) -> Vec<Event> {
    let given = given::<Books>(events.to_vec());
    <Books as eventlog::Decider>::decide(given.state(), command).unwrap()
}

fn and(mut events: Vec<Event>, more: Vec<Event>) -> Vec<Event> {
    events.extend(more);
    events
}

fn statements(events: &[Event]) -> Vec<&allocation::Statement> {
    let issued = events.iter().filter_map(|event| match event {
        Event::StatementIssued { statement } => Some(statement.as_ref()),
        _ => None,
    });
    issued.collect()
}

fn totals(events: &[Event]) -> Vec<(String, i64, i64)> {
    let told =
        |s: &&allocation::Statement| (s.party.to_string(), s.total_cents.0, s.adjustments_cents.0);
    statements(events).iter().map(told).collect()
}

fn of(party: &str, cents: i64, adjusted: i64) -> (String, i64, i64) {
    (party.to_owned(), cents, adjusted)
}

fn fuel(to: ExpenseTo, cents: i64, day: Date) -> Command {
    Command::RecordExpense(RecordExpense {
        to,
        amount_cents: Cents(cents),
        date: day,
        code: "fuel".to_owned(),
    })
}

fn ended(on: Date) -> CopiedFact {
    let at = source("registry", 40);
    copied(at, "AgreementEnded", on, vec![Entry::AgreementEnded { on }])
}

fn vehicle() -> ExpenseTo {
    ExpenseTo::Pool("vehicle".parse().unwrap())
}

#[test]
fn facts_are_copied_in_the_order_in_which_they_come() {
    let facts = vec![signing(), labour(9, 1, 60)];
    let events = facts.iter().map(event).collect::<Vec<_>>();
    given::<Books>([])
        .when(Command::CopyFacts { facts })
        .then(events);
}

#[test]
fn a_fact_is_copied_once_however_often_it_comes() {
    let (known, new) = (labour(9, 1, 60), labour(12, 2, 90));
    let facts = vec![known.clone(), new.clone(), new.clone()];
    given::<Books>([event(&signing()), event(&known)])
        .when(Command::CopyFacts {
            facts: facts.clone(),
        })
        .then([event(&new)]);
    given::<Books>(facts[..2].iter().map(event))
        .when(Command::CopyFacts { facts })
        .then_nothing();
}

#[test]
fn every_event_is_published_whole_under_its_own_name() {
    let mut events = begun();
    events.extend(decided(&events, &fuel(vehicle(), 4_510, date(2026, 10, 3))));
    events.extend(decided(&events, &closing("2026-10")));
    let facts: Vec<_> = events.iter().map(crate::publish::fact).collect();
    let kinds: Vec<&str> = facts.iter().map(|fact| fact.kind).collect();
    let expected = [
        "FactCopied",
        "FactCopied",
        "ExpenseRecorded",
        "PeriodClosed",
        "StatementIssued",
        "StatementIssued",
        "StatementIssued",
    ];
    assert_eq!(kinds, expected);
    for event in statements(&events).iter().zip(&facts[4..]) {
        let (statement, fact) = event;
        let issued: wire::statements::v1::StatementIssued =
            prost::Message::decode(fact.bytes.as_slice()).unwrap();
        assert_eq!(issued.document, statement.to_json());
        assert_eq!(issued.amount_cents, statement.total_cents.0);
    }
}

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn every_event_ever_stored_still_loads() {
    golden::<Event>(format!("{GOLDEN}/events"));
}

/// Published bytes are for ever: towns hold copies of them.
#[test]
fn the_fact_of_every_golden_event_keeps_its_bytes() {
    for entry in std::fs::read_dir(format!("{GOLDEN}/events")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let event: Event = serde_json::from_str(&text).unwrap();
        let fact = crate::publish::fact(&event);
        let hex = fact.bytes.iter().map(|byte| format!("{byte:02x}"));
        let written = format!("{} {}\n", fact.kind, hex.collect::<String>());
        let stored = std::fs::read_to_string(format!("{GOLDEN}/facts/{name}.txt"));
        assert_eq!(stored.unwrap_or_default(), written, "the fact of {name}");
    }
}
