//! Tokens into the vault.

use vocabulary::word;

word! {
    /// Whose vault entry holds a text that must not stand in an event.
    Token, "a vault token", "a UUID", |text| uuid::Uuid::try_parse(text).is_ok()
}
