//! Whole cents, checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Fraction, Invalid};

/// An amount in whole US cents; may be negative. Sums are checked and never wrap.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// An amount that does not fit 64-bit cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount does not fit 64-bit cents (about 92 quadrillion dollars)")]
pub struct Overflow;

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, or [`Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The difference, or [`Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The sum of all, or [`Overflow`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The amount as an exact number of cents.
    pub fn exact(self) -> Fraction {
        Fraction::from(self.0)
    }
}

/// Dollars with thousands separators: `$1,234.05`, `-$0.07`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.unsigned_abs();
        let digits = (cents / 100).to_string();
        let mut dollars = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                dollars.push(',');
            }
            dollars.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}${dollars}.{:02}", cents % 100))
    }
}

/// Reads dollars: `1234.05`, `$1,234.05`, `-0.07`; more than two decimals are refused.
impl FromStr for Cents {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("an amount", text, "dollars and cents, such as `1234.05`");
        let plain: String = text.chars().filter(|c| !matches!(c, ',' | '$')).collect();
        let dollars: Fraction = plain.parse().map_err(|_| wrong())?;
        if plain.contains('/') {
            return Err(wrong());
        }
        let cents = dollars * Fraction::from(100);
        cents.to_integer_exact().map(Self).ok_or_else(wrong)
    }
}
