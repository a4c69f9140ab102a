//! Event → fact: every event of the books is public, whole, and what a town's bundle holds.

use eventlog::Fact;
use ledger::own;
use prost::{Message, Name};
use wire::statements::v1 as facts;

use crate::domain::books::Event;

/// The fact of an event.
pub(crate) fn fact(event: &Event) -> Fact {
    match event {
        Event::FactCopied {
            source,
            leaf_hash,
            fact,
            body,
            ..
        } => encode(&facts::FactCopied {
            source_log: source.log.clone(),
            source_seq: source.seq,
            source_leaf_hash: leaf_hash.as_ref().to_vec(),
            kind: fact.clone(),
            body: body.0.clone(),
        }),
        Event::ExpenseRecorded { expense } => encode(&own::expense_recorded(expense)),
        Event::PeriodClosed {
            month,
            edition,
            cuts,
            open,
        } => {
            let cut = |cut: &crate::domain::books::Cut| own::Cut {
                log: cut.log.clone(),
                fact_seq: cut.fact_seq,
            };
            let cuts: Vec<_> = cuts.iter().map(cut).collect();
            encode(&own::period_closed(*month, &cuts, open, *edition))
        }
        Event::StatementIssued { statement } => encode(&own::statement_issued(statement)),
    }
}

/// The kind of a fact is the name of its message.
fn encode<M: Message + Name>(message: &M) -> Fact {
    Fact {
        kind: M::NAME,
        bytes: message.encode_to_vec(),
    }
}
