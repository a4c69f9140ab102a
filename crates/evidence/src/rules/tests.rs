use std::collections::BTreeMap;

use eligibility::{Carried, shipped};
use eventlog::{FactRow, LogId};
use prost::Message;
use serde_json::Value;
use wire::registry::v1 as facts;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn row(seq: u64, kind: &str, bytes: Vec<u8>) -> FactRow {
    FactRow {
        log: LogId::try_new("registry").unwrap(),
        seq,
        prev: seq - 1,
        kind: kind.to_owned(),
        leaf_hash: proof::Hash::of(&bytes),
        bytes,
        recorded_at: format!("2026-01-{seq:02}T12:00:00Z").parse().unwrap(),
        valid_on: day("2026-01-01"),
        actor: "ops-1".to_owned(),
        trace: None,
        group_last: true,
    }
}

fn missouri() -> String {
    let mut shipped = shipped();
    let found = shipped.find(|(name, _)| name.as_str() == "missouri-cso");
    found.unwrap().1.to_owned()
}

fn issued(seq: u64, version: u32, from: &str) -> FactRow {
    let toml = missouri().replace("version = 1", &format!("version = {version}"));
    let fact = facts::ProfileIssued {
        programme: "us-mo-matthew-group-cso".into(),
        version,
        effective_from: from.into(),
        toml,
    };
    row(seq, "ProfileIssued", fact.encode_to_vec())
}

fn signed(seq: u64, agreement: &str) -> FactRow {
    let fact = facts::AgreementSigned {
        agreement: agreement.into(),
        starts_on: "2026-02-01".into(),
        ..facts::AgreementSigned::default()
    };
    row(seq, "AgreementSigned", fact.encode_to_vec())
}

fn ended(seq: u64, agreement: &str, on: &str) -> FactRow {
    let (agreement, on) = (agreement.to_owned(), on.to_owned());
    let fact = facts::AgreementEnded { agreement, on };
    row(seq, "AgreementEnded", fact.encode_to_vec())
}

fn agreed(seq: u64, agreement: &str, from: &str, clauses: &str) -> FactRow {
    let narrowing = match clauses {
        "" => String::new(),
        clauses => format!(
            "grammar = 1\nprogramme = \"us-mo-matthew-group-cso\"\nversion = 1\n\
             agreement = \"{agreement}\"\ntown = \"barlow\"\n{clauses}"
        ),
    };
    let fact = facts::ProgrammeAgreed {
        agreement: agreement.into(),
        town: "barlow".into(),
        programme: "us-mo-matthew-group-cso".into(),
        from: from.into(),
        narrowing,
    };
    row(seq, "ProgrammeAgreed", fact.encode_to_vec())
}

const ARMED: &str = "[equipment.handgun]\ncarry = [\"open\"]";

/// The rules as the mirrors would hold them after these facts.
fn heard(facts: &[FactRow]) -> Rules {
    let mut tables: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for fact in facts {
        crate::check(fact).unwrap();
        for mirror in crate::mirrors() {
            let table = tables.entry(mirror.name()).or_default();
            for key in mirror.keys(fact) {
                let old = table.remove(&key);
                table.extend(mirror.apply(fact, &key, old).map(|row| (key, row)));
            }
        }
    }
    let mut rules = Rules::default();
    for (key, row) in &tables["profiles"] {
        let row: mirror::ProfileRow = serde_json::from_value(row.clone()).unwrap();
        rules.profiles.insert(key.parse().unwrap(), row.versions);
    }
    for (key, row) in &tables["programmes"] {
        let row: mirror::ProgrammeRow = serde_json::from_value(row.clone()).unwrap();
        rules.agreed.insert(key.parse().unwrap(), row.agreed);
    }
    for (key, row) in &tables["agreement_days"] {
        let row = serde_json::from_value(row.clone()).unwrap();
        rules.agreements.insert(key.parse().unwrap(), row);
    }
    rules
}

fn barlow(rules: &Rules, on: &str, known: &Known) -> Result<InForce, NoRules> {
    rules.in_force(&"barlow".parse().unwrap(), day(on), known)
}

fn armed(in_force: &InForce) -> bool {
    let handgun = in_force.profile.item(&"handgun".parse().unwrap());
    handgun.is_some_and(|item| item.carried == Carried::Yes)
}

