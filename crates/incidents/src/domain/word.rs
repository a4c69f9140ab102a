//! Codes that stand in events: call types, dispositions, units, tokens into the vault.

use vocabulary::word;

word! {
    /// What an incident is about, by the platform's code: `welfare-check`.
    CallType, "a call type", "1 to 60 of a-z, 0-9 and -, such as `welfare-check`",
    |text| hyphenated(text, 60)
}
word! {
    /// How an incident ended, by code: `report`.
    Disposition, "a disposition", "1 to 60 of a-z, 0-9 and -, such as `report`",
    |text| hyphenated(text, 60)
}
word! {
    /// Which of the units on an incident: `1`, `e44`. No person's name fits.
    UnitNumber, "a unit", "1 to 12 of a-z, 0-9 and -, with a digit, such as `1` or `e44`",
    |text| hyphenated(text, 12) && text.bytes().any(|b| b.is_ascii_digit())
}
word! {
    /// Whose vault entry holds a text that must not stand in an event.
    Token, "a vault token", "a UUID", |text| uuid::Uuid::try_parse(text).is_ok()
}

fn hyphenated(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
