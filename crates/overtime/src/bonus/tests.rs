use proptest::prelude::*;

use super::*;

fn week(n: i8, worked: i64, overtime: i64) -> EarnedWeek {
    EarnedWeek {
        first_day: jiff::civil::date(2026, 10, n),
        worked: Minutes(worked * 60),
        overtime: Minutes(overtime * 60),
    }
}

#[test]
fn each_overtime_week_is_owed_half_the_bonus_rate_for_its_overtime_hours() {
    // 100.00 over two weeks of 40 and 50 hours: 50.00 each; the second owes 50/50 x 0.5 x 10.
    let weeks = [week(4, 40, 0), week(11, 50, 10)];
    let spread_evenly = spread(Cents(10_000), &weeks, &Spread::EqualPerWeek).unwrap();
    assert_eq!(spread_evenly[0].premium_cents, Fraction::zero());
    assert_eq!(spread_evenly[1].part_cents, Fraction::from(5_000));
    assert_eq!(spread_evenly[1].premium_cents, Fraction::from(500));
    // By the hour: 100.00 / 90 h, half of it for ten hours.
    let hourly = spread(Cents(10_000), &weeks, &Spread::EqualPerHour).unwrap();
    assert_eq!(
        hourly[1].premium_cents,
        Fraction::new(10_000 * 5, 90).unwrap()
    );
    let earned = Spread::Earned(vec![Fraction::zero(), Fraction::one()]);
    let earned = spread(Cents(10_000), &weeks, &earned).unwrap();
    assert_eq!(earned[1].premium_cents, Fraction::from(1_000));
}

#[test]
fn a_bonus_without_weeks_or_below_zero_is_refused() {
    let idle = [week(4, 0, 0)];
    for by in [Spread::EqualPerWeek, Spread::EqualPerHour] {
        assert_eq!(spread(Cents(1), &idle, &by), Err(Refusal::NothingWorked));
    }
    let none = Spread::Earned(Vec::new());
    assert!(matches!(
        spread(Cents(1), &idle, &none),
        Err(Refusal::OtherWeeks { .. })
    ));
    assert_eq!(spread(Cents(-1), &idle, &none), Err(Refusal::Negative));
}

proptest! {
    #[test]
    fn the_parts_of_a_bonus_are_the_bonus(
        bonus in 0i64..1_000_000,
        hours in prop::collection::vec((0i64..60, 0i64..20), 1..60),
    ) {
        let weeks: Vec<_> = hours.iter().map(|(w, o)| week(4, w + 1, *o)).collect();
        for by in [Spread::EqualPerWeek, Spread::EqualPerHour] {
            let parts = spread(Cents(bonus), &weeks, &by).unwrap();
            let sum = Fraction::sum(parts.iter().map(|part| &part.part_cents));
            prop_assert_eq!(sum, Fraction::from(bonus));
        }
    }
}
