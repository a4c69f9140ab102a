use allocation::{Entry, Expense, ExpenseTo, Ledger, OpenTime, Source};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use prost::Message;
use vocabulary::{AgreementId, Cents, Minutes, Month};
use wire::convert::timestamp_value;
use wire::incidents::v1::IncidentClosed;
use wire::payroll::v1::{LabourCosted, Slice};
use wire::registry::v1::{AgreementSigned, BasisFigureRecorded, Terms};
use wire::statements::v1 as facts;

use crate::{Concern, Content, Cut, Leaf, fact, own, read};

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
basis = "calls"
if_zero = "equal"
"#;

fn source(log: &str, seq: u64) -> Source {
    Source {
        log: log.to_owned(),
        seq,
    }
}

fn agreement() -> AgreementId {
    "three-rivers".parse().unwrap()
}

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn copied(log: &str, seq: u64, kind: &str, body: Vec<u8>) -> (&'static str, Vec<u8>) {
    let fact = facts::FactCopied {
        source_log: log.to_owned(),
        source_seq: seq,
        source_leaf_hash: vec![7; 32],
        kind: kind.to_owned(),
        body,
    };
    ("fact_copied", fact.encode_to_vec())
}

fn signed() -> Vec<u8> {
    AgreementSigned {
        agreement: "three-rivers".to_owned(),
        name: "Three Rivers".to_owned(),
        zone: "America/Chicago".to_owned(),
        towns: vec!["barlow".to_owned(), "milford".to_owned()],
        starts_on: "2026-10-01".to_owned(),
        ends_on: String::new(),
        terms: Some(Terms {
            version: 1,
            effective_from: "2026-10-01".to_owned(),
            toml: TERMS.to_owned(),
        }),
    }
    .encode_to_vec()
}

fn incident(number: u32, town: &str, former_town: &str) -> Vec<u8> {
    IncidentClosed {
        incident: format!("cad/{number}"),
        town: town.to_owned(),
        call_type: "welfare-check".to_owned(),
        received_at: None,
        date: "2026-10-05".to_owned(),
        minutes: 12,
        minutes_known: true,
        former_town: former_town.to_owned(),
        ..IncidentClosed::default()
    }
    .encode_to_vec()
}

