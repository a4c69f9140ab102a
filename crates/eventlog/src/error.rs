//! What a caller of the log can be told.

use uuid::Uuid;

use crate::decider::Refused;

/// Errors of the store. Cloneable, because several callers may wait on one batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule said no; stored, and the same command id gets the same answer.
    #[error("{}", .0.message)]
    Refused(Refused),
    /// The command id was used before with other content.
    #[error("command id {command_id} was used before with other content")]
    CommandIdReused { command_id: Uuid },
    /// The database is away, or another process writes the log. Worth trying again with the same
    /// command id: if the commit did happen, its stored outcome answers.
    #[error("{0}")]
    Unavailable(String),
    /// A database constraint of the service said no to this command alone.
    #[error("constraint {constraint} was violated: {message}")]
    Constraint { constraint: String, message: String },
    /// The receipt stands elsewhere than the caller thought.
    #[error("the receipt of {consumer} for log {log} stands at {actual}, not at {expected}")]
    ReceiptMoved {
        consumer: String,
        log: String,
        expected: u64,
        actual: u64,
    },
    /// What is stored can not be what was written, or code can not read it. Never skipped.
    #[error("{0}")]
    Corrupt(String),
    /// The store was opened or called in a way that can not work (a changed migration, an
    /// unknown table, a field without an index).
    #[error("{0}")]
    Setup(String),
    /// PostgreSQL refused a statement for a reason that trying again will not cure.
    #[error("database: {0}")]
    Database(String),
}

impl Error {
    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Unavailable(_))
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Error {
        let Some(db) = error.as_db_error() else {
            return Error::Unavailable(format!("PostgreSQL is not reachable: {}", chain(&error)));
        };
        let code = db.code().code();
        // 08 connection, 53 out of resources, 57P shutting down, 57014 cancelled, 40 serialisation,
        // 55P03 lock, 25006 a standby (until we find the new primary), 25P03 idle for too long
        let passing = ["08", "53", "57P", "57014", "40", "55P03", "25006", "25P03"];
        if passing.iter().any(|class| code.starts_with(class)) {
            return Error::Unavailable(format!("PostgreSQL says {code}: {}", db.message()));
        }
        if let (true, Some(constraint)) = (code.starts_with("23"), db.constraint()) {
            let constraint = constraint.to_owned();
            return Error::Constraint {
                constraint,
                message: db.message().to_owned(),
            };
        }
        // The detail may quote row contents, so only code and message leave here.
        Error::Database(format!("{code}: {}", db.message()))
    }
}

impl From<deadpool_postgres::PoolError> for Error {
    fn from(error: deadpool_postgres::PoolError) -> Error {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            other => Error::Unavailable(format!("no database connection: {other}")),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
