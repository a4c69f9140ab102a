//! Both servers over one data folder.

use std::io::{PipeReader, PipeWriter};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::binaries::Found;
use crate::folder::Folder;
use crate::guard::Guard;
use crate::options::{Data, Durability, Options};
use crate::{Error, nats, ports, postgres};

/// How long a server may take to stop by itself.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a start tries another port when the one it drew was taken meanwhile.
const TRIES: u32 = 10;

/// A private PostgreSQL and NATS, running until this value is dropped or this process ends.
///
/// The ports are drawn once; a server that is stopped and started again keeps its own.
#[derive(Debug)]
pub struct Stack {
    // The servers are dropped before the folder, which may be temporary.
    postgres: Option<Guard>,
    nats: Option<Guard>,
    postgres_port: u16,
    nats_port: u16,
    found: Found,
    account: Account,
    durability: Durability,
    nats_config: Option<PathBuf>,
    shared: Option<PipeReader>,
    folder: Folder,
}

impl Stack {
    /// Starts both servers and waits until they take connections.
    ///
    /// # Errors
    ///
    /// [`Error::Running`] when another process uses the folder, [`Error::NoBinaries`] when there is
    /// no server to run, [`Error::OtherMajor`] when another PostgreSQL wrote the data.
    pub async fn start(options: Options) -> Result<Stack, Error> {
        Stack::start_on(options, None).await
    }

    /// With `shared`, the servers live as long as somebody holds the other end of that pipe.
    async fn start_on(options: Options, shared: Option<PipeReader>) -> Result<Stack, Error> {
        let began = Instant::now();
        let mut stack = Stack::prepare(options, shared).await?;
        // Side by side: neither needs the other.
        let (mut first, mut second) = (None, None);
        let context = stack.context();
        let (postgres, nats) = tokio::join!(
            start_postgres(&context, &mut first),
            start_nats(&context, &mut second)
        );
        (stack.postgres_port, stack.postgres) = (postgres?, first);
        (stack.nats_port, stack.nats) = (nats?, second);
        tracing::info!(
            data_dir = %stack.folder.root.display(), elapsed_ms = began.elapsed().as_millis(),
            "local stack is up"
        );
        Ok(stack)
    }

    async fn prepare(options: Options, shared: Option<PipeReader>) -> Result<Stack, Error> {
        let (account, found) = blocking(move || {
            let account = Account::choose()?;
            Ok((account, options.binaries.resolve(account)?))
        })
        .await?;
        let folder = match options.data {
            Data::Kept(root) => Folder::open(&root, account).await?,
            Data::Temporary => Folder::temporary(account).await?,
        };
        Ok(Stack {
            postgres: None,
            nats: None,
            postgres_port: 0,
            nats_port: 0,
            found,
            account,
            durability: options.durability,
            nats_config: options.nats_config,
            shared,
            folder,
        })
    }

    fn context(&self) -> Context<'_> {
        Context {
            folder: &self.folder,
            found: &self.found,
            account: self.account,
            durability: self.durability,
            nats_config: self.nats_config.as_deref(),
            shared: self.shared.as_ref(),
            postgres_port: (self.postgres_port != 0).then_some(self.postgres_port),
            nats_port: (self.nats_port != 0).then_some(self.nats_port),
        }
    }

    /// URL of a database, `postgres://platform@127.0.0.1:<port>/<database>`. Makes nothing.
    pub fn postgres_url(&self, database: &str) -> String {
        postgres::url(self.postgres_port, database)
    }

    /// URL of the NATS server, `nats://127.0.0.1:<port>`.
    pub fn nats_url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.nats_port)
    }

    /// Makes a database unless it is there. Names: 1 to 63 of `a-z`, `0-9`, `_`, letter first.
    pub async fn create_database(&self, name: &str) -> Result<(), Error> {
        postgres::create_database(self.postgres_port, name).await
    }

    pub(crate) fn ports(&self) -> (u16, u16) {
        (self.postgres_port, self.nats_port)
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.folder.root
    }

    /// The folder of the servers' logs: `postgres.log`, `nats.log`.
    pub fn log_dir(&self) -> PathBuf {
        self.folder.root.join("log")
    }

    /// Stops both servers in good order and gives the folder free.
    pub async fn stop(mut self) -> Result<(), Error> {
        // NATS first: nothing of worth is in it, and PostgreSQL's clients are the slow ones.
        self.stop_nats().await?;
        self.stop_postgres().await
    }

    /// Stops PostgreSQL in good order: open transactions are rolled back. Stopped already is fine.
    pub async fn stop_postgres(&mut self) -> Result<(), Error> {
        stop(self.postgres.take(), "postgresql").await
    }

    /// Ends PostgreSQL as a crash would; the next start recovers. Stopped already is fine.
    pub fn kill_postgres(&mut self) {
        if let Some(guard) = self.postgres.take() {
            guard.kill();
        }
    }

    /// Starts PostgreSQL again on its port and data. Running already is fine.
    pub async fn start_postgres(&mut self) -> Result<(), Error> {
        if self.postgres.as_mut().is_some_and(|guard| !guard.ended()) {
            return Ok(());
        }
        let mut guard = None;
        start_postgres(&self.context(), &mut guard).await?;
        self.postgres = guard;
        Ok(())
    }

    /// Stops NATS in good order. Stopped already is fine.
    pub async fn stop_nats(&mut self) -> Result<(), Error> {
        stop(self.nats.take(), "nats-server").await
    }

    /// Ends NATS as a crash would. Stopped already is fine.
    pub fn kill_nats(&mut self) {
        if let Some(guard) = self.nats.take() {
            guard.kill();
        }
    }

    /// Starts NATS again on its port and data. Running already is fine.
    pub async fn start_nats(&mut self) -> Result<(), Error> {
        if self.nats.as_mut().is_some_and(|guard| !guard.ended()) {
            return Ok(());
        }
        let mut guard = None;
        start_nats(&self.context(), &mut guard).await?;
        self.nats = guard;
        Ok(())
    }

    /// Deletes everything JetStream has stored, streams and consumers included; NATS is stopped for
    /// it, and started again if it was running.
    pub async fn wipe_jetstream(&mut self) -> Result<(), Error> {
        let running = self.nats.is_some();
        self.stop_nats().await?;
        nats::wipe(&self.folder)?;
        if running {
            self.start_nats().await?;
        }
        Ok(())
    }
}

