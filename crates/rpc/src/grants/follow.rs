//! Grants in memory, following a table of them.
//!
//! # Why
//!
//! A mirror that is read in from the beginning passes through states in which a token works that
//! was taken away later. So what a mirror holds counts only once it was confirmed current in this
//! process (the receipt reached the head that the registry named); until then its tokens open
//! nothing and the caller is asked to try again. Afterwards facts move it forward one by one. It
//! never goes back: a table that was emptied to be read in anew is left aside until its receipt
//! has come as far as before.

use std::sync::Arc;
use std::time::Duration;

use bus::Shutdown;
use eventlog::{Error, LogId, Page, Store, Table};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use vocabulary::TokenHash;

use super::mirror::{GrantRow, TABLE};
use super::{Found, Grant, Grants, GrantsFile, Held, Standing};
use crate::actor::Actor;

/// Rows read at once.
const PAGE: u32 = 1_000;
/// The table is read again after this even if nobody says that it changed: for a commit that was
/// made by another process, and after a failure.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Changes that come in quick succession are read together.
const TOGETHER: Duration = Duration::from_millis(20);
/// How long a read may take before it is given up and tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Grants in memory.
#[derive(Default)]
pub struct Followed {
    held: watch::Sender<Memory>,
}

#[derive(Clone, Default)]
struct Memory {
    rows: Arc<[GrantRow]>,
    /// Whether the rows may be used at all.
    ready: bool,
    /// When they were last confirmed current; none where they need no confirmation.
    confirmed_at: Option<Timestamp>,
    /// Receipt of the log that they come from.
    receipt: u64,
}

/// Where grants come from.
pub enum Origin {
    /// The registry's own table.
    Own,
    /// The mirror of a listener (its name), and how far that has come with the registry.
    Mirror(&'static str, watch::Receiver<bus::Standing>),
}

impl Followed {
    /// Follows the store's table of grants until the end. Recovers by itself.
    pub async fn follow(self: Arc<Self>, store: Store, mut origin: Origin, mut end: Shutdown) {
        let (mut ticks, began) = (store.watch(), store.surroundings().now());
        loop {
            let read = timeout(PATIENCE, self.read(&store, &mut origin)).await;
            match read {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "grants cannot be read; trying on"),
                Err(_) => tracing::warn!("grants cannot be read in time; trying on"),
            }
            self.tell_age(&store, &origin, began);
            let next = Instant::now() + TOGETHER;
            let changed = async {
                match &mut origin {
                    Origin::Own => ticks.changed().await,
                    Origin::Mirror(_, standing) => standing.changed().await,
                }
            };
            tokio::select! {
                _ = end.wait_for(|end| *end) => return,
                // Whoever told of changes may be gone: then only the look remains.
                () = sleep_until(next + LOOK_EVERY) => {}
                Ok(()) = changed => {}
            }
            sleep_until(next).await;
        }
    }

    /// How old what is held here may be; the registry's own table is never old.
    fn tell_age(&self, store: &Store, origin: &Origin, began: Timestamp) {
        let (service, age) = match origin {
            Origin::Own => ("registry", Duration::ZERO),
            Origin::Mirror(listener, _) => {
                let known = self.held.borrow().confirmed_at.unwrap_or(began);
                let age = store.surroundings().now().duration_since(known).abs();
                (*listener, Duration::try_from(age).unwrap_or_default())
            }
        };
        metrics::gauge!("commonwatch_grants_age_seconds", "service" => service).set(age);
    }

    async fn read(&self, store: &Store, origin: &mut Origin) -> Result<(), Error> {
        // The standing first: the rows are then at least as new as what it says.
        let (table, confirmed_at, receipt) = match origin {
            Origin::Own => (Table::Projection(TABLE), None, 0),
            Origin::Mirror(listener, standing) => {
                let confirmed_at = standing.borrow_and_update().confirmed_at;
                if confirmed_at.is_none() {
                    return Ok(());
                }
                let receipt = store.receipt(listener, &registry()).await?;
                (Table::Mirror(TABLE), confirmed_at, receipt)
            }
        };
        if receipt < self.held.borrow().receipt {
            tracing::warn!(
                receipt,
                "the mirror of grants is read in anew; the old one stays"
            );
            return Ok(());
        }
        let mut rows = Vec::new();
        let mut page = Page::first(PAGE);
        loop {
            let read = store.read_rows(table, &registry(), &[], &page).await?;
            let Some(last) = read.last() else { break };
            page.after = last.key.clone();
            rows.extend(read.into_iter().map(|row| row.row));
        }
        self.held.send_replace(Memory {
            rows: rows.into(),
            ready: true,
            confirmed_at,
            receipt,
        });
        Ok(())
    }
}

impl Grants for Followed {
    fn find(&self, token: &TokenHash) -> Found {
        let memory = self.held.borrow();
        if !memory.ready {
            return Found::Unconfirmed;
        }
        let mut found = Vec::new();
        // Every row is compared: how long it takes says nothing about where a match stands.
        for row in memory.rows.iter() {
            let standing = match &row.former {
                _ if row.token == *token => Standing::InForce,
                Some((former, until)) if former == token => Standing::Replaced { until: *until },
                _ => continue,
            };
            found.extend(held(row, standing, memory.confirmed_at));
        }
        // The registry gives a token out once. If two grants had it nevertheless, nobody could
        // say whose it is.
        match found.pop() {
            Some(held) if found.is_empty() => Found::Held(held),
            _ => Found::Nobody,
        }
    }
}

fn held(row: &GrantRow, standing: Standing, confirmed_at: Option<Timestamp>) -> Option<Held> {
    let actor = Actor::new(row.actor.clone(), row.access.as_ref()?);
    let expires_on = row.expires_on;
    Some(Held {
        grant: Arc::new(Grant { actor, expires_on }),
        standing: row
            .revoked_on
            .map_or(standing, |on| Standing::Revoked { on }),
        confirmed_at,
    })
}

fn registry() -> LogId {
    LogId::try_new("registry").expect("a lower-case word is a log id")
}

/// The grants file, then what is followed: who stands in the file gets in whatever became of the
/// registry.
pub struct FileFirst {
    /// Consulted first.
    pub file: Arc<GrantsFile>,
    /// Consulted for tokens that the file does not know.
    pub followed: Arc<Followed>,
}

impl Grants for FileFirst {
    fn find(&self, token: &TokenHash) -> Found {
        match self.file.find(token) {
            Found::Held(held) => Found::Held(held),
            Found::Nobody | Found::Unconfirmed => self.followed.find(token),
        }
    }
}
