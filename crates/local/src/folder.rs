//! Owns the data folder: its marker, its lock, its layout, and its removal.
//!
//! # Why the lock outlives us
//!
//! The lock file is locked by the process that starts the servers, and the servers inherit it. So
//! it is free exactly when the last of them is gone, even if we were killed; a lock file beside a
//! dead number never has to be believed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;
use crate::ports::random;

/// The file that says that a folder is ours to fill and to remove.
pub(crate) const MARKER: &str = "commonwatch-data";
const MARKER_TEXT: &str = "This folder is kept by commonwatch (layout 1).\n";
const LOCK: &str = "lock";
/// What the names of temporary folders begin with.
const TEMPORARY: &str = "commonwatch-";
/// How long servers of a killed owner may take to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A locked data folder with its places.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) lock: File,
    temporary: bool,
}

impl Folder {
    /// Opens or makes the folder and locks it, waiting for servers whose owner is dead.
    pub(crate) async fn open(root: &Path, account: Account) -> Result<Folder, Error> {
        let root = std::path::absolute(root).map_err(Error::io(root.display().to_string()))?;
        claim(&root)?;
        let lock = lock(&root).await?;
        let folder = Folder {
            root,
            lock,
            temporary: false,
        };
        folder.lay_out(account)?;
        Ok(folder)
    }

    /// Makes a folder that is removed when this value is dropped.
    pub(crate) async fn temporary(account: Account) -> Result<Folder, Error> {
        let root = std::env::temp_dir().join(format!("{TEMPORARY}{:016x}", random()));
        let mut folder = Folder::open(&root, account).await?;
        folder.temporary = true;
        sweep(&std::env::temp_dir(), &folder.root);
        Ok(folder)
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    pub(crate) fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("log").join(name)
    }

    fn lay_out(&self, account: Account) -> Result<(), Error> {
        // Root's servers pass through; nobody else has to. Our own folder is closed to others.
        let mode = if account.is_root() { 0o711 } else { 0o700 };
        let at = self.root.display().to_string();
        fs::set_permissions(&self.root, fs::Permissions::from_mode(mode)).map_err(Error::io(at))?;
        account.can_reach(&self.root)?;
        // The account owns only the folders that its servers write in. What stands beside them is
        // ours, so that a server gone bad can not make root follow a link out of here.
        make_dir(&self.nats(), 0o711)?;
        make_dir(&self.root.join("log"), 0o711)?;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.root)
        {
            tracing::warn!(folder = %self.root.display(), %error, "temporary folder left behind");
        }
    }
}

/// Removes temporary folders of ours whose owner was killed: `ours` shows whose they must be.
fn sweep(parent: &Path, ours: &Path) {
    let Ok(ours) = fs::symlink_metadata(ours) else {
        return;
    };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let root = entry.path();
        let named = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        let same = || fs::symlink_metadata(&root).is_ok_and(|it| it.uid() == ours.uid());
        if named && same() && root.join(MARKER).is_file() && abandoned(&root.join(LOCK)) {
            let _ = remove_tree(&root);
        }
    }
}

/// Whether a lock file was locked once and is free now. An empty one belongs to a folder that its
/// owner is about to lock.
fn abandoned(lock: &Path) -> bool {
    let Ok(file) = File::open(lock) else {
        return false;
    };
    file.metadata().is_ok_and(|meta| meta.len() > 0) && file.try_lock().is_ok()
}

/// Makes the folder and its marker; a folder with other things in it is left alone.
fn claim(root: &Path) -> Result<(), Error> {
    make_dir(root, 0o700)?;
    let marker = root.join(MARKER);
    if marker.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(root).map_err(Error::io(root.display().to_string()))?;
    // A second starter of the same new folder may have come as far as its lock or its marker.
    let foreign = entries.any(|entry| {
        entry.is_ok_and(|entry| entry.file_name() != LOCK && entry.file_name() != MARKER)
    });
    if foreign {
        return Err(Error::NotOurs {
            data_dir: root.to_path_buf(),
            marker: MARKER,
        });
    }
    fs::write(&marker, MARKER_TEXT).map_err(Error::io(marker.display().to_string()))
}

