//! What can be asked of the books.

use allocation::{Entry, ExpenseTo, OpenTime, Source};
use jiff::civil::Date;
use vocabulary::{Cents, Month};

use super::event::{Bytes, Cut};

/// A command to the books of one agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take in facts of other services. Those that are in already are passed over, so that a
    /// second delivery, however it is cut, changes nothing.
    CopyFacts {
        /// In the order in which they are to stand.
        facts: Vec<CopiedFact>,
    },
    /// Record money that the towns share, or that one party bears alone.
    RecordExpense(RecordExpense),
    /// Close a month and issue its statements.
    CloseMonth(CloseMonth),
}

/// A fact of another service on its way into the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFact {
    /// Where it stands.
    pub source: Source,
    /// The hash of its leaf there.
    pub leaf_hash: proof::Hash,
    /// Its kind there.
    pub kind: String,
    /// Its bytes there.
    pub body: Bytes,
    /// When it was so.
    pub on: Date,
    /// What it changes in the ledger.
    pub entries: Vec<Entry>,
}

/// An expense to be recorded; its number is given by the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordExpense {
    /// Who bears it.
    pub to: ExpenseTo,
    /// The amount; below zero it is a refund.
    pub amount_cents: Cents,
    /// The day it is for.
    pub date: Date,
    /// What it was, by code.
    pub code: String,
}

/// A month to be closed, and what its workflow found out beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseMonth {
    /// Which.
    pub month: Month,
    /// The heads of the source logs, as their owners told them.
    pub cuts: Vec<Cut>,
    /// How far each source log has been heard.
    pub receipts: Vec<Cut>,
    /// Time of the month that is not approved.
    pub open: Vec<OpenTime>,
    /// Close although there is some.
    pub allow_open: bool,
    /// The edition of the rules that is to settle it.
    pub edition: u32,
    /// Today in the agreement's zone.
    pub today: Date,
}
