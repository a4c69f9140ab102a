//! Why a request about the books was refused.

use std::collections::BTreeSet;

use allocation::OpenTime;
use eventlog::{Class, Refuse, Violation};
use jiff::civil::Date;
use vocabulary::{AgreementId, Cents, Month};

use super::decide::DOCUMENT_BYTES_MAX;
use super::event::Cut;

/// Details listed in one refusal: it travels in a header, of which clients take 16 KiB.
const OPEN_LISTED_MAX: usize = 100;
/// Officers named in one sentence; all of them stand in its details.
const OFFICERS_NAMED_MAX: usize = 5;

/// A state of affairs that stands against the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was signed.
    #[error("No signed agreement is known here: every party must have signed its terms first.")]
    NotSigned,
    /// The month's last day is not past.
    #[error("{month} is not over: it can be closed after {last_day}, and today is {today}.")]
    MonthNotOver {
        month: Month,
        last_day: Date,
        today: Date,
    },
    /// A source log has not been heard to its head.
    #[error(
        "Not heard to the end yet: {}. Try again in a moment.",
        list(behind, in_words)
    )]
    NotHeard { behind: Vec<(Cut, u64)> },
    /// Time of the month is not approved.
    #[error(
        "Not approved up to the end of {month}: {}. Approve it, or close with --allow-open: it is \
         then listed on the statements, and billed once approved.",
        summed(open)
    )]
    TimeOpen { month: Month, open: Vec<OpenTime> },
    /// A statement that could not be delivered.
    #[error(
        "{party}'s statement of {month} would have {bytes} bytes, more than the {} that can be \
         delivered. Nothing was closed.",
        DOCUMENT_BYTES_MAX
    )]
    StatementTooLarge {
        party: vocabulary::PartyId,
        month: Month,
        bytes: usize,
    },
    /// The rules of that edition are not in this program.
    #[error("This program settles by edition {known} of the rules, not by edition {edition}.")]
    EditionUnknown { edition: u32, known: u32 },
    /// The rules of settlement say no.
    #[error("{}.", capital(.0))]
    Rules(allocation::Refusal),
    /// An expense of nothing.
    #[error("An expense has an amount: more than nothing, or less than nothing for a refund.")]
    NoAmount,
    /// An expense so large that sums of it would not fit.
    #[error("{amount} is more than an expense can be.")]
    AmountTooLarge { amount: Cents },
    /// The terms of that month do not have the pool.
    #[error("The terms in force in {month} have no pool \"{pool}\": {known}.")]
    PoolUnknown {
        month: Month,
        pool: allocation::Name,
        known: String,
    },
    /// Whoever is to bear it alone is no party.
    #[error("{party} is no party of {agreement}.")]
    NotAParty {
        agreement: AgreementId,
        party: vocabulary::PartyId,
    },
    /// The day lies outside the agreement.
    #[error("{date} lies outside the agreement, which {bounds}.")]
    OutsideAgreement { date: Date, bounds: String },
}

impl From<allocation::Refusal> for Refusal {
    fn from(refusal: allocation::Refusal) -> Self {
        match refusal {
            allocation::Refusal::NotSigned => Self::NotSigned,
            other => Self::Rules(other),
        }
    }
}

