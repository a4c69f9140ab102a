//! The tables of projections and mirrors: names, columns, indexes.

use crate::error::Error;

/// A table `(log_id, key, row jsonb, seq)` and the fields it can be filtered on.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) table: String,
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) indexes: &'static [&'static str],
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
        })
    }

    pub(crate) fn ddl(&self) -> String {
        let mut sql = create(&self.table);
        for (n, field) in self.indexes.iter().enumerate() {
            sql.push_str(&format!(
                "CREATE INDEX IF NOT EXISTS {table}_i{n} ON {table}
                     (log_id, (row->>'{field}'), key);\n",
                table = self.table,
            ));
        }
        sql
    }
}

fn create(table: &str) -> String {
    format!("CREATE TABLE IF NOT EXISTS {table} ({COLUMNS});\n")
}

/// A table beside the live one, gone at the end of its transaction.
pub(crate) fn create_beside(table: &str) -> String {
    format!("CREATE TEMPORARY TABLE {table} ({COLUMNS}) ON COMMIT DROP;\n")
}

const COLUMNS: &str = "
    log_id text COLLATE \"C\" NOT NULL,
    key    text COLLATE \"C\" NOT NULL,
    row    jsonb NOT NULL,
    seq    bigint NOT NULL,
    PRIMARY KEY (log_id, key)
";
