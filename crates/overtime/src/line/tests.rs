use proptest::prelude::*;

use super::*;

fn exact(day: i8, code: Code, cents: Fraction) -> Exact {
    Exact {
        key: Key {
            day: jiff::civil::date(2026, 10, day),
            code,
            location: None,
            account: None,
        },
        minutes: Minutes(60),
        rate_cents_per_hour: None,
        cents,
    }
}

fn thirds(n: i64) -> Fraction {
    Fraction::new(n, 3).unwrap()
}

#[test]
fn a_week_whose_lines_all_round_down_is_given_the_missing_cents() {
    let lines = (1..=4)
        .map(|day| exact(day, Code::Regular, thirds(31)))
        .collect();
    let paid = round(lines).unwrap();
    // Four times 10 1/3 is 41 1/3: four lines of 10 would be a cent short.
    let cents: Vec<_> = paid.iter().map(|line| line.cents.0).collect();
    assert_eq!(cents, [11, 10, 10, 10]);
    assert!(paid[0].given_cent && !paid[1].given_cent);
}

#[test]
fn nothing_is_taken_from_lines_that_round_up() {
    let lines = (1..=4)
        .map(|day| exact(day, Code::Regular, thirds(32)))
        .collect();
    let paid = round(lines).unwrap();
    assert_eq!(gross(&paid).unwrap(), Cents(44));
    assert!(paid.iter().all(|line| !line.given_cent));
}

#[test]
fn qualified_overtime_counts_in_the_year_in_which_it_is_paid() {
    let premium = |day: &str, cents| PaidPremium {
        paid_on: day.parse().unwrap(),
        cents: Cents(cents),
    };
    let years = qualified_by_year(&[
        premium("2026-12-31", 6_026),
        premium("2027-01-08", 500),
        premium("2027-02-05", -200),
    ])
    .unwrap();
    assert_eq!(
        years,
        BTreeMap::from([(2026, Cents(6_026)), (2027, Cents(300))])
    );
}

prop_compose! {
    fn any_lines()(
        lines in prop::collection::vec((1i8..8, 0usize..3, 0i64..100_000, 1i64..12), 0..12),
    ) -> Vec<Exact> {
        let codes = [Code::Regular, Code::Leave, Code::Premium];
        lines
            .into_iter()
            .map(|(day, code, n, d)| exact(day, codes[code], Fraction::new(n, d).unwrap()))
            .collect()
    }
}

proptest! {
    #[test]
    fn a_week_is_never_short_and_no_line_is_off_by_more_than_a_cent(lines in any_lines()) {
        let whole = Fraction::sum(lines.iter().map(|line| &line.cents));
        let paid = round(lines).unwrap();
        prop_assert!(gross(&paid).unwrap() >= whole.to_cents_half_up().unwrap());
        for line in &paid {
            let off = line.cents.exact() - &line.exact_cents;
            prop_assert!(off < Fraction::one() && off > -Fraction::one());
        }
    }

    #[test]
    fn deltas_telescope(first in any_lines(), second in any_lines(), third in any_lines()) {
        let weeks = [Vec::new(), first, second, third].map(|lines| round(lines).unwrap());
        let mut paid: BTreeMap<Key, i64> = BTreeMap::new();
        for pair in weeks.windows(2) {
            for delta in deltas(&pair[0], &pair[1]).unwrap() {
                *paid.entry(delta.key).or_default() += delta.cents.0;
            }
        }
        paid.retain(|_, cents| *cents != 0);
        let mut last: BTreeMap<Key, i64> = BTreeMap::new();
        for line in &weeks[3] {
            *last.entry(line.key.clone()).or_default() += line.cents.0;
        }
        last.retain(|_, cents| *cents != 0);
        prop_assert_eq!(paid, last);
        prop_assert!(deltas(&weeks[3], &weeks[3]).unwrap().is_empty());
    }
}
