//! Numbers as people write them in certificates and contracts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vocabulary::{Fraction, Invalid};

/// A number of zero or more, kept as it was written (`21470`, `0.2235`) and compared by its exact
/// value: `24.5` equals `24.50`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    text: String,
    value: Fraction,
}

impl Decimal {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its exact value.
    pub fn value(&self) -> &Fraction {
        &self.value
    }

    /// Digits after the point.
    pub fn places(&self) -> usize {
        self.text
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len())
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Decimal {}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Decimal {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value = text.parse::<Fraction>().ok().filter(|_| plain);
        let text = text.to_owned();
        match value {
            Some(value) => Ok(Self { text, value }),
            None => Err(Invalid::new(
                "a number",
                text,
                "digits with at most one point, zero or more, such as `21470` or `0.2235`",
            )),
        }
    }
}

impl TryFrom<String> for Decimal {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> String {
        number.text
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn a_number_keeps_its_writing_and_is_compared_by_value() {
        let (short, long): (Decimal, Decimal) = ("24.5".parse().unwrap(), "24.50".parse().unwrap());
        assert_eq!(short, long);
        assert_eq!((short.places(), long.as_str()), (1, "24.50"));
    }

    #[test]
    fn signs_fractions_exponents_and_separators_are_refused() {
        for wrong in [
            "", "-1", "+1", "1/3", "1e3", "1,000", "1.", ".5", "1.2.3", "NaN",
        ] {
            assert!(wrong.parse::<Decimal>().is_err(), "{wrong} was taken");
        }
        assert!("9".repeat(41).parse::<Decimal>().is_err());
    }
}
