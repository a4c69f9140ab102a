//! Ids: short codes that people type, never names of people.

/// A text that is not a value of its type: which type, what was given, what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{value}\" is not {what}: expected {expected}")]
pub struct Invalid {
    /// What the text was meant to be, with its article ("a town id").
    pub what: &'static str,
    /// What was given.
    pub value: String,
    /// What a right value looks like, with an example.
    pub expected: &'static str,
}

impl Invalid {
    /// Says that `value` is not `what`.
    pub fn new(what: &'static str, value: impl Into<String>, expected: &'static str) -> Self {
        Self {
            what,
            value: value.into(),
            expected,
        }
    }
}

word! {
    /// A town: a slug such as `barlow`. `provider` is reserved, since it is a party of its own.
    TownId, "a town id", "2 to 39 of a-z, 0-9 and -, beginning with a letter, such as `barlow`",
    |text| slug(text) && text != "provider"
}
word! {
    /// An agreement: a slug such as `three-rivers`.
    AgreementId, "an agreement id",
    "2 to 39 of a-z, 0-9 and -, beginning with a letter, such as `three-rivers`", slug
}
word! {
    /// An officer: a badge code such as `cso-114`. Its form leaves no room for a name.
    OfficerId, "an officer id", "2 to 5 letters a-z, a hyphen and 1 to 6 digits, such as `cso-114`",
    badge
}
word! {
    /// A duty: its officer and its number among that officer's duties, such as `cso-114.17`.
    DutyId, "a duty id", "an officer id, a dot and the duty's number, such as `cso-114.17`",
    |text| text.rsplit_once('.').is_some_and(|(officer, n)| badge(officer) && number(n))
}
word! {
    /// An incident: where it was numbered and its number there, such as `barlow-cad/2026-0417`.
    IncidentId, "an incident id",
    "a source slug, a slash and 1 to 64 printable characters, such as `barlow-cad/2026-0417`",
    |text| text.split_once('/').is_some_and(|(source, n)| slug(source) && incident_number(n))
}
word! {
    /// An expense: its agreement and its number there, such as `three-rivers.e3`.
    ExpenseId, "an expense id", "an agreement id, `.e` and a number, such as `three-rivers.e3`",
    |text| text.rsplit_once(".e").is_some_and(|(agreement, n)| slug(agreement) && number(n))
}
word! {
    /// Who acts: a person's or a program's account, such as `hr-2` or `service:payroll`.
    Actor, "an actor", "1 to 64 printable characters without spaces",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

impl OfficerId {
    /// The id of this officer's `n`-th duty, counted from 1.
    pub fn duty(&self, n: u64) -> DutyId {
        DutyId(format!("{self}.{n}"))
    }
}

impl DutyId {
    /// Whose duty it is.
    pub fn officer(&self) -> OfficerId {
        let (officer, _) = self
            .0
            .rsplit_once('.')
            .expect("a duty id has a dot, checked when made");
        OfficerId(officer.to_owned())
    }

    /// Which of the officer's duties it is, counted from 1.
    pub fn number(&self) -> u64 {
        let (_, n) = self
            .0
            .rsplit_once('.')
            .expect("a duty id has a dot, checked when made");
        n.parse()
            .expect("a duty number has at most 9 digits, checked when made")
    }
}

impl IncidentId {
    /// Where the incident was numbered: the dispatch system's slug.
    pub fn source(&self) -> &str {
        self.0
            .split_once('/')
            .expect("an incident id has a slash, checked when made")
            .0
    }

    /// Its number there.
    pub fn number(&self) -> &str {
        self.0
            .split_once('/')
            .expect("an incident id has a slash, checked when made")
            .1
    }
}

impl AgreementId {
    /// The id of this agreement's `n`-th expense, counted from 1.
    pub fn expense(&self, n: u64) -> ExpenseId {
        ExpenseId(format!("{self}.e{n}"))
    }
}

fn slug(text: &str) -> bool {
    (2..=39).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn badge(text: &str) -> bool {
    text.split_once('-').is_some_and(|(letters, digits)| {
        (2..=5).contains(&letters.len())
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && (1..=6).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn number(text: &str) -> bool {
    (1..=9).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && !text.starts_with('0')
}

fn incident_number(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
