//! The rows on their way: in batches, a few at a time, in an order that never swaps two rows of one
//! incident.

use std::collections::{BTreeMap, HashSet};
use std::io::Read;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use wire::incidents::v1::{ImportIncidentsRequest, ImportIncidentsResponse, ImportRow};

use super::reader::{Reader, Taken};
use super::row::Rejected;
use crate::failure::Failure;

/// Rows a call: what the service takes at most.
pub const BATCH_ROWS: usize = 500;
/// Calls under way at once.
pub const IN_FLIGHT: usize = 4;

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Rows of the file, its header left out.
    pub rows_read: u64,
    /// Rows that made a new incident.
    pub imported: u64,
    /// Rows that changed a known one.
    pub corrected: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that the mapping's `only` leaves out.
    pub passed_over: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Of these, how many for which reason.
    pub rejected_by_reason: BTreeMap<String, u64>,
}

/// Rows of one call, with what the file said, for those that the service gives back.
#[derive(Default)]
struct Batch {
    rows: Vec<ImportRow>,
    fields: Vec<Vec<String>>,
}

/// Sends every row of a file. `call` makes one call; `reject` takes what was not taken, with the
/// file's header; `progress` hears how many bytes of the file are read.
pub async fn send<R: Read, F>(
    reader: &mut Reader<R>,
    call: impl Fn(ImportIncidentsRequest) -> F,
    mut reject: impl FnMut(&[String], &Rejected) -> Result<(), Failure>,
    mut progress: impl FnMut(u64),
) -> Result<Summary, Failure>
where
    F: Future<Output = Result<ImportIncidentsResponse, Failure>>,
{
    let header = reader.header().to_vec();
    let mut summary = Summary::default();
    let mut under_way = FuturesUnordered::new();
    let mut on_the_way: HashSet<String> = HashSet::new();
    loop {
        let batch = next_batch(reader, &mut summary, |rejected| reject(&header, rejected))?;
        let last = batch.rows.len() < BATCH_ROWS;
        let meets = |on_the_way: &HashSet<String>| {
            batch
                .rows
                .iter()
                .any(|row| on_the_way.contains(&row.incident))
        };
        while under_way.len() >= IN_FLIGHT || meets(&on_the_way) {
            let Some(answered) = under_way.next().await else {
                break;
            };
            settle(answered, &mut summary, &mut on_the_way, |r| {
                reject(&header, r)
            })?;
        }
        if !batch.rows.is_empty() {
            on_the_way.extend(batch.rows.iter().map(|row| row.incident.clone()));
            let answer = call(ImportIncidentsRequest {
                rows: batch.rows.clone(),
            });
            under_way.push(async move { (batch, answer.await) });
        }
        progress(reader.position());
        if last {
            break;
        }
    }
    while let Some(answered) = under_way.next().await {
        settle(answered, &mut summary, &mut on_the_way, |r| {
            reject(&header, r)
        })?;
    }
    Ok(summary)
}

/// Reads up to a full batch; fewer rows mean the end of the file.
fn next_batch<R: Read>(
    reader: &mut Reader<R>,
    summary: &mut Summary,
    mut reject: impl FnMut(&Rejected) -> Result<(), Failure>,
) -> Result<Batch, Failure> {
    let mut batch = Batch::default();
    while batch.rows.len() < BATCH_ROWS {
        let Some(taken) = reader.next_row()? else {
            break;
        };
        summary.rows_read += 1;
        match taken {
            Taken::Row(row) => {
                batch.rows.push(row);
                batch.fields.push(reader.fields());
            }
            Taken::PassedOver => summary.passed_over += 1,
            Taken::Rejected(rejected) => {
                summary.reject(&rejected);
                reject(&rejected)?;
            }
        }
    }
    Ok(batch)
}

/// Counts what the service answered to a batch.
fn settle(
    (batch, answer): (Batch, Result<ImportIncidentsResponse, Failure>),
    summary: &mut Summary,
    on_the_way: &mut HashSet<String>,
    mut reject: impl FnMut(&Rejected) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let answer = answer?;
    summary.imported += u64::from(answer.imported);
    summary.corrected += u64::from(answer.corrected);
    summary.unchanged += u64::from(answer.unchanged);
    for given_back in answer.rejected {
        let at = batch
            .rows
            .iter()
            .position(|row| row.line == given_back.line);
        let fields = at.and_then(|at| batch.fields.get(at));
        let rejected = Rejected {
            line: given_back.line,
            reason: given_back.reason,
            message: given_back.message,
            fields: fields.cloned().unwrap_or_default(),
        };
        summary.reject(&rejected);
        reject(&rejected)?;
    }
    for row in &batch.rows {
        on_the_way.remove(&row.incident);
    }
    Ok(())
}

impl Summary {
    fn reject(&mut self, rejected: &Rejected) {
        self.rejected += 1;
        *self
            .rejected_by_reason
            .entry(rejected.reason.clone())
            .or_default() += 1;
    }
}
