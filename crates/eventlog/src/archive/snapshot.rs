//! Reading a database as of one instant.

use std::pin::pin;

use deadpool_postgres::GenericClient;
use futures::TryStreamExt;
use jiff::Timestamp;

use super::{Database, Key, Keys, LogHead, Receipt, Secret, Session, TableShape};
use crate::error::Error;
use crate::schema;
use crate::store::tables::BESIDE;
use crate::store::{fold, from_db};
use crate::vault::Erasure;

/// Tables that are made anew or mean nothing elsewhere.
pub(super) const LEFT_OUT: [&str; 5] = [
    "backup",
    "eventlog_migrations",
    "service_migrations",
    "relay_cursor",
    schema::RESTORING,
];

/// Nothing is appended and no receipt moves in this database until it is dropped, or for five
/// seconds: a backup that hangs must not hold up the platform.
pub struct Pause {
    session: Session,
}

impl Pause {
    /// Waits for the commit that is under way.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a commit takes longer than five seconds.
    pub async fn begin(url: &str, service: &str) -> Result<Pause, Error> {
        let session = Session::open(url, service, "pause").await?;
        let sql = "BEGIN;
            SET LOCAL lock_timeout = '5s';
            SET LOCAL idle_in_transaction_session_timeout = '5s';
            LOCK TABLE log_head, receipt IN SHARE MODE";
        session.client.batch_execute(sql).await?;
        Ok(Pause { session })
    }

    /// Lets everybody go on.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the pause had ended by itself: what was read meanwhile is not of
    /// one instant.
    pub async fn end(self) -> Result<(), Error> {
        let committed = self.session.client.batch_execute("SELECT 1; COMMIT").await;
        committed.map_err(|_| {
            Error::Unavailable("the platform could not be held for long enough; try again".into())
        })
    }
}

/// Notes in a database that it was saved, as of that instant ([`Store::last_backup`]).
///
/// [`Store::last_backup`]: crate::Store::last_backup
pub async fn note(url: &str, service: &str, taken_at: Timestamp) -> Result<(), Error> {
    let session = Session::open(url, service, "backup").await?;
    let sql = "INSERT INTO backup (taken_at) VALUES ($1)
               ON CONFLICT (one) DO UPDATE SET taken_at = excluded.taken_at";
    session.client.execute(sql, &[&taken_at]).await?;
    Ok(())
}

/// A database as it was when this began. Writers are not held up.
pub struct Snapshot {
    session: Session,
    service: String,
}

impl Snapshot {
    /// Begins now.
    ///
    /// # Errors
    /// [`Error::Setup`] where a restore has not come to its end.
    pub async fn open(url: &str, service: &str) -> Result<Snapshot, Error> {
        let session = Session::open(url, service, "backup").await?;
        let begin =
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT count(*) FROM log_head";
        session.client.batch_execute(begin).await?;
        schema::check_restored(&session.client).await?;
        Ok(Snapshot {
            session,
            service: service.to_owned(),
        })
    }

    /// What it holds; files, row counts and digests of the tables are still to be filled in.
    pub async fn database(&self) -> Result<Database, Error> {
        let client = &self.session.client;
        let sql =
            "SELECT h.log_id, h.last_seq, h.fact_seq, coalesce(encode(e.leaf_hash, 'hex'), '')
                   FROM log_head h LEFT JOIN event e ON e.log_id = h.log_id AND e.seq = h.last_seq
                   ORDER BY h.log_id";
        let logs = client.query(sql, &[]).await?;
        let head = |row: &tokio_postgres::Row| LogHead {
            log: row.get(0),
            seq: from_db(row.get(1)),
            fact_seq: from_db(row.get(2)),
            leaf_hash: row.get(3),
        };
        let sql = "SELECT consumer, log_id, seq FROM receipt ORDER BY consumer, log_id";
        let receipts = client.query(sql, &[]).await?;
        let receipt = |row: &tokio_postgres::Row| Receipt {
            consumer: row.get(0),
            log: row.get(1),
            seq: from_db(row.get(2)),
        };
        let sql = "SELECT count(*) FROM vault.erasure";
        Ok(Database {
            service: self.service.clone(),
            migrations: self.migrations("eventlog_migrations").await?,
            service_migrations: self.migrations("service_migrations").await?,
            logs: logs.iter().map(head).collect(),
            receipts: receipts.iter().map(receipt).collect(),
            erasures: from_db(client.query_one(sql, &[]).await?.get(0)),
            tables: self.tables().await?,
        })
    }

