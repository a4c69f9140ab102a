//! Expenses against the terms in force.

use super::*;

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
        .then_refused("POOL_UNKNOWN");
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
fn an_expense_from_after_the_agreement_is_refused() {
    let events = and(begun(), vec![event(&ended(date(2026, 10, 31)))]);
    let refusal = given::<Books>(events)
        .when(fuel(vehicle(), 100, date(2026, 11, 1)))
        .then_refused("OUTSIDE_AGREEMENT");
    let said = "2026-11-01 lies outside the agreement, which ended on 2026-10-31.";
    assert_eq!(refusal.to_string(), said);
}

#[test]
fn an_expense_that_no_statement_would_charge_any_more_is_refused() {
    let mut events = and(begun(), vec![event(&ended(date(2026, 10, 31)))]);
    for last in ["2026-10", "2026-11"] {
        events.extend(decided(&events, &closing(last)));
    }
    let refusal = given::<Books>(events)
        .when(fuel(vehicle(), 100, date(2026, 10, 3)))
        .then_refused("OUTSIDE_AGREEMENT");
    assert!(
        refusal
            .to_string()
            .contains("has had its closing statement")
    );
}
