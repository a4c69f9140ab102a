use proptest::prelude::*;

use super::*;

fn party(id: &str) -> PartyId {
    id.parse().unwrap()
}

fn worked(hours: &[(&str, i64, i64)]) -> BTreeMap<PartyId, WorkedFor> {
    hours
        .iter()
        .map(|(id, minutes, past)| {
            let worked = WorkedFor {
                minutes: Minutes(minutes * 60),
                past_threshold: Minutes(past * 60),
                straight_cents: Fraction::from(minutes * 2_000),
            };
            (party(id), worked)
        })
        .collect()
}

fn shares(policy: &Policy, hours: &[(&str, i64, i64)]) -> Vec<(String, i64)> {
    let parts = attribute(&Fraction::from(6_000), &worked(hours), policy).unwrap();
    let cents = in_cents(&parts).unwrap();
    cents
        .into_iter()
        .map(|(party, cents)| (party.to_string(), cents.0))
        .collect()
}

fn of(hours: &[(&str, i64)]) -> BTreeMap<PartyId, i64> {
    hours
        .iter()
        .map(|(id, hours)| (party(id), hours * 60))
        .collect()
}

const WEEK: &[(&str, i64, i64)] = &[("aa", 24, 0), ("bb", 12, 0), ("cc", 10, 6)];

#[test]
fn overtime_that_the_plan_held_already_is_the_providers() {
    let policy = Policy::Caused {
        planned_minutes: of(&[("aa", 24), ("bb", 12), ("cc", 8)]),
    };
    assert_eq!(
        shares(&policy, WEEK),
        [("cc".into(), 2_000), ("provider".into(), 4_000)]
    );
}

#[test]
fn ordered_overtime_is_the_towns_and_never_more_than_was_worked_for_it() {
    let policy = Policy::UnlessOrdered {
        ordered_minutes: of(&[("cc", 3), ("dd", 9)]),
    };
    assert_eq!(
        shares(&policy, WEEK),
        [("cc".into(), 3_000), ("provider".into(), 3_000)]
    );
    let policy = Policy::UnlessOrdered {
        ordered_minutes: of(&[("bb", 12), ("cc", 24)]),
    };
    assert_eq!(
        shares(&policy, WEEK),
        [("bb".into(), 3_273), ("cc".into(), 2_727)]
    );
}

#[test]
fn a_home_unit_is_a_pool_of_one() {
    let policy = Policy::Pooled {
        shares: BTreeMap::from([(party("aa"), Fraction::one())]),
    };
    assert_eq!(shares(&policy, WEEK), [("aa".into(), 6_000)]);
}

#[test]
fn shares_that_are_not_one_and_orders_below_nothing_are_refused() {
    let half = Fraction::new(1, 2).unwrap();
    let refused = |policy| {
        attribute(&half, &worked(WEEK), &policy)
            .unwrap_err()
            .to_string()
    };
    let sum = refused(Policy::Pooled {
        shares: BTreeMap::from([(party("aa"), half.clone())]),
    });
    assert_eq!(sum, "the pooled shares sum to 1/2, not to 1");
    let below = BTreeMap::from([
        (party("aa"), -Fraction::one()),
        (party("bb"), Fraction::from(2)),
    ]);
    assert!(refused(Policy::Pooled { shares: below }).contains("aa has less than nothing"));
    let plan = Policy::Caused {
        planned_minutes: of(&[("aa", -1)]),
    };
    assert!(refused(plan).contains("aa has less than nothing"));
}

#[test]
fn a_premium_without_hours_to_split_it_by_stays_with_the_provider() {
    assert_eq!(shares(&Policy::ProRata, &[]), [("provider".into(), 6_000)]);
}

proptest! {
    #[test]
    fn the_parts_are_the_premium_under_every_policy(
        premium in (0i64..1_000_000, 1i64..50),
        hours in prop::collection::vec((1i64..30, 0i64..10, 0i64..30), 1..5),
    ) {
        let names = ["aa", "bb", "cc", "dd", "provider"];
        let lines: Vec<_> =
            names.into_iter().zip(&hours).map(|(id, (m, past, _))| (id, *m, *past)).collect();
        let given: Vec<_> = names.into_iter().zip(&hours).map(|(id, (_, _, n))| (id, *n)).collect();
        let premium = Fraction::new(premium.0, premium.1).unwrap();
        let worked = worked(&lines);
        let share = Fraction::new(1, i64::try_from(hours.len()).unwrap()).unwrap();
        let pooled = worked.keys().map(|party| (party.clone(), share.clone())).collect();
        for policy in [
            Policy::ProRata,
            Policy::ProRataByPay,
            Policy::WorkedLast,
            Policy::Caused { planned_minutes: of(&given) },
            Policy::UnlessOrdered { ordered_minutes: of(&given) },
            Policy::Pooled { shares: pooled },
        ] {
            let parts = attribute(&premium, &worked, &policy).unwrap();
            prop_assert_eq!(&Fraction::sum(parts.values()), &premium);
            prop_assert!(parts.values().all(|part| !part.is_negative()));
            let cents = Cents::sum(in_cents(&parts).unwrap().into_values()).unwrap();
            prop_assert_eq!(cents, premium.to_cents_half_up().unwrap());
        }
    }
}
