//! What real agreements published, recomputed: each case by its id, to the cent where it foots, and
//! with the recorded difference where it does not. Sources stand in `examples/terms/cases`.

mod agreed;
mod bases;
mod kept;
mod split;

use vocabulary::{Cents, Month};

use crate::samples::{expense, month, pool, terms};
use crate::{Facts, Settlement, settle};

/// The months from one on.
fn months(first: &str, count: usize) -> Vec<Month> {
    let first = month(first);
    std::iter::successors(Some(first), |month| Some(month.next()))
        .take(count)
        .collect()
}

/// What lines whose key begins so come to over some months.
fn charged(text: &str, months: &[Month], key: &str) -> Cents {
    charged_for(text, months, key, &Facts::default())
}

fn charged_for(text: &str, months: &[Month], key: &str, facts: &Facts) -> Cents {
    let terms = terms(text);
    let cents = months.iter().flat_map(|month| {
        let settlement = settle(&terms, *month, facts).unwrap_or_else(|r| panic!("{r}"));
        let lines = settlement.lines.into_iter();
        let lines = lines.filter(|line| line.key.starts_with(key));
        lines.map(|line| line.cents).collect::<Vec<_>>()
    });
    Cents::sum(cents).unwrap()
}

/// One month with an expense for a pool.
fn spent_on(text: &str, name: &str, cents: i64, on: &str, facts: Facts) -> Settlement {
    let mut facts = facts;
    facts.expenses.push(expense(1, pool(name), cents, on));
    let month = Month::of(on.parse().unwrap());
    settle(&terms(text), month, &facts).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn dollars(text: &str) -> Cents {
    text.parse().unwrap()
}
