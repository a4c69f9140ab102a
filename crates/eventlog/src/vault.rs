//! Personal data, sealed under a key per person that can be destroyed.
//!
//! # Why
//!
//! Events, facts and statements are hashed and kept for ever, so nobody's name may stand in them.
//! They hold an id; the name lies here. Destroying the key erases the person, in every backup of
//! the sealed rows too, and every hash stays valid.
//!
//! A key belongs to a **subject**: the stream that its text is about (`officer/cso-114`), or its
//! own name for somebody who is erased alone. What is destroyed is noted in a register outside
//! the database first, so that no restored backup can bring it back.

mod erase;
mod register;
mod scrub;

use std::path::PathBuf;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use deadpool_postgres::{Pool, Transaction};
use rand::RngCore;
use rand::rngs::OsRng;

use crate::error::Error;

pub use erase::Erased;
pub(crate) use erase::blank_commands;
pub use register::{Erasure, Register};
pub(crate) use scrub::Scrubber;

/// The vault of one service's database. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pool: Pool,
    /// Where destroyed keys are noted; without it nothing can be erased.
    register: Option<PathBuf>,
    scrubber: Scrubber,
}

/// A text that one key of a subject seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The key's name.
    pub person: String,
    /// What the text is: `name`, `reason`.
    pub field: String,
}

impl Vault {
    pub(crate) fn new(pool: Pool, register: Option<PathBuf>, scrubber: Scrubber) -> Vault {
        Vault {
            pool,
            register,
            scrubber,
        }
    }

    /// Stores `text` under the person's key, in place of what the field held before. The key
    /// belongs to `subject` from its first text on. Once the subject was erased nothing is stored
    /// any more.
    pub async fn seal(
        &self,
        subject: &str,
        person: &str,
        field: &str,
        text: &str,
    ) -> Result<(), Error> {
        self.put(subject, (person, field), text, Twice::Replaces)
            .await
    }

    /// The same, but what the field held before stays.
    pub(crate) async fn seal_once(
        &self,
        subject: &str,
        person: &str,
        field: &str,
        text: &str,
    ) -> Result<(), Error> {
        self.put(subject, (person, field), text, Twice::Stays).await
    }

    async fn put(
        &self,
        subject: &str,
        (person, field): (&str, &str),
        text: &str,
        twice: Twice,
    ) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        if is_erased(&tx, subject).await? {
            return Ok(());
        }
        let mut fresh = [0u8; 32];
        OsRng.fill_bytes(&mut fresh);
        // The no-op update locks the row: an erasure can not slip in between key and item.
        let row = tx
            .query_one(
                "INSERT INTO keys.vault_key AS k (person, key, subject) VALUES ($1, $2, $3)
                 ON CONFLICT (person) DO UPDATE SET key = k.key RETURNING key",
                &[&person, &fresh.as_slice(), &subject],
            )
            .await?;
        let cipher = cipher(row.get(0))?;
        let mut nonce = [0u8; 24];
        OsRng.fill_bytes(&mut nonce);
        let label = label(person, field);
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &label,
        };
        let sealed = cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Error::Corrupt("a value could not be sealed".to_owned()))?;
        let sql = format!(
            "INSERT INTO vault.item (person, field, nonce, sealed) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person, field) {}",
            match twice {
                Twice::Replaces => "DO UPDATE SET nonce = excluded.nonce, sealed = excluded.sealed",
                Twice::Stays => "DO NOTHING",
            }
        );
        tx.execute(&sql, &[&person, &field, &nonce.as_slice(), &sealed])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the field holds; `None` when nothing was sealed or the person was erased.
    pub async fn open(&self, person: &str, field: &str) -> Result<Option<String>, Error> {
        let client = self.pool.get().await?;
        let row = client
            .query_opt(
                "SELECT k.key, i.nonce, i.sealed FROM vault.item i
                 JOIN keys.vault_key k ON k.person = i.person
                 WHERE i.person = $1 AND i.field = $2",
                &[&person, &field],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let spoilt = || Error::Corrupt(format!("the sealed {field} of {person} can not be opened"));
        let nonce: &[u8] = row.get(1);
        if nonce.len() != 24 {
            return Err(spoilt());
        }
        let label = label(person, field);
        let payload = Payload {
            msg: row.get(2),
            aad: &label,
        };
        let text = cipher(row.get(0))?
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| spoilt())?;
        String::from_utf8(text).map(Some).map_err(|_| spoilt())
    }

    /// Takes back what was sealed for a command that came to nothing: no event names the key.
    pub async fn forget(&self, person: &str) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        tx.execute("DELETE FROM keys.vault_key WHERE person = $1", &[&person])
            .await?;
        tx.execute("DELETE FROM vault.item WHERE person = $1", &[&person])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an erasure of the subject would destroy, by key and field.
    pub async fn items(&self, subject: &str) -> Result<Vec<Item>, Error> {
        let client = self.pool.get().await?;
        let rows = client
            .query(
                "SELECT i.person, i.field FROM vault.item i
                 JOIN keys.vault_key k ON k.person = i.person
                 WHERE k.subject = $1 OR k.person = $1 ORDER BY i.person, i.field",
                &[&subject],
            )
            .await?;
        let item = |row: &tokio_postgres::Row| Item {
            person: row.get(0),
            field: row.get(1),
        };
        Ok(rows.iter().map(item).collect())
    }
}

/// What a second text does in the place of a first.
#[derive(Clone, Copy)]
enum Twice {
    Replaces,
    Stays,
}

/// Whether the subject was erased; holds off an erasure until this transaction ends.
async fn is_erased(tx: &Transaction<'_>, subject: &str) -> Result<bool, Error> {
    lock(tx, subject).await?;
    let sql = "SELECT FROM vault.erasure WHERE person = $1";
    Ok(tx.query_opt(sql, &[&subject]).await?.is_some())
}

/// One at a time for a subject: a text sealed beside an erasure would outlive it.
async fn lock(tx: &Transaction<'_>, subject: &str) -> Result<(), Error> {
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))";
    tx.query_one(sql, &[&subject]).await?;
    Ok(())
}

fn cipher(key: &[u8]) -> Result<XChaCha20Poly1305, Error> {
    XChaCha20Poly1305::new_from_slice(key)
        .map_err(|_| Error::Corrupt("a vault key is not 32 bytes long".to_owned()))
}

/// Binds a sealed value to its place: moved to another row it does not open.
fn label(person: &str, field: &str) -> Vec<u8> {
    format!("{}:{person}{field}", person.len()).into_bytes()
}
