//! What the terms say in plain English, and what two versions say differently.

use crate::samples::{THREE_RIVERS, terms};
use crate::{Change, Terms};

fn says(terms: &Terms) -> String {
    let clauses = terms.clauses().into_iter();
    let lines = clauses.map(|clause| format!("{}: {}\n", clause.about, clause.says));
    lines.collect()
}

#[test]
fn three_rivers_in_plain_english() {
    insta::assert_snapshot!(says(&terms(THREE_RIVERS)));
}

#[test]
fn a_member_that_joins_and_hours_that_are_carried_in_plain_english() {
    let text = include_str!("../../../examples/terms/cases/joining.toml");
    insta::assert_snapshot!(says(&terms(text)));
}

#[test]
fn two_versions_differ_in_what_they_say_and_in_nothing_else() {
    let before = terms(THREE_RIVERS);
    assert_eq!(before.changes(&before), []);
    let text = THREE_RIVERS
        .replace("percent = \"10\"", "percent = \"12.5\"")
        .replace(
            "name = \"vehicle\"\nbasis = \"hours\"",
            "name = \"car\"\nbasis = \"hours\"",
        )
        .replace("pool:vehicle", "pool:car")
        .replace("# Three towns", "# The three towns");
    let changes = before.changes(&terms(&text));
    let about: Vec<&str> = changes.iter().map(|change| change.about.as_str()).collect();
    assert_eq!(about, ["pool car", "fee administration", "pool vehicle"]);
    let Change { before, after, .. } = &changes[1];
    assert!(before.as_ref().unwrap().starts_with("A fee of 10 %"));
    assert!(after.as_ref().unwrap().starts_with("A fee of 12.5 %"));
    assert_eq!((&changes[0].before, &changes[2].after), (&None, &None));
}

#[test]
fn every_example_says_something_of_everything_it_has() {
    for text in [
        include_str!("../../../examples/terms/cases/setup-orangenc-2021.toml"),
        include_str!("../../../examples/terms/cases/multi-clpd-1999.toml"),
        include_str!("../../../examples/terms/cases/aid-andover-2023.toml"),
        include_str!("../../../examples/terms/cases/unit-rpv-2005.toml"),
    ] {
        let terms = terms(text);
        let count = terms.pools.len()
            + terms.charges.len()
            + terms.promises.len()
            + terms.fees.len()
            + terms.limits.len()
            + terms.transfers.len()
            + terms.credits.len();
        // And of the agreement, its towns, labour and rounding.
        assert_eq!(terms.clauses().len(), count + 4);
    }
}
