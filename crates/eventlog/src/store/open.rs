//! Opening: connections, migrations, tables, projections brought up to date.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rand::RngCore;
use rand::rngs::OsRng;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio_postgres::{Config, NoTls};

use super::tables::Layout;
use super::vouch::{Doubts, Vouched};
use super::{Inner, Options, Shared, Store, as_of};
use crate::error::Error;
use crate::locks::Locks;
use crate::schema;
use crate::sequencer;
use crate::signals::Rebuilding;
use crate::vault::Scrubber;

/// How long one attempt to connect, or to get a connection from a pool, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// After this a connection that says nothing at all counts as dead, at both ends.
const DEAD_AFTER: Duration = Duration::from_secs(20);

/// The projection whose keys are the subjects that a service's own log says are erased.
pub const ERASURES: &str = "erasures";

/// For every session. The server keeps a dead client's locks until it finds out, so it is told to
/// look as often as we do; its own default is two hours, for which nobody else could write the log.
const SETTINGS: &str = "-c idle_in_transaction_session_timeout=60s -c tcp_keepalives_idle=10 \
    -c tcp_keepalives_interval=2 -c tcp_keepalives_count=5";

/// For writers. Every statement of theirs goes by key, and plans are kept: one that was made while
/// a table was tiny would else scan it for ever. Nor does any get better by being planned anew.
const WRITER_SETTINGS: &str = "-c enable_seqscan=off -c plan_cache_mode=force_generic_plan";

impl Store {
    /// Connects, migrates, makes the tables of projections and mirrors, and folds projections that
    /// are new (or of a new version) from the log.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PostgreSQL is not there, [`Error::Setup`] when it is too old,
    /// when an applied migration was edited, or when a table's name is impossible.
    pub async fn open(options: Options) -> Result<Store, Error> {
        let config = parse(&options.database_url)?;
        let projections = options
            .projections
            .into_iter()
            .map(|p| Ok((Layout::new("p", p.name(), p.version(), p.indexes())?, p)))
            .map(|made| made.map(|(layout, projection)| (projection, layout)))
            .collect::<Result<Vec<_>, Error>>()?;
        let mirrors = options
            .mirrors
            .into_iter()
            .map(|m| Ok((Layout::new("m", m.name(), m.version(), m.indexes())?, m)))
            .map(|made| made.map(|(layout, mirror)| (mirror, layout)))
            .collect::<Result<Vec<_>, Error>>()?;
        let mut layouts: Vec<Layout> = projections.iter().map(|(_, l)| l.clone()).collect();
        layouts.extend(mirrors.iter().map(|(_, l)| l.clone()));
        distinct(&layouts)?;

        for layout in &layouts {
            Rebuilding::known(options.service, &layout.table);
        }
        let content_key = prepare(&config, options.service, &options.migrations, &layouts).await?;
        let doubts = Doubts::default();
        let shared = Arc::new(Shared {
            service: options.service,
            readers: pool(
                &named(&config, options.service, "read", ""),
                options.readers_max,
                &Doubts::default(),
            )?,
            writers: pool(
                &named(&config, options.service, "write", WRITER_SETTINGS),
                options.writers_max,
                &doubts,
            )?,
            locks: Locks::new(named(&config, options.service, "lock", "")),
            surroundings: options.surroundings,
            projections,
            mirrors,
            refolding: Mutex::default(),
            ticks: watch::Sender::new(0),
            doubts,
            vouched: Vouched::default(),
            shapes: Mutex::default(),
            folds: Semaphore::new(as_of::FOLDS_MAX),
            patience: options.patience,
            content_key,
            register: options.register,
            scrubber: Scrubber::new(named(&config, options.service, "scrub", "")),
        });
        let (running, closed) = (Mutex::default(), AtomicBool::new(false));
        let store = Store {
            inner: Arc::new(Inner {
                shared,
                running,
                closed,
            }),
        };
        store.refresh_projections().await?;
        store.look_at_mirrors().await?;
        if let Err(error) = store.settle_due().await {
            tracing::warn!(%error, "an act of upkeep is not recorded yet; a restart tries again");
        }
        store.keep_erased().await?;
        Ok(store)
    }

    /// Carries out every erasure that the register or the log knows and the vault does not: a
    /// backup was restored, or the process died between the event and the deed.
    async fn keep_erased(&self) -> Result<(), Error> {
        let shared = &self.inner.shared;
        if shared.register.is_none() {
            return Ok(());
        }
        self.vault().reconcile().await?;
        let erased = self.carry_out_erasures().await?;
        if erased > 0 {
            tracing::warn!(erased, "erasures of the log were carried out at the start");
        }
        Ok(())
    }

