//! The append: head, events, outcomes and projections in one statement, so in one round trip and
//! one transaction.

use deadpool_postgres::{GenericClient, Object};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::batch::{Appended, Batch, Done};
use super::own::Owned;
use crate::error::Error;
use crate::log_id::LogId;
use crate::projection::Projection;
use crate::store::rows::{Changes, Overlay};
use crate::store::tables::Layout;
use crate::store::{Shared, db_int};

/// Every insert draws from `head`, so that when the compare-and-set misses nothing is written.
const APPEND: &str = "
WITH head AS (
    UPDATE log_head SET last_seq = $4, fact_seq = $5, last_recorded_at = $6
    WHERE log_id = $1 AND last_seq = $2 AND epoch = $3
    RETURNING log_id
), events AS (
    INSERT INTO event (log_id, seq, stream, version, kind, revision, body, fact_kind, fact,
        prev_fact, group_last, valid_on, recorded_at, actor, command_id, cause_log, cause_seq,
        trace, salt, leaf_hash)
    SELECT head.log_id, e.* FROM head, unnest($7::bigint[], $8::text[], $9::bigint[], $10::text[],
        $11::int[], $12::text[], $13::text[], $14::bytea[], $15::bigint[], $16::boolean[],
        $17::date[], $18::timestamptz[], $19::text[], $20::uuid[], $21::text[], $22::bigint[],
        $23::text[], $24::bytea[], $25::bytea[]) e
), commands AS (
    INSERT INTO command (log_id, command_id, content_hash, first_seq, last_seq, events, refusal,
        recorded_at)
    SELECT head.log_id, c.id, c.hash, c.first, c.last, c.events, c.refusal::jsonb, c.at
    FROM head, unnest($26::uuid[], $27::bytea[], $28::bigint[], $29::bigint[], $30::int[],
        $31::text[], $32::timestamptz[]) c(id, hash, first, last, events, refusal, at)
)";

/// Parameters of [`APPEND`]; those of the projections follow, four each.
const APPEND_PARAMETERS: usize = 32;

/// The append statement for a store with these projections.
pub(crate) fn append_sql(projections: &[(Box<dyn Projection>, Layout)]) -> String {
    let mut sql = APPEND.to_owned();
    for (n, (_, layout)) in projections.iter().enumerate() {
        let p = APPEND_PARAMETERS + 4 * n + 1;
        let (keys, rows, seqs, deleted) = (p, p + 1, p + 2, p + 3);
        let table = &layout.table;
        sql.push_str(&format!(
            ", upsert_{n} AS (
    INSERT INTO {table} (log_id, key, row, seq)
    SELECT head.log_id, r.key, r.row::jsonb, r.seq
    FROM head, unnest(${keys}::text[], ${rows}::text[], ${seqs}::bigint[]) r(key, row, seq)
    ON CONFLICT (log_id, key) DO UPDATE SET row = excluded.row, seq = excluded.seq
), delete_{n} AS (
    DELETE FROM {table} t USING head
    WHERE t.log_id = head.log_id AND t.key = ANY(${deleted}::text[])
)"
        ));
    }
    sql.push_str("\nSELECT count(*) FROM head");
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

/// Commits the batch. `false`: the head is not where we left it, and nothing was written.
pub(super) async fn commit(
    shared: &Shared,
    client: &Object,
    log: &LogId,
    owned: &Owned,
    batch: &Batch<'_>,
    overlays: &[Overlay],
) -> Result<bool, Error> {
    let mut events = Events::default();
    batch.events.iter().for_each(|event| events.push(event));
    let mut commands = Commands::default();
    for done in &batch.done {
        commands.push(done)?;
    }
    let changes: Vec<Changes<'_>> = overlays.iter().map(Overlay::changes).collect();
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
    for change in &changes {
        let columns: [&(dyn ToSql + Sync); 4] =
            [&change.keys, &change.rows, &change.seqs, &change.deleted];
        values.extend(columns);
    }
    let statement = client.prepare_cached(&shared.append_sql).await?;
    let row = client.query_one(&statement, &values).await?;
    Ok(row.get::<_, i64>(0) == 1)
}
