//! How long the gate takes for a whole roster, armed and for a whole year of evidence each:
//! `cargo run --release -p eligibility --example gate_pace`.

use std::time::Instant;

use eligibility::{
    Carries, Evidence, Fact, Known, Name, Narrowing, Outcome, Position, Profile, Question, Record,
    Verdict, Weapon, expiring, narrow, shipped, stretches, who,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use vocabulary::{Minutes, OfficerId};

const CLAUSES: &str = r#"
grammar = 1
programme = "us-mo-matthew-group-cso"
version = 1
agreement = "three-rivers"
town = "barlow"
mandatory = ["refresher", "pistol-qualification"]

[equipment.handgun]
carry = ["open"]
"#;

fn main() {
    let (_, text) = shipped()
        .find(|(name, _)| name.as_str() == "missouri-cso")
        .expect("it is shipped");
    let profile = Profile::parse(text).expect("a test reads it");
    let clauses = Narrowing::parse(CLAUSES).expect("written above");
    let profile = narrow(&profile, &clauses).expect("it takes away only");
    let known = Known::Now;
    for officers in [20, 200, 2_000] {
        let records: Vec<Record> = (1..=officers).flat_map(records).collect();
        let count = records.len();
        let start = Instant::now();
        let evidence = Evidence::new(records);
        let read = start.elapsed();
        let start = Instant::now();
        let answers = who(&profile, &question(), &evidence, &known);
        let gate = start.elapsed();
        let yes = answers.iter().filter(|a| a.verdict != Verdict::No).count();
        let start = Instant::now();
        let ends = expiring(&profile, &question(), &evidence, &known, date(2028, 1, 1)).len();
        let reported = start.elapsed();
        let start = Instant::now();
        let to = date(2027, 12, 31);
        let found = evidence.officers().map(|officer| {
            let question = question().about(officer.clone());
            stretches(&profile, &question, &evidence, &known, to).len()
        });
        let found: usize = found.sum();
        println!(
            "{officers} officers, {count} records read in {read:.1?}: gate {gate:.1?} ({yes} yes), \
             {ends} endings in {reported:.1?}, {found} stretches in {:.1?}",
            start.elapsed()
        );
    }
}

fn question() -> Question {
    Question {
        officer: "cso-1".parse().expect("an officer"),
        town: "barlow".parse().expect("a town"),
        duty: name("patrol"),
        carries: vec![
            carries("handgun", Some("model-x")),
            carries("taser", None),
            carries("baton", None),
        ],
        call: None,
        on: date(2027, 6, 1),
    }
}

fn carries(item: &str, model: Option<&str>) -> Carries {
    Carries {
        item: name(item),
        carry: None,
        weapon: model.map(weapon),
    }
}

fn weapon(model: &str) -> Weapon {
    Weapon {
        model: name(model),
        serial: None,
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

/// Some sixty records of an officer: training, a permit now and then suspended, shots every month.
fn records(n: u32) -> Vec<Record> {
    let officer: OfficerId = format!("cso-{n}").parse().expect("an officer");
    let start = date(2026, 1, 5);
    let mut facts = vec![checked(start)];
    for course in ["core", "pistol"] {
        facts.push(finished(course, start.saturating_add(10.days())));
    }
    for month in 0..18_i64 {
        let on = start.saturating_add(month.months());
        facts.push(assessed("pistol", on, month % 7 != 6));
        facts.push(assessed("taser", on, true));
        facts.push(assessed("baton", on, true));
    }
    facts.push(finished("refresher", start.saturating_add(360.days())));
    let id = format!("cso-{n}.c1").parse().expect("an id");
    facts.push(Fact::CredentialGranted {
        id,
        credential: name("mo-ccw"),
        issuer: name("clay-sheriff"),
        issued: start,
        from: start,
        until: Some(start.saturating_add(24.months())),
        weapon: None,
        towns: vec![],
        rests_on: vec![],
    });
    let positioned = facts.into_iter().zip(1..);
    let records = positioned.map(|(fact, seq)| Record {
        at: Position {
            log: "training".to_owned(),
            seq: u64::from(n) * 1_000 + seq,
        },
        recorded: "2026-01-05T12:00:00Z".parse().expect("an instant"),
        officer: officer.clone(),
        fact,
    });
    records.collect()
}

fn checked(on: Date) -> Fact {
    Fact::Checked {
        check: name("background"),
        on,
        passed: true,
        until: None,
    }
}

fn finished(course: &str, on: Date) -> Fact {
    Fact::OutcomeIssued {
        course: name(course),
        session: None,
        started: on.saturating_sub(5.days()),
        on,
        outcome: Outcome::CompletionAndProficiency,
        minutes: Minutes(4_800),
    }
}

fn assessed(qualification: &str, on: Date, passed: bool) -> Fact {
    Fact::Assessed {
        qualification: name(qualification),
        on,
        passed,
        weapon: Some(weapon("model-x")),
        score: None,
    }
}
