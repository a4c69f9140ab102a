//! Writing a saved database into an empty one, all of it or nothing.

use std::collections::BTreeSet;
use std::io::Read;
use std::pin::pin;

use bytes::Bytes;
use futures::SinkExt;
use jiff::Timestamp;

use super::{Database, Keys, Session, TableShape, snapshot};
use crate::error::Error;
use crate::schema;
use crate::store::from_db;
use crate::vault::Erasure;

/// Bytes sent at a time.
const PIECE: usize = 64 * 1024;

/// An empty database that is being filled. Dropped before [`Target::commit`] it is empty again,
/// but for the tables that the migrations made.
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
    /// [`Error::Setup`] when the backup knows a migration that this program does not.
    pub async fn begin(url: &str, saved: &Database) -> Result<Target, Error> {
        let service = saved.service.clone();
        let mut session = Session::open(url, &service, "restore").await?;
        schema::migrate_as(&mut session.client, &saved.migrations).await?;
        if let Some(unknown) = saved.service_migrations.first() {
            return Err(Error::Setup(format!(
                "the backup of {service} holds a migration of its own, {unknown}, that this \
                 program cannot make"
            )));
        }
        session.client.batch_execute("BEGIN").await?;
        for sql in saved.tables.iter().flat_map(|table| &table.create) {
            session.client.batch_execute(sql).await?;
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

    /// Texts that no key opens and no erasure explains: the keys are older than the data.
    pub async fn locked(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM vault.item i WHERE NOT EXISTS
                       (SELECT FROM keys.vault_key k WHERE k.person = i.person)";
        Ok(from_db(
            self.session.client.query_one(sql, &[]).await?.get(0),
        ))
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.session.client.batch_execute("COMMIT; ANALYZE").await?)
    }
}
