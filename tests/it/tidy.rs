//! The repository's rules about itself, as tests: what DESIGN calls the house, kept by a machine.

mod deploy;
mod files;
mod layers;
mod purity;
mod readme;

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's top folder.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the top")
        .to_owned()
}

/// Every file below `folder` with that ending, without build output.
fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "target" && entry.file_name() != ".git")
        .map(|entry| entry.expect("the tree is readable").into_path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A path as people write it: from the top, with slashes.
fn shown(path: &Path) -> String {
    path.strip_prefix(top())
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Fails with every finding at once, so that one run shows all there is to mend.
#[track_caller]
fn expect_none(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}
