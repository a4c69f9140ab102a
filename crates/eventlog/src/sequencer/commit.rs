//! The append: head, events, outcomes and projections in one statement, so in one round trip and
//! one transaction.
//!
//! # Why
//!
//! Whether a command was there before is asked in the same statement: a round trip of its own for
//! something that almost never holds would cost a lone caller a third of its rate. Which
//! projections the statement names is told in `shape`.

use deadpool_postgres::{GenericClient, Object};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::batch::{Appended, Batch, Done};
use super::own::Owned;
use super::shape::{Part, Shape};
use crate::error::Error;
use crate::log_id::LogId;
use crate::store::rows::{Changes, Overlay};
use crate::store::{Shared, db_int};

/// The compare-and-set. Every insert draws from `head`, so that when it misses, or a command stands
/// in the log already, nothing is written.
const HEAD: &str = "
WITH head AS (
    UPDATE log_head SET last_seq = $4, fact_seq = $5, last_recorded_at = $6
    WHERE log_id = $1 AND last_seq = $2 AND epoch = $3 AND NOT EXISTS (
        SELECT 1 FROM command WHERE log_id = $1 AND command_id = ANY($26::uuid[])
    )
    RETURNING log_id
)";

/// Parameters of [`HEAD`].
const HEAD_PARAMETERS: usize = 6;

/// Columns of `event`, without its log.
const EVENT: [(&str, &str); 19] = [
    ("seq", "bigint"),
    ("stream", "text"),
    ("version", "bigint"),
    ("kind", "text"),
    ("revision", "int"),
    ("body", "text"),
    ("fact_kind", "text"),
    ("fact", "bytea"),
    ("prev_fact", "bigint"),
    ("group_last", "boolean"),
    ("valid_on", "date"),
    ("recorded_at", "timestamptz"),
    ("actor", "text"),
    ("command_id", "uuid"),
    ("cause_log", "text"),
    ("cause_seq", "bigint"),
    ("trace", "text"),
    ("salt", "bytea"),
    ("leaf_hash", "bytea"),
];

/// Columns of `command`, without its log.
const COMMAND: [(&str, &str); 7] = [
    ("command_id", "uuid"),
    ("content_hash", "bytea"),
    ("first_seq", "bigint"),
    ("last_seq", "bigint"),
    ("events", "int"),
    ("refusal", "jsonb"),
    ("recorded_at", "timestamptz"),
];

/// Columns of a projection's table, without its log.
const ROW: [(&str, &str); 3] = [("key", "text"), ("row", "jsonb"), ("seq", "bigint")];

/// What became of the batch.
const ANSWER: &str = "
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM head) THEN 'written'
    WHEN EXISTS (SELECT 1 FROM command WHERE log_id = $1 AND command_id = ANY($26::uuid[]))
    THEN 'known' ELSE 'deposed' END";

/// An insert of rows whose columns are arrays, from parameter `first` on. `unnest` in the select
/// list walks them side by side; in `FROM` each would be copied first. To walk arrays of one row
/// costs the server a fifth of what a lone caller's commit costs it, so those are not walked.
fn insert(table: &str, columns: &[(&str, &str)], first: usize, lone: bool) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let values = columns.iter().zip(first..).map(|((_, of), n)| {
        let (of, cast) = if *of == "jsonb" {
            ("text", "::jsonb")
        } else {
            (*of, "")
        };
        match lone {
            true => format!("(${n}::{of}[])[1]{cast}"),
            false => format!("unnest(${n}::{of}[]){cast}"),
        }
    });
    let (names, values) = (names.join(", "), values.collect::<Vec<_>>().join(", "));
    format!("INSERT INTO {table} (log_id, {names}) SELECT log_id, {values} FROM head")
}

/// The append statement of this shape.
fn append_sql<'a>(tables: impl Iterator<Item = &'a str>, shape: &Shape) -> String {
    let lone = shape.lone;
    let mut next = HEAD_PARAMETERS + 1;
    let mut parts = vec![insert("event", &EVENT, next, lone)];
    next += EVENT.len();
    parts.push(insert("command", &COMMAND, next, lone));
    next += COMMAND.len();
    for (table, part) in tables.zip(&shape.parts) {
        if *part == Part::Nothing {
            continue;
        }
        let rows = insert(table, &ROW, next, lone);
        parts.push(format!(
            "{rows} ON CONFLICT (log_id, key) DO UPDATE SET row = excluded.row, seq = excluded.seq"
        ));
        next += ROW.len();
        if *part == Part::UpsertsAndDeletes {
            parts.push(format!(
                "DELETE FROM {table} t USING head
                WHERE t.log_id = head.log_id AND t.key = ANY(${next}::text[])"
            ));
            next += 1;
        }
    }
    let mut sql = HEAD.to_owned();
    for (n, part) in parts.iter().enumerate() {
        sql.push_str(&format!(", part_{n} AS ({part})"));
    }
    sql.push_str(ANSWER);
    sql
}

/// Columns of the event rows.
#[derive(Default)]
struct Events<'a> {
    seq: Vec<i64>,
    stream: Vec<&'a str>,
    version: Vec<i64>,
    kind: Vec<&'a str>,
    revision: Vec<i32>,
    body: Vec<&'a str>,
    fact_kind: Vec<Option<&'a str>>,
    fact: Vec<Option<&'a [u8]>>,
    prev_fact: Vec<i64>,
    group_last: Vec<bool>,
    valid_on: Vec<Date>,
    recorded_at: Vec<Timestamp>,
    actor: Vec<&'a str>,
    command_id: Vec<Uuid>,
    cause_log: Vec<Option<&'a str>>,
    cause_seq: Vec<Option<i64>>,
    trace: Vec<Option<&'a str>>,
    salt: Vec<&'a [u8]>,
    leaf_hash: Vec<&'a [u8]>,
}

