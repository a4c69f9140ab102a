//! Personal data, sealed under a key per person that can be destroyed.
//!
//! # Why
//!
//! Events, facts and statements are hashed and kept for ever, so nobody's name may stand in them.
//! They hold an id; the name lies here. Destroying the key erases the person, in every backup of
//! the sealed rows too, and every hash stays valid.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use deadpool_postgres::Pool;
use rand::RngCore;
use rand::rngs::OsRng;

use crate::error::Error;

/// The vault of one service's database. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pool: Pool,
}

impl Vault {
    pub(crate) fn new(pool: Pool) -> Vault {
        Vault { pool }
    }

    /// Stores `text` under the person's key, in place of what the field held before.
    pub async fn seal(&self, person: &str, field: &str, text: &str) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let mut fresh = [0u8; 32];
        OsRng.fill_bytes(&mut fresh);
        // The no-op update locks the row: an erasure can not slip in between key and item.
        let row = tx
            .query_one(
                "INSERT INTO keys.vault_key AS k (person, key) VALUES ($1, $2)
                 ON CONFLICT (person) DO UPDATE SET key = k.key RETURNING key",
                &[&person, &fresh.as_slice()],
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
        tx.execute(
            "INSERT INTO vault.item (person, field, nonce, sealed) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person, field)
             DO UPDATE SET nonce = excluded.nonce, sealed = excluded.sealed",
            &[&person, &field, &nonce.as_slice(), &sealed],
        )
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

    /// Destroys the person's key and what it sealed. Retention rules are the caller's to check.
    pub async fn erase(&self, person: &str) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        tx.execute("DELETE FROM keys.vault_key WHERE person = $1", &[&person])
            .await?;
        tx.execute("DELETE FROM vault.item WHERE person = $1", &[&person])
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

fn cipher(key: &[u8]) -> Result<XChaCha20Poly1305, Error> {
    XChaCha20Poly1305::new_from_slice(key)
        .map_err(|_| Error::Corrupt("a vault key is not 32 bytes long".to_owned()))
}

/// Binds a sealed value to its place: moved to another row it does not open.
fn label(person: &str, field: &str) -> Vec<u8> {
    format!("{}:{person}{field}", person.len()).into_bytes()
}
