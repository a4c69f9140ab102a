//! Text types whose rule holds in every way in.

/// Makes a text type whose form is checked by a rule in every way in: parsed, loaded, made. Takes
/// its documentation and name, what it is ("a town id"), what a right one looks like, and the rule.
/// The crate that uses it needs `serde`.
#[macro_export]
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads it, refusing text of another form.
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::Invalid> {
                let text = text.into();
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) {
                    Ok(Self(text))
                } else {
                    Err($crate::Invalid::new($what, text, $expected))
                }
            }

            /// As text.
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
            type Err = $crate::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> String {
                word.0
            }
        }
    };
}
