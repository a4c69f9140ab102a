//! The folder on disk as a bundle's files.

use std::fs;
use std::path::{Path, PathBuf};

use proof::bundle::Files;

/// No bundle is larger: 512 MiB a file. A town's whole year is some megabytes.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is larger than any bundle's file (512 MiB)", path.display())]
    TooLarge { path: PathBuf },
}

/// Reads the files of a folder; what lies in folders below it is no part of a bundle.
pub fn read_folder(folder: &Path) -> Result<Files, FolderError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Unreadable { path, source }
    };
    let mut files = Files::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let about = fs::metadata(&path).map_err(unreadable(&path))?;
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if !about.is_file() {
            continue;
        }
        if about.len() > FILE_BYTES_MAX {
            return Err(FolderError::TooLarge { path });
        }
        let bytes = fs::read(&path).map_err(unreadable(&path))?;
        files.insert(name.to_owned(), bytes);
    }
    Ok(files)
}
