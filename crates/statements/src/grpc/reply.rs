//! Rows, outcomes and settlements into answers.

use std::collections::BTreeMap;

use allocation::{ExpenseTo, FigureUsed, Ledger, OpenTime, Refusal, Settlement, Statement, Unit};
use eventlog::{Outcome, Recorded, Row};
use tonic::Status;
use vocabulary::Month;
use wire::convert::{date_text, timestamp_value};
use wire::statements::v1 as proto;

use crate::close::Closed;
use crate::domain::books::{Cut, Event};
use crate::projection::expenses::Expense;
use crate::projection::months::ClosedMonth;
use crate::projection::statements::Summary;

/// Bytes of a bundle's file in one message: far below what clients take.
const CHUNK_BYTES: usize = 256 * 1024;

pub(super) fn expense_recorded(outcome: &Outcome) -> Result<proto::RecordExpenseResponse, Status> {
    for recorded in &outcome.events {
        if let Event::ExpenseRecorded { expense } = event(recorded)? {
            return Ok(proto::RecordExpenseResponse {
                expense: expense.id.to_string(),
                seq: recorded.seq,
            });
        }
    }
    Err(rpc::internal(&"an expense was recorded without an event"))
}

fn event(recorded: &Recorded) -> Result<Event, Status> {
    recorded.event().map_err(rpc::refuse)
}

pub(super) fn expense(row: Row<Expense>) -> proto::Expense {
    let (pool, town) = match &row.row.to {
        ExpenseTo::Pool(pool) => (pool.to_string(), String::new()),
        ExpenseTo::Direct(party) => (String::new(), party.to_string()),
    };
    proto::Expense {
        expense: row.row.expense.to_string(),
        pool,
        town,
        amount_cents: row.row.amount_cents.0,
        date: date_text(row.row.date),
        code: row.row.code,
        seq: row.seq,
    }
}

pub(super) fn month(row: &ClosedMonth) -> proto::ClosedMonth {
    proto::ClosedMonth {
        month: row.month.to_string(),
        total_cents: row.total_cents.0,
        closed_at: Some(timestamp_value(row.closed_at)),
    }
}

pub(super) fn summary(row: Summary) -> proto::StatementSummary {
    proto::StatementSummary {
        agreement: row.agreement.to_string(),
        month: row.month.to_string(),
        party: row.party.to_string(),
        amount_cents: row.amount_cents.0,
        adjustment_cents: row.adjustment_cents.0,
    }
}

/// What a close did, told from its events: the same for the first answer and every later one.
pub(super) fn closed(closed: Closed) -> Result<proto::CloseMonthResponse, Status> {
    let mut listed = Vec::new();
    let mut statements = Vec::new();
    for recorded in &closed.outcome.events {
        match event(recorded)? {
            Event::PeriodClosed { open, .. } => listed = open,
            Event::StatementIssued { statement } => statements.push(*statement),
            Event::FactCopied { .. } | Event::ExpenseRecorded { .. } => {}
        }
    }
    Ok(proto::CloseMonthResponse {
        pools: pools_of(&statements),
        statements: summaries(&statements),
        open: open(&listed),
        checkpoint: closed.checkpoint,
        seq: closed.outcome.last_seq,
    })
}

/// A month as it would be closed now; of a month that is not the next, what it comes to.
pub(super) fn preview(
    ledger: &Ledger,
    month: Month,
    listed: &[OpenTime],
    heads: &[Cut],
) -> Result<proto::PreviewMonthResponse, Refusal> {
    let (pools, statements) = if ledger.closable(month).is_ok() {
        let close = ledger.close(month, listed)?;
        (pools(&close.settlement), summaries(&close.statements))
    } else {
        let settlement = ledger.settle(month)?;
        (pools(&settlement), totals(&settlement))
    };
    let head = |cut: &Cut| proto::SourceHead {
        log: cut.log.clone(),
        fact_seq: cut.fact_seq,
    };
    Ok(proto::PreviewMonthResponse {
        pools,
        statements,
        open: open(listed),
        heads: heads.iter().map(head).collect(),
    })
}

fn open(items: &[OpenTime]) -> Vec<proto::OpenItem> {
    let item = |item: &OpenTime| proto::OpenItem {
        officer: item.officer.to_string(),
        date: date_text(item.date),
        minutes: item.minutes.0,
        why: item.why.clone(),
    };
    items.iter().map(item).collect()
}

fn summaries(statements: &[Statement]) -> Vec<proto::StatementSummary> {
    let summaries = statements.iter().map(Summary::from);
    summaries.map(summary).collect()
}

fn totals(settlement: &Settlement) -> Vec<proto::StatementSummary> {
    let total = |total: &allocation::PartyTotal| proto::StatementSummary {
        agreement: settlement.agreement.to_string(),
        month: settlement.month.to_string(),
        party: total.party.to_string(),
        amount_cents: total.cents.0,
        adjustment_cents: 0,
    };
    settlement.totals.iter().map(total).collect()
}

fn pools(settlement: &Settlement) -> Vec<proto::Pool> {
    // Of a pool without money no party has a part.
    let pools = settlement
        .pools
        .iter()
        .filter(|pool| !pool.shares.is_empty());
    pools
        .map(|pool| {
            let share = |share: &allocation::Share| proto::PoolShare {
                party: share.party.to_string(),
                basis: pool.basis.clone(),
                figure: figures(&share.figures),
                share: share.share.to_string(),
                charge_cents: share.cents.0,
            };
            proto::Pool {
                pool: pool.pool.clone(),
                amount_cents: pool.amount_cents.0,
                shares: pool.shares.iter().map(share).collect(),
            }
        })
        .collect()
}

/// The pools of a close, put together from the parties' parts.
fn pools_of(statements: &[Statement]) -> Vec<proto::Pool> {
    let mut pools: Vec<proto::Pool> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for statement in statements {
        for part in &statement.pools {
            let at = *places.entry(part.pool.clone()).or_insert_with(|| {
                let (pool, amount_cents) = (part.pool.clone(), part.pool_cents.0);
                let shares = Vec::new();
                pools.push(proto::Pool {
                    pool,
                    amount_cents,
                    shares,
                });
                pools.len() - 1
            });
            pools[at].shares.push(proto::PoolShare {
                party: statement.party.to_string(),
                basis: part.basis.clone(),
                figure: figures(&part.figures),
                share: part.share.to_string(),
                charge_cents: part.charge_cents.0,
            });
        }
    }
    pools
}

/// Figures in words: `4320 minutes`; of several, each with its basis.
fn figures(figures: &[FigureUsed]) -> String {
    let words = figures.iter().map(|figure| {
        let value = match figure.unit {
            Unit::Minutes => format!("{} minutes", figure.value),
            Unit::Calls => format!("{} calls", figure.value),
            Unit::Cents => format!("{} cents", figure.value),
            Unit::Figure => figure.value.clone(),
        };
        if figures.len() == 1 {
            value
        } else {
            format!("{}: {value}", figure.basis)
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

/// A file of a bundle, in messages of bearable size; an empty file is one empty message.
pub(super) fn chunks(file: String, data: &[u8]) -> Vec<proto::BundleChunk> {
    let chunk = |data: &[u8]| proto::BundleChunk {
        file: file.clone(),
        data: data.to_vec(),
    };
    if data.is_empty() {
        return vec![chunk(data)];
    }
    data.chunks(CHUNK_BYTES).map(chunk).collect()
}
