//! Writing a saved database into an empty one, all of it or nothing.

use std::collections::BTreeSet;
use std::io::Read;
use std::pin::pin;

use bytes::Bytes;
use futures::SinkExt;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::{Database, Keys, Session, TableShape, quoted, snapshot};
use crate::error::Error;
use crate::listening::log_of;
use crate::schema;
use crate::store::from_db;
use crate::store::tables::create;
use crate::store::verify::{Verified, verify};
use crate::vault::{Erasure, blank_commands};

/// Bytes sent at a time.
const PIECE: usize = 64 * 1024;

/// An empty database that is being filled. Dropped before [`Target::commit`] it is empty again,
/// but for the tables that the migrations made, and for a mark: no store opens, and nothing is
/// saved, before [`Filled::release`] has taken that away.
pub struct Target {
    session: Session,
    service: String,
}

impl Target {
    /// Whether something stands in the way: `None` if the database is empty.
    pub async fn obstacle(url: &str, service: &str) -> Result<Option<String>, Error> {
        let session = Session::open(url, service, "restore").await?;
        // A service that was started once on an empty database has drawn its secret.
        let sql = "SELECT format('%I.%I', n.nspname, c.relname)
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE c.relkind = 'r' AND c.relname NOT LIKE '%\\_migrations'
                     AND (n.nspname, c.relname) <> ('keys', 'secret')
                     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
                   ORDER BY 1";
        for row in session.client.query(sql, &[]).await? {
            let table: String = row.get(0);
            let sql = format!("SELECT EXISTS (SELECT FROM {table})");
            if session.client.query_one(&sql, &[]).await?.get(0) {
                return Ok(Some(table));
            }
        }
        Ok(None)
    }

    /// Makes the tables as they were saved, and begins the one transaction.
    ///
    /// # Errors
    /// [`Error::Setup`] when the backup knows a migration that this program does not, or names a
    /// table that none makes.
    pub async fn begin(url: &str, saved: &Database) -> Result<Target, Error> {
        saved.check()?;
        let service = saved.service.clone();
        let mut session = Session::open(url, &service, "restore").await?;
        let mark = format!("CREATE TABLE IF NOT EXISTS {} ()", schema::RESTORING);
        session.client.batch_execute(&mark).await?;
        schema::migrate_as(&mut session.client, &saved.migrations).await?;
        if let Some(unknown) = saved.service_migrations.first() {
            return Err(Error::Setup(format!(
                "the backup of {service} holds a migration of its own, {unknown}, that this \
                 program cannot make"
            )));
        }
        session.client.batch_execute("BEGIN").await?;
        for table in &saved.tables {
            if table.is_rows() {
                // Its indexes are made when the service opens the database.
                session.client.batch_execute(&create(&table.name)).await?;
            }
            let sql = "SELECT to_regclass($1) IS NOT NULL";
            let made = session.client.query_one(sql, &[&table.sql_name()]).await?;
            if !made.get::<_, bool>(0) {
                let name = table.sql_name();
                return Err(Error::Setup(format!(
                    "the backup of {service} holds {name}, which none of its migrations makes"
                )));
            }
        }
        Ok(Target { session, service })
    }

