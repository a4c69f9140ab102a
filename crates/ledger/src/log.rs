//! The leaves of an agreement's log, read as what they say.

use allocation::{Entry, Expense, Ledger, OpenTime, Source, Statement};
use prost::Message;
use vocabulary::Month;
use wire::convert::WrongFields;
use wire::statements::v1 as facts;

use crate::own::{self, Cut};
use crate::source::{self, Concern};

/// One leaf as a bundle holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Its position, from 1.
    pub seq: u64,
    /// The event's stored name, which the leaf hash covers: `fact_copied`, `expense_recorded`,
    /// `period_closed` or `statement_issued`. Each is published as the message of that name.
    pub kind: &'a str,
    /// The message's bytes.
    pub fact: Option<&'a [u8]>,
}

/// An agreement's log, every leaf understood, none believed yet: [`Log::check`] does that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// What the leaves say, in order.
    pub contents: Vec<Placed>,
}

/// A leaf's content in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The leaf's position.
    pub seq: u64,
    /// What it says.
    pub content: Content,
}

/// What a leaf says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A fact of another service.
    Copied(Copied),
    /// An expense.
    Expense(Expense),
    /// A month was closed.
    Closed {
        /// Which.
        month: Month,
        /// The edition of the rules.
        edition: u32,
        /// How far the sources had been heard.
        cuts: Vec<Cut>,
        /// Time that was not approved.
        open: Vec<OpenTime>,
    },
    /// A statement went out.
    Issued(Box<Issued>),
}

/// A fact of another service, copied byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where it stands.
    pub source: Source,
    /// The hash of its leaf there.
    pub leaf_hash: Vec<u8>,
    /// Its kind there.
    pub kind: String,
    /// Its bytes there.
    pub body: Vec<u8>,
    /// Whose business it is.
    pub concern: Concern,
    /// What it changes here.
    pub entries: Vec<Entry>,
}

/// A statement as issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What it says.
    pub statement: Statement,
    /// The same as JSON, byte for byte as issued.
    pub document: String,
}

/// The first thing that is wrong with a log, in words, and the leaf at which it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("leaf {leaf}: {what}")]
pub struct Wrong {
    /// Its position; for something missing, the last leaf.
    pub leaf: u64,
    /// What is wrong.
    pub what: String,
}

/// Reads the leaves of an agreement's log, in order, from the first.
pub fn read<'a>(leaves: impl IntoIterator<Item = Leaf<'a>>) -> Result<Log, Wrong> {
    let place = |leaf: Leaf<'_>| {
        let content = content(leaf).map_err(|what| Wrong {
            leaf: leaf.seq,
            what,
        })?;
        Ok(Placed {
            seq: leaf.seq,
            content,
        })
    };
    let contents = leaves.into_iter().map(place).collect::<Result<_, _>>()?;
    Ok(Log { contents })
}

impl Log {
    /// The ledger as it stands after the last leaf.
    pub fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::default();
        for placed in &self.contents {
            placed.content.apply(&mut ledger);
        }
        ledger
    }

    /// Every statement, in the order of issue.
    pub fn issued(&self) -> impl Iterator<Item = &Issued> {
        self.contents
            .iter()
            .filter_map(|placed| match &placed.content {
                Content::Issued(issued) => Some(issued.as_ref()),
                _ => None,
            })
    }
}

impl Content {
    /// Takes it into a ledger.
    pub(crate) fn apply(&self, ledger: &mut Ledger) {
        match self {
            Self::Copied(copied) => copied.entries.iter().for_each(|entry| ledger.apply(entry)),
            Self::Expense(expense) => ledger.apply(&Entry::Expense(expense.clone())),
            Self::Closed {
                month,
                edition,
                open,
                ..
            } => ledger.apply(&Entry::PeriodClosed {
                month: *month,
                edition: *edition,
                open: open.clone(),
            }),
            Self::Issued(issued) => {
                let statement = Box::new(issued.statement.clone());
                ledger.apply(&Entry::StatementIssued(statement));
            }
        }
    }
}

fn content(leaf: Leaf<'_>) -> Result<Content, String> {
    let bytes = leaf
        .fact
        .ok_or_else(|| format!("a leaf of kind {} has no fact", leaf.kind))?;
    match leaf.kind {
        "fact_copied" => copied(decode(leaf, bytes)?),
        "expense_recorded" => {
            let expense = own::read_expense(&decode(leaf, bytes)?);
            Ok(Content::Expense(expense.map_err(said)?))
        }
        "period_closed" => {
            let (entry, cuts) = own::read_period(&decode(leaf, bytes)?).map_err(said)?;
            let Entry::PeriodClosed {
                month,
                edition,
                open,
            } = entry
            else {
                return Err("a close is read as something else".to_owned());
            };
            Ok(Content::Closed {
                month,
                edition,
                cuts,
                open,
            })
        }
        "statement_issued" => {
            let issued = own::read_statement(decode(leaf, bytes)?).map_err(said)?;
            Ok(Content::Issued(Box::new(issued)))
        }
        other => Err(format!("leaves of kind {other} are not known here")),
    }
}

fn copied(fact: facts::FactCopied) -> Result<Content, String> {
    let source = Source {
        log: fact.source_log,
        seq: fact.source_seq,
    };
    let read = source::fact(&source, &fact.kind, &fact.body).map_err(|error| error.to_string())?;
    let Some(read) = read else {
        let (log, seq, kind) = (&source.log, source.seq, &fact.kind);
        return Err(format!("no settlement rests on {kind} of {log}:{seq}"));
    };
    Ok(Content::Copied(Copied {
        source,
        leaf_hash: fact.source_leaf_hash,
        kind: fact.kind,
        body: fact.body,
        concern: read.concern,
        entries: read.entries,
    }))
}

fn decode<M: Message + Default>(leaf: Leaf<'_>, bytes: &[u8]) -> Result<M, String> {
    M::decode(bytes).map_err(|error| format!("cannot be read as {}: {error}", leaf.kind))
}

fn said(fields: WrongFields) -> String {
    let violations = fields.0.iter();
    let fields: Vec<_> = violations
        .map(|v| format!("{}: {}", v.field, v.description))
        .collect();
    fields.join("; ")
}