fn labour(account: &str, minutes: i64) -> Vec<u8> {
    let start = "2026-10-05T14:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let end = start + jiff::SignedDuration::from_mins(minutes);
    LabourCosted {
        officer: "cso-114".to_owned(),
        week_start: "2026-10-04".to_owned(),
        account: account.to_owned(),
        revision: 1,
        slices: vec![Slice {
            duty: "cso-114.1".to_owned(),
            piece: 1,
            date: "2026-10-05".to_owned(),
            start: Some(timestamp_value(start)),
            end: Some(timestamp_value(end)),
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
    }
    .encode_to_vec()
}

/// An expense of 100 dollars for the vehicle.
fn expense(number: u64, day: Date) -> Expense {
    Expense {
        source: None,
        id: agreement().expense(number),
        to: ExpenseTo::Pool("vehicle".parse().unwrap()),
        amount_cents: Cents(10_000),
        date: day,
        code: "fuel".to_owned(),
    }
}

type Written = (&'static str, Vec<u8>);

fn recorded(expense: &Expense) -> Written {
    (
        "expense_recorded",
        own::expense_recorded(expense).encode_to_vec(),
    )
}

/// A log with one closed month, as the service writes it.
fn closed() -> Vec<Written> {
    let mut leaves = vec![
        copied("registry", 4, "AgreementSigned", signed()),
        copied("incidents", 1, "IncidentClosed", incident(1, "barlow", "")),
        copied(
            "payroll",
            9,
            "LabourCosted",
            labour("agreement:three-rivers", 60),
        ),
        recorded(&expense(1, date(2026, 10, 3))),
    ];
    close(&mut leaves, october());
    leaves
}

fn close(leaves: &mut Vec<Written>, month: Month) {
    let ledger = log(leaves).unwrap().ledger();
    let close = ledger.close(month, &[]).unwrap();
    let cuts = [Cut {
        log: "payroll".to_owned(),
        fact_seq: 9,
    }];
    let period = own::period_closed(month, &cuts, &[], close.edition);
    leaves.push(("period_closed", period.encode_to_vec()));
    for statement in &close.statements {
        let issued = own::statement_issued(statement);
        leaves.push(("statement_issued", issued.encode_to_vec()));
    }
}

fn log(leaves: &[Written]) -> Result<crate::Log, crate::Wrong> {
    read(leaves.iter().zip(1..).map(|((kind, bytes), seq)| Leaf {
        seq,
        kind,
        fact: Some(bytes),
    }))
}

fn checked(leaves: &[Written]) -> Result<crate::Checked, crate::Wrong> {
    log(leaves)?.check()
}

#[test]
fn a_log_as_written_is_read_and_every_statement_comes_out_the_same() {
    let leaves = closed();
    let checked = checked(&leaves).unwrap();
    assert_eq!(checked.agreement, agreement());
    assert_eq!(checked.facts_copied, 3);
    let [(month, statements)] = checked.months.as_slice() else {
        panic!("{:?}", checked.months);
    };
    assert_eq!((*month, statements.len()), (october(), 3));
    let sum = Cents::sum(statements.iter().map(|s| s.total_cents)).unwrap();
    assert_eq!(sum, Cents(12_400), "an hour at $24 and the expense");
    assert_eq!(log(&leaves).unwrap().issued().count(), 3);
}

#[test]
fn a_late_fact_is_recomputed_as_an_adjustment() {
    let mut leaves = closed();
    leaves.push(recorded(&expense(2, date(2026, 10, 9))));
    close(&mut leaves, "2026-11".parse().unwrap());
    let checked = checked(&leaves).unwrap();
    let (_, november) = &checked.months[1];
    let adjusted = Cents::sum(november.iter().map(|s| s.adjustments_cents)).unwrap();
    assert_eq!(adjusted, Cents(10_000));
}

#[test]
fn a_changed_line_is_named_with_both_amounts() {
    let mut leaves = closed();
    let at = leaves.len() - 3;
    let mut issued = facts::StatementIssued::decode(leaves[at].1.as_slice()).unwrap();
    let mut statement = allocation::Statement::from_json(&issued.document).unwrap();
    statement.lines[0].cents.0 += 1;
    statement.total_cents.0 += 1;
    issued.document = statement.to_json();
    issued.amount_cents += 1;
    leaves[at].1 = issued.encode_to_vec();
    let wrong = checked(&leaves).unwrap_err();
    assert_eq!(wrong.leaf, 6);
    assert!(
        wrong
            .what
            .contains("barlow's statement of 2026-10 charges $24.01"),
        "{wrong}"
    );
}

#[test]
fn a_statement_that_is_missing_or_too_many_is_named() {
    let mut short = closed();
    short.pop();
    let wrong = checked(&short).unwrap_err();
    assert!(
        wrong
            .what
            .contains("ends before provider's statement of 2026-10"),
        "{wrong}"
    );
    let mut long = closed();
    long.push(long.last().unwrap().clone());
    let wrong = checked(&long).unwrap_err();
    assert!(wrong.what.contains("follows no close"), "{wrong}");
}

#[test]
fn a_fact_that_is_copied_twice_or_is_of_others_is_named() {
    let mut twice = closed();
    twice.insert(2, twice[1].clone());
    let wrong = checked(&twice).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "leaf 3: incidents:1 is counted twice: leaf 2 holds it"
    );
    let mut strange = closed();
    strange[1] = copied(
        "incidents",
        1,
        "IncidentClosed",
        incident(1, "elsewhere", ""),
    );
    let wrong = checked(&strange).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "leaf 2: IncidentClosed of incidents:1 does not concern three-rivers"
    );
    strange[1] = copied(
        "payroll",
        9,
        "LabourCosted",
        labour("agreement:elsewhere", 60),
    );
    assert!(checked(&strange).is_err());
}

#[test]
fn an_unreadable_leaf_is_named_with_field_and_value() {
    let bad = BasisFigureRecorded {
        town: "Barlow".to_owned(),
        basis: "population".to_owned(),
        as_of: "2020-04-01".to_owned(),
        value: "1480".to_owned(),
        source: "census".to_owned(),
    };
    let leaf = copied("registry", 3, "BasisFigureRecorded", bad.encode_to_vec());
    let wrong = log(&[leaf]).unwrap_err();
    assert!(
        wrong.to_string().starts_with(
            "leaf 1: registry:3 cannot be read as BasisFigureRecorded: town: \"Barlow\""
        ),
        "{wrong}"
    );
    let strange = copied("payroll", 3, "DutyRecorded", vec![]);
    let wrong = log(&[strange]).unwrap_err();
    assert!(wrong.what.contains("no settlement rests on"), "{wrong}");
    assert!(log(&[("fact_guessed", vec![])]).is_err());
}

#[test]
fn a_moved_incident_concerns_both_towns() {
    let bytes = incident(1, "barlow", "shelby");
    let read = fact(&source("incidents", 1), "IncidentClosed", &bytes).unwrap();
    let concern = read.unwrap().concern;
    let towns = |names: &[&str]| -> Vec<vocabulary::TownId> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    };
    assert!(concern.reaches(&agreement(), &towns(&["barlow"])));
    assert!(concern.reaches(&agreement(), &towns(&["milford", "shelby"])));
    assert!(!concern.reaches(&agreement(), &towns(&["milford"])));
}

