//! Runs the NATS server of a data folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures::StreamExt;

use crate::Error;
use crate::account::Account;
use crate::binaries::Nats;
use crate::folder::{Folder, make_dir, remove_tree};
use crate::guard::{Guard, Recipe};

const START: Duration = Duration::from_secs(60);

/// JetStream's files.
pub(crate) fn store(folder: &Folder) -> PathBuf {
    folder.nats().join("jetstream")
}

/// The server writes a file here when it is ready.
fn ports_dir(folder: &Folder) -> PathBuf {
    folder.nats().join("ports")
}

/// Writes the configuration, or copies the one that was given, and clears what an earlier run left.
pub(crate) fn prepare(
    folder: &Folder,
    account: Account,
    port: u16,
    given: Option<&Path>,
) -> Result<(), Error> {
    let ports = ports_dir(folder);
    remove_tree(&ports)?;
    for dir in [ports.clone(), store(folder)] {
        make_dir(&dir, 0o700)?;
        account.give(&dir, 0o700)?;
    }
    if let Some(given) = given {
        let read = |e| Error::io(given.display().to_string())(e);
        for file in fs::read_dir(given).map_err(read)? {
            let file = file.map_err(read)?;
            let copy = folder.nats().join(file.file_name());
            fs::copy(file.path(), &copy).map_err(Error::io(copy.display().to_string()))?;
            account.give(&copy, 0o600)?;
        }
        return own_store(folder);
    }
    // A statement carries its whole document; the default of 1 MiB would be too little.
    // One second is enough: what JetStream loses in a power cut is refilled from the logs.
    let text = format!(
        "server_name: \"commonwatch-{port}\"\nlisten: \"127.0.0.1:{port}\"\n\
         ports_file_dir: {}\nmax_payload: 8MB\n\
         jetstream {{\n  store_dir: {}\n  sync_interval: 1s\n}}\n",
        quoted(&ports),
        quoted(&store(folder)),
    );
    let path = config(folder);
    fs::write(&path, text).map_err(Error::io(path.display().to_string()))?;
    // The server reads it, and another user may own the server; there is nothing secret in it.
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(&path, mode).map_err(Error::io(path.display().to_string()))
}

/// Puts our store in the place of the one that a given configuration names: no flag may.
fn own_store(folder: &Folder) -> Result<(), Error> {
    let path = config(folder);
    let failed = |e| Error::io(path.display().to_string())(e);
    let text = fs::read_to_string(&path).map_err(failed)?;
    let ours = format!("store_dir: {}", quoted(&store(folder)));
    let lines = text.lines().map(|line| {
        let names_it = line.trim_start().starts_with("store_dir");
        if names_it { ours.as_str() } else { line }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    fs::write(&path, text).map_err(failed)
}

fn config(folder: &Folder) -> PathBuf {
    folder.nats().join("nats.conf")
}

/// A JSON string is a string of the NATS configuration too.
fn quoted(path: &Path) -> String {
    serde_json::Value::String(path.display().to_string()).to_string()
}

/// The server's command line. Its flags win over a file, also over one that was given.
pub(crate) fn command(found: &Nats, folder: &Folder, port: u16, given: bool) -> Vec<String> {
    let shown = |path: &Path| path.display().to_string();
    let mut words = vec![
        shown(&found.program),
        "--config".to_owned(),
        shown(&config(folder)),
    ];
    if given {
        let ours = [
            ("--addr", "127.0.0.1".to_owned()),
            ("--port", port.to_string()),
            // Its monitoring port may be taken by another server on this machine.
            ("--http_port", "-1".to_owned()),
            ("--ports_file_dir", shown(&ports_dir(folder))),
        ];
        let flags = ours.map(|(flag, value)| [flag.to_owned(), value]);
        words.extend(flags.into_iter().flatten());
    }
    words
}

/// What the guard runs.
pub(crate) fn recipe<'a>(
    command: Vec<String>,
    folder: &'a Folder,
    log: &'a Path,
    account: Account,
) -> Recipe<'a> {
    let (stop, kill) = ("TERM", "KILL");
    Recipe {
        what: "nats-server",
        command,
        stop,
        kill,
        log,
        lock: &folder.lock,
        account,
    }
}

/// Waits until the server takes connections; only ours writes into our folder.
pub(crate) async fn ready(guard: &mut Guard, folder: &Folder) -> Result<(), Error> {
    let began = Instant::now();
    loop {
        let written = fs::read_dir(ports_dir(folder))
            .into_iter()
            .flatten()
            .flatten();
        if written
            .into_iter()
            .any(|file| file.metadata().is_ok_and(|meta| meta.len() > 0))
        {
            return Ok(());
        }
        if guard.ended() {
            return Err(guard.error("ended while starting"));
        }
        if began.elapsed() > START {
            return Err(guard.error("was not ready in a minute"));
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// Removes JetStream's files. The server must be stopped.
pub(crate) fn wipe(folder: &Folder) -> Result<(), Error> {
    remove_tree(&store(folder))
}

/// Deletes every stream whose name begins with `prefix`, in either case.
pub(crate) async fn delete_streams(url: &str, prefix: &str) -> Result<(), async_nats::Error> {
    let client = async_nats::connect(url).await?;
    let jetstream = async_nats::jetstream::new(client);
    let mut names = jetstream.stream_names();
    let mut ours = Vec::new();
    while let Some(name) = names.next().await {
        let name = name?;
        if name.to_lowercase().starts_with(&prefix.to_lowercase()) {
            ours.push(name);
        }
    }
    for name in ours {
        jetstream.delete_stream(name).await?;
    }
    Ok(())
}