#[test]
fn a_town_works_by_the_programme_agreed_last_up_to_the_day() {
    let rules = heard(&[
        issued(1, 1, "2026-01-01"),
        signed(2, "three-rivers"),
        agreed(3, "three-rivers", "2026-02-01", ""),
        agreed(4, "three-rivers", "2026-06-01", ARMED),
    ]);
    let before = barlow(&rules, "2026-05-31", &Known::Now).unwrap();
    assert!(!armed(&before));
    assert_eq!(before.until, Some(day("2026-05-31")));
    let after = barlow(&rules, "2026-06-01", &Known::Now).unwrap();
    assert!(armed(&after));
    assert_eq!((after.until, after.head), (None, 4));
    let none = barlow(&rules, "2026-01-31", &Known::Now).unwrap_err();
    assert_eq!(none.reason(), "PROGRAMME_NOT_AGREED");
}

#[test]
fn clauses_hold_on_a_later_version_too() {
    let rules = heard(&[
        issued(1, 1, "2026-01-01"),
        signed(2, "three-rivers"),
        agreed(3, "three-rivers", "2026-02-01", ARMED),
        issued(4, 2, "2026-07-01"),
    ]);
    let before = barlow(&rules, "2026-06-30", &Known::Now).unwrap();
    let after = barlow(&rules, "2026-07-01", &Known::Now).unwrap();
    assert_eq!((before.profile.version, after.profile.version), (1, 2));
    assert_eq!(before.until, Some(day("2026-06-30")));
    assert!(armed(&after));
}

#[test]
fn clauses_that_do_not_fit_a_version_leave_the_town_without_rules() {
    let fits_no_longer = missouri().replace("version = 1", "version = 2").replace(
        "carry = [\"open\", \"concealed\"]",
        "carry = [\"concealed\"]",
    );
    let fact = facts::ProfileIssued {
        programme: "us-mo-matthew-group-cso".into(),
        version: 2,
        effective_from: "2026-07-01".into(),
        toml: fits_no_longer,
    };
    let rules = heard(&[
        issued(1, 1, "2026-01-01"),
        signed(2, "three-rivers"),
        agreed(3, "three-rivers", "2026-02-01", ARMED),
        row(4, "ProfileIssued", fact.encode_to_vec()),
    ]);
    assert!(barlow(&rules, "2026-06-30", &Known::Now).is_ok());
    let none = barlow(&rules, "2026-07-01", &Known::Now).unwrap_err();
    assert_eq!(none.reason(), "CLAUSES_DO_NOT_FIT");
    assert!(none.to_string().contains("handgun"), "{none}");
}

#[test]
fn an_agreement_that_is_over_leaves_the_town_to_the_other_one() {
    let rules = heard(&[
        issued(1, 1, "2026-01-01"),
        signed(2, "three-rivers"),
        agreed(3, "three-rivers", "2026-02-01", ARMED),
        signed(4, "two-hills"),
        agreed(5, "two-hills", "2026-02-01", ""),
        ended(6, "two-hills", "2026-04-30"),
    ]);
    let named = |on| {
        barlow(&rules, on, &Known::Now)
            .unwrap()
            .agreement
            .to_string()
    };
    assert_eq!(named("2026-04-30"), "two-hills");
    assert_eq!(named("2026-05-01"), "three-rivers");
}

#[test]
fn as_known_then_what_was_learnt_later_changes_nothing() {
    let rules = heard(&[
        issued(1, 1, "2026-01-01"),
        signed(2, "three-rivers"),
        agreed(3, "three-rivers", "2026-02-01", ""),
        agreed(4, "three-rivers", "2026-02-01", ARMED),
        issued(5, 2, "2026-02-01"),
        ended(6, "three-rivers", "2026-02-28"),
    ]);
    let then = Known::At("2026-01-03T18:00:00Z".parse().unwrap());
    let was = barlow(&rules, "2026-03-05", &then).unwrap();
    assert_eq!((armed(&was), was.profile.version, was.head), (false, 1, 3));
    let heads = Known::Heads([("registry".to_owned(), was.head)].into());
    assert_eq!(barlow(&rules, "2026-03-05", &heads).unwrap(), was);
    assert!(barlow(&rules, "2026-03-05", &Known::Now).is_err());
}

#[test]
fn a_fact_that_cannot_be_read_is_refused_before_it_reaches_a_mirror() {
    let fact = facts::ProfileIssued {
        programme: "us-mo-matthew-group-cso".into(),
        version: 1,
        effective_from: "2026-01-01".into(),
        toml: "grammar = 1".into(),
    };
    let why = crate::check(&row(9, "ProfileIssued", fact.encode_to_vec())).unwrap_err();
    assert!(why.contains("registry:9"), "{why}");
    assert!(crate::check(&agreed(9, "x y", "2026-02-01", "")).is_err());
}
