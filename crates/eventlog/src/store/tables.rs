//! The tables of projections and mirrors: names, columns, indexes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::locks;

/// A table `(log_id, key, row jsonb, seq)` and the fields it can be filtered on.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) table: String,
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) indexes: &'static [&'static str],
    /// A mirror that does not hold what was taken in can not be read.
    filled: Arc<AtomicBool>,
}

impl Layout {
    /// Names go into SQL text, so they are checked here, once.
    pub(crate) fn new(
        prefix: &str,
        name: &'static str,
        version: u32,
        indexes: &'static [&'static str],
    ) -> Result<Layout, Error> {
        for word in [name].iter().chain(indexes) {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if word.is_empty() || word.len() > 40 || !word.chars().all(plain) {
                return Err(Error::Setup(format!(
                    "{word:?} can not name a table or a field"
                )));
            }
        }
        Ok(Layout {
            table: format!("{prefix}_{name}_v{version}"),
            name,
            version,
            indexes,
            filled: Arc::new(AtomicBool::new(true)),
        })
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::SeqCst)
    }

    pub(crate) fn set_filled(&self, filled: bool) {
        self.filled.store(filled, Ordering::SeqCst);
    }

    pub(crate) fn ddl(&self) -> String {
        create(&self.table) + &self.indexes_ddl()
    }

    /// The indexes alone: they are made after a table was filled, which is faster.
    pub(crate) fn indexes_ddl(&self) -> String {
        let mut sql = String::new();
        for (n, field) in self.indexes.iter().enumerate() {
            sql.push_str(&format!(
                "CREATE INDEX IF NOT EXISTS {table}_i{n} ON {table}
                     (log_id, (row->>'{field}'), key);\n",
                table = self.table,
            ));
        }
        sql
    }

    /// The table that is folded beside this one, to be compared and perhaps to take its place.
    pub(crate) fn beside(&self) -> Layout {
        Layout {
            table: format!("{}{BESIDE}", self.table),
            ..self.clone()
        }
    }

    /// The advisory lock that a rebuild of this table holds.
    pub(crate) fn rebuild_key(&self) -> i64 {
        locks::key(&format!("rebuild of {}", self.table))
    }

    /// Makes the table empty, without indexes.
    pub(crate) fn afresh_ddl(&self) -> String {
        format!("DROP TABLE IF EXISTS {};\n", self.table) + &create(&self.table)
    }

    /// Puts the table beside in this one's place, under this one's names, and drops this one.
    pub(crate) fn swap_ddl(&self) -> String {
        let (live, beside) = (&self.table, self.beside().table);
        let mut sql = format!(
            "DROP TABLE {live};
             ALTER TABLE {beside} RENAME TO {live};
             ALTER INDEX {beside}_pkey RENAME TO {live}_pkey;\n"
        );
        for n in 0..self.indexes.len() {
            sql.push_str(&format!(
                "ALTER INDEX {beside}_i{n} RENAME TO {live}_i{n};\n"
            ));
        }
        sql
    }
}

/// How the name of a table ends that is folded beside a live one.
pub(crate) const BESIDE: &str = "__beside";

/// Makes a table of rows; its name is plain.
pub(crate) fn create(table: &str) -> String {
    format!("CREATE TABLE IF NOT EXISTS {table} ({COLUMNS});\n")
}

const COLUMNS: &str = "
    log_id text COLLATE \"C\" NOT NULL,
    key    text COLLATE \"C\" NOT NULL,
    row    jsonb NOT NULL,
    seq    bigint NOT NULL,
    PRIMARY KEY (log_id, key)
";
