//! One service's database as plain files, and back: what `commonwatch backup` and `restore` do to
//! each database.
//!
//! # Why
//!
//! No tool of PostgreSQL's own is needed, keys never come near the data, and whatever is restored
//! is compared with what was saved: heads, receipts, rows, digests. Files are `COPY`'s text
//! format, a table each, read in one snapshot. Cursors of the relay are left out: they speak of a
//! JetStream that a restored database does not have.
//!
//! What lies in several databases is saved as of one instant: a [`Pause`] in each holds every
//! append and every receipt for the moment in which all [`Snapshot`]s begin. Whoever listens to
//! whom, in a circle too, nobody is ahead of anybody.

mod keys;
mod shape;
mod snapshot;
mod target;

use deadpool_postgres::{Object, Pool};

use crate::error::Error;
use crate::store::open::{named, parse, pool};
use crate::store::vouch::Doubts;

pub use keys::{Key, Keys, Secret};
pub use shape::{Database, LogHead, Receipt, TableShape};
pub use snapshot::{Pause, Snapshot, note};
pub use target::{Filled, Target};

/// One connection that may stay in its transaction for as long as a disk needs.
struct Session {
    client: Object,
    _pool: Pool,
}

impl Session {
    async fn open(url: &str, service: &str, what: &str) -> Result<Session, Error> {
        let patient = "-c idle_in_transaction_session_timeout=0 -c statement_timeout=0";
        let config = named(&parse(url)?, service, what, patient);
        let pool = pool(&config, 1, &Doubts::default())?;
        let client = pool.get().await?;
        Ok(Session {
            client,
            _pool: pool,
        })
    }
}

/// A name as SQL takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
