//! Folding a table again from its log and putting it in the live one's place, while writing goes
//! on.
//!
//! ```text
//! fold beside, in pages ─▶ catch up, in rounds ─▶ compare both at one position (one snapshot)
//!        ─▶ catch up ─▶ [ hold the writers, fold the last few, compare what they touched, swap ]
//! ```
//!
//! # Why
//!
//! Only what stands in brackets makes writers wait, and it depends on what happened since the
//! comparison, not on how large the table is. A crash at any step leaves the live table as it was.

mod feed;
mod run;
mod swap;

use std::time::Duration;

use deadpool_postgres::Object;
use tokio::sync::watch;
use tokio_postgres::IsolationLevel;

use super::tables::Layout;
use super::{Store, Table, fold};
use crate::error::Error;
use crate::log_id::LogId;
use crate::record::{FactRow, Meta};
use crate::upkeep::{Position, Source, Swap};
pub(crate) use feed::{Feed, NoOwners};
use run::Run;

/// The result of folding a table again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the two tables were compared: every log that they are folded from.
    pub positions: Vec<(LogId, u64)>,
    /// Rows of the fresh table there.
    pub rows: u64,
    /// SHA-256 over all rows in order, 64 hex digits: of the fresh table, and of the live one.
    pub digest: String,
    pub live_digest: String,
    /// The fresh table is the live one now.
    pub swapped: bool,
    /// How long writers were held up for it; zero where an earlier command's answer is repeated.
    pub pause: Duration,
}

impl Rebuilt {
    /// The live table was what the log says.
    pub fn is_equal(&self) -> bool {
        self.digest == self.live_digest
    }

    /// What an earlier command did, as its event tells it.
    fn of(swap: Swap) -> Rebuilt {
        let position = |of: Position| (of.log, of.seq);
        Rebuilt {
            positions: swap.positions.into_iter().map(position).collect(),
            rows: swap.rows,
            digest: swap.digest,
            live_digest: swap.live_digest,
            swapped: true,
            pause: Duration::ZERO,
        }
    }
}

/// How far a rebuild has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    /// Positions folded, and to be folded, over all logs; the latter grows while writing goes on.
    pub folded: u64,
    pub upto: u64,
}

/// What a rebuild is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Folding,
    Comparing,
    Swapping,
}

/// The owners of the logs that mirrors are folded from.
pub trait Owners: Send + Sync {
    /// Facts after `after`, in order, at most `limit` of them; none says that there are no more.
    fn facts(
        &self,
        log: &LogId,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<FactRow>, Error>> + Send;
}

impl Store {
    /// Folds the projection from the first event of every log into a table beside the live one
    /// and compares the two at one position of every log. Nothing stays behind.
    pub async fn rebuild(&self, projection: &str) -> Result<Rebuilt, Error> {
        let mut meta = Meta::new(uuid::Uuid::nil(), "");
        meta.dry_run = true;
        let progress = watch::Sender::default();
        self.swap_projection(projection, meta, &progress).await
    }

    /// The same, and puts the fresh table in the live one's place, as an event of the upkeep log.
    /// A dry run only compares.
    ///
    /// The same command id again gets the same answer, and nothing is folded.
    ///
    /// # Errors
    /// [`Error::Refused`]: another rebuild of this table runs; or the two differ and `meta` has no
    /// reason. The live table is then as it was. [`Error::Unavailable`]: nobody can tell whether
    /// it was swapped; the same command id again will.
    pub async fn swap_projection(
        &self,
        name: &str,
        meta: Meta,
        progress: &watch::Sender<Progress>,
    ) -> Result<Rebuilt, Error> {
        let layout = self.layout_named(Source::Projection, name)?;
        let projection = self.inner.shared.projections.iter();
        let found = projection.map(|(p, _)| p).find(|p| p.name() == name);
        let projection = found.ok_or_else(|| self.without(name))?.as_ref();
        let feed: Feed<'_, NoOwners> = Feed::Events(projection);
        Run::new(self, layout, feed, progress).run(&meta).await
    }

    /// The same for a mirror, whose facts are read again from their owners, as far as `consumer`
    /// has taken them in; facts that it passed over are passed over.
    ///
    /// # Errors
    /// As for projections; [`Error::Unavailable`] when an owner does not answer.
    pub async fn swap_mirror<O: Owners>(
        &self,
        name: &str,
        consumer: &str,
        owners: &O,
        meta: Meta,
        progress: &watch::Sender<Progress>,
    ) -> Result<Rebuilt, Error> {
        let layout = self.layout_named(Source::Mirror, name)?;
        let feed = Feed::facts(self, name, consumer, owners)?;
        Run::new(self, layout, feed, progress).run(&meta).await
    }

    /// Fills mirrors that do not hold what `consumer` has taken in: new ones, those of a new
    /// version, and those that an older program left behind. Until then they can not be read.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when an owner does not answer: try again.
    pub async fn fill_mirrors<O: Owners>(&self, consumer: &str, owners: &O) -> Result<(), Error> {
        self.look_at_mirrors().await?;
        for (mirror, layout) in &self.inner.shared.mirrors {
            if layout.is_filled() {
                continue;
            }
            let table = layout.table.as_str();
            tracing::info!(table, "filling a mirror from its owners' logs");
            let feed = Feed::facts(self, mirror.name(), consumer, owners)?;
            let progress = watch::Sender::default();
            let rows = Run::new(self, layout, feed, &progress).fill().await?;
            tracing::info!(table, rows, "the mirror is filled");
        }
        Ok(())
    }

    /// Whether every mirror is known to hold what was taken in; else [`Store::fill_mirrors`].
    pub fn has_filled_mirrors(&self) -> bool {
        let mut mirrors = self.mirrors().iter();
        mirrors.all(|(_, layout)| layout.is_filled())
    }

    /// SHA-256 over a table's rows in order (log, key), 64 hex digits.
    pub async fn digest(&self, table: Table) -> Result<String, Error> {
        Ok(self.digest_rows(table).await?.0)
    }

    /// The same, and the number of rows.
    pub async fn digest_rows(&self, table: Table) -> Result<(String, u64), Error> {
        let layout = self.layout(table)?;
        let mut client = self.pool().get().await?;
        let tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        fold::digest(&tx, &layout.table).await
    }

    fn without(&self, name: &str) -> Error {
        Error::Setup(format!("this store was opened without {name:?}"))
    }
}

/// The connection of one rebuild, with the lock that keeps out a second one. It is given up at the
/// end, whatever that is, and the lock with it.
struct Session(Option<Object>);

impl Session {
    /// `None`: another rebuild of this table runs.
    async fn begin(store: &Store, layout: &Layout) -> Result<Option<Session>, Error> {
        let session = Session(Some(store.pool().get().await?));
        let sql = "SELECT pg_try_advisory_lock($1)";
        let key = layout.rebuild_key();
        let row = session.client().query_one(sql, &[&key]).await?;
        Ok(row.get::<_, bool>(0).then_some(session))
    }

    /// Gives the lock back before it returns: dropped alone, the server would take its time.
    async fn end(self) {
        // A connection that is lost has given it back.
        let _ = self
            .client()
            .batch_execute("SELECT pg_advisory_unlock_all()")
            .await;
    }

    fn client(&self) -> &Object {
        self.0.as_ref().expect("it is taken when dropped only")
    }

    fn client_mut(&mut self) -> &mut Object {
        self.0.as_mut().expect("it is taken when dropped only")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.0.take().map(Object::take));
    }
}
