//! Published and derived examples, each as a test named by its id, against `vectors/payroll.json`:
//! where a source rounds early, the exact figure beside it is the one that must come out.

use serde_json::Value;

mod cost;
mod law;
mod rate;
mod salary;
mod time;

const FILE: &str = include_str!("../vectors/payroll.json");

/// Examples of rules that are refused, with the reason; that they are refused has its own test.
const REFUSED: &[(&str, &str)] = &[
    (
        "PAY-778-111A",
        "piece rates: an officer's work has no pieces; the waiting time at its own \
      rate that it shows is a slice at a lower rate",
    ),
    (
        "PAY-778-114-FWW",
        "the fluctuating workweek; the rule was read again at its section, whose \
      figures round early (627.28 for 627.27)",
    ),
    (
        "PAY-KIMAI-OVERLAP",
        "two towns are never charged for one minute: the overlap is refused",
    ),
    (
        "PAY-ROUND-QTR",
        "punches are never rounded (see PAY-D-ROUND-8CIR)",
    ),
    (
        "PAY-OPM-7K",
        "federal staff only: towns use the table of 29 CFR 553.230 in whole hours",
    ),
    (
        "PAY-BIEG-EARLY",
        "a textbook's own choice, no rule: the salary covers 40 hours and is \
      divided by 35",
    ),
];

/// Examples that payroll answers, not this rulebook.
const ELSEWHERE: &[(&str, &str)] = &[(
    "PAY-HRMS-3298",
    "which shift a clock-out belongs to: payroll keeps a duty open from its clock-in",
)];

fn vector(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(FILE).unwrap();
    all.into_iter()
        .find(|vector| vector["id"] == id)
        .unwrap_or_else(|| panic!("{id} is no vector"))
}

/// What must come out: the text at a path such as `last_in/town_total/A`.
fn expected(id: &str, path: &str) -> String {
    let value = vector(id)["expected"].pointer(&format!("/{path}")).cloned();
    match value.unwrap_or_else(|| panic!("{id} has no {path}")) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Compares every pair of path and result.
fn check(id: &str, results: &[(&str, String)]) {
    for (path, result) in results {
        assert_eq!(result, &expected(id, path), "{id} {path}");
    }
}

#[test]
fn every_vector_is_a_test_or_says_why_not() {
    let tests = [
        include_str!("vectors/cost.rs"),
        include_str!("vectors/law.rs"),
        include_str!("vectors/rate.rs"),
        include_str!("vectors/salary.rs"),
        include_str!("vectors/time.rs"),
    ]
    .concat();
    let all: Vec<Value> = serde_json::from_str(FILE).unwrap();
    let mut missing = Vec::new();
    for vector in &all {
        let id = vector["id"].as_str().unwrap();
        let name = format!("fn {}_", id.to_lowercase().replace('-', "_"));
        let named = tests.contains(&name) && tests.contains(&format!("\"{id}\""));
        let listed = REFUSED
            .iter()
            .chain(ELSEWHERE)
            .any(|(listed, _)| *listed == id);
        if named == listed {
            missing.push(id);
        }
    }
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(all.len(), 67);
}
