//! The keys of one vault, on their way to a backup of their own.

use serde::{Deserialize, Serialize};

use crate::vault::Erasure;

/// Everything that must never lie beside the data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Whose database.
    pub service: String,
    /// Keys of the service itself.
    pub secrets: Vec<Secret>,
    /// Keys of people's texts.
    pub keys: Vec<Key>,
    /// What was destroyed up to then: a register that knows less is older than this.
    pub erasures: Vec<Erasure>,
}

/// A secret of the service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What it is for.
    pub name: String,
    /// In hexadecimal.
    pub value: String,
}

/// A key of the vault.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its name.
    pub person: String,
    /// Whose texts it seals.
    pub subject: String,
    /// 32 bytes in hexadecimal.
    pub key: String,
}
