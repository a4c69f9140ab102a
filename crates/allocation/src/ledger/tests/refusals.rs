//! What cannot be closed, and what is said then.

use super::*;

#[test]
fn months_close_once_in_order_from_the_agreements_first() {
    let nothing = Ledger::default();
    assert_eq!(refused(&nothing, "2026-10").reason(), "NOT_SIGNED");
    let mut ledger = Ledger::fold(&known_in_october());
    let before = refused(&ledger, "2026-09");
    assert_eq!(before.reason(), "BEFORE_AGREEMENT");
    assert!(before.to_string().contains("begins on 2026-10-01"));
    let skipped = refused(&ledger, "2026-11");
    assert_eq!(skipped.reason(), "NOT_NEXT_MONTH");
    assert_eq!(
        skipped.to_string(),
        "2026-11 cannot be closed yet: 2026-10 is next"
    );
    close(&mut ledger, "2026-10");
    assert_eq!(refused(&ledger, "2026-10").reason(), "ALREADY_CLOSED");
    close(&mut ledger, "2026-11");
    assert_eq!(refused(&ledger, "2026-10").reason(), "ALREADY_CLOSED");
}

#[test]
fn an_ended_agreement_gets_one_closing_statement() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-31"),
    });
    close(&mut ledger, "2026-10");
    close(&mut ledger, "2026-11");
    let after = refused(&ledger, "2026-12");
    assert_eq!(after.reason(), "AFTER_AGREEMENT");
    assert!(after.to_string().contains("ended on 2026-10-31"));
}

#[test]
fn a_month_without_terms_is_refused() {
    let ledger = Ledger::fold(&[
        signed("2026-10-01"),
        in_force(1, "2026-11-01", THREE_RIVERS),
    ]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(refusal.reason(), "NO_TERMS_IN_FORCE");
    assert!(
        refusal
            .to_string()
            .ends_with("version 1 takes effect on 2026-11-01")
    );
    let none = Ledger::fold(&[signed("2026-10-01")]);
    assert!(
        refused(&none, "2026-10")
            .to_string()
            .ends_with("there are none yet")
    );
}

#[test]
fn terms_begin_with_a_month_or_with_the_agreement() {
    let mut entries = vec![
        signed("2026-10-15"),
        in_force(1, "2026-10-15", THREE_RIVERS),
    ];
    let mut ledger = Ledger::fold(&entries);
    close(&mut ledger, "2026-10");
    entries.push(in_force(2, "2026-10-20", THREE_RIVERS));
    let refusal = refused(&Ledger::fold(&entries), "2026-10");
    assert_eq!(refusal.reason(), "TERMS_MID_MONTH");
    assert!(
        refusal
            .to_string()
            .contains("version 2 of the terms takes effect on 2026-10-20")
    );
}

#[test]
fn terms_that_cannot_be_read_are_refused_with_their_problems() {
    let ledger = Ledger::fold(&[
        signed("2026-10-01"),
        in_force(1, "2026-10-01", "grammar = 7"),
    ]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(refusal.reason(), "TERMS_UNREADABLE");
    assert!(refusal.to_string().contains("this program reads grammar 1"));
}

#[test]
fn a_month_closed_by_unknown_rules_is_not_corrected_by_guess() {
    let mut ledger = Ledger::fold(&known_in_october());
    ledger.apply(&Entry::PeriodClosed {
        month: month("2026-10"),
        edition: 9,
        open: vec![],
    });
    ledger.apply(&revised(|_| {}));
    let late = expense(9, direct("barlow"), 1, "2026-10-05");
    ledger.apply(&Entry::Expense(late));
    assert_eq!(refused(&ledger, "2026-11").reason(), "EDITION_UNKNOWN");
}

#[test]
fn an_expense_is_checked_before_it_is_recorded() {
    let mut ledger = Ledger::fold(&known_in_october());
    let reason = |ledger: &Ledger, to, day| {
        let refusal = ledger.check_expense(&expense(9, to, 1, day)).unwrap_err();
        refusal.reason()
    };
    ledger
        .check_expense(&expense(9, pool("vehicle"), 1, "2026-10-05"))
        .unwrap();
    assert_eq!(reason(&ledger, pool("boats"), "2026-10-05"), "POOL_UNKNOWN");
    assert_eq!(
        reason(&ledger, direct("carver"), "2026-10-05"),
        "NOT_A_PARTY"
    );
    assert_eq!(
        reason(&ledger, pool("vehicle"), "2026-09-30"),
        "BEFORE_AGREEMENT"
    );
    ledger.apply(&Entry::AgreementEnded {
        on: date("2026-10-15"),
    });
    assert_eq!(
        reason(&ledger, pool("vehicle"), "2026-10-16"),
        "AFTER_AGREEMENT"
    );
}

#[test]
fn terms_of_another_agreement_are_refused() {
    let toml = THREE_RIVERS.replace("\"three-rivers\"", "\"two-rivers\"");
    let ledger = Ledger::fold(&[signed("2026-10-01"), in_force(1, "2026-10-01", &toml)]);
    let refusal = refused(&ledger, "2026-10");
    assert_eq!(
        refusal.to_string(),
        "version 1 of the terms: it is for the agreement two-rivers"
    );
}

#[test]
fn labour_before_any_terms_is_refused_not_lost() {
    let mut entries = known_in_october();
    let slices = vec![slice(30, "2026-09-29", "town:barlow", 60, 0)];
    entries.push(Entry::Labour(week(50, "2026-09-27", "0", slices)));
    let refusal = refused(&Ledger::fold(&entries), "2026-10");
    assert_eq!(refusal.reason(), "IMPOSSIBLE_FACT");
    assert!(refusal.to_string().contains("cso-114.30/1"), "{refusal}");
}

#[test]
fn labour_after_the_agreements_last_day_is_refused_not_billed() {
    let mut entries = known_in_october();
    let ended = date("2026-10-31");
    let slices = vec![slice(30, "2026-11-03", "town:barlow", 60, 0)];
    entries.push(Entry::Labour(week(50, "2026-11-01", "0", slices)));
    entries.push(Entry::AgreementEnded { on: ended });
    let mut ledger = Ledger::fold(&entries);
    close(&mut ledger, "2026-10");
    let refusal = refused(&ledger, "2026-11");
    assert_eq!(refusal.reason(), "IMPOSSIBLE_FACT");
    assert_eq!(
        refusal.to_string(),
        "duty cso-114.30/1 of cso-114: it is charged to this agreement on 2026-11-03, after the \
         agreement's last day: correct its account"
    );
}
