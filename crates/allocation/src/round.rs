//! The one rounding: exact parts become whole cents whose sum is the whole.

use vocabulary::{Cents, Fraction, Overflow, PartyId};

use crate::Rounding;

/// How a lone exact amount becomes a rounded one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// To the nearest, a half away from zero: the usual commercial rounding.
    #[default]
    HalfUp,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
    /// Away from zero.
    Up,
}

impl Mode {
    /// The whole number that a number becomes.
    pub fn round(self, number: &Fraction) -> Fraction {
        let sign = Fraction::from(if number.is_negative() { -1 } else { 1 });
        match self {
            Self::HalfUp => number.round_half_up(),
            Self::Up => &sign * &(&sign * number).ceil(),
            Self::HalfEven => {
                let near = number.round_half_up();
                let two = Fraction::from(2);
                let is_half = (number - &number.floor()) * &two == Fraction::one();
                let is_even = near.checked_div(&two).is_some_and(|n| n.floor() == n);
                if is_half && !is_even {
                    near - sign
                } else {
                    near
                }
            }
        }
    }

    /// The same to so many decimals.
    pub fn round_to(self, number: &Fraction, places: u32) -> Fraction {
        let scale = Fraction::from(10_i64.pow(places));
        let scaled = self.round(&(number * &scale));
        scaled
            .checked_div(&scale)
            .expect("a power of ten is not zero")
    }

    /// This number of cents as whole cents.
    pub(crate) fn cents(self, exact: &Fraction) -> Result<Cents, Overflow> {
        self.round(exact)
            .to_integer_exact()
            .map(Cents)
            .ok_or(Overflow)
    }
}

/// An exact part as whole cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The whole cents.
    pub cents: Cents,
    /// `cents` less the half-up rounding of the exact part.
    pub moved_cent: i64,
}

/// Cuts each exact part to whole cents and gives the cents left over, one each, to the largest
/// remainders; equal remainders in the order given. The parts must sum to `amount`; the result
/// always does. An amount below zero is split as the same amount above it: what a refund gives
/// back is what the charge took.
pub fn apportion(amount: Cents, exact: &[Fraction]) -> Result<Vec<Part>, Overflow> {
    debug_assert!(exact.is_empty() || Fraction::sum(exact) == amount.exact());
    let sign = Fraction::from(if amount.0 < 0 { -1 } else { 1 });
    let owed: Vec<Fraction> = exact.iter().map(|part| &sign * part).collect();
    let floors: Vec<Fraction> = owed.iter().map(Fraction::floor).collect();
    let left = &sign * &amount.exact() - Fraction::sum(&floors);
    let left = left
        .to_integer_exact()
        .and_then(|n| usize::try_from(n).ok());
    let left = left.ok_or(Overflow)?;
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    // A stable sort: equal remainders keep the order given.
    by_remainder.sort_by_cached_key(|&i| &floors[i] - &owed[i]);
    let mut cents = floors;
    for &i in by_remainder.iter().take(left) {
        cents[i] += &Fraction::one();
    }
    let parts = cents.iter().zip(exact);
    parts
        .map(|(cents, exact)| part(&(&sign * cents), exact))
        .collect()
}

/// Rounds each part by itself, except the residual party's, which is what the others leave.
fn with_residual(
    amount: Cents,
    exact: &[Fraction],
    residual: usize,
    mode: Mode,
) -> Result<Vec<Part>, Overflow> {
    let mut cents: Vec<Fraction> = exact.iter().map(|part| mode.round(part)).collect();
    cents[residual] = Fraction::zero();
    cents[residual] = amount.exact() - Fraction::sum(&cents);
    let parts = cents.iter().zip(exact);
    parts.map(|(cents, exact)| part(cents, exact)).collect()
}

fn part(cents: &Fraction, exact: &Fraction) -> Result<Part, Overflow> {
    let moved = cents - &exact.round_half_up();
    Ok(Part {
        cents: cents.to_integer_exact().map(Cents).ok_or(Overflow)?,
        moved_cent: moved.to_integer_exact().ok_or(Overflow)?,
    })
}

impl Rounding {
    /// Splits an amount by shares that sum to one. A residual party that has no share is added: the
    /// cents that the others leave are its own.
    pub(crate) fn split(
        &self,
        amount: Cents,
        mut shares: Vec<(PartyId, Fraction)>,
        mode: Mode,
    ) -> Result<Vec<(PartyId, Fraction, Part)>, Overflow> {
        if let Self::Residual { party } = self
            && !shares.iter().any(|(p, _)| p == party)
        {
            shares.push((party.clone(), Fraction::zero()));
        }
        if let Self::LargestRemainder { order } = self {
            shares.sort_by_key(|(party, _)| order.iter().position(|p| p == party));
        }
        let whole = amount.exact();
        let exact: Vec<Fraction> = shares.iter().map(|(_, share)| &whole * share).collect();
        let parts = match self {
            Self::LargestRemainder { .. } => apportion(amount, &exact)?,
            Self::Residual { party } => {
                let at = shares.iter().position(|(p, _)| p == party);
                let at = at.expect("added above if it was missing");
                with_residual(amount, &exact, at, mode)?
            }
        };
        let rows = shares.into_iter().zip(parts);
        Ok(rows
            .map(|((party, share), part)| (party, share, part))
            .collect())
    }
}

#[cfg(test)]
mod tests;
