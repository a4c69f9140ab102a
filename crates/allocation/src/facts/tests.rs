use vocabulary::Cents;

use super::Facts;
use crate::samples::{THREE_RIVERS, fraction, month, october, terms};
use crate::settle;

#[test]
fn the_documented_example_settles() {
    let facts = Facts::parse(include_str!("../../examples/facts/three-rivers.json")).unwrap();
    let settlement = settle(&terms(THREE_RIVERS), month("2026-10"), &facts).unwrap();
    insta::assert_snapshot!(
        "settlement",
        serde_json::to_string_pretty(&settlement).unwrap()
    );
    let totals = settlement.totals.iter().map(|total| total.cents);
    let lines = settlement.lines.iter().map(|line| line.cents);
    assert_eq!(Cents::sum(totals), Cents::sum(lines));
}

#[test]
fn facts_survive_their_document() {
    let json = serde_json::to_string_pretty(&october()).unwrap();
    assert_eq!(Facts::parse(&json).unwrap(), october());
}

#[test]
fn a_wrong_document_is_refused_at_line_and_column() {
    let problem = Facts::parse("{\n  \"labuor\": []\n}").unwrap_err();
    assert_eq!((problem.line, problem.column), (2, 10));
    assert!(problem.what.contains("labuor"), "{problem}");
    let float = "{\"figures\": [{\"source\": {\"log\": \"registry\", \"seq\": 1}, \"town\": \
                 \"barlow\", \"basis\": \"population\", \"as_of\": \"2020-04-01\", \"value\": 0.5, \
                 \"figure_source\": \"census-2020\"}]}";
    let problem = Facts::parse(float).unwrap_err();
    assert!(problem.what.contains("floating point"), "{problem}");
    let text = float.replace("0.5", "\"0.5\"");
    assert_eq!(
        Facts::parse(&text).unwrap().figures[0].value,
        fraction("1/2")
    );
}