impl Refusal {
    /// What the rules say of an expense that has no number yet.
    pub(super) fn of_expense(
        refusal: allocation::Refusal,
        agreement: &AgreementId,
        date: Date,
    ) -> Self {
        use allocation::Refusal as Rules;
        let outside = |bounds: String| Self::OutsideAgreement { date, bounds };
        match refusal {
            Rules::UnknownPool { pool, known, .. } => Self::PoolUnknown {
                month: Month::of(date),
                pool,
                known,
            },
            Rules::NotAParty { party, .. } => Self::NotAParty {
                agreement: agreement.clone(),
                party,
            },
            Rules::BeforeStart { starts_on, .. } => outside(format!("begins on {starts_on}")),
            Rules::AfterEnd { ended_on, .. } if date > ended_on => {
                outside(format!("ended on {ended_on}"))
            }
            Rules::AfterEnd { ended_on, .. } => outside(format!(
                "ended on {ended_on} and has had its closing statement: nothing is charged any more"
            )),
            Rules::NoTerms { known, .. } => outside(format!("has no terms then: {known}")),
            other => other.into(),
        }
    }
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::NotSigned => "AGREEMENT_NOT_SIGNED",
            Self::MonthNotOver { .. } => "MONTH_NOT_OVER",
            Self::NotHeard { .. } => "SOURCES_NOT_HEARD",
            Self::TimeOpen { .. } => "TIME_NOT_APPROVED",
            Self::StatementTooLarge { .. } => "STATEMENT_TOO_LARGE",
            Self::EditionUnknown { .. } => "EDITION_UNKNOWN",
            Self::Rules(refusal) => refusal.reason(),
            Self::NoAmount => "EXPENSE_WITHOUT_AMOUNT",
            Self::AmountTooLarge { .. } => "EXPENSE_TOO_LARGE",
            Self::PoolUnknown { .. } => "POOL_UNKNOWN",
            Self::NotAParty { .. } => "NOT_A_PARTY",
            Self::OutsideAgreement { .. } => "OUTSIDE_AGREEMENT",
        }
    }

    fn violations(&self) -> Vec<Violation> {
        let violation = |field: &str, description: String| Violation {
            field: field.to_owned(),
            description,
        };
        match self {
            Self::TimeOpen { open, .. } => {
                let listed = open.iter().take(OPEN_LISTED_MAX);
                let mut items: Vec<_> = listed
                    .map(|item| violation("open", open_in_words(item)))
                    .collect();
                if let Some(more) = open.len().checked_sub(OPEN_LISTED_MAX + 1) {
                    let more = format!("and {} more: a preview of the month lists all", more + 1);
                    items.push(violation("open", more));
                }
                items
            }
            Self::NotHeard { behind } => {
                let logs = behind.iter();
                logs.map(|log| violation("month", in_words(log))).collect()
            }
            Self::NoAmount | Self::AmountTooLarge { .. } => {
                vec![violation("amount_cents", self.to_string())]
            }
            Self::PoolUnknown { .. } => vec![violation("pool", self.to_string())],
            Self::NotAParty { .. } => vec![violation("town", self.to_string())],
            Self::OutsideAgreement { .. } => vec![violation("date", self.to_string())],
            Self::MonthNotOver { .. } => vec![violation("month", self.to_string())],
            _ => Vec::new(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::NotSigned => Class::NotFound,
            Self::NoAmount
            | Self::AmountTooLarge { .. }
            | Self::PoolUnknown { .. }
            | Self::NotAParty { .. }
            | Self::OutsideAgreement { .. } => Class::InvalidArgument,
            Self::Rules(allocation::Refusal::AlreadyClosed { .. }) => Class::AlreadyExists,
            _ => Class::FailedPrecondition,
        }
    }
}

fn list<T>(items: &[T], words: impl Fn(&T) -> String) -> String {
    let words: Vec<String> = items.iter().map(words).collect();
    words.join("; ")
}

fn in_words((cut, heard): &(Cut, u64)) -> String {
    let Cut { log, fact_seq } = cut;
    format!("{log} stands at {fact_seq} and was heard up to {heard}")
}

/// How many days, how much, and whose: `2 days, 870 minutes of cso-114, cso-118`.
fn summed(open: &[OpenTime]) -> String {
    let days: BTreeSet<_> = open.iter().map(|item| (&item.officer, item.date)).collect();
    let days = match days.len() {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let minutes: i64 = open.iter().map(|item| item.minutes.0).sum();
    let officers: BTreeSet<_> = open.iter().map(|item| item.officer.as_str()).collect();
    let named: Vec<_> = officers.iter().take(OFFICERS_NAMED_MAX).copied().collect();
    let others = match officers.len() - named.len() {
        0 => String::new(),
        others => format!(" and {others} others"),
    };
    format!("{days}, {minutes} minutes of {}{others}", named.join(", "))
}

fn open_in_words(item: &OpenTime) -> String {
    let OpenTime {
        officer,
        date,
        minutes,
        why,
    } = item;
    format!("{officer} on {date}, {} minutes, {why}", minutes.0)
}

/// The rules' sentences begin small and end without a stop, to be put into others.
fn capital(refusal: &allocation::Refusal) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    match letters.next() {
        // An id keeps its spelling.
        Some(first) if text.starts_with("the ") || text.starts_with("there ") => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => text,
    }
}
