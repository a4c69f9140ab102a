//! The erasure register: a file that names every destroyed key, outside the database.
//!
//! # Why
//!
//! A backup knows nothing of what was erased after it. The register does, and lies on another
//! medium: whatever is restored, by whatever tool, the next start destroys again what it names.
//! It holds names of keys and streams, nobody's data, and only ever grows.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// One destroyed key; `person` is the subject itself where a subject is closed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The key's name.
    pub person: String,
    /// Whose it was.
    pub subject: String,
    /// When it was destroyed.
    pub at: Timestamp,
}

/// Every erasure of one service, by the key's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// By person.
    pub erasures: BTreeMap<String, Erasure>,
}

impl Register {
    /// The register of a service in the folder that the configuration names.
    pub fn path(folder: &Path, service: &str) -> PathBuf {
        folder.join(format!("{service}.erasures.jsonl"))
    }

    /// Reads a register; `None` if there is no file.
    ///
    /// # Errors
    /// [`Error::Setup`] when it cannot be read, or a line in its middle is garbled.
    pub fn read(path: &Path) -> Result<Option<Register>, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(wrong(path, &e)),
        };
        let mut register = Register::default();
        let mut lines = text.split_inclusive('\n').enumerate().peekable();
        while let Some((n, line)) = lines.next() {
            match serde_json::from_str::<Erasure>(line) {
                Ok(erasure) => {
                    register.erasures.insert(erasure.person.clone(), erasure);
                }
                // Torn by a crash: what it was to say is still alive in the database.
                Err(_) if !line.ends_with('\n') && lines.peek().is_none() => {}
                Err(_) if line.trim().is_empty() => {}
                Err(e) => return Err(wrong(path, &format!("line {}: {e}", n + 1))),
            }
        }
        Ok(Some(register))
    }

    /// Adds erasures and waits until they are on the disk. The file is made if need be.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: a disk that is full or away may come back.
    pub(crate) fn append(path: &Path, erasures: &[Erasure]) -> Result<(), Error> {
        let failed = |e: std::io::Error| {
            let path = path.display();
            Error::Unavailable(format!(
                "the erasure register {path} cannot be written: {e}"
            ))
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        let mut text = String::new();
        if !mend_end(&mut file).map_err(failed)? {
            text.push('\n');
        }
        for erasure in erasures {
            text.push_str(&serde_json::to_string(erasure).expect("three texts have a JSON form"));
            text.push('\n');
        }
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }
}

/// Cuts off a last line that a crash tore: behind others it would be garbled for good. Answers
/// whether the file ends with a line's end; a line that lacks nothing else is kept.
fn mend_end(file: &mut File) -> std::io::Result<bool> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let last = text.rsplit('\n').next().unwrap_or_default();
    if last.is_empty() {
        return Ok(true);
    }
    if serde_json::from_str::<Erasure>(last).is_ok() {
        return Ok(false);
    }
    let whole = text.len() - last.len();
    file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
    Ok(true)
}

fn wrong(path: &Path, problem: &dyn std::fmt::Display) -> Error {
    Error::Setup(format!(
        "the erasure register {}: {problem}",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasure(person: &str) -> Erasure {
        Erasure {
            person: person.to_owned(),
            subject: "officer/cso-114".to_owned(),
            at: "2030-01-01T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_torn_last_line_is_passed_over_and_written_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = Register::path(folder.path(), "payroll");
        assert_eq!(Register::read(&path).unwrap(), None);
        Register::append(&path, &[erasure("a")]).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"person\":\"b\",\"sub").unwrap();
        let read = Register::read(&path).unwrap().unwrap();
        assert_eq!(read.erasures.keys().collect::<Vec<_>>(), ["a"]);
        Register::append(&path, &[erasure("c")]).unwrap();
        let read = Register::read(&path).unwrap().unwrap();
        assert_eq!(read.erasures.keys().collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn a_garbled_line_in_the_middle_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register");
        std::fs::write(&path, "nonsense\n").unwrap();
        let error = Register::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }
}
