use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::samples::{FIRST, add, hours, money, paid};

fn week(n: i64, worked: &str) -> PaidWeek {
    let mut week = hours(&[]);
    week.first_day = FIRST.saturating_add((7 * n).days());
    add(&mut week, worked, "12.00", "town:aa");
    let lines = paid(&week).lines;
    PaidWeek { week, lines }
}

fn raise(from: Date, until: Date) -> Raise {
    Raise {
        from,
        until,
        more_cents_per_hour: Fraction::from(10),
        kind: None,
    }
}

#[test]
fn only_the_weeks_that_a_raise_reaches_are_reckoned_again() {
    let weeks = [week(0, "46"), week(1, "40"), week(2, "41")];
    let second = weeks[1].week.first_day;
    let reopened = reopen(&weeks, &raise(second, second.saturating_add(30.days()))).unwrap();
    let owed: Vec<_> = reopened.iter().map(|week| money(week.sum)).collect();
    // 40 h: 4.00; 41 h: 4.10 and half of ten cents.
    assert_eq!(owed, ["4.00", "4.15"]);
    assert_eq!(reopened[0].first_day, second);
}

#[test]
fn a_raise_in_mid_week_raises_the_average_of_that_week() {
    let weeks = [week(0, "48")];
    let middle = FIRST.saturating_add(2.days());
    let reopened = reopen(&weeks, &raise(middle, middle.saturating_add(9.days()))).unwrap();
    // 24 of 48 hours: 2.40, and on eight overtime hours half of the average five cents: 0.20.
    assert_eq!(money(reopened[0].sum), "2.60");
}

#[test]
fn a_raise_of_another_kind_of_work_or_of_a_salary_reaches_nothing() {
    let mut paid_week = week(0, "46");
    let mut court = raise(FIRST, FIRST.saturating_add(6.days()));
    court.kind = Some("court".to_owned());
    assert_eq!(
        reopen(std::slice::from_ref(&paid_week), &court),
        Ok(Vec::new())
    );
    court.kind = None;
    paid_week.week.basis = crate::samples::salaried("800.00", "40");
    assert_eq!(reopen(&[paid_week], &court), Ok(Vec::new()));
}

proptest! {
    #[test]
    fn two_raises_owe_what_their_sum_owes(
        worked in 1i64..84, first in 1i64..500, second in 1i64..500,
    ) {
        let start = [week(0, &worked.to_string())];
        let raise = |more| Raise {
            more_cents_per_hour: Fraction::from(more),
            ..raise(FIRST, FIRST.saturating_add(6.days()))
        };
        let once = reopen(&start, &raise(first + second)).unwrap();
        let a = reopen(&start, &raise(first)).unwrap();
        let between = PaidWeek {
            week: raise(first).apply(&start[0].week).unwrap(),
            lines: a[0].paid.lines.clone(),
        };
        let b = reopen(&[between], &raise(second)).unwrap();
        prop_assert_eq!(once[0].sum.0, a[0].sum.0 + b[0].sum.0);
        prop_assert_eq!(&once[0].paid, &b[0].paid);
    }
}
