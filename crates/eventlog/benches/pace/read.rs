//! Reading a log from its first row, against `COPY TO` of the same columns in the same order.

use std::pin::pin;

use eventlog::{LogId, Store};
use futures::StreamExt;
use local::Stack;
use tokio_postgres::Client as Connection;

use crate::append::Ours;
use crate::figures::{Ratio, Rounds, Table, Target, timed};
use crate::{Outcome, ROUNDS, fresh, plain};

const CLIENTS: u64 = 256;
/// Each client's.
const COMMANDS: u64 = 24;
const EVENTS: u64 = 10;
const PAGE: u32 = 10_000;

const FACTS: &str = "seq, prev_fact, fact_kind, fact, recorded_at, valid_on, actor, trace, \
    leaf_hash, group_last";
const LEAVES: &str = "seq, stream, version, kind, revision, valid_on, recorded_at, fact_kind, \
    fact, salt, body, leaf_hash";

pub(crate) async fn run(stack: &Stack, table: &mut Table) -> Outcome<()> {
    let (store, url) = fresh(stack, "reading").await?;
    let rows = fill(&store).await?;
    let connection = plain::connect(&url).await?;
    connection.batch_execute("VACUUM (ANALYZE) event").await?;
    let log: LogId = "read".parse()?;
    let (mut facts, mut leaves) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        let copied = timed(rows, copy_out(&connection, FACTS)).await?;
        facts.push(timed(rows, read_facts(&store, &log, rows)).await?, copied);
        let copied = timed(rows, copy_out(&connection, LEAVES)).await?;
        leaves.push(timed(rows, read_leaves(&store, &log, rows)).await?, copied);
    }
    let target = Target::AtLeast(Ratio::hundredths(70));
    let what = format!("(d) read_facts, {rows} rows from 0 / COPY TO");
    table.compare(&what, "rows", &facts, target);
    let what = format!("(d) read_leaves, {rows} rows from 0 / COPY TO");
    table.compare(&what, "rows", &leaves, target);
    store.close().await;
    Ok(())
}

/// A log of its own to read.
pub(crate) async fn fill(store: &Store) -> Outcome<u64> {
    let mut ours = Ours::new(store, "read", CLIENTS)?;
    Ok(ours.run(COMMANDS, EVENTS).await?.work())
}

async fn copy_out(connection: &Connection, columns: &str) -> Outcome<()> {
    let sql = format!(
        "COPY (SELECT {columns} FROM event WHERE log_id = 'read' ORDER BY seq)
         TO STDOUT (FORMAT binary)"
    );
    let mut stream = pin!(connection.copy_out(&sql).await?);
    while let Some(chunk) = stream.next().await {
        chunk?;
    }
    Ok(())
}

async fn read_facts(store: &Store, log: &LogId, rows: u64) -> Outcome<()> {
    let (mut after, mut read) = (0, 0);
    loop {
        let page = store.read_facts(log, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        read += u64::try_from(page.len())?;
    }
    assert_eq!(read, rows, "every event has a fact");
    Ok(())
}

async fn read_leaves(store: &Store, log: &LogId, rows: u64) -> Outcome<()> {
    let (mut after, mut read) = (0, 0);
    while after < rows {
        let page = store
            .read_leaves(log, after, after + u64::from(PAGE))
            .await?;
        after = page.last().map_or(rows, |leaf| leaf.seq);
        read += u64::try_from(page.len())?;
    }
    assert_eq!(read, rows, "a log has no holes");
    Ok(())
}
