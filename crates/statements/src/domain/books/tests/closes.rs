//! Closes in order, what is open, what is learnt late.

use super::*;

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
    let mut events = and(begun(), vec![event(&ended(date(2026, 10, 31)))]);
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
    assert_eq!(
        refusal.to_string(),
        "Not approved up to the end of 2026-10: 1 day, 480 minutes of cso-114. Approve it, or \
         close with --allow-open: it is then listed on the statements, and billed once approved."
    );
}

#[test]
fn more_open_days_than_a_refusal_can_carry_are_counted() {
    let mut close = close_of("2026-10");
    close.open = vec![open_day(); 250];
    let refusal = given::<Books>(begun())
        .when(Command::CloseMonth(close))
        .then_refused("TIME_NOT_APPROVED");
    let violations = eventlog::Refuse::violations(&refusal);
    assert_eq!(violations.len(), 101);
    assert!(violations[100].description.starts_with("and 150 more"));
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
        .then_refused("EDITION_UNKNOWN");
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
fn a_statement_that_no_message_could_carry_is_refused() {
    let expense = Expense {
        source: None,
        id: "three-rivers.e1".parse().unwrap(),
        to: ExpenseTo::Direct("barlow".parse().unwrap()),
        amount_cents: Cents(100),
        date: date(2026, 10, 3),
        code: "x".repeat(7 * 1024 * 1024),
    };
    let events = and(begun(), vec![Event::ExpenseRecorded { expense }]);
    let refusal = given::<Books>(events)
        .when(closing("2026-10"))
        .then_refused("STATEMENT_TOO_LARGE");
    let said = refusal.to_string();
    assert!(
        said.starts_with("barlow's statement of 2026-10 would have"),
        "{said}"
    );
}
