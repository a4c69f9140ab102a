//! Every rule of the books, given, when, then.

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
fn an_expense_gets_the_next_number() {
    let day = date(2026, 10, 3);
    let expense = |n: u64| Event::ExpenseRecorded {
        expense: Expense {
            source: None,
            id: format!("three-rivers.e{n}").parse().unwrap(),
            to: vehicle(),
            amount_cents: Cents(4_510),
            date: day,
            code: "fuel".to_owned(),
        },
    };
    given::<Books>(begun())
        .when(fuel(vehicle(), 4_510, day))
        .then([expense(1)]);
    given::<Books>(and(begun(), vec![expense(1)]))
        .when(fuel(vehicle(), 4_510, day))
        .then([expense(2)]);
}

#[test]
fn a_refund_and_a_charge_to_the_provider_are_expenses_too() {
    let day = date(2026, 10, 3);
    for (to, cents) in [
        (vehicle(), -100),
        (ExpenseTo::Direct("provider".parse().unwrap()), 700),
    ] {
        let events = decided(&begun(), &fuel(to, cents, day));
        assert_eq!(events.len(), 1);
    }
}

#[test]
fn an_expense_before_the_agreement_is_signed_is_refused() {
    given::<Books>([])
        .when(fuel(vehicle(), 100, date(2026, 10, 3)))
        .then_refused("AGREEMENT_NOT_SIGNED");
}

#[test]
fn an_expense_for_an_unknown_pool_is_refused_naming_those_there_are() {
    let pool = ExpenseTo::Pool("boat".parse().unwrap());
    let refusal = given::<Books>(begun())
        .when(fuel(pool, 100, date(2026, 10, 3)))
        .then_refused("UNKNOWN_POOL");
    let said = refusal.to_string();
    assert_eq!(
        said,
        "The terms in force in 2026-10 have no pool \"boat\": they have vehicle, readiness."
    );
}

#[test]
fn an_expense_for_a_town_outside_is_refused() {
    let elsewhere = ExpenseTo::Direct("elsewhere".parse().unwrap());
    given::<Books>(begun())
        .when(fuel(elsewhere, 100, date(2026, 10, 3)))
        .then_refused("NOT_A_PARTY");
}

#[test]
fn an_expense_of_nothing_or_of_too_much_is_refused() {
    let day = date(2026, 10, 3);
    let when = |cents| given::<Books>(begun()).when(fuel(vehicle(), cents, day));
    when(0).then_refused("EXPENSE_WITHOUT_AMOUNT");
    when(i64::MIN).then_refused("EXPENSE_TOO_LARGE");
    when(i64::MAX).then_refused("EXPENSE_TOO_LARGE");
}

#[test]
fn an_expense_from_before_the_agreement_is_refused() {
    given::<Books>(begun())
        .when(fuel(vehicle(), 100, date(2026, 9, 30)))
        .then_refused("OUTSIDE_AGREEMENT");
}

#[test]
fn a_close_issues_every_partys_statement_in_the_same_command() {
    let events = decided(&begun(), &closing("2026-10"));
    assert!(matches!(
        &events[0],
        Event::PeriodClosed { month, edition: EDITION, cuts, .. }
            if *month == self::month("2026-10") && cuts[0].log == "payroll"
    ));
    let expected = [
        of("barlow", 2_400, 0),
        of("milford", 0, 0),
        of("provider", 0, 0),
    ];
    assert_eq!(totals(&events), expected);
}

#[test]
fn closing_without_an_agreement_is_refused() {
    given::<Books>([])
        .when(closing("2026-10"))
        .then_refused("AGREEMENT_NOT_SIGNED");
}

#[test]
fn closing_twice_is_refused() {
    let closed = decided(&begun(), &closing("2026-10"));
    given::<Books>(and(begun(), closed))
        .when(closing("2026-10"))
        .then_refused("ALREADY_CLOSED");
}

#[test]
fn closing_out_of_order_is_refused_naming_the_next_month() {
    let refusal = given::<Books>(begun())
        .when(closing("2026-11"))
        .then_refused("NOT_NEXT_MONTH");
    assert!(refusal.to_string().contains("2026-10 is next"), "{refusal}");
    given::<Books>(begun())
        .when(closing("2026-09"))
        .then_refused("BEFORE_AGREEMENT");
}

#[test]
fn closing_a_month_that_is_not_over_is_refused() {
    let mut close = close_of("2026-10");
    close.today = date(2026, 10, 31);
    let refusal = given::<Books>(begun())
        .when(Command::CloseMonth(close))
        .then_refused("MONTH_NOT_OVER");
    assert!(
        refusal.to_string().contains("after 2026-10-31"),
        "{refusal}"
    );
}

