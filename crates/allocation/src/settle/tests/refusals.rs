//! What cannot be settled is refused, whole.

use super::*;
use crate::Refusal;

fn refused(tables: &str, facts: &Facts) -> Refusal {
    settle(&with(tables), month("2026-10"), facts).expect_err("it is refused")
}

#[test]
fn a_missing_figure_is_refused_naming_town_figure_and_day() {
    let mut facts = spent(1000);
    facts.figures = figures();
    facts.figures.remove(1);
    let refusal = refused(&format!("{BY}\"population\""), &facts);
    assert_eq!(refusal.reason(), "MISSING_FIGURE");
    assert_eq!(
        refusal.to_string(),
        "fenwick has no population figure dated on or before 2026-10-31, which the pool \"cost\" \
         is split by: record it"
    );
    facts.expenses.clear();
    let without_money = of_pool(&format!("{BY}\"population\""), &facts);
    assert!(
        without_money.is_empty(),
        "a pool without money asks for no figures"
    );
}

#[test]
fn a_basis_that_is_zero_for_everyone_is_refused_naming_the_pool() {
    let refusal = refused(&format!("{BY}\"calls\""), &spent(1000));
    assert_eq!(refusal.reason(), "ZERO_BASIS");
    assert!(
        refusal
            .to_string()
            .contains("\"cost\" has $10.00 to split by calls")
    );
    let by_provider = format!("{BY}\"calls\"\nif_zero = \"provider\"");
    assert_eq!(of_pool(&by_provider, &spent(1000)), [0, 0, 0, 1000]);
}

#[test]
fn an_incident_without_minutes_is_refused_unless_the_terms_say_zero() {
    let facts = Facts {
        incidents: october().incidents,
        ..spent(1000)
    };
    let refusal = refused(&format!("{BY}\"incident_minutes\""), &facts);
    assert_eq!(refusal.reason(), "INCIDENT_WITHOUT_MINUTES");
    assert!(
        refusal
            .to_string()
            .contains("cad/22 in barlow on 2026-10-06")
    );
}

#[test]
fn expenses_that_belong_nowhere_are_refused_by_id() {
    let mut facts = spent(1000);
    let refusal = refused("", &facts);
    assert_eq!(refusal.reason(), "POOL_UNKNOWN");
    assert_eq!(
        refusal.to_string(),
        "the expense three-rivers.e1 is for the pool \"cost\", which the terms do not have: they \
         have none"
    );
    facts.expenses[0].to = direct("carver");
    assert_eq!(refused("", &facts).reason(), "NOT_A_PARTY");
}

#[test]
fn labour_without_labour_terms_is_refused() {
    let mut facts = october();
    facts.expenses.clear();
    let refusal = refused("", &facts);
    assert_eq!(refusal.reason(), "LABOUR_WITHOUT_TERMS");
}

#[test]
fn facts_that_contradict_each_other_are_refused() {
    let labour = format!("{LABOUR}\"pro_rata\"");
    let mut facts = Facts {
        labour: vec![october().labour[0].clone(), october().labour[0].clone()],
        ..Facts::default()
    };
    settle(&with(&labour), month("2026-10"), &facts).expect("the same twice is the same");
    facts.labour[1].slices.pop();
    assert_eq!(refused(&labour, &facts).reason(), "CONTRADICTING_FACTS");
    facts.labour[1].revision = 2;
    settle(&with(&labour), month("2026-10"), &facts).expect("a new revision replaces");
    let mut facts = Facts {
        incidents: vec![incident(1, "barlow", "2026-10-01", Some(1)); 2],
        ..Facts::default()
    };
    facts.incidents[1].minutes = Some(Minutes(2));
    assert_eq!(refused("", &facts).reason(), "CONTRADICTING_FACTS");
    let mut facts = spent(1);
    facts
        .expenses
        .push(expense(1, pool("cost"), 2, "2026-10-05"));
    assert_eq!(refused("", &facts).reason(), "CONTRADICTING_FACTS");
    let mut facts = Facts {
        figures: vec![figure(1, "barlow", "population", "2020-04-01", "1"); 2],
        ..Facts::default()
    };
    facts.figures[1].value = fraction("2");
    assert_eq!(refused("", &facts).reason(), "CONTRADICTING_FACTS");
}

#[test]
fn values_that_cannot_be_are_refused() {
    let impossible = |change: &dyn Fn(&mut Facts)| {
        let mut facts = october();
        change(&mut facts);
        let refusal = settle(&terms(THREE_RIVERS), month("2026-10"), &facts).unwrap_err();
        assert_eq!(refusal.reason(), "IMPOSSIBLE_FACT", "{refusal}");
    };
    impossible(&|f| f.labour[0].slices[0].minutes = Minutes(-1));
    impossible(&|f| f.labour[0].slices[0].minutes = Minutes(i64::MAX));
    impossible(&|f| f.labour[0].slices[0].past_threshold_minutes = Minutes(481));
    impossible(&|f| f.labour[0].slices[0].base_cost_cents = fraction("-1"));
    impossible(&|f| f.labour[0].slices[0].duty = "cso-9.1".parse().unwrap());
    impossible(&|f| f.labour[0].premium_cents = fraction("-1"));
    impossible(&|f| f.incidents[0].minutes = Some(Minutes(i64::MAX)));
    impossible(&|f| f.figures[0].value = fraction("-1"));
}

#[test]
fn amounts_beyond_64_bits_are_refused_never_wrapped() {
    let mut facts = spent(i64::MAX);
    let equal = format!("{BY}\"equal\"");
    assert_eq!(of_pool(&equal, &facts).iter().sum::<i64>(), i64::MAX);
    facts
        .expenses
        .push(expense(2, pool("cost"), 1, "2026-10-06"));
    assert_eq!(refused(&equal, &facts).reason(), "AMOUNT_OVERFLOW");
    let fee = "\n[[fee]]\nname = \"admin\"\npercent = \"1000\"\nbase = [\"pool:cost\"]";
    let refusal = refused(&format!("{equal}{fee}"), &spent(i64::MAX / 2));
    assert_eq!(refusal.reason(), "AMOUNT_OVERFLOW");
    let facts = Facts {
        expenses: vec![
            expense(1, direct("barlow"), i64::MAX, "2026-10-06"),
            expense(2, direct("barlow"), 1, "2026-10-06"),
        ],
        ..Facts::default()
    };
    assert_eq!(refused("", &facts).reason(), "AMOUNT_OVERFLOW");
    let mut facts = october();
    facts.labour[0].slices[0].base_cost_cents = fraction("99999999999999999999");
    assert_eq!(
        settle(&terms(THREE_RIVERS), month("2026-10"), &facts)
            .unwrap_err()
            .reason(),
        "AMOUNT_OVERFLOW"
    );
}
