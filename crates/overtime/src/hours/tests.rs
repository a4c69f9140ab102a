use proptest::prelude::*;

use super::*;

fn hours(n: i64) -> Minutes {
    Minutes(n * 60)
}

#[test]
fn a_meal_is_left_out_only_when_it_is_long_enough_and_free() {
    let rules = HoursRules::default();
    let meal = |minutes, relieved| {
        let pause = Break {
            minutes: Minutes(minutes),
            relieved,
        };
        rules.meal(pause).counted.0
    };
    assert_eq!(
        [meal(30, true), meal(29, true), meal(45, false)],
        [0, 29, 45]
    );
}

#[test]
fn training_is_left_out_only_when_all_four_marks_are_there() {
    let free = Training {
        minutes: hours(3),
        outside_hours: true,
        voluntary: true,
        job_related: false,
        work_done: false,
        imposed_certification: false,
    };
    assert_eq!(training(free).counted, Minutes::ZERO);
    for session in [
        Training {
            outside_hours: false,
            ..free
        },
        Training {
            voluntary: false,
            ..free
        },
        Training {
            job_related: true,
            ..free
        },
        Training {
            work_done: true,
            ..free
        },
    ] {
        assert_eq!(training(session).counted, hours(3));
        let imposed = Training {
            imposed_certification: true,
            ..session
        };
        let counts = !session.outside_hours || session.work_done;
        assert_eq!(training(imposed).counted > Minutes::ZERO, counts);
    }
}

#[test]
fn bound_time_engaged_waiting_and_ways_in_the_day_count_and_their_opposites_do_not() {
    let hour = hours(1);
    assert_eq!(on_call(hour, OnCall::Bound).counted, hour);
    assert_eq!(on_call(hour, OnCall::LeavesWord).counted, Minutes::ZERO);
    assert_eq!(waiting(hour, Waiting::Engaged).counted, hour);
    assert_eq!(waiting(hour, Waiting::Relieved).counted, Minutes::ZERO);
    assert_eq!(travel(hour, Travel::InTheDay).counted, hour);
    assert_eq!(travel(hour, Travel::Working).counted, hour);
    assert_eq!(travel(hour, Travel::Commute).counted, Minutes::ZERO);
    let elsewhere = Travel::OneDayElsewhere {
        usual_way: Minutes(40),
        meals: Minutes(30),
    };
    assert_eq!(travel(hours(5), elsewhere).counted, Minutes(230));
    assert_eq!(travel(hour, elsewhere).counted, Minutes::ZERO);
}

#[test]
fn sleep_without_agreement_or_bed_counts_and_over_eight_hours_only_eight_are_left_out() {
    let rules = HoursRules::default();
    let night = Sleep {
        duty: hours(24),
        agreed: true,
        facilities: true,
        scheduled: hours(10),
        interrupted: Minutes::ZERO,
    };
    assert_eq!(rules.sleep(night).counted, hours(16));
    assert_eq!(
        rules
            .sleep(Sleep {
                agreed: false,
                ..night
            })
            .counted,
        hours(24)
    );
    assert_eq!(
        rules
            .sleep(Sleep {
                facilities: false,
                ..night
            })
            .counted,
        hours(24)
    );
    assert_eq!(
        rules
            .sleep(Sleep {
                duty: hours(23),
                ..night
            })
            .counted,
        hours(23)
    );
}

#[test]
fn a_handbook_may_give_more_than_the_law_and_never_less() {
    let law = HoursRules::default();
    assert_eq!(law.check(), Ok(()));
    let better = HoursRules {
        sleep_at_most: hours(6),
        ..law
    };
    assert_eq!(better.check(), Ok(()));
    for worse in [
        HoursRules {
            meal_at_least: Minutes(20),
            ..law
        },
        HoursRules {
            sleep_in_duty_of: hours(12),
            ..law
        },
        HoursRules {
            sleep_at_most: hours(9),
            ..law
        },
        HoursRules {
            sleep_at_least: hours(4),
            ..law
        },
    ] {
        assert!(worse.check().is_err(), "{worse:?}");
    }
    let text = HoursRules {
        meal_at_least: Minutes(20),
        ..law
    }
    .check()
    .unwrap_err()
    .to_string();
    assert!(
        text.contains("meal_at_least = 0:20") && text.contains("785.19"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn taking_gaps_out_leaves_the_other_minutes_once_each(
        length in 1i64..600,
        gaps in prop::collection::vec((0i64..700, 1i64..120), 0..6),
    ) {
        let at = |minute: i64| Timestamp::from_second(1_790_000_040 + minute * 60).unwrap();
        let spans: Vec<_> = gaps.iter().map(|(from, n)| (at(*from), at(from + n))).collect();
        let kept = without(at(0), at(length), &spans);
        let total: Minutes = kept.iter().map(|(a, b)| Minutes::between(*a, *b)).sum();
        let free = (0..length)
            .filter(|minute| !gaps.iter().any(|(from, n)| (*from..from + n).contains(minute)));
        prop_assert_eq!(total.0, i64::try_from(free.count()).unwrap());
        for pair in kept.windows(2) {
            prop_assert!(pair[0].1 < pair[1].0);
        }
    }
}
