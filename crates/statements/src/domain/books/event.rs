//! What happened to the books: the stored form. Frozen by `tests/golden/books`.

use allocation::{Entry, Expense, OpenTime, Source, Statement};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::Month;

/// One thing that happened. Each is published as the fact of the same name, and the verifier
/// knows a leaf's fact by the name given here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A fact of another service was taken in.
    #[serde(rename = "fact_copied")]
    FactCopied {
        source: Source,
        leaf_hash: proof::Hash,
        fact: String,
        body: Bytes,
        on: Date,
        entries: Vec<Entry>,
    },
    /// An expense was recorded.
    #[serde(rename = "expense_recorded")]
    ExpenseRecorded { expense: Expense },
    /// A month was closed: its statements follow.
    #[serde(rename = "period_closed")]
    PeriodClosed {
        month: Month,
        edition: u32,
        cuts: Vec<Cut>,
        open: Vec<OpenTime>,
    },
    /// A party's statement went out.
    #[serde(rename = "statement_issued")]
    StatementIssued { statement: Box<Statement> },
}

/// A position in a source log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// The log.
    pub log: String,
    /// The position of a fact in it; 0 before the first.
    pub fact_seq: u64,
}

/// Bytes of a fact, in base64 where they are stored as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bytes(pub Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = base64::DecodeError;
    fn try_from(text: String) -> Result<Self, base64::DecodeError> {
        STANDARD.decode(text).map(Self)
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> String {
        STANDARD.encode(bytes.0)
    }
}

impl eventlog::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Self::FactCopied { on, .. } => *on,
            Self::ExpenseRecorded { expense } => expense.date,
            Self::PeriodClosed { month, .. } => month.last_day(),
            Self::StatementIssued { statement } => statement.month.last_day(),
        }
    }
}
