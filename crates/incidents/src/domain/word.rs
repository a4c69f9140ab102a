//! Codes that stand in events: call types, dispositions, units, tokens into the vault.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vocabulary::Invalid;

/// Makes a code whose form is checked in every way in.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new($what, text, $expected))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// What an incident is about, by the platform's code: `welfare-check`.
    CallType, "a call type", "1 to 60 of a-z, 0-9 and -, such as `welfare-check`",
    |text| hyphenated(text, 60)
}
code! {
    /// How an incident ended, by code: `report`.
    Disposition, "a disposition", "1 to 60 of a-z, 0-9 and -, such as `report`",
    |text| hyphenated(text, 60)
}
code! {
    /// Which of the units on an incident: `1`, `e44`. No person's name fits.
    UnitNumber, "a unit", "1 to 12 of a-z, 0-9 and -, with a digit, such as `1` or `e44`",
    |text| hyphenated(text, 12) && text.bytes().any(|b| b.is_ascii_digit())
}
code! {
    /// Whose vault entry holds a text that must not stand in an event.
    Token, "a vault token", "a UUID", |text| uuid::Uuid::try_parse(text).is_ok()
}

fn hyphenated(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
