//! The files of a backup: tables, manifest, keys.
//!
//! ```text
//! <backup>/manifest.json                     what there is, with every SHA-256; written last
//! <backup>/<service>/<schema>.<table>.copy   COPY's text format
//! <keys>/<service>.keys.json                 mode 0600
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use eventlog::archive::{Database, Keys, TableShape};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::roles::Role;

/// The form of manifests and keys that this program writes. In the first one, manifests held SQL
/// too, which is not read any more.
const FORMAT: u32 = 2;
/// The manifest's file.
const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// Which program wrote it.
    pub(super) commonwatch: String,
    /// The instant as of which everything is.
    pub(super) taken_at: Timestamp,
    /// Owners before listeners.
    pub(super) databases: Vec<Database>,
}

#[derive(Serialize, Deserialize)]
struct KeysFile {
    format: u32,
    taken_at: Timestamp,
    keys: Keys,
}

impl Manifest {
    pub(super) fn new(taken_at: Timestamp, databases: Vec<Database>) -> Manifest {
        Manifest {
            format: FORMAT,
            commonwatch: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            databases,
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), String> {
        write_whole(&folder.join(MANIFEST), self)
    }

    /// # Errors
    /// When the backup is not whole, or of a form that this program does not know.
    pub(super) fn read(folder: &Path) -> Result<Manifest, String> {
        let path = folder.join(MANIFEST);
        if !path.exists() {
            return Err(format!(
                "{} holds no {MANIFEST}: it is no backup, or one that did not finish",
                folder.display()
            ));
        }
        let manifest: Manifest = read(&path)?;
        known_format(&path, manifest.format)?;
        for database in &manifest.databases {
            let shown = |problem: String| format!("{}: {problem}", path.display());
            if !Role::ALL.iter().any(|role| role.name() == database.service) {
                let service = &database.service;
                return Err(shown(format!("{service:?} is no role of this program")));
            }
            database.check().map_err(|e| shown(e.to_string()))?;
        }
        Ok(manifest)
    }

    /// Hashes every file and compares.
    pub(super) fn check_files(&self, folder: &Path) -> Result<u64, String> {
        let mut bytes = 0;
        for database in &self.databases {
            for table in &database.tables {
                check_file(&table_path(folder, &database.service, table), table)?;
                bytes += table.bytes;
            }
        }
        Ok(bytes)
    }
}

fn known_format(path: &Path, format: u32) -> Result<(), String> {
    match format {
        1..=FORMAT => Ok(()),
        other => Err(format!(
            "{}: format {other} is unknown to this program, which knows {FORMAT}: use the \
             commonwatch that wrote it, or a newer one",
            path.display()
        )),
    }
}

pub(super) fn table_path(folder: &Path, service: &str, table: &TableShape) -> PathBuf {
    folder.join(service).join(&table.file)
}

fn check_file(path: &Path, table: &TableShape) -> Result<(), String> {
    let shown = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut file = BufReader::new(File::open(path).map_err(shown)?);
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut piece).map_err(shown)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
    }
    let found = hex(&hash.finalize());
    if found == table.sha256 {
        return Ok(());
    }
    Err(format!(
        "{} is not what was saved: SHA-256 {found}, the manifest says {}",
        path.display(),
        table.sha256
    ))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder that only its owner may enter; it must not be there, or be empty.
pub(super) fn new_folder(path: &Path) -> Result<(), String> {
    let shown = |e: std::io::Error| format!("{}: {e}", path.display());
    if path.exists() {
        let mut entries = fs::read_dir(path).map_err(shown)?;
        if entries.next().is_some() {
            return Err(format!(
                "{} is not empty: a backup is never written over, give a new folder",
                path.display()
            ));
        }
        return Ok(());
    }
    private_folder(path)
}

/// The same, and there already is fine.
pub(super) fn private_folder(path: &Path) -> Result<(), String> {
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(path);
    made.map_err(|e| format!("{}: {e}", path.display()))
}

/// A table's file, hashed and counted while it is written.
pub(super) struct TableFile {
    file: std::io::BufWriter<File>,
    hash: Sha256,
    rows: u64,
    bytes: u64,
}

impl TableFile {
    pub(super) fn create(path: &Path) -> Result<TableFile, String> {
        let file = private_file(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(TableFile {
            file: std::io::BufWriter::new(file),
            hash: Sha256::new(),
            rows: 0,
            bytes: 0,
        })
    }

    pub(super) fn take(&mut self, piece: &[u8]) -> std::io::Result<()> {
        self.hash.update(piece);
        // The format writes a newline within a value as two characters.
        self.rows += piece
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.file.write_all(piece)
    }

    /// Waits for the disk, and fills in what the manifest says of it.
    pub(super) fn finish(self, table: &mut TableShape) -> Result<(), String> {
        let shown = |e: std::io::Error| format!("{}: {e}", table.file);
        let file = self.file.into_inner().map_err(|e| shown(e.into_error()))?;
        file.sync_all().map_err(shown)?;
        (table.rows, table.bytes) = (self.rows, self.bytes);
        table.sha256 = hex(&self.hash.finalize());
        Ok(())
    }
}

fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

fn keys_path(folder: &Path, role: Role) -> PathBuf {
    folder.join(format!("{role}.keys.json"))
}

/// Puts the keys in the place of those that were there: a key that is destroyed must not stay
/// behind in an older file.
pub(super) fn write_keys(
    folder: &Path,
    role: Role,
    taken_at: Timestamp,
    keys: Keys,
) -> Result<(), String> {
    let file = KeysFile {
        format: FORMAT,
        taken_at,
        keys,
    };
    write_whole(&keys_path(folder, role), &file)
}

/// The keys of a role, and when they were saved.
pub(super) fn read_keys(folder: &Path, role: Role) -> Result<(Timestamp, Keys), String> {
    let path = keys_path(folder, role);
    if !path.exists() {
        return Err(format!(
            "{} is not there: without its keys nothing personal of {role} can be read; give the \
             folder of the last `commonwatch backup --keys-to`",
            path.display()
        ));
    }
    let file: KeysFile = read(&path)?;
    known_format(&path, file.format)?;
    if file.keys.service != role.name() {
        let (path, service) = (path.display(), file.keys.service);
        return Err(format!("{path} holds the keys of {service}"));
    }
    Ok((file.taken_at, file.keys))
}

/// Whole or not at all, and on the disk.
fn write_whole(path: &Path, value: &impl Serialize) -> Result<(), String> {
    let shown = |e: std::io::Error| format!("{}: {e}", path.display());
    let text = serde_json::to_string_pretty(value).expect("every field has a JSON form");
    let beside = path.with_extension("new");
    let mut file = private_file(&beside).map_err(shown)?;
    file.write_all(text.as_bytes()).map_err(shown)?;
    file.sync_all().map_err(shown)?;
    fs::rename(&beside, path).map_err(shown)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Waits until the folder's names are on the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), String> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| format!("{}: {e}", folder.display()))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}
