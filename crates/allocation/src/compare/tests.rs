use proptest::prelude::*;
use vocabulary::Cents;

use super::*;
use crate::samples::*;

const BY_CALLS: &str = "[[pool]]\nname = \"cost\"\nbasis = \"calls\"\nif_zero = \"equal\"\n";

fn spent_in(month: &str, cents: i64, calls: &[(&str, usize)]) -> Settlement {
    let mut facts = spent(0);
    let day = format!("{month}-05");
    facts.expenses = vec![expense(1, pool("cost"), cents, &day)];
    for (town, count) in calls {
        for _ in 0..*count {
            let seq = u64::try_from(facts.incidents.len()).unwrap() + 1;
            facts.incidents.push(incident(seq, town, &day, None));
        }
    }
    settle(&with(BY_CALLS), self::month(month), &facts).unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

#[test]
fn a_share_moves_by_total_cost_own_use_and_others_use() {
    let before = spent_in("2026-09", 12_000, &[("barlow", 1), ("fenwick", 3)]);
    let after = spent_in("2026-10", 20_000, &[("barlow", 2), ("fenwick", 6)]);
    let moved = explain_change(&before, &after, &party("barlow")).unwrap();
    assert_eq!(
        (moved.before_cents, moved.after_cents),
        (Cents(3_000), Cents(5_000))
    );
    assert_eq!(moved.total_cost_cents, Cents(2_000));
    // From 1 of 4 to 2 of 5, then to 2 of 8, of 20,000.
    assert_eq!(moved.own_use_cents, Cents(3_000));
    assert_eq!(moved.others_use_cents, Cents(-3_000));
    assert_eq!(moved.terms_cents, Cents::ZERO);
}

#[test]
fn a_change_of_terms_or_figures_is_told_apart() {
    let facts = |population: &str| {
        let mut facts = spent(10_000);
        facts.figures = figures();
        facts.figures[0].value = fraction(population);
        facts
    };
    let by = |basis: &str| with(&format!("[[pool]]\nname = \"cost\"\nbasis = \"{basis}\"\n"));
    let october = month("2026-10");
    let before = settle(&by("population"), october, &facts("1480")).unwrap();
    let grown = settle(&by("population"), october, &facts("2000")).unwrap();
    let moved = explain_change(&before, &grown, &party("barlow")).unwrap();
    assert_eq!(
        moved.figures_cents,
        Cents(683),
        "2000 of 5216 against 1480 of 4696"
    );
    let other = settle(&by("equal"), october, &facts("1480")).unwrap();
    let moved = explain_change(&before, &other, &party("barlow")).unwrap();
    assert_eq!(moved.terms_cents, Cents(182));
    assert_eq!(moved.figures_cents, Cents::ZERO);
}

#[test]
fn the_same_months_under_several_documents_stand_side_by_side() {
    let mut facts = october();
    facts.expenses.clear();
    facts
        .expenses
        .push(expense(1, pool("cost"), 90_000, "2026-10-05"));
    facts.labour.clear();
    let pool = |basis: &str| with(&format!("[[pool]]\nname = \"cost\"\nbasis = \"{basis}\"\n"));
    let options = ["equal", "population", "calls"];
    let options = options.map(|basis| (basis.to_owned(), pool(basis)));
    let months = [month("2026-09"), month("2026-10")];
    let compared = compare(&options, &months, &facts).unwrap();
    let column = |n: usize| -> Vec<i64> {
        compared[n]
            .totals
            .iter()
            .map(|total| total.cents.0)
            .collect()
    };
    assert_eq!(column(0), [30_000, 30_000, 30_000, 0]);
    assert_eq!(column(1), [28_365, 17_344, 44_291, 0]);
    assert_eq!(column(2), [60_000, 0, 30_000, 0]);
    assert_eq!(compared[2].totals[1].difference_cents, Cents(-30_000));
}

proptest! {
    #[test]
    fn the_parts_of_a_movement_sum_to_it(
        first in (0..500_000_i64, 0..9_usize, 0..9_usize),
        second in (0..500_000_i64, 0..9_usize, 0..9_usize),
    ) {
        let settled = |name, (cents, own, others): (i64, usize, usize)| {
            spent_in(name, cents, &[("barlow", own), ("oakhurst", others)])
        };
        let (before, after) = (settled("2026-09", first), settled("2026-10", second));
        for name in ["barlow", "fenwick", "oakhurst", "provider"] {
            let moved = explain_change(&before, &after, &party(name)).unwrap();
            let parts: i64 = moved.parts().map(|(_, cents)| cents.0).sum();
            prop_assert_eq!(parts, moved.after_cents.0 - moved.before_cents.0);
            prop_assert!(moved.rounding_cents.0.abs() <= 8);
        }
    }
}