async fn lock(root: &Path) -> Result<File, Error> {
    let path = root.join(LOCK);
    let at = || path.display().to_string();
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(Error::io(at()))?;
    let began = Instant::now();
    while file.try_lock().is_err() {
        let mut owner = String::new();
        file.seek(SeekFrom::Start(0)).map_err(Error::io(at()))?;
        file.read_to_string(&mut owner).map_err(Error::io(at()))?;
        let owner = owner.trim().to_owned();
        if alive(&owner) || began.elapsed() > PATIENCE {
            return Err(Error::Running {
                data_dir: root.to_path_buf(),
                pid: owner,
            });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    file.set_len(0).map_err(Error::io(at()))?;
    file.seek(SeekFrom::Start(0)).map_err(Error::io(at()))?;
    writeln!(file, "{}", std::process::id()).map_err(Error::io(at()))?;
    Ok(file)
}

/// Whether a process of this number exists. Only chooses between waiting and complaining.
fn alive(pid: &str) -> bool {
    let number = !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit());
    let asked = || {
        Command::new("sh")
            .args(["-c", "kill -0 \"$1\" 2>/dev/null", "sh", pid])
            .status()
    };
    // Dead, but its parent has not asked for its status; without a /proc it counts as alive.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let zombie = stat
        .rsplit_once(") ")
        .is_some_and(|(_, state)| state.starts_with('Z'));
    number && !zombie && asked().is_ok_and(|status| status.success())
}

/// Removes a data folder with everything in it.
///
/// Only a folder that bears our marker is removed, and only while no server runs on it: other
/// folders are refused with [`Error::NotOurs`], running ones with [`Error::Running`].
pub async fn remove(data_dir: impl AsRef<Path>) -> Result<(), Error> {
    let root = data_dir.as_ref();
    let at = || root.display().to_string();
    let link = fs::symlink_metadata(root)
        .map_err(Error::io(at()))?
        .is_symlink();
    if link || !root.join(MARKER).is_file() {
        return Err(Error::NotOurs {
            data_dir: root.to_path_buf(),
            marker: MARKER,
        });
    }
    let _locked = lock(root).await?;
    // The marker goes last, so that an interrupted removal can be repeated.
    for entry in fs::read_dir(root).map_err(Error::io(at()))? {
        let entry = entry.map_err(Error::io(at()))?;
        if entry.file_name() != MARKER {
            remove_tree(&entry.path())?;
        }
    }
    remove_tree(root)
}

/// Removes a file or a tree; what is not there is fine.
pub(crate) fn remove_tree(path: &Path) -> Result<(), Error> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::io(path.display().to_string())(error))
        }
        _ => Ok(()),
    }
}

/// Makes a folder with its parents; one that is there keeps its mode.
pub(crate) fn make_dir(path: &Path, mode: u32) -> Result<(), Error> {
    let at = path.display().to_string();
    if let Some(parent) = path.parent().filter(|parent| !parent.exists()) {
        let mut builder = DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o755)
            .create(parent)
            .map_err(Error::io(at.clone()))?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::io(at)(error)),
        _ => Ok(()),
    }
}

/// Where `commonwatch up` keeps its data unless told otherwise: `/var/lib/commonwatch` as root,
/// else `commonwatch` in the user's XDG data folder.
pub fn default_data_dir() -> Result<PathBuf, Error> {
    default_dir("/var/lib/commonwatch", "XDG_DATA_HOME", ".local/share")
}

/// Where fetched servers are cached: `/var/cache/commonwatch` as root (the unprivileged user must
/// be able to run them), else `commonwatch` in the user's XDG cache folder.
pub fn default_cache_dir() -> Result<PathBuf, Error> {
    default_dir("/var/cache/commonwatch", "XDG_CACHE_HOME", ".cache")
}

fn default_dir(root: &str, variable: &str, below_home: &str) -> Result<PathBuf, Error> {
    if Account::choose()?.is_root() {
        return Ok(PathBuf::from(root));
    }
    let from = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = from(variable).or_else(|| from("HOME").map(|home| home.join(below_home)));
    let base = base.ok_or_else(|| Error::Io {
        what: format!("neither {variable} nor HOME names a folder"),
        source: ErrorKind::NotFound.into(),
    })?;
    Ok(base.join("commonwatch"))
}