impl<'a> Events<'a> {
    fn push(&mut self, event: &'a Appended) {
        let row = &event.row;
        self.seq.push(db_int(row.seq));
        self.stream.push(&row.stream);
        self.version.push(db_int(row.version));
        self.kind.push(&row.kind);
        self.revision.push(i32::from(row.revision));
        self.body.push(&row.body);
        self.fact_kind
            .push(row.fact.as_ref().map(|(kind, _)| kind.as_str()));
        self.fact
            .push(row.fact.as_ref().map(|(_, bytes)| bytes.as_slice()));
        self.prev_fact.push(db_int(event.prev_fact));
        self.group_last.push(event.group_last);
        self.valid_on.push(row.valid_on);
        self.recorded_at.push(row.recorded_at);
        self.actor.push(&row.actor);
        self.command_id.push(row.command_id);
        self.cause_log
            .push(row.cause.as_ref().map(|cause| cause.log.as_str()));
        self.cause_seq
            .push(row.cause.as_ref().map(|cause| db_int(cause.seq)));
        self.trace.push(row.trace.as_deref());
        self.salt.push(&event.salt);
        self.leaf_hash.push(row.leaf_hash.as_bytes());
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 19] {
        [
            &self.seq,
            &self.stream,
            &self.version,
            &self.kind,
            &self.revision,
            &self.body,
            &self.fact_kind,
            &self.fact,
            &self.prev_fact,
            &self.group_last,
            &self.valid_on,
            &self.recorded_at,
            &self.actor,
            &self.command_id,
            &self.cause_log,
            &self.cause_seq,
            &self.trace,
            &self.salt,
            &self.leaf_hash,
        ]
    }
}

/// Columns of the command rows.
#[derive(Default)]
struct Commands<'a> {
    command_id: Vec<Uuid>,
    content_hash: Vec<&'a [u8]>,
    first_seq: Vec<i64>,
    last_seq: Vec<i64>,
    events: Vec<i32>,
    refusal: Vec<Option<String>>,
    recorded_at: Vec<Timestamp>,
}

impl<'a> Commands<'a> {
    fn push(&mut self, done: &'a Done) -> Result<(), Error> {
        let refusal = done.refusal.as_ref().map(serde_json::to_string).transpose();
        self.command_id.push(done.command_id);
        self.content_hash.push(&done.content_hash);
        self.first_seq.push(db_int(done.first_seq));
        self.last_seq.push(db_int(done.last_seq));
        self.events
            .push(i32::try_from(done.events).unwrap_or(i32::MAX));
        self.refusal.push(
            refusal.map_err(|e| Error::Corrupt(format!("a refusal can not be written: {e}")))?,
        );
        self.recorded_at.push(done.recorded_at);
        Ok(())
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 7] {
        [
            &self.command_id,
            &self.content_hash,
            &self.first_seq,
            &self.last_seq,
            &self.events,
            &self.refusal,
            &self.recorded_at,
        ]
    }
}

/// What became of a batch that was sent.
pub(super) enum Sent {
    Written,
    /// The head is not where we left it. Nothing was written.
    Deposed,
    /// At least one of the commands stands in the log already. Nothing was written.
    Known,
}

/// Commits the batch.
pub(super) async fn commit(
    shared: &Shared,
    client: &Object,
    log: &LogId,
    owned: &Owned,
    batch: &Batch<'_>,
    overlays: &[Overlay],
) -> Result<Sent, Error> {
    let mut events = Events::default();
    batch.events.iter().for_each(|event| events.push(event));
    let mut commands = Commands::default();
    for done in &batch.done {
        commands.push(done)?;
    }
    let changes: Vec<Changes<'_>> = overlays.iter().map(Overlay::changes).collect();
    let shape = Shape::of(batch, &changes);
    let shape = shared.shapes.lock().await.fit(shape);
    let log = log.as_str();
    let (old_seq, epoch) = (db_int(owned.head.seq), owned.epoch);
    let (new_seq, fact_seq) = (db_int(batch.head.seq), db_int(batch.head.fact_seq));
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![
        &log,
        &old_seq,
        &epoch,
        &new_seq,
        &fact_seq,
        &batch.last_recorded_at,
    ];
    values.extend(events.values());
    values.extend(commands.values());
    for (change, part) in changes.iter().zip(&shape.parts) {
        let columns: [&(dyn ToSql + Sync); 3] = [&change.keys, &change.rows, &change.seqs];
        match part {
            Part::Nothing => {}
            Part::Upserts => values.extend(columns),
            Part::UpsertsAndDeletes => {
                values.extend(columns);
                values.push(&change.deleted);
            }
        }
    }
    let tables = shared.projections.iter().map(|(_, layout)| &*layout.table);
    let sql = append_sql(tables, &shape);
    let statement = client.prepare_cached(&sql).await?;
    let row = client.query_one(&statement, &values).await?;
    Ok(match row.get(0) {
        "written" => Sent::Written,
        "known" => Sent::Known,
        _ => Sent::Deposed,
    })
}
