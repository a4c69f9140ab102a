//! Folds one log into the rows of one projection, and copies them into a table.

use std::collections::BTreeMap;
use std::pin::pin;

use bytes::{BufMut, BytesMut};
use deadpool_postgres::{GenericClient, Transaction};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::read::{RECORDED, recorded};
use super::{db_int, from_db};
use crate::error::Error;
use crate::log_id::LogId;
use crate::projection::Projection;
use crate::sequencer::guarded;

/// Events read at a time.
const PAGE: i64 = 5_000;

/// Rows by key, with the position of the event that wrote them last.
pub(crate) type Folded = BTreeMap<String, (Value, u64)>;

/// Applies all events of `log`, in order, to nothing.
pub(crate) async fn fold(
    client: &impl GenericClient,
    projection: &dyn Projection,
    log: &LogId,
) -> Result<Folded, Error> {
    let sql = format!(
        "SELECT {RECORDED} FROM event WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
    );
    let statement = client.prepare_cached(&sql).await?;
    let mut rows = Folded::new();
    if log.is_upkeep() {
        return Ok(rows);
    }
    let mut after = 0i64;
    loop {
        let page = client
            .query(&statement, &[&log.as_str(), &after, &PAGE])
            .await?;
        for row in &page {
            let event = recorded(log, row)?;
            for key in guarded(projection.name(), || projection.keys(&event))? {
                let old = rows.remove(&key).map(|(row, _)| row);
                let new = guarded(projection.name(), || projection.apply(&event, &key, old))?;
                if let Some(row) = new {
                    rows.insert(key, (row, event.seq));
                }
            }
            after = db_int(event.seq);
        }
        if page.is_empty() {
            return Ok(rows);
        }
    }
}

/// Puts a fresh fold of `log` in place of what `table` holds of it. Gives the number of rows.
pub(crate) async fn replace(
    tx: &Transaction<'_>,
    projection: &dyn Projection,
    table: &str,
    log: &LogId,
) -> Result<u64, Error> {
    let rows = fold(tx, projection, log).await?;
    tx.execute(
        &format!("DELETE FROM {table} WHERE log_id = $1"),
        &[&log.as_str()],
    )
    .await?;
    copy_in(tx, table, log, &rows).await
}

pub(crate) async fn copy_in(
    tx: &Transaction<'_>,
    table: &str,
    log: &LogId,
    rows: &Folded,
) -> Result<u64, Error> {
    let sql = format!("COPY {table} (log_id, key, row, seq) FROM STDIN (FORMAT binary)");
    let sink = tx.copy_in(&sql).await?;
    let types = [Type::TEXT, Type::TEXT, Type::JSONB, Type::INT8];
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for (key, (row, seq)) in rows {
        let row = JsonText(row.to_string());
        writer
            .as_mut()
            .write(&[&log.as_str(), key, &row, &db_int(*seq)])
            .await?;
    }
    Ok(writer.finish().await?)
}

/// SHA-256 over all rows of a table in the order (log, key), and their number. Every text is
/// preceded by its length, so that no two tables can share a digest by moving a letter.
pub(crate) async fn digest(
    client: &impl GenericClient,
    table: &str,
) -> Result<(String, u64), Error> {
    let sql = format!(
        "SELECT log_id, key, row::text, seq FROM {table}
         WHERE (log_id, key) > ($1, $2) ORDER BY log_id, key LIMIT $3"
    );
    let statement = client.prepare_cached(&sql).await?;
    let (mut log, mut key, mut count) = (String::new(), String::new(), 0);
    let mut digest = Sha256::new_with_prefix(b"commonwatch/rows/v1\n");
    loop {
        let page = client.query(&statement, &[&log, &key, &PAGE]).await?;
        for row in &page {
            for n in 0..3 {
                let text: &str = row.get(n);
                digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                digest.update(text.as_bytes());
            }
            digest.update(from_db(row.get(3)).to_be_bytes());
            count += 1;
        }
        let Some(last) = page.last() else {
            return Ok((
                proof::Hash::from_bytes(digest.finalize().into()).to_string(),
                count,
            ));
        };
        (log, key) = (last.get(0), last.get(1));
    }
}

/// JSON text on its way into a jsonb column by binary COPY.
#[derive(Debug)]
struct JsonText(String);

impl ToSql for JsonText {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.put_u8(1); // version of jsonb's binary form
        out.put_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSONB
    }

    to_sql_checked!();
}
