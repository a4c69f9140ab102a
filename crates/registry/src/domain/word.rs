//! Makes text types whose rule holds in every way in.

/// A text type that is checked by `$rule` when it is parsed and when it is loaded.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The word as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = vocabulary::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(vocabulary::Invalid::new($what, text, $expected))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = vocabulary::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> String {
                word.0
            }
        }
    };
}
pub(super) use word;

/// One printable line of at most `longest` characters, without blanks around it.
pub(super) fn one_line(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}
