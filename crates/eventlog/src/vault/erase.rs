//! Destroying keys: register first, then the rows, then what is left of them in the files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use deadpool_postgres::{GenericClient, Transaction};
use jiff::Timestamp;

use super::{Erasure, Register, Vault, is_erased, lock};
use crate::error::Error;

/// What an erasure destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Keys that are gone.
    pub keys: u64,
    /// Texts that they sealed.
    pub items: u64,
}

impl Vault {
    /// Destroys every key of the subject with what it sealed, and closes the subject: later texts
    /// are not kept. Retention rules are the caller's to check. Again does nothing more.
    ///
    /// The keys are noted in the register first: a crash in between is made good at the next
    /// start. The rows' bytes leave the tables' files; in the write-ahead log they stay until
    /// PostgreSQL has recycled it (`deploy/recovery.md`).
    ///
    /// # Errors
    /// [`Error::Setup`] without a register, [`Error::Unavailable`] when it cannot be written (a
    /// full disk): nothing is destroyed, and the same call again may succeed.
    pub async fn erase(&self, subject: &str, at: Timestamp) -> Result<Erased, Error> {
        let Some(register) = self.register.clone() else {
            return Err(Error::Setup(
                "nothing can be erased without an erasure register: set `erasures` to a folder \
                 on another disk than the database's"
                    .to_owned(),
            ));
        };
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        lock(&tx, subject).await?;
        name_subjects(&tx).await?;
        let sql = "SELECT person FROM keys.vault_key WHERE subject = $1 OR person = $1";
        let rows = tx.query(sql, &[&subject]).await?;
        let mut gone: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if gone.is_empty() && is_erased(&tx, subject).await? {
            return Ok(Erased::default());
        }
        if !gone.iter().any(|person| person == subject) {
            gone.push(subject.to_owned());
        }
        let erasures: Vec<Erasure> = gone
            .into_iter()
            .map(|person| Erasure {
                person,
                subject: subject.to_owned(),
                at,
            })
            .collect();
        note(register, erasures.clone()).await?;
        let erased = destroy(&tx, &erasures).await?;
        tx.commit().await?;
        drop(client);
        self.scrubber.scrub().await;
        Ok(erased)
    }

    /// Makes register and database say the same: destroys what the register names (a backup may
    /// have brought it back), and notes what it does not (the register may be new).
    ///
    /// # Errors
    /// [`Error::Setup`] when the register cannot be read or written: whoever starts must know.
    pub(crate) async fn reconcile(&self) -> Result<(), Error> {
        let Some(path) = self.register.clone() else {
            return Ok(());
        };
        let register = blocking({
            let path = path.clone();
            move || Register::read(&path)
        })
        .await?;
        let fresh = register.is_none();
        let register = register.unwrap_or_default().erasures;
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let known = erasures(&tx).await?;
        let unknown: Vec<Erasure> = known
            .iter()
            .filter(|erasure| !register.contains_key(&erasure.person))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            note(path, unknown).await.map_err(at_the_start)?;
        } else if fresh && let Err(error) = note(path, unknown).await {
            tracing::warn!(%error, "nothing can be erased until the register can be written");
        }
        let known: BTreeSet<String> = known.into_iter().map(|erasure| erasure.person).collect();
        let revived: Vec<Erasure> = register
            .into_values()
            .filter(|erasure| !known.contains(&erasure.person))
            .collect();
        if revived.is_empty() {
            return Ok(());
        }
        let erased = destroy(&tx, &revived).await?;
        tx.commit().await?;
        drop(client);
        tracing::warn!(
            erasures = revived.len(),
            keys = erased.keys,
            "erasures that this database did not know were carried out again"
        );
        self.scrubber.scrub().await;
        Ok(())
    }

    /// Subjects that were erased, in order.
    pub async fn erased(&self) -> Result<Vec<Erasure>, Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let mut found = erasures(&tx).await?;
        found.retain(|erasure| erasure.person == erasure.subject);
        Ok(found)
    }
}

