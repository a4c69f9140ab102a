//! Laws of a week's pay.

use proptest::prelude::*;
use vocabulary::{Cents, Fraction, Minutes, Workweek};

use crate::attribution::{Policy, attribute, worked_for};
use crate::bonus::{EarnedWeek, Spread, spread};
use crate::extra::ExtraKind;
use crate::line::{Code, deltas, gross};
use crate::pay::{Extra, Week, compute};
use crate::rules::states;
use crate::samples::{FIRST, dollars, empty, work};
use crate::{cut, hours};

const LOCATIONS: [&str; 5] = ["town:aa", "town:bb", "travel:bb", "training", "leave"];
const KINDS: [ExtraKind; 4] = [
    ExtraKind::Bonus,
    ExtraKind::OnCallStipend,
    ExtraKind::PaidAbsence,
    ExtraKind::Reimbursement,
];

prop_compose! {
    fn any_week()(
        days in prop::collection::vec(
            prop::collection::vec((1i64..300, 0i64..6_000, 0usize..5), 0..4), 7,
        ),
        extras in prop::collection::vec((0usize..4, 0i64..50_000), 0..3),
        state in prop::option::of(0usize..6),
    ) -> Week {
        let mut week = empty();
        let zone: vocabulary::Zone = "America/Chicago".parse().unwrap();
        let mut day = FIRST;
        for stretches in days {
            let mut at = zone.start_of(day);
            for (minutes, rate, location) in stretches {
                let n = week.work.len();
                let mut work = work(n, day, at, minutes, "0", LOCATIONS[location]);
                work.slice.rate_cents_per_hour = Fraction::from(rate);
                at = work.slice.end;
                week.work.push(work);
            }
            day = day.tomorrow().unwrap();
        }
        for (kind, cents) in extras {
            let extra = Extra { kind: KINDS[kind], cents: Cents(cents), day: FIRST };
            week.extras.push(extra);
        }
        week.minimum_wage = Some(dollars("15.00"));
        week.rule_sets = state.map(|n| states()[n].clone()).into_iter().collect();
        week
    }
}

fn half() -> Fraction {
    Fraction::new(1, 2).unwrap()
}

