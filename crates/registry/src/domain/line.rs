//! What a line of text must be.

/// One printable line of at most `longest` characters, without blanks around it.
pub(super) fn one_line(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}