    /// Destroys what the service's own log says is erased ([`ERASURES`]) and the vault still holds;
    /// gives how many subjects that were. Again does nothing more.
    ///
    /// # Errors
    /// As for [`Vault::erase`](crate::Vault::erase): what is left is carried out the next time.
    pub async fn carry_out_erasures(&self) -> Result<u64, Error> {
        let shared = &self.inner.shared;
        let mut layouts = shared.projections.iter().map(|(_, layout)| layout);
        let Some(layout) = layouts.find(|layout| layout.name == ERASURES) else {
            return Ok(0);
        };
        let sql = format!(
            "SELECT key FROM {} WHERE key NOT IN (SELECT person FROM vault.erasure)",
            layout.table
        );
        let pending = self.pool().get().await?.query(&sql, &[]).await?;
        let mut done = 0;
        for row in pending {
            let now = shared.surroundings.now();
            self.vault().erase(row.get(0), now).await?;
            done += 1;
        }
        Ok(done)
    }

    /// Projections that the last owner of a log did not write are folded from that log.
    async fn refresh_projections(&self) -> Result<(), Error> {
        for (log, _) in self.heads().await? {
            sequencer::refresh(&self.inner.shared, &log).await?;
        }
        Ok(())
    }

    /// A mirror that does not stand where the receipts do was not written when they moved: it is
    /// of a new version, or an older program ran meanwhile.
    pub(crate) async fn look_at_mirrors(&self) -> Result<(), Error> {
        const SQL: &str = "SELECT NOT EXISTS (
            SELECT 1 FROM receipt r LEFT JOIN mirror m
                ON m.log_id = r.log_id AND m.name = $1 AND m.version = $2
            WHERE r.seq > 0 AND m.seq IS DISTINCT FROM r.seq)";
        let client = self.pool().get().await?;
        for (_, layout) in self.mirrors() {
            let version = i32::try_from(layout.version).unwrap_or(i32::MAX);
            let row = client.query_one(SQL, &[&layout.name, &version]).await?;
            layout.set_filled(row.get(0));
        }
        Ok(())
    }
}

pub(crate) fn parse(url: &str) -> Result<Config, Error> {
    // The url may hold a password: the error names the fault, never the text.
    let mut config: Config = url
        .parse()
        .map_err(|e| Error::Setup(format!("the database URL is not valid: {e}")))?;
    config.connect_timeout(CONNECT_TIMEOUT);
    // A connection whose other end vanished without a word is found out, unless the URL knows
    // better. What is set for the server's end is in `SETTINGS`.
    config.keepalives_idle(DEAD_AFTER / 2);
    config.keepalives_interval(DEAD_AFTER / 10);
    config.keepalives_retries(5);
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(DEAD_AFTER);
    }
    Ok(config)
}

pub(crate) fn named(config: &Config, service: &str, what: &str, settings: &str) -> Config {
    let mut config = config.clone();
    config.application_name(format!("commonwatch {service} {what}"));
    let given = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{given} {SETTINGS} {settings}"));
    config
}

pub(crate) fn pool(config: &Config, size: usize, doubts: &Doubts) -> Result<Pool, Error> {
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_connect(config.clone(), doubts.clone(), recycling);
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(CONNECT_TIMEOUT))
        .create_timeout(Some(CONNECT_TIMEOUT))
        .build()
        .map_err(|e| Error::Setup(format!("the connection pool can not be made: {e}")))
}

fn distinct(layouts: &[Layout]) -> Result<(), Error> {
    for (n, layout) in layouts.iter().enumerate() {
        if layouts[..n].iter().any(|other| other.table == layout.table) {
            return Err(Error::Setup(format!(
                "two tables are called {}",
                layout.table
            )));
        }
    }
    Ok(())
}

/// Migrates on a connection of its own; gives the key of command hashes.
async fn prepare(
    config: &Config,
    service: &str,
    migrations: &[schema::Migration],
    layouts: &[Layout],
) -> Result<Vec<u8>, Error> {
    let (mut client, connection) = named(config, service, "migrate", "").connect(NoTls).await?;
    let driver = tokio::spawn(connection);
    schema::migrate(&mut client, migrations, layouts).await?;
    let mut fresh = [0u8; 32];
    OsRng.fill_bytes(&mut fresh);
    client
        .execute(
            "INSERT INTO keys.secret (name, value) VALUES ('command content', $1)
             ON CONFLICT DO NOTHING",
            &[&fresh.as_slice()],
        )
        .await?;
    let sql = "SELECT value FROM keys.secret WHERE name = 'command content'";
    let key = client.query_one(sql, &[]).await?.get(0);
    drop(client);
    // The server must have let go of this session before a test may drop its database.
    let _ = driver.await;
    Ok(key)
}
