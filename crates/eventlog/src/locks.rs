//! Which process writes a log: session advisory locks, all held on one connection.
//!
//! # Why
//!
//! The lock only keeps two writers from wasting each other's work; that they can not both commit
//! is the compare-and-set's doing. So a lock that is lost unnoticed costs a retry, never a row.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls};

use crate::error::Error;
use crate::log_id::LogId;

/// The lock is taken or refused at once; nothing waits in the server.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct Locks {
    config: Config,
    session: Mutex<Option<Session>>,
}

struct Session {
    client: Client,
    alive: Arc<AtomicBool>,
}

/// Held until the session that took it ends.
pub(crate) struct Lease {
    alive: Arc<AtomicBool>,
}

impl Lease {
    pub(crate) fn is_alive(&self) -> bool {
        self.alive.load(Ordering::SeqCst)
    }
}

impl Locks {
    pub(crate) fn new(config: Config) -> Locks {
        Locks {
            config,
            session: Mutex::new(None),
        }
    }

    /// `None`: another process holds the log.
    pub(crate) async fn claim(&self, log: &LogId) -> Result<Option<Lease>, Error> {
        let (got, alive) = self.ask("SELECT pg_try_advisory_lock($1)", log).await?;
        Ok(got.then_some(Lease { alive }))
    }

    /// Whether another process holds the log. Who holds it here goes on holding it.
    pub(crate) async fn is_held_elsewhere(&self, log: &LogId) -> Result<bool, Error> {
        let sql = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN pg_advisory_unlock($1)
                   ELSE false END";
        Ok(!self.ask(sql, log).await?.0)
    }

    async fn ask(&self, sql: &str, log: &LogId) -> Result<(bool, Arc<AtomicBool>), Error> {
        let mut session = self.session.lock().await;
        if session
            .as_ref()
            .is_none_or(|s| !s.alive.load(Ordering::SeqCst))
        {
            // The time limit of the configuration ends with the TCP connection; a server that
            // takes it and says nothing would hold up whoever asks next, and a close.
            let Ok(connected) = timeout(ANSWER_WITHIN, connect(&self.config)).await else {
                return Err(silent());
            };
            *session = Some(connected?);
        }
        let held = session.as_ref().expect("it was connected just above");
        let key = key(log.as_str());
        let Ok(row) = timeout(ANSWER_WITHIN, held.client.query_one(sql, &[&key])).await else {
            // All logs ask here, and a close waits here: a session that hangs is given up.
            *session = None;
            return Err(silent());
        };
        Ok((row?.get(0), Arc::clone(&held.alive)))
    }

    /// Gives every lock back by ending the session.
    pub(crate) async fn release(&self) {
        self.session.lock().await.take();
    }
}

fn silent() -> Error {
    Error::Unavailable("PostgreSQL does not answer".to_owned())
}

async fn connect(config: &Config) -> Result<Session, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let alive = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&alive);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(error = %error, "the connection that holds the log locks was lost");
        }
        flag.store(false, Ordering::SeqCst);
    });
    Ok(Session { client, alive })
}

/// The number of the advisory lock on what `name` names: a log, or whatever is spelled otherwise.
pub(crate) fn key(name: &str) -> i64 {
    let mut digest = Sha256::new_with_prefix(b"commonwatch/log-lock/v1\n");
    digest.update(name.as_bytes());
    let hash: [u8; 32] = digest.finalize().into();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}
