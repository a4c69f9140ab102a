//! What a database holds, as a manifest says it.

use serde::{Deserialize, Serialize};

use super::quoted;

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
    /// SQL that makes the table where no migration does: projections and mirrors.
    pub create: Vec<String>,
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

    /// Whether it is a projection or a mirror, which have digests.
    pub(super) fn is_rows(&self) -> bool {
        let named = self.name.starts_with("p_") || self.name.starts_with("m_");
        named && self.columns == ["log_id", "key", "row", "seq"]
    }
}
