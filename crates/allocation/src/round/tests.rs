use proptest::prelude::*;
use vocabulary::{Cents, Fraction, PartyId};

use super::{Mode, apportion};
use crate::Rounding;
use crate::samples::{fraction, party};

fn shares(texts: &[(&str, &str)]) -> Vec<(PartyId, Fraction)> {
    texts.iter().map(|(p, s)| (party(p), fraction(s))).collect()
}

fn cents(rounding: &Rounding, amount: i64, texts: &[(&str, &str)]) -> Vec<(String, i64, i64)> {
    let parts = rounding
        .split(Cents(amount), shares(texts), Mode::HalfUp)
        .unwrap();
    let parts = parts.into_iter();
    parts
        .map(|(p, _, part)| (p.to_string(), part.cents.0, part.moved_cent))
        .collect()
}

fn in_order(order: &[&str]) -> Rounding {
    Rounding::LargestRemainder {
        order: order.iter().map(|p| party(p)).collect(),
    }
}

#[test]
fn equal_remainders_follow_the_printed_order() {
    let thirds = [("aa", "1/3"), ("bb", "1/3"), ("cc", "1/3")];
    let order = in_order(&["cc", "aa", "bb", "provider"]);
    assert_eq!(
        cents(&order, 100, &thirds),
        [
            ("cc".into(), 34, 1),
            ("aa".into(), 33, 0),
            ("bb".into(), 33, 0)
        ]
    );
}

#[test]
fn the_largest_remainder_goes_first_whatever_the_order() {
    let parts = [("aa", "0.301"), ("bb", "0.307"), ("cc", "0.392")];
    let order = in_order(&["aa", "bb", "cc", "provider"]);
    let got: Vec<i64> = cents(&order, 100, &parts).iter().map(|row| row.1).collect();
    assert_eq!(got, [30, 31, 39]);
}

#[test]
fn a_residual_party_takes_what_the_others_leave_even_without_a_share() {
    let thirds = [("aa", "1/3"), ("bb", "1/3"), ("cc", "1/3")];
    let residual = Rounding::Residual {
        party: PartyId::Provider,
    };
    assert_eq!(
        cents(&residual, 100, &thirds),
        [
            ("aa".into(), 33, 0),
            ("bb".into(), 33, 0),
            ("cc".into(), 33, 0),
            ("provider".into(), 1, 1)
        ]
    );
}

#[test]
fn a_refund_gives_back_what_the_charge_took() {
    let parts = apportion(Cents(-100), &vec![fraction("-100/3"); 3]).unwrap();
    let cents: Vec<i64> = parts.iter().map(|p| p.cents.0).collect();
    assert_eq!(cents.iter().sum::<i64>(), -100);
    assert_eq!(cents, [-34, -33, -33]);
}

proptest! {
    #[test]
    fn parts_always_equal_the_whole(
        amount in any::<i64>(),
        weights in prop::collection::vec(0_i64..1_000_000, 1..8),
    ) {
        let total: i64 = weights.iter().sum();
        prop_assume!(total > 0);
        let exact: Vec<Fraction> = weights
            .iter()
            .map(|w| Fraction::from(amount) * Fraction::new(*w, total).unwrap())
            .collect();
        let parts = apportion(Cents(amount), &exact).unwrap();
        prop_assert_eq!(Cents::sum(parts.iter().map(|p| p.cents)), Ok(Cents(amount)));
        for (part, exact) in parts.iter().zip(&exact) {
            prop_assert!(part.moved_cent.abs() <= 1);
            let off = part.cents.exact() - exact;
            prop_assert!(off < Fraction::one() && -off < Fraction::one());
        }
    }
}