/// Gives keys a subject that a program of the first release sealed under without one: the stream
/// whose event names the key.
async fn name_subjects(tx: &Transaction<'_>) -> Result<(), Error> {
    let unnamed = "SELECT 1 FROM keys.vault_key WHERE subject = '' LIMIT 1";
    if tx.query_opt(unnamed, &[]).await?.is_some() {
        let sql = "UPDATE keys.vault_key k SET subject = e.stream FROM event e
                   WHERE k.subject = '' AND strpos(e.body, k.person) > 0";
        tx.execute(sql, &[]).await?;
    }
    Ok(())
}

async fn destroy(tx: &Transaction<'_>, erasures: &[Erasure]) -> Result<Erased, Error> {
    let persons: Vec<&str> = erasures.iter().map(|e| e.person.as_str()).collect();
    let subjects: Vec<&str> = erasures.iter().map(|e| e.subject.as_str()).collect();
    let at: Vec<Timestamp> = erasures.iter().map(|e| e.at).collect();
    let keys = tx
        .execute(
            "DELETE FROM keys.vault_key WHERE person = ANY($1)",
            &[&persons],
        )
        .await?;
    let items = tx
        .execute("DELETE FROM vault.item WHERE person = ANY($1)", &[&persons])
        .await?;
    blank_commands(tx, &subjects).await?;
    tx.execute(
        "INSERT INTO vault.erasure (person, subject, erased_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
         ON CONFLICT (person) DO NOTHING",
        &[&persons, &subjects, &at],
    )
    .await?;
    Ok(Erased { keys, items })
}

/// Blanks the hashes of commands that were about the subjects: whoever has the service's secret
/// could confirm a guess at what such a command said. Those of commands that made no event
/// (refused ones) are all blanked, because nothing says whom they were about. What it costs: a
/// blank command's id that comes again with other content gets the stored answer, and is not told.
pub(crate) async fn blank_commands(
    client: &impl GenericClient,
    subjects: &[&str],
) -> Result<(), Error> {
    let of_streams = "UPDATE command c SET content_hash = '' FROM log_head h
        JOIN event e ON e.log_id = h.log_id AND e.stream = ANY($1)
        WHERE c.log_id = e.log_id AND c.command_id = e.command_id AND c.content_hash <> ''";
    client.execute(of_streams, &[&subjects]).await?;
    // Whoever is erased apart has no stream; events hold the token in their bodies.
    let apart: Vec<&str> = subjects
        .iter()
        .copied()
        .filter(|s| !s.contains('/'))
        .collect();
    if !apart.is_empty() {
        let named = "UPDATE command c SET content_hash = '' FROM event e
            WHERE c.log_id = e.log_id AND c.command_id = e.command_id AND c.content_hash <> ''
                AND EXISTS (SELECT FROM unnest($1::text[]) p WHERE strpos(e.body, p) > 0)";
        client.execute(named, &[&apart]).await?;
    }
    let nobodys = "UPDATE command SET content_hash = '' WHERE events = 0 AND content_hash <> ''";
    client.execute(nobodys, &[]).await?;
    Ok(())
}

async fn erasures(tx: &Transaction<'_>) -> Result<Vec<Erasure>, Error> {
    let sql = "SELECT person, subject, erased_at FROM vault.erasure ORDER BY person";
    let rows = tx.query(sql, &[]).await?;
    let erasure = |row: &tokio_postgres::Row| Erasure {
        person: row.get(0),
        subject: row.get(1),
        at: row.get(2),
    };
    Ok(rows.iter().map(erasure).collect())
}

async fn note(register: PathBuf, erasures: Vec<Erasure>) -> Result<(), Error> {
    blocking(move || Register::append(&register, &erasures)).await
}

/// What passes later is no reason to wait before anything was begun.
fn at_the_start(error: Error) -> Error {
    match error {
        Error::Unavailable(why) => Error::Setup(why),
        other => other,
    }
}

/// File work away from the runtime's threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Error::Setup(format!("the register's work broke down: {e}"))))
}
