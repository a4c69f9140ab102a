//! Exact rational numbers: every amount and share until the one rounding that the terms name.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use serde::{Deserialize, Serialize};

use crate::{Cents, Invalid, Overflow};

/// An exact fraction of any size. Text form: `n/d` in lowest terms, `d` > 0 (`7/1` for whole
/// numbers); also read from a decimal such as `0.25` or `-3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fraction(BigRational);

impl Fraction {
    /// Nothing.
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// The whole.
    pub fn one() -> Self {
        Self::from(1)
    }

    /// `n` parts of `d`; `None` when `d` is zero.
    pub fn new(n: i64, d: i64) -> Option<Self> {
        (d != 0).then(|| Self(BigRational::new(BigInt::from(n), BigInt::from(d))))
    }

    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// The division, or `None` by zero.
    pub fn checked_div(&self, by: &Self) -> Option<Self> {
        (!by.is_zero()).then(|| Self(&self.0 / &by.0))
    }

    /// The greatest whole number not above it.
    pub fn floor(&self) -> Self {
        Self(self.0.floor())
    }

    /// The least whole number not below it.
    pub fn ceil(&self) -> Self {
        Self(self.0.ceil())
    }

    /// The nearest whole number, halves away from zero (the usual commercial "half-up").
    pub fn round_half_up(&self) -> Self {
        Self(self.0.round())
    }

    /// Its value when it is a whole number that fits 64 bits.
    pub fn to_integer_exact(&self) -> Option<i64> {
        self.0
            .is_integer()
            .then(|| self.0.to_integer().to_i64())
            .flatten()
    }

    /// This number of cents, rounded half-up to whole cents.
    pub fn to_cents_half_up(&self) -> Result<Cents, Overflow> {
        self.round_half_up()
            .to_integer_exact()
            .map(Cents)
            .ok_or(Overflow)
    }

    /// A decimal with `places` places, rounded half-up: for reading, never for reckoning.
    pub fn to_decimal(&self, places: u32) -> String {
        let scale = BigInt::from(10).pow(places);
        let scaled = (&self.0 * BigRational::from(scale)).round().to_integer();
        let digits = scaled.abs().to_string();
        let width = places as usize + 1;
        let digits = format!("{digits:0>width$}");
        let (whole, decimals) = digits.split_at(digits.len() - places as usize);
        let sign = if scaled.is_negative() { "-" } else { "" };
        if places == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{decimals}")
        }
    }

    /// The sum of all.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        parts.into_iter().fold(Self::zero(), |sum, part| sum + part)
    }
}

impl Default for Fraction {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i64> for Fraction {
    fn from(whole: i64) -> Self {
        Self(BigRational::from(BigInt::from(whole)))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.numer(), self.0.denom())
    }
}

impl FromStr for Fraction {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text).map(Self).ok_or_else(|| {
            Invalid::new(
                "a number",
                text,
                "a decimal such as `0.25` or a fraction such as `1/3`",
            )
        })
    }
}

fn parse(text: &str) -> Option<BigRational> {
    // A length limit keeps a hostile text from asking for a number of a million digits.
    if text.len() > 400 {
        return None;
    }
    if let Some((n, d)) = text.split_once('/') {
        let d = whole(d)?;
        let n = whole(n)?;
        return (!d.is_zero()).then(|| BigRational::new(n, d));
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    if units.is_empty() || (digits.contains('.') && decimals.is_empty()) {
        return None;
    }
    let all = format!("{units}{decimals}");
    if !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: BigInt = all.parse().ok()?;
    let places = u32::try_from(decimals.len()).ok()?;
    Some(BigRational::new(n * sign, BigInt::from(10).pow(places)))
}

fn whole(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

impl TryFrom<String> for Fraction {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Fraction> for String {
    fn from(value: Fraction) -> String {
        value.to_string()
    }
}

/// Arithmetic by value and by reference; division by zero is [`Fraction::checked_div`]'s business.
macro_rules! operator {
    ($trait:ident, $method:ident, $op:tt) => {
        impl $trait for Fraction {
            type Output = Fraction;
            fn $method(self, other: Fraction) -> Fraction {
                Fraction(self.0 $op other.0)
            }
        }
        impl $trait<&Fraction> for Fraction {
            type Output = Fraction;
            fn $method(self, other: &Fraction) -> Fraction {
                Fraction(self.0 $op &other.0)
            }
        }
        impl $trait<&Fraction> for &Fraction {
            type Output = Fraction;
            fn $method(self, other: &Fraction) -> Fraction {
                Fraction(&self.0 $op &other.0)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);

impl Div<std::num::NonZeroI64> for Fraction {
    type Output = Fraction;
    fn div(self, by: std::num::NonZeroI64) -> Fraction {
        Fraction(self.0 / BigInt::from(by.get()))
    }
}

impl AddAssign<&Fraction> for Fraction {
    fn add_assign(&mut self, other: &Fraction) {
        self.0 += &other.0;
    }
}

impl Neg for Fraction {
    type Output = Fraction;
    fn neg(self) -> Fraction {
        Fraction(-self.0)
    }
}
