use super::*;

fn premium(place: &str, hours: &[i64]) -> String {
    let first_day: Date = "2026-10-04".parse().unwrap();
    let pieces: Vec<_> = (0..)
        .zip(hours)
        .map(|(n, hours)| {
            (
                first_day.saturating_add(i64::from(n).days()),
                Minutes(hours * 60),
            )
        })
        .collect();
    let rate = Fraction::from(2_000);
    let minimum = Fraction::from(1_500);
    let worked = Worked {
        first_day,
        pieces: &pieces,
        regular_rate: &rate,
        minimum_wage: Some(&minimum),
    };
    let owed = state(place).unwrap().premium(&worked).unwrap();
    (owed * Fraction::new(1, 100).unwrap()).to_decimal(2)
}

#[test]
fn a_minute_that_is_overtime_by_the_day_and_by_the_week_is_paid_once() {
    // Five days of 10 hours: ten hours by the day, ten by the week, ten in all.
    assert_eq!(premium("US-AK", &[10, 10, 10, 10, 10]), "100.00");
    // Six days of 9: six by the day, and of the 48 others eight past the week's 40.
    assert_eq!(premium("US-AK", &[9, 9, 9, 9, 9, 9]), "140.00");
    assert_eq!(premium("US-MO", &[10, 10, 10, 10, 10]), "100.00");
}

#[test]
fn double_time_follows_time_and_a_half_and_the_seventh_day_has_its_own() {
    // 14 hours on one day: four at half, two at a whole.
    assert_eq!(premium("US-CA", &[14]), "80.00");
    // Seven days of 5: the seventh at half; 30 other hours are no overtime.
    assert_eq!(premium("US-CA", &[5, 5, 5, 5, 5, 5, 5]), "50.00");
    // The seventh of 10 hours: eight at half, two at a whole.
    assert_eq!(premium("US-CA", &[2, 2, 2, 2, 2, 2, 10]), "120.00");
    // Six days only: no seventh day, however late in the week.
    assert_eq!(premium("US-CA", &[0, 5, 5, 5, 5, 5, 5]), "0.00");
}

#[test]
fn where_the_greater_reckoning_counts_the_others_are_not_added() {
    // By the week 8 hours, by the day 2: the week's count.
    assert_eq!(premium("US-CO", &[13, 13, 11, 11]), "80.00");
    assert_eq!(premium("US-CO", &[14, 14]), "40.00");
}

#[test]
fn conditions_are_asked_of_the_week() {
    // 20.00 is below one and a half times 15.00: the daily rule holds.
    assert_eq!(premium("US-NV", &[10]), "20.00");
    // Kentucky's seventh day needs a week of more than 40 hours.
    assert_eq!(premium("US-KY", &[5, 5, 5, 5, 5, 5, 5]), "0.00");
    assert_eq!(premium("US-KY", &[6, 6, 6, 6, 6, 6, 6]), "60.00");
}

#[test]
fn a_set_that_takes_away_or_that_nobody_knows_is_refused() {
    let mut set = state("US-MO").unwrap();
    set.rules = vec![Rule::Weekly {
        after_minutes: 0,
        factor: "0.5".parse().unwrap(),
    }];
    let rate = Fraction::one();
    let worked = Worked {
        first_day: "2026-10-04".parse().unwrap(),
        pieces: &[],
        regular_rate: &rate,
        minimum_wage: None,
    };
    assert!(matches!(
        set.premium(&worked),
        Err(Refusal::FactorBelowOne { .. })
    ));
    set.rules = vec![Rule::Weekly {
        after_minutes: -1,
        factor: Fraction::one(),
    }];
    assert!(matches!(
        set.premium(&worked),
        Err(Refusal::ThresholdBelowZero { .. })
    ));
    assert!(matches!(
        state("US-NV").unwrap().premium(&worked),
        Err(Refusal::NoMinimumWage { .. })
    ));
    let unknown = state("US-XX").unwrap_err().to_string();
    assert!(unknown.contains("US-AK, US-CA"), "{unknown}");
}

#[test]
fn work_on_a_named_day_is_owed_its_factor_and_counts_towards_the_week() {
    let mut week = crate::samples::hours(&[("46", "20.00")]);
    let holiday = week.work[0].slice.day;
    week.rule_sets = vec![RuleSet {
        name: "handbook".to_owned(),
        citation: "handbook 5".to_owned(),
        combine: Combine::Greatest,
        rules: vec![Rule::OnDays {
            days: vec![holiday],
            factor: "1.5".parse().unwrap(),
        }],
    }];
    // Twelve hours on the holiday at half are more than six past forty: 120.00, not 180.00.
    let paid = crate::samples::paid(&week);
    assert_eq!(crate::samples::money(paid.gross), "1040.00");
    assert_eq!(crate::samples::money(paid.qualified), "60.00");
}
