//! A shared stack for tests: the first test on the machine starts it, the others use it, and it
//! stops itself a little after the last one is gone.
//!
//! `cargo nextest` runs every test in a process of its own, and a PostgreSQL per test would cost
//! more than the tests. So each test gets databases and a JetStream prefix of its own on servers
//! that all tests of this user share. A test that stops servers starts a private
//! [`Stack`](crate::Stack) with [`Options::temporary`](crate::Options::temporary) instead.
//!
//! # Why there is no race
//!
//! Two lock files. `users.lock`: every process with a [`World`] holds it shared until it ends.
//! `start.lock`: held while looking at `state.json` and starting. A small shell (`keeper.sh`) waits
//! for `users.lock` to be exclusively its own; with that in hand it removes `state.json` and ends,
//! and its end closes the pipe that the servers' guards read. So whoever has the shared lock and
//! finds `state.json` has servers that stay; whoever does not find it starts new ones in a new
//! folder, whatever the old ones are still doing. Every kind of death ends in closed pipes and
//! freed locks.

mod shared;

use tokio::sync::OnceCell;

use crate::ports::random;
use crate::{nats, postgres};
use shared::Shared;

static SHARED: OnceCell<Shared> = OnceCell::const_new();

/// One test's own corner of the shared stack; its databases and streams go when it is dropped.
#[derive(Debug)]
pub struct World {
    shared: &'static Shared,
    prefix: String,
}

/// A new corner of the shared stack, which is started if it does not run.
///
/// # Panics
///
/// When the servers can not be found or started: a test can not go on without them.
pub async fn world() -> World {
    let shared = SHARED.get_or_init(|| async {
        shared::join()
            .await
            .unwrap_or_else(|error| panic!("no test stack: {error}"))
    });
    World {
        shared: shared.await,
        prefix: format!("t{:016x}", random()),
    }
}

impl World {
    /// URL of this test's database `name` (`a-z`, `0-9`, `_`; at most 40), made at the first call.
    /// Blocks the thread for some tens of milliseconds then.
    ///
    /// # Panics
    ///
    /// When PostgreSQL refuses.
    pub fn database_url(&self, name: &str) -> String {
        let database = format!("{}_{name}", self.prefix);
        let port = self.shared.postgres_port;
        let made = database.clone();
        aside(async move { postgres::create_database(port, &made).await })
            .unwrap_or_else(|error| panic!("no database {database}: {error}"));
        postgres::url(port, &database)
    }

    /// URL of the shared NATS server.
    pub fn nats_url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.shared.nats_port)
    }

    /// What this test's streams and subjects begin with: a letter and 16 hexadecimal digits. What
    /// is named `<prefix>…`, in either case, is deleted with the world.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let (prefix, postgres_port) = (self.prefix.clone(), self.shared.postgres_port);
        let nats_url = self.nats_url();
        // What is left behind goes with the stack's folder, so a failure here harms nobody.
        aside(async move {
            if let Err(error) = postgres::drop_databases(postgres_port, &prefix).await {
                tracing::warn!(%error, "databases of a test left behind");
            }
            if let Err(error) = nats::delete_streams(&nats_url, &prefix).await {
                tracing::warn!(%error, "streams of a test left behind");
            }
        });
    }
}

/// Runs a future to its end on a thread of its own: a test may call from any runtime, and a drop
/// from none.
fn aside<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .expect("a runtime needs only memory and descriptors")
                .block_on(work)
        });
        thread
            .join()
            .expect("the work reports its failures as values")
    })
}
