//! Folding a projection again from the log, against `COPY FROM` of as many finished rows into a
//! table of the same shape.

use std::pin::pin;

use bytes::Bytes;
use futures::SinkExt;
use local::Stack;
use tokio_postgres::Client as Connection;

use crate::figures::{Rounds, Table, Target, timed};
use crate::read::fill;
use crate::{Outcome, ROUNDS, fresh, plain};

const TABLE: &str = "
    CREATE TABLE copied (LIKE p_jars_v1 INCLUDING ALL)";

pub(crate) async fn run(stack: &Stack, table: &mut Table) -> Outcome<()> {
    let (store, url) = fresh(stack, "rebuilding").await?;
    let events = fill(&store).await?;
    let connection = plain::connect(&url).await?;
    connection.batch_execute("VACUUM (ANALYZE) event").await?;
    connection.batch_execute(TABLE).await?;
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        let copied = timed(events, copy_in(&connection, events)).await?;
        let rebuilt = timed(events, async {
            let rebuilt = store.rebuild("jars").await?;
            assert!(rebuilt.is_equal(), "the live table is what the log says");
            Ok(())
        });
        rounds.push(rebuilt.await?, copied);
    }
    let what = format!("(e) rebuild from {events} events / COPY FROM of as many rows");
    table.compare(&what, "events", &rounds, Target::None);
    store.close().await;
    Ok(())
}

/// As many rows as there are events, each under a key of its own.
async fn copy_in(connection: &Connection, rows: u64) -> Outcome<()> {
    connection.batch_execute("TRUNCATE copied").await?;
    let sink = connection.copy_in("COPY copied FROM STDIN").await?;
    let mut sink = pin!(sink);
    let mut chunk = String::new();
    for n in 1..=rows {
        let line = format!("read\t{n:08}\t{{\"filled\": 1, \"last_seq\": {n}}}\t{n}\n");
        chunk.push_str(&line);
        if chunk.len() > 60_000 || n == rows {
            sink.send(Bytes::from(std::mem::take(&mut chunk))).await?;
        }
    }
    sink.finish().await?;
    Ok(())
}