#[test]
fn closing_after_the_end_of_the_agreement_is_refused_but_for_one_last_statement() {
    let at = source("registry", 40);
    let on = date(2026, 10, 31);
    let ended = copied(at, "AgreementEnded", on, vec![Entry::AgreementEnded { on }]);
    let mut events = and(begun(), vec![event(&ended)]);
    for last in ["2026-10", "2026-11"] {
        let closed = decided(&events, &closing(last));
        events.extend(closed);
    }
    given::<Books>(events)
        .when(closing("2026-12"))
        .then_refused("AFTER_AGREEMENT");
}

#[test]
fn closing_before_everything_was_heard_is_refused_naming_the_logs() {
    let mut close = close_of("2026-10");
    close.receipts[1].fact_seq = 8;
    close.cuts.push(Cut {
        log: "incidents".to_owned(),
        fact_seq: 3,
    });
    let refusal = given::<Books>(begun())
        .when(Command::CloseMonth(close))
        .then_refused("SOURCES_NOT_HEARD");
    let said = refusal.to_string();
    assert!(
        said.contains("payroll stands at 9 and was heard up to 8"),
        "{said}"
    );
    assert!(
        said.contains("incidents stands at 3 and was heard up to 0"),
        "{said}"
    );
}

#[test]
fn closing_with_open_time_is_refused_listing_it() {
    let mut close = close_of("2026-10");
    close.open = vec![open_day()];
    let refusal = given::<Books>(begun())
        .when(Command::CloseMonth(close))
        .then_refused("TIME_NOT_APPROVED");
    let violations = eventlog::Refuse::violations(&refusal);
    let told = "cso-114 on 2026-10-30, 480 minutes, unapproved";
    assert_eq!(violations[0].description, told);
    assert!(refusal.to_string().contains(told));
}

#[test]
fn open_time_that_is_allowed_is_listed_on_every_statement() {
    let mut close = close_of("2026-10");
    close.open = vec![open_day()];
    close.allow_open = true;
    let events = decided(&begun(), &Command::CloseMonth(close));
    assert!(matches!(&events[0], Event::PeriodClosed { open, .. } if *open == [open_day()]));
    for statement in statements(&events) {
        assert_eq!(statement.open, [open_day()]);
    }
}

#[test]
fn closing_without_a_basis_figure_is_refused_naming_town_figure_and_date() {
    let readiness = ExpenseTo::Pool("readiness".parse().unwrap());
    let spent = decided(&begun(), &fuel(readiness, 900, date(2026, 10, 3)));
    let refusal = given::<Books>(and(begun(), spent))
        .when(closing("2026-10"))
        .then_refused("MISSING_FIGURE");
    let said = refusal.to_string();
    assert!(said.contains("barlow has no population figure"), "{said}");
    assert!(said.contains("2026-10-31"), "{said}");
}

#[test]
fn closing_by_other_rules_is_refused() {
    let mut close = close_of("2026-10");
    close.edition = EDITION + 1;
    given::<Books>(begun())
        .when(Command::CloseMonth(close))
        .then_refused("UNKNOWN_EDITION");
}

#[test]
fn what_is_learnt_late_is_adjusted_on_the_next_statement() {
    let october = decided(&begun(), &closing("2026-10"));
    let mut events = and(begun(), october);
    events.push(event(&labour(20, 2, 90)));
    let november = decided(&events, &closing("2026-11"));
    let barlow = of("barlow", 1_200, 1_200);
    assert_eq!(totals(&november)[0], barlow);
    let adjustment = &statements(&november)[0].adjustments[0];
    assert_eq!(adjustment.month, month("2026-10"));
    assert_eq!(adjustment.causes[0].source, Some(source("payroll", 20)));
}

/// Issued and adjusted, all statements together come to the months as known at the end.
#[test]
fn statements_sum_to_what_is_known_in_the_end() {
    let mut events = begun();
    let mut charged = 0;
    for (n, text) in (0..).zip(["2026-10", "2026-11", "2026-12", "2027-01"]) {
        let closed = decided(&events, &closing(text));
        charged += totals(&closed)
            .iter()
            .map(|(_, cents, _)| cents)
            .sum::<i64>();
        events.extend(closed);
        let late = labour(
            20 + n,
            2 + u32::try_from(n).unwrap(),
            60 + 7 * i64::try_from(n).unwrap(),
        );
        events.push(event(&late));
        let spent = decided(&events, &fuel(vehicle(), 333, date(2026, 10, 9)));
        events.extend(spent);
    }
    let closed = decided(&events, &closing("2027-02"));
    charged += totals(&closed)
        .iter()
        .map(|(_, cents, _)| cents)
        .sum::<i64>();
    // 81 minutes at 40 cents, and four times fuel.
    assert_eq!(charged, 81 * 40 + 4 * 333);
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
