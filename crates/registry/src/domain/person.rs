//! The token that stands in events where a person would.

use vocabulary::word;

word! {
    /// Whose personal texts (name, e-mail, phone) lie in the vault: a random token, worth nothing
    /// without the vault and naming nobody once the vault has forgotten it.
    Person, "a person's token", "a UUID in lower case",
    |text| {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        text.len() == 36 && text.bytes().all(|b| hex(b) || b == b'-')
    }
}
