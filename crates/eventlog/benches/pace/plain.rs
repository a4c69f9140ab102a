//! The baselines: what PostgreSQL does with the same rows when nothing stands in front of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eventlog::{Real, Surroundings};
use jiff::Timestamp;
use jiff::civil::date;
use tokio::task::JoinSet;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client as Connection, GenericClient, NoTls, Statement};
use uuid::Uuid;

use crate::Outcome;
use crate::figures::{Took, timed};
use crate::jar::{Client, body, fact};

pub(crate) const LOG: &str = "plain";

/// The same columns, checks and indexes as `event`; `plain_head` as `log_head`.
const TABLES: &str = "
    DROP TABLE IF EXISTS plain, plain_head;
    CREATE TABLE plain (LIKE event INCLUDING ALL);
    CREATE TABLE plain_head (log_id text PRIMARY KEY, last_seq bigint NOT NULL)
        WITH (fillfactor = 50);
    INSERT INTO plain_head VALUES ('plain', 0)";

const COLUMNS: &str = "log_id, seq, stream, version, kind, revision, body, fact_kind, fact, \
    prev_fact, group_last, valid_on, recorded_at, actor, command_id, cause_log, cause_seq, \
    trace, salt, leaf_hash";

pub(crate) async fn connect(url: &str) -> Outcome<Connection> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// One row of table `plain`.
struct Row {
    seq: i64,
    stream: String,
    version: i64,
    body: String,
    fact: Vec<u8>,
    recorded_at: Timestamp,
    command_id: Uuid,
}

impl Row {
    fn new(seq: u64, key: &str, version: u64) -> Row {
        let int = |n: u64| i64::try_from(n).expect("a bench makes fewer rows");
        Row {
            seq: int(seq),
            stream: format!("jar/{key}"),
            version: int(version),
            body: body(version),
            fact: fact(version),
            recorded_at: Real.now(),
            command_id: Real.uuid(),
        }
    }

    async fn insert(
        &self,
        connection: &impl GenericClient,
        insert: &Statement,
    ) -> Result<u64, tokio_postgres::Error> {
        let (prev, none, no_seq) = (self.seq - 1, None::<&str>, None::<i64>);
        let hash = [7u8; 32];
        let hash = hash.as_slice();
        let on = date(2026, 10, 1);
        let values: [&(dyn ToSql + Sync); 20] = [
            &LOG,
            &self.seq,
            &self.stream,
            &self.version,
            &"filled",
            &1i32,
            &self.body,
            &"JarFilled",
            &self.fact,
            &prev,
            &true,
            &on,
            &self.recorded_at,
            &"ops-1",
            &self.command_id,
            &none,
            &no_seq,
            &none,
            &hash,
            &hash,
        ];
        connection.execute(insert, &values).await
    }
}

fn insert_sql() -> String {
    let values: Vec<String> = (1..=20).map(|n| format!("${n}")).collect();
    format!(
        "INSERT INTO plain ({COLUMNS}) VALUES ({})",
        values.join(", ")
    )
}

fn insert_at_head_sql() -> String {
    let values: Vec<String> = (3..=20).map(|n| format!("${n}")).collect();
    // The second parameter is the position, which the head gives; it only keeps its type.
    format!(
        "WITH head AS ({TAKE_POSITION})
         INSERT INTO plain ({COLUMNS})
         SELECT $1, head.last_seq + $2::bigint * 0, {} FROM head",
        values.join(", ")
    )
}

const TAKE_POSITION: &str = "UPDATE plain_head SET last_seq = last_seq + 1
    WHERE log_id = 'plain' RETURNING last_seq";

/// As many connections as there are clients, each with its statements prepared.
pub(crate) struct Plain {
    workers: Vec<Worker>,
    seq: Arc<AtomicU64>,
}

struct Worker {
    client: Client,
    connection: Connection,
    insert: Statement,
    take: Statement,
    /// The same row, at the position that the head gives out.
    insert_at_head: Statement,
}

/// How one event is written.
#[derive(Clone, Copy)]
pub(crate) enum Design {
    /// One INSERT, committed by itself.
    Insert,
    /// So many INSERTs in one transaction.
    Transaction(u64),
    /// A head's row lock, held until the commit, gives out the position.
    RowLock,
    /// The same in one statement, hence in one round trip.
    RowLockAtOnce,
}

impl Plain {
    pub(crate) async fn new(url: &str, clients: u64) -> Outcome<Plain> {
        let first = connect(url).await?;
        first.batch_execute(TABLES).await?;
        let mut workers = Vec::new();
        for client in Client::all(clients) {
            let connection = connect(url).await?;
            let insert = connection.prepare(&insert_sql()).await?;
            let take = connection.prepare(TAKE_POSITION).await?;
            let insert_at_head = connection.prepare(&insert_at_head_sql()).await?;
            workers.push(Worker {
                client,
                connection,
                insert,
                take,
                insert_at_head,
            });
        }
        let seq = Arc::new(AtomicU64::new(0));
        Ok(Plain { workers, seq })
    }

    /// Every client gives `commands` commands, one after the other, all clients at once.
    pub(crate) async fn run(&mut self, commands: u64, design: Design) -> Outcome<Took> {
        let mut tasks = JoinSet::new();
        let workers = std::mem::take(&mut self.workers);
        let events = match design {
            Design::Transaction(events) => events,
            _ => 1,
        };
        let work = commands * events * u64::try_from(workers.len())?;
        timed(work, async {
            for mut worker in workers {
                let seq = Arc::clone(&self.seq);
                tasks.spawn(async move {
                    worker.write(&seq, commands, design).await?;
                    Outcome::Ok(worker)
                });
            }
            while let Some(ended) = tasks.join_next().await {
                self.workers.push(ended??);
            }
            Ok(())
        })
        .await
    }
}

impl Worker {
    async fn write(&mut self, seq: &AtomicU64, commands: u64, design: Design) -> Outcome<()> {
        for _ in 0..commands {
            let (key, before) = self.client.next();
            match design {
                Design::Insert => {
                    let row = Row::new(seq.fetch_add(1, Ordering::Relaxed) + 1, &key, before + 1);
                    row.insert(&self.connection, &self.insert).await?;
                }
                Design::Transaction(events) => {
                    let first = seq.fetch_add(events, Ordering::Relaxed) + 1;
                    let tx = self.connection.transaction().await?;
                    for n in 0..events {
                        let row = Row::new(first + n, &key, before * events + n + 1);
                        row.insert(&tx, &self.insert).await?;
                    }
                    tx.commit().await?;
                }
                Design::RowLock => {
                    let tx = self.connection.transaction().await?;
                    let head: i64 = tx.query_one(&self.take, &[]).await?.get(0);
                    let row = Row::new(u64::try_from(head)?, &key, before + 1);
                    row.insert(&tx, &self.insert).await?;
                    tx.commit().await?;
                }
                Design::RowLockAtOnce => {
                    let row = Row::new(0, &key, before + 1);
                    row.insert(&self.connection, &self.insert_at_head).await?;
                }
            }
        }
        Ok(())
    }
}
