//! Getting an overpayment back without taking a week's pay below the minimum wage.
//!
//! An overpayment is an advance of wages, so federal law lets all of it be taken from later pay
//! (WHD FLSA2004-19NA); Missouri lets a deduction go down to the minimum wage for the hours of the
//! week and no further. What is left waits for the next pay.

use vocabulary::{Cents, Fraction, Minutes, Overflow};

/// A pay from which something may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pay {
    /// What it comes to before.
    pub gross: Cents,
    /// The minutes worked for it.
    pub worked: Minutes,
}

/// What is taken from one pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recoupment {
    /// Taken now.
    pub now: Cents,
    /// Still owed.
    pub left: Cents,
    /// The least that the pay must come to.
    pub floor: Cents,
}

/// Takes what the floor allows of `owed` (above zero) from a pay. `minimum` is cents per hour.
pub fn recoup(owed: Cents, pay: Pay, minimum: &Fraction) -> Result<Recoupment, Overflow> {
    let floor = (pay.worked.hours() * minimum).ceil().to_cents_half_up()?;
    let room = pay.gross.checked_sub(floor)?.max(Cents::ZERO);
    let now = owed.clamp(Cents::ZERO, room);
    Ok(Recoupment {
        now,
        left: owed.checked_sub(now)?,
        floor,
    })
}

/// The plan over the pays to come, until nothing is owed or no pay is left.
pub fn plan(
    mut owed: Cents,
    pays: &[Pay],
    minimum: &Fraction,
) -> Result<Vec<Recoupment>, Overflow> {
    let mut steps = Vec::new();
    for pay in pays {
        if owed <= Cents::ZERO {
            break;
        }
        let step = recoup(owed, *pay, minimum)?;
        owed = step.left;
        steps.push(step);
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plan_takes_what_is_owed_or_all_it_may_and_never_goes_below_the_floor(
            owed in 0i64..200_000,
            pays in prop::collection::vec((0i64..100_000, 0i64..3_000), 0..8),
        ) {
            let pays: Vec<_> = pays
                .into_iter()
                .map(|(gross, worked)| Pay { gross: Cents(gross), worked: Minutes(worked) })
                .collect();
            let steps = plan(Cents(owed), &pays, &Fraction::from(1_500)).unwrap();
            let taken = Cents::sum(steps.iter().map(|step| step.now)).unwrap();
            prop_assert!(taken <= Cents(owed));
            for (step, pay) in steps.iter().zip(&pays) {
                prop_assert!(step.now == Cents::ZERO || pay.gross.0 - step.now.0 >= step.floor.0);
                prop_assert!(step.left == Cents::ZERO || pay.gross.0 - step.now.0 <= step.floor.0);
            }
            let left = steps.last().map_or(Cents(owed), |step| step.left);
            prop_assert_eq!(taken.0 + left.0, owed);
        }
    }
}