    async fn migrations(&self, history: &str) -> Result<Vec<String>, Error> {
        let sql = format!("SELECT version, name FROM {history} ORDER BY version");
        let rows = self.session.client.query(&sql, &[]).await?;
        let name = |row: &tokio_postgres::Row| {
            format!("V{}__{}", row.get::<_, i32>(0), row.get::<_, String>(1))
        };
        Ok(rows.iter().map(name).collect())
    }

    async fn tables(&self) -> Result<Vec<TableShape>, Error> {
        let sql = "SELECT c.oid::int8, n.nspname::text, c.relname::text
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE c.relkind = 'r' AND c.relpersistence = 'p'
                     AND n.nspname NOT IN ('keys', 'information_schema')
                     AND n.nspname NOT LIKE 'pg\\_%'
                   ORDER BY 2, 3";
        let mut tables = Vec::new();
        for row in self.session.client.query(sql, &[]).await? {
            let (schema, name): (String, String) = (row.get(1), row.get(2));
            // A rebuild that is under way begins anew elsewhere.
            if LEFT_OUT.contains(&name.as_str()) || name.ends_with(BESIDE) {
                continue;
            }
            tables.push(TableShape {
                file: format!("{schema}.{name}.copy"),
                columns: self.columns(row.get(0)).await?,
                schema,
                name,
                ..TableShape::default()
            });
        }
        Ok(tables)
    }

    async fn columns(&self, oid: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT attname::text FROM pg_attribute
                   WHERE attrelid = $1::int8::oid AND attnum > 0 AND NOT attisdropped
                   ORDER BY attnum";
        let rows = self.session.client.query(sql, &[&oid]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Gives the table's rows in `COPY`'s text format, a line each, piece by piece.
    pub async fn copy(
        &self,
        table: &TableShape,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        let sql = format!(
            "COPY {} ({}) TO STDOUT",
            table.sql_name(),
            table.sql_columns()
        );
        let mut pieces = pin!(self.session.client.copy_out(&sql).await?);
        while let Some(piece) = pieces.try_next().await? {
            take(&piece).map_err(|e| Error::Setup(format!("{}: {e}", table.file)))?;
        }
        Ok(())
    }

    /// Digest over a projection's or mirror's rows; empty for any other table.
    pub async fn digest(&self, table: &TableShape) -> Result<String, Error> {
        digest(&self.session.client, table).await
    }

    /// The keys, for a place of their own.
    pub async fn keys(&self) -> Result<Keys, Error> {
        let client = &self.session.client;
        let sql = "SELECT name, encode(value, 'hex') FROM keys.secret ORDER BY name";
        let secrets = client.query(sql, &[]).await?;
        let sql = "SELECT person, subject, encode(key, 'hex') FROM keys.vault_key ORDER BY person";
        let keys = client.query(sql, &[]).await?;
        let sql = "SELECT person, subject, erased_at FROM vault.erasure ORDER BY person";
        let erasures = client.query(sql, &[]).await?;
        let secret = |row: &tokio_postgres::Row| Secret {
            name: row.get(0),
            value: row.get(1),
        };
        let key = |row: &tokio_postgres::Row| Key {
            person: row.get(0),
            subject: row.get(1),
            key: row.get(2),
        };
        let erasure = |row: &tokio_postgres::Row| Erasure {
            person: row.get(0),
            subject: row.get(1),
            at: row.get(2),
        };
        Ok(Keys {
            service: self.service.clone(),
            secrets: secrets.iter().map(secret).collect(),
            keys: keys.iter().map(key).collect(),
            erasures: erasures.iter().map(erasure).collect(),
        })
    }
}

/// See [`Snapshot::digest`].
pub(super) async fn digest(
    client: &impl GenericClient,
    table: &TableShape,
) -> Result<String, Error> {
    match table.is_rows() {
        true => Ok(fold::digest(client, &table.sql_name()).await?.0),
        false => Ok(String::new()),
    }
}
