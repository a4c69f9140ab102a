//! A leaf binds one event row to the tree: a fixed, versioned byte string and its hash.
//!
//! # Why
//!
//! The encoding is our own and not JSON or protobuf because both have several spellings for one
//! value, and a hash must have one. It is length-prefixed so that no two rows can share bytes by
//! moving a letter from one field into the next. The private body enters only as a salted hash:
//! whoever holds the leaf can check a disclosed body, and can not guess an undisclosed one.
//!
//! The layout is frozen: `docs/bundle.md` prints it, `tests/golden/leaf.json` holds it. Another
//! layout gets another [`TAG`], never the same one.

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::Hash;

/// First bytes of every leaf: what this is, and which version of the layout.
pub const TAG: &[u8; 20] = b"commonwatch/leaf/v1\n";

/// First bytes of what a private hash is taken over.
pub const PRIVATE_TAG: &[u8; 23] = b"commonwatch/private/v1\n";

/// 256 random bits that stand before a private body, so that its hash can not be guessed.
pub type Salt = [u8; 32];

/// One event row as the tree sees it. Borrowed: hashing a row copies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The log's id, such as `statements/three-rivers`.
    pub log: &'a str,
    /// Position in the log: 1, 2, 3 … The leaf's index in the tree is `seq - 1`.
    pub seq: u64,
    /// The stream's name, such as `timesheet/cso-114`.
    pub stream: &'a str,
    /// Position in the stream: 1, 2, 3 …
    pub version: u64,
    /// The event's stored name, such as `clocked_out`.
    pub kind: &'a str,
    /// Revision of that kind's stored form.
    pub revision: u16,
    /// The day it was so.
    pub valid_on: Date,
    /// When the log learnt it. Whole microseconds count; what is finer is cut off.
    pub recorded_at: Timestamp,
    /// The public fact's bytes as stored; `None` where the event has no public side. No bytes
    /// (`Some(&[])`) is a fact, and another leaf than none.
    pub fact: Option<&'a [u8]>,
    /// [`private_hash`] of the event's salt and body.
    pub private_hash: Hash,
}

impl Leaf<'_> {
    /// The record: the exact bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let names = self.log.len() + self.stream.len() + self.kind.len();
        let mut record = Vec::with_capacity(TAG.len() + names + 107);
        self.write(|bytes| record.extend_from_slice(bytes));
        record
    }

    /// RFC 6962 §2.1 leaf hash: SHA-256 of `0x00` and the record. Allocates nothing.
    pub fn hash(&self) -> Hash {
        let mut digest = Sha256::new_with_prefix([0x00]);
        self.write(|bytes| digest.update(bytes));
        Hash::from_bytes(digest.finalize().into())
    }

    fn write(&self, mut put: impl FnMut(&[u8])) {
        put(TAG);
        put_name(&mut put, self.log);
        put(&self.seq.to_be_bytes());
        put_name(&mut put, self.stream);
        put(&self.version.to_be_bytes());
        put_name(&mut put, self.kind);
        put(&self.revision.to_be_bytes());
        put(&self.valid_on.year().to_be_bytes());
        put(&self.valid_on.month().to_be_bytes());
        put(&self.valid_on.day().to_be_bytes());
        put(&self.recorded_at.as_microsecond().to_be_bytes());
        match self.fact {
            None => put(&[0]),
            Some(fact) => {
                put(&[1]);
                put(Hash::of(fact).as_bytes());
            }
        }
        put(self.private_hash.as_bytes());
    }
}

/// SHA-256 of [`PRIVATE_TAG`], the salt and the private body as stored. The salt has a fixed
/// length, so nothing needs a prefix.
pub fn private_hash(salt: &Salt, body: &[u8]) -> Hash {
    let mut digest = Sha256::new_with_prefix(PRIVATE_TAG);
    digest.update(salt);
    digest.update(body);
    Hash::from_bytes(digest.finalize().into())
}

fn put_name(put: &mut impl FnMut(&[u8]), name: &str) {
    let length = u32::try_from(name.len()).expect("ids and kinds are far below 4 GiB");
    put(&length.to_be_bytes());
    put(name.as_bytes());
}

#[cfg(test)]
mod tests;