    /// Fills one table from its file.
    pub async fn copy(&self, table: &TableShape, mut file: impl Read) -> Result<(), Error> {
        let sql = format!(
            "COPY {} ({}) FROM STDIN",
            table.sql_name(),
            table.sql_columns()
        );
        let mut sink = pin!(self.session.client.copy_in::<_, Bytes>(&sql).await?);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file
                .read(&mut piece)
                .map_err(|e| Error::Setup(format!("{}: {e}", table.file)))?;
            if read == 0 {
                break;
            }
            sink.send(Bytes::copy_from_slice(&piece[..read])).await?;
        }
        sink.finish().await?;
        Ok(())
    }

    /// Compares everything that can be compared with what was saved.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first difference.
    pub async fn check(&self, saved: &Database) -> Result<(), Error> {
        let client = &self.session.client;
        for table in &saved.tables {
            let sql = format!("SELECT count(*) FROM {}", table.sql_name());
            let rows = from_db(client.query_one(&sql, &[]).await?.get(0));
            self.same(&table.file, "rows", &table.rows, &rows)?;
            let digest = snapshot::digest(client, table).await?;
            self.same(&table.file, "digest", &table.digest, &digest)?;
        }
        for head in &saved.logs {
            let sql = "SELECT last_seq, fact_seq, (SELECT count(*) FROM event WHERE log_id = $1)
                       FROM log_head WHERE log_id = $1";
            let row = client.query_one(sql, &[&head.log]).await?;
            self.same(&head.log, "head", &head.seq, &from_db(row.get(0)))?;
            self.same(
                &head.log,
                "head of facts",
                &head.fact_seq,
                &from_db(row.get(1)),
            )?;
            self.same(&head.log, "events", &head.seq, &from_db(row.get(2)))?;
        }
        Ok(())
    }

    fn same<T: PartialEq + std::fmt::Display>(
        &self,
        of: &str,
        what: &str,
        saved: &T,
        found: &T,
    ) -> Result<(), Error> {
        if saved == found {
            return Ok(());
        }
        Err(Error::Corrupt(format!(
            "{}: {of} was saved with {what} {saved} and was restored with {found}",
            self.service
        )))
    }

    /// Puts the keys in, but for those that were destroyed since; gives how many those were.
    pub async fn put_keys(&self, keys: &Keys, erasures: &[Erasure]) -> Result<u64, Error> {
        let client = &self.session.client;
        for secret in &keys.secrets {
            let sql = "INSERT INTO keys.secret (name, value) VALUES ($1, decode($2, 'hex'))
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            client.execute(sql, &[&secret.name, &secret.value]).await?;
        }
        let persons: Vec<&str> = erasures.iter().map(|e| e.person.as_str()).collect();
        let subjects: Vec<&str> = erasures.iter().map(|e| e.subject.as_str()).collect();
        let at: Vec<Timestamp> = erasures.iter().map(|e| e.at).collect();
        let sql = "INSERT INTO vault.erasure (person, subject, erased_at)
                   SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
                   ON CONFLICT (person) DO NOTHING";
        client.execute(sql, &[&persons, &subjects, &at]).await?;
        let sql = "DELETE FROM vault.item WHERE person IN (SELECT person FROM vault.erasure)";
        client.execute(sql, &[]).await?;
        if !erasures.is_empty() {
            blank_commands(client, &subjects).await?;
        }
        let erased = client
            .query("SELECT person FROM vault.erasure", &[])
            .await?;
        let erased: BTreeSet<String> = erased.iter().map(|row| row.get(0)).collect();
        let (gone, alive): (Vec<_>, Vec<_>) = keys
            .keys
            .iter()
            .partition(|key| erased.contains(&key.person) || erased.contains(&key.subject));
        for batch in alive.chunks(10_000) {
            let persons: Vec<&str> = batch.iter().map(|key| key.person.as_str()).collect();
            let subjects: Vec<&str> = batch.iter().map(|key| key.subject.as_str()).collect();
            let bytes: Vec<&str> = batch.iter().map(|key| key.key.as_str()).collect();
            // A key of nothing that was saved opens nothing.
            let sql = "INSERT INTO keys.vault_key (person, subject, key)
                       SELECT p, s, decode(k, 'hex')
                       FROM unnest($1::text[], $2::text[], $3::text[]) t(p, s, k)
                       WHERE EXISTS (SELECT FROM vault.item WHERE person = p)";
            client.execute(sql, &[&persons, &subjects, &bytes]).await?;
        }
        Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
    }

    /// Reads a log from its stored bytes.
    ///
    /// # Errors
    /// As for [`Store::verify`](crate::Store::verify).
    pub async fn verify(&self, log: &str) -> Result<Verified, Error> {
        let (log, progress) = (log_of(log)?, watch::Sender::default());
        verify(&self.session.client, &log, &[], &progress).await
    }

    /// The rows of a projection, by key; `None` if the backup holds none of that version.
    pub async fn projection(&self, name: &str, version: u32) -> Result<Option<Vec<Value>>, Error> {
        let client = &self.session.client;
        let table = format!("p_{name}_v{version}");
        let sql = "SELECT to_regclass($1) IS NOT NULL";
        if !client.query_one(sql, &[&table]).await?.get::<_, bool>(0) {
            return Ok(None);
        }
        let sql = format!(
            "SELECT row::text FROM {} ORDER BY log_id, key",
            quoted(&table)
        );
        let mut rows = Vec::new();
        for row in client.query(&sql, &[]).await? {
            let row = serde_json::from_str(row.get(0));
            rows.push(row.map_err(|e| Error::Corrupt(format!("a row of {table}: {e}")))?);
        }
        Ok(Some(rows))
    }

    /// Drops texts without a key that no event names, and gives how many: they were sealed for a
    /// command that came to nothing between the backup of the data and that of the keys. Of more
    /// than a few it is not looked: those are not the keys of these data.
    pub async fn drop_unnamed(&self) -> Result<u64, Error> {
        let sql = "DELETE FROM vault.item WHERE person IN (
                SELECT i.person FROM vault.item i WHERE NOT EXISTS
                    (SELECT FROM keys.vault_key k WHERE k.person = i.person) LIMIT 1000)
            AND NOT EXISTS (SELECT FROM event e WHERE strpos(e.body, person) > 0
                OR person = 'command/' || e.log_id || '/' || e.command_id)";
        Ok(self.session.client.execute(sql, &[]).await?)
    }

    /// Texts that no key opens and no erasure explains: the keys are older than the data.
    pub async fn locked(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM vault.item i WHERE NOT EXISTS
                       (SELECT FROM keys.vault_key k WHERE k.person = i.person)";
        Ok(from_db(
            self.session.client.query_one(sql, &[]).await?.get(0),
        ))
    }

    /// Makes it so; the mark stays.
    pub async fn commit(self) -> Result<Filled, Error> {
        let client = &self.session.client;
        client.batch_execute("COMMIT; ANALYZE").await?;
        Ok(Filled(self.session))
    }
}

/// A database that is filled, and may not be used before all others are.
pub struct Filled(Session);

impl Filled {
    /// Takes the mark away.
    pub async fn release(self) -> Result<(), Error> {
        let sql = format!("DROP TABLE {}", schema::RESTORING);
        Ok(self.0.client.batch_execute(&sql).await?)
    }
}
