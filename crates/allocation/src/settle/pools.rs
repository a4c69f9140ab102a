//! Cost pools, fed by expenses and labour, and direct charges.

use std::collections::BTreeMap;

use vocabulary::{Cents, Fraction};

use super::known::Known;
use super::lines::{Alone, Drawn, Whole};
use super::overflow;
use crate::{Citation, Expense, ExpenseTo, Name, Refusal, Terms, TermsPool, basis};

/// What labour, or a charge of the terms, brings into a pool.
pub(super) struct Fed {
    pub(super) cents: Cents,
    pub(super) exact: Fraction,
    pub(super) facts: Vec<Citation>,
}

pub(super) fn pools(
    terms: &Terms,
    known: &Known<'_>,
    mut labour: BTreeMap<Name, Vec<Fed>>,
) -> Result<Vec<Whole>, Refusal> {
    for expense in &known.expenses {
        check_expense(terms, expense)?;
    }
    let pools = terms.pools.iter();
    pools
        .map(|pool| {
            let fed = labour.remove(&pool.name).unwrap_or_default();
            whole(terms, pool, known, fed)
        })
        .collect()
}

/// Whether the terms know whom an expense is for.
pub(crate) fn check_expense(terms: &Terms, expense: &Expense) -> Result<(), Refusal> {
    match &expense.to {
        ExpenseTo::Pool(name) if terms.pool(name).is_none() => {
            let pools: Vec<_> = terms.pools.iter().map(|p| p.name.as_str()).collect();
            Err(Refusal::UnknownPool {
                expense: expense.id.clone(),
                pool: name.clone(),
                known: if pools.is_empty() {
                    "they have none".to_owned()
                } else {
                    format!("they have {}", pools.join(", "))
                },
            })
        }
        ExpenseTo::Direct(party) if !terms.parties().contains(party) => Err(Refusal::NotAParty {
            expense: expense.id.clone(),
            party: party.clone(),
        }),
        _ => Ok(()),
    }
}

fn whole(
    terms: &Terms,
    pool: &TermsPool,
    known: &Known<'_>,
    fed: Vec<Fed>,
) -> Result<Whole, Refusal> {
    let charged = super::charges::into_pool(terms, pool, known)?;
    let expenses: Vec<_> = known
        .expenses
        .iter()
        .filter(|e| matches!(&e.to, ExpenseTo::Pool(name) if *name == pool.name))
        .collect();
    let fed: Vec<Fed> = fed.into_iter().chain(charged).collect();
    let cents = expenses.iter().map(|e| e.amount_cents);
    let amount = Cents::sum(cents.clone().chain(fed.iter().map(|f| f.cents)));
    let amount = amount.map_err(|_| overflow(format!("the pool \"{}\"", pool.name)))?;
    let exact = cents.fold(Fraction::zero(), |sum, c| sum + c.exact());
    let exact = fed.iter().fold(exact, |sum, f| sum + &f.exact);
    let mut facts: Vec<Citation> = expenses.iter().map(|e| Citation::expense(e)).collect();
    facts.extend(fed.into_iter().flat_map(|f| f.facts));
    facts.sort();
    // A pool without money asks for no figures.
    let shares = match amount {
        Cents::ZERO => vec![],
        _ => basis::shares(terms, pool, amount, known)?,
    };
    Ok(Whole {
        key: format!("pool/{}", pool.name),
        basis: pool.basis.in_words(),
        rule: pool.rule(),
        amount,
        exact,
        shares,
        facts,
        own: BTreeMap::new(),
    })
}

/// Expenses that one party alone bears.
pub(super) fn direct(known: &Known<'_>, drawn: &mut Drawn<'_>) {
    for expense in &known.expenses {
        if let ExpenseTo::Direct(party) = &expense.to {
            drawn.alone(Alone {
                key: format!("direct/{}", expense.id),
                party: party.clone(),
                cents: expense.amount_cents,
                exact: expense.amount_cents.exact(),
                rule: format!("expense for {party} alone"),
                facts: vec![Citation::expense(expense)],
            });
        }
    }
}
