//! Sums that the terms themselves set: charges, transfers and credits.

use vocabulary::{Cents, Fraction, Month, Overflow};

use super::known::Known;
use super::lines::{Alone, Drawn};
use super::overflow;
use super::pools::Fed;
use crate::terms::year_of;
use crate::{ChargeTo, Citation, Mode, Name, Per, Priced, Refusal, Span, Terms, TermsPool};

/// What is due in a month.
struct Due {
    cents: Cents,
    exact: Fraction,
}

pub(super) fn charges(
    terms: &Terms,
    known: &Known<'_>,
    drawn: &mut Drawn<'_>,
) -> Result<(), Refusal> {
    for charge in &terms.charges {
        let ChargeTo::Party(party) = &charge.to else {
            continue;
        };
        if let Some(due) = due(terms, &charge.name, &charge.priced, known)? {
            drawn.alone(Alone {
                key: format!("charge/{}", charge.name),
                party: party.clone(),
                cents: due.cents,
                exact: due.exact,
                rule: charge.priced.in_words(terms.mode),
                facts: vec![],
            });
        }
    }
    Ok(())
}

/// The charges that go into a pool.
pub(super) fn into_pool(
    terms: &Terms,
    pool: &TermsPool,
    known: &Known<'_>,
) -> Result<Vec<Fed>, Refusal> {
    let mut fed = vec![];
    for charge in &terms.charges {
        if !matches!(&charge.to, ChargeTo::Pool(name) if *name == pool.name) {
            continue;
        }
        if let Some(due) = due(terms, &charge.name, &charge.priced, known)? {
            fed.push(Fed {
                cents: due.cents,
                facts: vec![Citation {
                    date: None,
                    code: format!(
                        "charge {}: {}",
                        charge.name,
                        charge.priced.in_words(terms.mode)
                    ),
                    source: None,
                    minutes: None,
                    cents: Some(due.cents.exact()),
                }],
                exact: due.exact,
            });
        }
    }
    Ok(fed)
}

/// Sums that parties pay each other.
pub(super) fn transfers(terms: &Terms, known: &Known<'_>, drawn: &mut Drawn<'_>) {
    for transfer in &terms.transfers {
        if !known.month.contains(transfer.on) {
            continue;
        }
        for (party, cents) in &transfer.amounts {
            drawn.alone(Alone {
                key: format!("transfer/{}", transfer.name),
                party: party.clone(),
                cents: *cents,
                exact: cents.exact(),
                rule: format!("agreed between the parties, due on {}", transfer.on),
                facts: vec![],
            });
        }
    }
}

/// Revenue that lowers what parties owe: gross above, this line, net below.
pub(super) fn credits(
    terms: &Terms,
    known: &Known<'_>,
    drawn: &mut Drawn<'_>,
) -> Result<(), Refusal> {
    for credit in &terms.credits {
        let Some(due) = due(terms, &credit.name, &credit.priced, known)? else {
            continue;
        };
        let gross = drawn.borne_by(&credit.to)?;
        if due.cents > gross && !credit.refund {
            return Err(Refusal::CreditAboveCharges {
                credit: credit.name.clone(),
                party: credit.to.clone(),
                cents: due.cents,
                charges: gross,
            });
        }
        let taken = Cents::ZERO.checked_sub(due.cents);
        drawn.alone(Alone {
            key: format!("credit/{}", credit.name),
            party: credit.to.clone(),
            cents: taken.map_err(|_| overflow(format!("the credit \"{}\"", credit.name)))?,
            exact: Fraction::zero() - due.exact,
            rule: format!("credit: {}", credit.priced.in_words(terms.mode)),
            facts: vec![],
        });
    }
    Ok(())
}

/// What is due in a month; nothing where it is not in force.
fn due(
    terms: &Terms,
    name: &Name,
    priced: &Priced,
    known: &Known<'_>,
) -> Result<Option<Due>, Refusal> {
    let span = known.in_life(&priced.span);
    let due = priced.due(&span, known.month, terms.mode);
    due.map_err(|_: Overflow| overflow(format!("\"{name}\" of the terms")))
}

impl Priced {
    fn due(&self, span: &Span, month: Month, mode: Mode) -> Result<Option<Due>, Overflow> {
        let each = &self.quantity * &self.price.cents(mode);
        let exact = &each * &self.per.times_in(span, month);
        if exact.is_zero() {
            return Ok(None);
        }
        let cents = match self.per {
            // Days and weeks are not whole months: a running total keeps the year from drifting.
            Per::Day { year_begins, .. } | Per::Week { year_begins } => {
                let mut before = Fraction::zero();
                let mut past = year_of(month, year_begins);
                while past < month {
                    before += &self.per.times_in(span, past);
                    past = past.next();
                }
                let before = &each * &before;
                let until_end = mode.cents(&(&before + &exact))?;
                until_end.checked_sub(mode.cents(&before)?)?
            }
            Per::Year { year_begins } if is_last_of_twelve(span, month, year_begins) => {
                let instalment = mode.cents(&exact)?;
                let eleven = Fraction::from(11) * instalment.exact();
                mode.cents(&(mode.round(&each) - eleven))?
            }
            Per::Once { .. } | Per::Month | Per::Year { .. } => mode.cents(&exact)?,
        };
        Ok(Some(Due { cents, exact }))
    }
}

/// Whether it is the last month of a year that has twelve whole instalments.
fn is_last_of_twelve(span: &Span, month: Month, year_begins: i8) -> bool {
    let mut of_year = year_of(month, year_begins);
    if year_of(month.next(), year_begins) == of_year {
        return false;
    }
    let mut whole = 0;
    while of_year <= month {
        whole += i32::from(span.part_of(of_year) == Fraction::one());
        of_year = of_year.next();
    }
    whole == 12
}
