//! Makes and runs the PostgreSQL of a data folder.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::binaries::Postgres;
use crate::folder::{Folder, remove_tree};
use crate::guard::{Guard, Recipe};
use crate::options::Durability;
use crate::{Error, account::Account, guard};

/// The database user that owns everything in the local stack.
pub(crate) const USER: &str = "platform";
/// How long a start may take: recovery after a crash included.
const START: Duration = Duration::from_secs(120);

/// Makes the database files if they are not there, or checks that they fit the server.
pub(crate) fn prepare(
    found: &Postgres,
    folder: &Folder,
    account: Account,
    durability: Durability,
) -> Result<(), Error> {
    let data = folder.postgres();
    if let Ok(written_by) = fs::read_to_string(data.join("PG_VERSION")) {
        let data = written_by.trim().to_owned();
        if data != found.version.major.to_string() {
            let data_dir = folder.root.clone();
            return Err(Error::OtherMajor {
                data_dir,
                data,
                server: found.version.major,
            });
        }
        // The folder's lock is ours, so no server runs here; a number left by a crash may by now
        // belong to any process, and PostgreSQL would believe it.
        return remove_tree(&folder.postgres().join("postmaster.pid"));
    }
    initdb(found, &data, account, durability)
}

/// Makes the files beside their place and renames them, so that a half-made folder is never used.
fn initdb(
    found: &Postgres,
    data: &Path,
    account: Account,
    durability: Durability,
) -> Result<(), Error> {
    let began = Instant::now();
    let unfinished = data.with_extension("unfinished");
    remove_tree(&unfinished)?;
    fs::create_dir(&unfinished).map_err(Error::io(unfinished.display().to_string()))?;
    account.give(&unfinished, 0o700)?;
    let place = unfinished.display().to_string();
    let mut args = vec![
        "-D",
        &place,
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--data-checksums",
    ];
    if found.version.major >= 17 {
        // Collation that no upgrade of the system's libc can change under an index.
        args.extend([
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]);
    } else {
        args.push("--locale=C.UTF-8");
    }
    if durability == Durability::ProcessCrash {
        args.push("--no-sync");
    }
    guard::run(account, &found.bin_dir.join("initdb"), &args).map_err(|log| {
        let problem = "could not make the database files".to_owned();
        Error::Server {
            what: "initdb",
            problem,
            log,
        }
    })?;
    fs::rename(&unfinished, data).map_err(Error::io(data.display().to_string()))?;
    tracing::info!(
        elapsed_ms = began.elapsed().as_millis(),
        "database files made"
    );
    Ok(())
}

/// The server's command line.
pub(crate) fn command(
    found: &Postgres,
    folder: &Folder,
    port: u16,
    durability: Durability,
) -> Vec<String> {
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        // A socket file adds a path that may be too long and nothing that loopback has not.
        "unix_socket_directories=".to_owned(),
        "max_connections=400".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        "logging_collector=off".to_owned(),
        "log_destination=stderr".to_owned(),
    ];
    if durability == Durability::ProcessCrash {
        let fast = [
            "fsync=off",
            "full_page_writes=off",
            "wal_level=minimal",
            "max_wal_senders=0",
        ];
        settings.extend(fast.map(str::to_owned));
    }
    let program = found.bin_dir.join("postgres").display().to_string();
    let mut command = vec![
        program,
        "-D".to_owned(),
        folder.postgres().display().to_string(),
    ];
    command.extend(
        settings
            .into_iter()
            .flat_map(|setting| ["-c".to_owned(), setting]),
    );
    command
}

/// What the guard runs.
pub(crate) fn recipe<'a>(
    command: Vec<String>,
    folder: &'a Folder,
    log: &'a Path,
    account: Account,
) -> Recipe<'a> {
    // INT: fast shutdown. QUIT: immediate; to the data the same as a crash, but no process of the
    // server stays behind as it would after KILL.
    let (stop, kill) = ("INT", "QUIT");
    Recipe {
        what: "postgresql",
        command,
        stop,
        kill,
        log,
        lock: &folder.lock,
        account,
    }
}

/// Waits until the server takes connections. Its own status file is read, so that another server
/// that took the port first can not be mistaken for ours.
pub(crate) async fn ready(guard: &mut Guard, folder: &Folder) -> Result<(), Error> {
    let status = folder.postgres().join("postmaster.pid");
    let began = Instant::now();
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        if text
            .lines()
            .nth(7)
            .is_some_and(|line| line.trim() == "ready")
        {
            return Ok(());
        }
        if guard.ended() {
            return Err(guard.error("ended while starting"));
        }
        if began.elapsed() > START {
            return Err(guard.error("was not ready in two minutes"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A URL of a database on `port`.
pub(crate) fn url(port: u16, database: &str) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}/{database}")
}

/// Runs one statement in the maintenance database.
pub(crate) async fn execute(port: u16, statement: &str) -> Result<(), tokio_postgres::Error> {
    let url = url(port, "postgres");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let done = client.batch_execute(statement).await;
    drop(client);
    let _ = connection.await;
    done
}

/// Drops every database whose name begins with `prefix`, whoever is connected.
pub(crate) async fn drop_databases(port: u16, prefix: &str) -> Result<(), Error> {
    let url = url(port, "postgres");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let find = "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)";
    for row in client.query(find, &[&prefix]).await? {
        let name: String = row.get(0);
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await?;
    }
    drop(client);
    let _ = connection.await;
    Ok(())
}

/// Makes a database; one that is there already is fine.
pub(crate) async fn create_database(port: u16, name: &str) -> Result<(), Error> {
    let fits = (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fits {
        return Err(Error::DatabaseName(name.to_owned()));
    }
    use tokio_postgres::error::SqlState;
    // Two at once may both pass PostgreSQL's own look at the name; then its index refuses one.
    let there = [SqlState::DUPLICATE_DATABASE, SqlState::UNIQUE_VIOLATION];
    match execute(port, &format!("CREATE DATABASE {name}")).await {
        Err(error) if error.code().is_some_and(|code| there.contains(code)) => Ok(()),
        other => Ok(other?),
    }
}