#[test]
fn labour_concerns_its_account_alone() {
    let bytes = labour("agreement:three-rivers", 30);
    let read = fact(&source("payroll", 1), "LabourCosted", &bytes)
        .unwrap()
        .unwrap();
    assert!(read.concern.reaches(&agreement(), &[]));
    assert!(!read.concern.reaches(&"elsewhere".parse().unwrap(), &[]));
    let provider = fact(
        &source("payroll", 1),
        "LabourCosted",
        &labour("provider", 30),
    )
    .unwrap()
    .unwrap();
    assert_eq!(
        provider.concern,
        Concern::Account(vocabulary::Account::Provider)
    );
}

prop_compose! {
    fn any_date()(day in 0i64..3000) -> Date {
        date(2022, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap()
    }
}

prop_compose! {
    fn any_expense()(
        number in 1u64..1000, amount in any::<i64>(), day in any_date(),
        direct in any::<bool>(), code in "[a-z][a-z0-9-]{0,11}",
    ) -> Expense {
        let to = if direct {
            ExpenseTo::Direct("barlow".parse().unwrap())
        } else {
            ExpenseTo::Pool("vehicle".parse().unwrap())
        };
        Expense { source: None, id: agreement().expense(number), to,
            amount_cents: Cents(amount), date: day, code }
    }
}

prop_compose! {
    fn any_open()(n in 1u32..999_999, day in any_date(), minutes in 0i64..1500) -> OpenTime {
        OpenTime { officer: format!("cso-{n}").parse().unwrap(), date: day,
            minutes: Minutes(minutes), why: "unapproved".to_owned() }
    }
}

proptest! {
    #[test]
    fn an_expense_survives_the_way_through_its_fact(expense in any_expense()) {
        let log = log(&[recorded(&expense)]).unwrap();
        prop_assert_eq!(&log.contents[0].content, &Content::Expense(expense));
    }

    #[test]
    fn a_close_survives_the_way_through_its_fact(
        open in prop::collection::vec(any_open(), 0..6),
        edition in 1u32..9,
        heads in prop::collection::btree_map("[a-z]{3,9}", any::<u64>(), 0..4),
    ) {
        let cut = |(log, fact_seq)| Cut { log, fact_seq };
        let cuts: Vec<Cut> = heads.into_iter().map(cut).collect();
        let fact = own::period_closed(october(), &cuts, &open, edition);
        let log = log(&[("period_closed", fact.encode_to_vec())]).unwrap();
        let expected = Content::Closed { month: october(), edition, cuts, open };
        prop_assert_eq!(&log.contents[0].content, &expected);
    }

    /// Whatever is recorded and closed is issued, read back, and comes out the same.
    #[test]
    fn statements_survive_the_way_through_their_facts(
        days in prop::collection::vec(any_date(), 0..8), minutes in 1i64..600,
    ) {
        let mut leaves = vec![
            copied("registry", 4, "AgreementSigned", signed()),
            copied("payroll", 9, "LabourCosted", labour("agreement:three-rivers", minutes)),
        ];
        leaves.extend((1..).zip(&days).map(|(n, day)| recorded(&expense(n, *day))));
        close(&mut leaves, october());
        leaves.extend((100..).zip(&days).map(|(n, day)| recorded(&expense(n, *day))));
        close(&mut leaves, "2026-11".parse().unwrap());
        let log = log(&leaves).unwrap();
        prop_assert!(log.check().is_ok());
        let entries: Vec<Entry> = log.contents.iter().flat_map(entries).collect();
        let (folded, read) = (Ledger::fold(&entries), log.ledger());
        prop_assert_eq!(folded.facts(), read.facts());
        prop_assert_eq!(folded.next_month(), read.next_month());
    }
}

fn entries(placed: &crate::Placed) -> Vec<Entry> {
    match &placed.content {
        Content::Copied(copied) => copied.entries.clone(),
        Content::Expense(expense) => vec![Entry::Expense(expense.clone())],
        Content::Closed {
            month,
            edition,
            open,
            ..
        } => vec![Entry::PeriodClosed {
            month: *month,
            edition: *edition,
            open: open.clone(),
        }],
        Content::Issued(issued) => vec![Entry::StatementIssued(Box::new(issued.statement.clone()))],
    }
}
