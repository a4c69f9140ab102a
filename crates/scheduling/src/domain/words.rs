//! Ids and codes that only scheduling uses.

use vocabulary::word;

fn numbered(text: &str, letter: char) -> bool {
    text.strip_prefix(letter).is_some_and(|n| {
        (1..=9).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()) && !n.starts_with('0')
    })
}

fn code(text: &str) -> bool {
    (2..=39).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

word! {
    /// A request of an officer: for leave, for an open shift, for a swap.
    RequestId, "a request id", "`r` and its number, such as `r17`", |text| numbered(text, 'r')
}
word! {
    /// A time in which an officer cannot, or would rather not, be planned.
    EntryId, "an entry of an availability", "`a` and its number, such as `a3`",
    |text| numbered(text, 'a')
}
word! {
    /// What leave is taken for. Never what somebody suffers from.
    LeaveKind, "a kind of leave", "2 to 39 of a-z, 0-9 and -, such as `vacation`", code
}
word! {
    /// Where in an agreement it stands what a town bought.
    Clause, "a clause", "2 to 39 of a-z, 0-9 and -, such as `exhibit-b-2`", code
}

impl RequestId {
    /// The `n`-th request, counted from 1.
    pub(crate) fn nth(n: u64) -> Self {
        Self::new(format!("r{n}")).expect("a number of at most nine digits")
    }

    /// Which request it is, counted from 1.
    pub fn number(&self) -> u64 {
        self.as_str()[1..].parse().expect("checked when made")
    }
}

impl EntryId {
    /// The `n`-th entry, counted from 1.
    pub(crate) fn nth(n: u64) -> Self {
        Self::new(format!("a{n}")).expect("a number of at most nine digits")
    }

    /// Which entry it is, counted from 1.
    pub fn number(&self) -> u64 {
        self.as_str()[1..].parse().expect("checked when made")
    }
}