proptest! {
    #[test]
    fn pay_does_not_depend_on_the_order_of_entry(
        (week, work, extras) in any_week().prop_flat_map(|week| {
            let work = Just(week.work.clone()).prop_shuffle();
            let extras = Just(week.extras.clone()).prop_shuffle();
            (Just(week), work, extras)
        })
    ) {
        let other = Week { work, extras, ..week.clone() };
        let (first, second) = (compute(&week).unwrap(), compute(&other).unwrap());
        prop_assert_eq!(first.gross, second.gross);
        prop_assert_eq!(first.costed, second.costed);
        prop_assert!(deltas(&first.lines, &second.lines).unwrap().is_empty());
    }

    #[test]
    fn the_lines_are_the_gross_and_never_less_than_the_law_owes(week in any_week()) {
        let paid = compute(&week).unwrap();
        prop_assert_eq!(gross(&paid.lines).unwrap(), paid.gross);
        let exact = Fraction::sum(paid.lines.iter().map(|line| &line.exact_cents));
        prop_assert!(paid.gross >= exact.to_cents_half_up().unwrap());
        // 29 CFR 778.110, .115: all remuneration, and half the regular rate past 40 hours.
        let outside = week.extras.iter().filter(|extra| !extra.kind.in_regular_rate());
        let outside = Fraction::sum(&outside.map(|e| e.cents.exact()).collect::<Vec<_>>());
        let leave = paid.lines.iter().filter(|line| line.key.code == Code::Leave);
        let leave = Fraction::sum(leave.map(|line| &line.exact_cents));
        let premium =
            &paid.regular_rate_cents_per_hour * &paid.costed.overtime_minutes.hours() * half();
        let owed = &paid.remuneration_cents + &premium + outside + leave;
        // A week of payments without hours keeps them in `remuneration_cents` as well.
        prop_assert!(exact >= owed);
        prop_assert_eq!(paid.better.is_none(), exact == owed);
    }

    #[test]
    fn the_parties_costs_and_what_no_town_is_asked_for_equal_the_gross(week in any_week()) {
        let paid = compute(&week).unwrap();
        let worked = worked_for(&paid.costed);
        let premium = paid.better.as_ref().map_or(&paid.federal_premium_cents, |(_, owed)| owed);
        for policy in [Policy::ProRata, Policy::ProRataByPay, Policy::WorkedLast] {
            let parts = attribute(premium, &worked, &policy).unwrap();
            let straight = Fraction::sum(worked.values().map(|w| &w.straight_cents));
            let unshared = paid.lines.iter().filter(|line| {
                matches!(line.key.code, Code::Leave | Code::Extra(_))
            });
            let unshared = Fraction::sum(unshared.map(|line| &line.exact_cents));
            let cost = Fraction::sum(parts.values()) + straight + unshared;
            let gross = Fraction::sum(paid.lines.iter().map(|line| &line.exact_cents));
            prop_assert_eq!(cost, gross);
        }
    }

    #[test]
    fn a_state_never_makes_a_week_pay_less(week in any_week()) {
        let federal = Week { rule_sets: Vec::new(), ..week.clone() };
        let (federal, state) = (compute(&federal).unwrap(), compute(&week).unwrap());
        prop_assert!(state.gross >= federal.gross);
        prop_assert_eq!(state.federal_premium_cents, federal.federal_premium_cents);
    }

    #[test]
    fn corrections_of_a_week_telescope(
        weeks in prop::collection::vec(any_week(), 2..5),
    ) {
        let paid: Vec<_> = weeks.iter().map(|week| compute(week).unwrap()).collect();
        let mut sum = paid[0].gross;
        for pair in paid.windows(2) {
            let owed = deltas(&pair[0].lines, &pair[1].lines).unwrap();
            let owed = Cents::sum(owed.iter().map(|delta| delta.cents)).unwrap();
            sum = sum.checked_add(owed).unwrap();
        }
        prop_assert_eq!(sum, paid[paid.len() - 1].gross);
    }

    #[test]
    fn a_bonus_spread_back_is_what_the_week_with_it_would_have_paid(
        week in any_week(), bonus in 0i64..100_000,
    ) {
        let before = compute(&week).unwrap();
        prop_assume!(before.costed.worked_minutes > Minutes::ZERO);
        let earned = EarnedWeek {
            first_day: week.first_day,
            worked: before.costed.worked_minutes,
            overtime: before.costed.overtime_minutes,
        };
        let parts = spread(Cents(bonus), &[earned], &Spread::EqualPerWeek).unwrap();
        let mut with = week.clone();
        let kind = ExtraKind::Bonus;
        with.extras.push(Extra { kind, cents: Cents(bonus), day: FIRST });
        let after = compute(&with).unwrap();
        let more = after.federal_premium_cents - &before.federal_premium_cents;
        prop_assert_eq!(&parts[0].premium_cents, &more);
    }

    #[test]
    fn cutting_a_shift_and_taking_meals_out_never_changes_its_minutes(
        start in 0i64..525_600, length in 1i64..6_000, meal in (0i64..6_000, 1i64..60),
    ) {
        let at = |minute: i64| {
            jiff::Timestamp::from_second((29_000_000 + start + minute) * 60).unwrap()
        };
        let workweek = Workweek {
            starts_on: jiff::civil::Weekday::Sunday,
            zone: "America/Chicago".parse().unwrap(),
        };
        let kept = hours::without(at(0), at(length), &[(at(meal.0), at(meal.0 + meal.1))]);
        let mut minutes = Minutes::ZERO;
        for (from, until) in kept {
            let pieces = cut(from, until, &workweek).unwrap();
            let of_stretch: Minutes = pieces.iter().map(|piece| piece.minutes()).sum();
            prop_assert_eq!(of_stretch, Minutes::between(from, until));
            minutes += of_stretch;
        }
        let gone = (meal.0 + meal.1).min(length) - meal.0.min(length);
        prop_assert_eq!(minutes.0, length - gone);
    }
}
