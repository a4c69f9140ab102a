//! What a database holds, as a manifest says it.

use serde::{Deserialize, Serialize};

use super::quoted;
use super::snapshot::LEFT_OUT;
use crate::error::Error;

/// Schemas that are saved with the data; keys are saved apart.
const SCHEMAS: [&str; 2] = ["public", "vault"];

/// One service's database at one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Whose.
    pub service: String,
    /// eventlog's migrations, then the service's, by name.
    pub migrations: Vec<String>,
    /// The same of the service's own.
    pub service_migrations: Vec<String>,
    /// Every log with its head.
    pub logs: Vec<LogHead>,
    /// How far others' logs were heard.
    pub receipts: Vec<Receipt>,
    /// Keys destroyed so far.
    pub erasures: u64,
    /// Every table, in the order of schema and name.
    pub tables: Vec<TableShape>,
}

impl Database {
    /// Whether this may be what a backup says. Nobody signs a manifest, so nothing of it is taken
    /// as SQL, or as a path, before this.
    ///
    /// # Errors
    /// [`Error::Setup`] naming the table that no backup of ours holds.
    pub fn check(&self) -> Result<(), Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        for table in &self.tables {
            let TableShape {
                schema, name, file, ..
            } = table;
            let known = SCHEMAS.contains(&schema.as_str())
                && !LEFT_OUT.contains(&name.as_str())
                && name.chars().all(plain)
                && *file == format!("{schema}.{name}.copy");
            if !known {
                return Err(Error::Setup(format!(
                    "the manifest of {} names a table {schema:?}.{name:?} in the file {file:?}, \
                     which no backup holds",
                    self.service
                )));
            }
        }
        Ok(())
    }
}

/// How far a log had come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    pub log: String,
    /// Position of its last event.
    pub seq: u64,
    /// Position of its last fact.
    pub fact_seq: u64,
    /// Leaf hash of the last event, hexadecimal; empty for an empty log.
    pub leaf_hash: String,
}

/// How far a log was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub consumer: String,
    pub log: String,
    pub seq: u64,
}

/// One table and the file that holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableShape {
    pub schema: String,
    pub name: String,
    /// In the order of the file.
    pub columns: Vec<String>,
    /// The file within the backup.
    pub file: String,
    pub rows: u64,
    pub bytes: u64,
    /// Of the file, hexadecimal.
    pub sha256: String,
    /// Of projections and mirrors: over all rows in order, as `rebuild` reckons it; else empty.
    pub digest: String,
}

impl TableShape {
    /// Its name as SQL takes it.
    pub(super) fn sql_name(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// Its columns as SQL takes them.
    pub(super) fn sql_columns(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        columns.join(", ")
    }

    /// Whether it is a projection or a mirror, which have digests and no migration.
    pub(super) fn is_rows(&self) -> bool {
        let named = self.name.starts_with("p_") || self.name.starts_with("m_");
        named && self.schema == "public" && self.columns == ["log_id", "key", "row", "seq"]
    }
}
