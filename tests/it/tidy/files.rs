//! Lengths, forgotten files, words that have no place.

use std::collections::BTreeSet;
use std::path::Path;

use super::{expect_none, files_below, shown, text, top};

const FILE_LINES_MAX: usize = 500;
const LIB_LINES_MAX: usize = 80;
const COLUMNS_MAX: usize = 100;

#[test]
fn no_file_is_longer_than_one_can_hold_in_mind() {
    let mut findings = Vec::new();
    for path in files_below(&top(), "rs") {
        let lines = text(&path).lines().count();
        if lines > FILE_LINES_MAX {
            findings.push(format!(
                "{}: {lines} lines, at most {FILE_LINES_MAX}: split it by what it is about",
                shown(&path)
            ));
        }
        if path.ends_with("src/lib.rs") && lines > LIB_LINES_MAX {
            findings.push(format!(
                "{}: {lines} lines, at most {LIB_LINES_MAX}: lib.rs is a table of contents",
                shown(&path)
            ));
        }
    }
    expect_none(findings);
}

#[test]
fn no_line_of_code_runs_off_the_page() {
    let mut findings = Vec::new();
    for path in files_below(&top(), "rs") {
        for (n, line) in text(&path).lines().enumerate() {
            // A long string cannot be wrapped by the formatter; a link should not be.
            if line.chars().count() > COLUMNS_MAX && !line.contains('"') && !line.contains("://") {
                findings.push(format!(
                    "{}:{}: over {COLUMNS_MAX} columns",
                    shown(&path),
                    n + 1
                ));
            }
        }
    }
    expect_none(findings);
}

#[test]
fn every_source_file_is_part_of_its_crate() {
    let mut findings = Vec::new();
    for manifest in files_below(&top(), "toml") {
        let folder = manifest.parent().expect("a file has a folder");
        if manifest.file_name().is_none_or(|name| name != "Cargo.toml") || folder == top() {
            continue;
        }
        for root in ["src", "tests/it", "it", "faults"] {
            let root = folder.join(root);
            if root.is_dir() {
                forgotten(&root, &mut findings);
            }
        }
    }
    expect_none(findings);
}

/// A file belongs if the module above it names it.
fn forgotten(root: &Path, findings: &mut Vec<String>) {
    for path in files_below(root, "rs") {
        let stem = path
            .file_stem()
            .and_then(|s| s.to_str())
            .expect("file names are UTF-8");
        let folder = path.parent().expect("a file has a folder");
        if folder == root && ["lib", "main"].contains(&stem) || folder.ends_with("bin") {
            continue;
        }
        let above: Vec<_> = if folder == root {
            vec![root.join("lib.rs"), root.join("main.rs")]
        } else {
            vec![folder.with_extension("rs"), folder.join("mod.rs")]
        };
        let named = above.iter().filter(|file| file.exists()).any(|file| {
            text(file).lines().any(|line| {
                line.trim_start_matches("pub ")
                    .trim_start_matches("pub(crate) ")
                    .trim()
                    == format!("mod {stem};")
            })
        });
        if !named {
            findings.push(format!("{}: no `mod {stem};` above it", shown(&path)));
        }
    }
}

#[test]
fn every_crate_says_what_it_is() {
    let mut findings = Vec::new();
    let names: BTreeSet<_> = std::fs::read_dir(top().join("crates"))
        .expect("crates/ is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("Cargo.toml").exists())
        .collect();
    for folder in names {
        if !folder.join("README.md").exists() {
            findings.push(format!("{}: no README.md", shown(&folder)));
        }
        let root = ["src/lib.rs", "src/main.rs"].map(|f| folder.join(f));
        if !root
            .iter()
            .any(|f| f.exists() && text(f).starts_with("//!"))
        {
            findings.push(format!(
                "{}: its root module does not say what it is",
                shown(&folder)
            ));
        }
    }
    expect_none(findings);
}

#[test]
fn nothing_is_suppressed_without_an_expectation() {
    let mut findings = Vec::new();
    for path in files_below(&top(), "rs") {
        if path.ends_with("tidy/files.rs") {
            continue;
        }
        for (n, line) in text(&path).lines().enumerate() {
            let at = || format!("{}:{}", shown(&path), n + 1);
            if line.contains("#[allow(") || line.contains("#![allow(") {
                findings.push(format!("{}: use #[expect(…, reason = \"…\")]", at()));
            }
            if line.contains("#[ignore") {
                findings.push(format!("{}: a test that does not run proves nothing", at()));
            }
        }
    }
    expect_none(findings);
}