/// What a start of one server needs to know; a port that is set is kept.
struct Context<'a> {
    folder: &'a Folder,
    found: &'a Found,
    account: Account,
    durability: Durability,
    nats_config: Option<&'a Path>,
    shared: Option<&'a PipeReader>,
    postgres_port: Option<u16>,
    nats_port: Option<u16>,
}

async fn start_postgres(context: &Context<'_>, slot: &mut Option<Guard>) -> Result<u16, Error> {
    let began = Instant::now();
    let Context {
        folder,
        found,
        account,
        durability,
        ..
    } = *context;
    // initdb takes half a second of this thread; the other server's start is not kept waiting.
    tokio::task::yield_now().await;
    postgres::prepare(&found.postgres, folder, account, durability)?;
    let log = folder.log("postgres.log");
    for _ in 0..TRIES {
        let port = context.postgres_port.map_or_else(ports::free, Ok)?;
        let command = postgres::command(&found.postgres, folder, port, durability);
        let mut guard = Guard::spawn(
            &postgres::recipe(command, folder, &log, account),
            context.shared,
        )?;
        match postgres::ready(&mut guard, folder).await {
            Ok(()) => {
                let elapsed_ms = began.elapsed().as_millis();
                tracing::info!(port, elapsed_ms, "postgresql is ready");
                *slot = Some(guard);
                return Ok(port);
            }
            Err(error) if !port_was_taken(&guard) => return Err(error),
            Err(_) => tracing::debug!(port, "port was taken meanwhile"),
        }
        pause().await;
    }
    Err(no_port("postgresql"))
}

async fn start_nats(context: &Context<'_>, slot: &mut Option<Guard>) -> Result<u16, Error> {
    let began = Instant::now();
    let Context {
        folder,
        found,
        account,
        ..
    } = *context;
    let log = folder.log("nats.log");
    for _ in 0..TRIES {
        let port = context.nats_port.map_or_else(ports::free, Ok)?;
        nats::prepare(folder, account, port, context.nats_config)?;
        let command = nats::command(&found.nats, folder, port, context.nats_config.is_some());
        let mut guard = Guard::spawn(
            &nats::recipe(command, folder, &log, account),
            context.shared,
        )?;
        match nats::ready(&mut guard, folder).await {
            Ok(()) => {
                let elapsed_ms = began.elapsed().as_millis();
                tracing::info!(port, elapsed_ms, "nats-server is ready");
                *slot = Some(guard);
                return Ok(port);
            }
            Err(error) if !port_was_taken(&guard) => return Err(error),
            Err(_) => tracing::debug!(port, "port was taken meanwhile"),
        }
        pause().await;
    }
    Err(no_port("nats-server"))
}

async fn stop(guard: Option<Guard>, server: &'static str) -> Result<(), Error> {
    let Some(guard) = guard else { return Ok(()) };
    let began = Instant::now();
    guard.stop(PATIENCE).await?;
    tracing::info!(server, elapsed_ms = began.elapsed().as_millis(), "stopped");
    Ok(())
}

fn port_was_taken(guard: &Guard) -> bool {
    guard
        .log_tail()
        .to_lowercase()
        .contains("address already in use")
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

fn no_port(what: &'static str) -> Error {
    let problem = format!("found its port taken {TRIES} times");
    Error::Server {
        what,
        problem,
        log: String::new(),
    }
}

/// Runs file and process work away from the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|ended| {
            Err(Error::Io {
                what: "running a task".into(),
                source: std::io::Error::other(ended),
            })
        })
}

/// Both servers, started for somebody else: they stop when the last writing end of `pipe` closes.
pub(crate) struct Detached {
    pub(crate) postgres_port: u16,
    pub(crate) nats_port: u16,
    pub(crate) pipe: PipeWriter,
    pub(crate) account: Account,
}

impl Detached {
    pub(crate) async fn start(data_dir: &Path) -> Result<Detached, Error> {
        let (reader, pipe) = std::io::pipe().map_err(Error::io("making a pipe"))?;
        let options = Options {
            data: Data::Kept(data_dir.to_path_buf()),
            durability: Durability::ProcessCrash,
            ..Options::temporary()
        };
        let stack = Stack::start_on(options, Some(reader)).await?;
        let (postgres_port, nats_port) = stack.ports();
        Ok(Detached {
            postgres_port,
            nats_port,
            pipe,
            account: stack.account,
        })
    }
}
