use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn vacation(accrual: Accrual) -> Policy {
    Policy {
        name: "vacation".to_owned(),
        accrual,
        balance_max_minutes: None,
        carry_over_max_minutes: None,
        advance_max_minutes: 0,
    }
}

fn hourly() -> Policy {
    vacation(Accrual::HourWorked {
        minutes: Fraction::from(2),
    })
}

fn entry(month: i8, day: i8, what: What) -> Entry {
    let on = date(2026, month, day);
    Entry { on, what }
}

fn hours(n: i64) -> Minutes {
    Minutes(n * 60)
}

#[test]
fn a_leave_longer_than_its_balance_is_refused_with_what_is_there() {
    let entries = [
        entry(10, 1, What::Worked(hours(300))),
        entry(10, 8, What::Taken(hours(4))),
    ];
    let policy = hourly();
    assert_eq!(
        policy.request(&entries, date(2026, 10, 9), hours(6)),
        Ok(Minutes::ZERO)
    );
    let refused = policy
        .request(&entries, date(2026, 10, 9), Minutes(361))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "6:01 hours of vacation were asked for on 2026-10-09 and 6:00 are there by then"
    );
    // On the day before those four hours ten were there; but the four are taken already.
    assert_eq!(
        policy.request(&entries, date(2026, 10, 7), hours(6)),
        Ok(Minutes::ZERO)
    );
    assert!(
        policy
            .request(&entries, date(2026, 10, 7), Minutes(361))
            .is_err()
    );
    assert!(
        policy
            .request(&entries, date(2026, 9, 30), Minutes(1))
            .is_err()
    );
    assert!(
        policy
            .request(&entries, date(2026, 10, 9), Minutes::ZERO)
            .is_err()
    );
    let advance = Policy {
        advance_max_minutes: 60,
        ..policy
    };
    assert_eq!(
        advance.request(&entries, date(2026, 10, 9), hours(7)),
        Ok(Minutes::ZERO)
    );
}

#[test]
fn what_goes_beyond_a_limit_is_lost_and_named() {
    let mut policy = vacation(Accrual::PayPeriod {
        minutes: Fraction::from(240),
    });
    policy.balance_max_minutes = Some(600);
    policy.carry_over_max_minutes = Some(300);
    let entries: Vec<_> = [1, 2, 3]
        .map(|month| entry(month, 15, What::PeriodEnded))
        .into();
    let in_year = policy.account(&entries, date(2026, 12, 31));
    assert_eq!(
        (in_year.balance, in_year.lost),
        (Fraction::from(600), Fraction::from(120))
    );
    let after = policy.account(&entries, date(2027, 1, 1));
    assert_eq!(
        (after.balance, after.lost),
        (Fraction::from(300), Fraction::from(420))
    );
}

#[test]
fn a_years_leave_comes_with_each_new_year() {
    let policy = vacation(Accrual::Year {
        minutes: Fraction::from(4_800),
    });
    let entries = [entry(3, 1, What::Adjusted(hours(40)))];
    let of = |day: Date| policy.account(&entries, day).balance;
    assert_eq!(of(date(2026, 12, 31)), Fraction::from(2_400));
    assert_eq!(of(date(2028, 1, 1)), Fraction::from(2_400 + 2 * 4_800));
}

#[test]
fn a_policy_is_read_from_a_document() {
    let text = "name = \"vacation\"\naccrual = { by = \"hour_worked\", minutes = \"2\" }\n";
    assert_eq!(toml::from_str::<Policy>(text).unwrap(), hourly());
    assert!(toml::from_str::<Policy>(&text.replace("name", "nane")).is_err());
}

proptest! {
    #[test]
    fn the_order_of_entry_makes_no_difference_and_nothing_comes_from_nowhere(
        (entries, shuffled) in prop::collection::vec((0i64..700, 0usize..3, 0i64..2_000), 0..20)
            .prop_map(|rows| {
                let what = [What::Worked, What::Adjusted, What::Taken];
                let of = |(n, kind, minutes): (i64, usize, i64)| Entry {
                    on: date(2026, 1, 1).saturating_add(n.days()),
                    what: what[kind](Minutes(minutes)),
                };
                rows.into_iter().map(of).collect::<Vec<_>>()
            })
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let mut policy = hourly();
        policy.balance_max_minutes = Some(1_000);
        policy.carry_over_max_minutes = Some(200);
        let end = date(2027, 12, 31);
        let account = policy.account(&entries, end);
        prop_assert_eq!(&account, &policy.account(&shuffled, end));
        let came = entries.iter().map(|entry| match entry.what {
            What::Worked(minutes) => minutes.hours() * Fraction::from(2),
            What::Adjusted(minutes) => Fraction::from(minutes.0),
            What::Taken(minutes) => Fraction::from(-minutes.0),
            What::PeriodEnded => Fraction::zero(),
        });
        let came = Fraction::sum(&came.collect::<Vec<_>>());
        prop_assert_eq!(account.balance + &account.lost, came);
    }
}
