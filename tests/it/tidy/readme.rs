//! The README tells the truth about the tree.

use super::{expect_none, text, top};

#[test]
fn the_start_is_one_block_of_two_commands() {
    let readme = text(&top().join("README.md"));
    let start = readme
        .split("\n## ")
        .find(|part| part.starts_with("Start"))
        .expect("a Start");
    let blocks: Vec<&str> = start.split("```").skip(1).step_by(2).collect();
    assert_eq!(blocks.len(), 1, "the section Start holds one code block");
    let lines: Vec<&str> = blocks[0]
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(
        lines.len(),
        2,
        "of two lines: the demo, and all tests: {lines:?}"
    );
}

#[test]
fn the_map_names_every_crate_and_nothing_else() {
    let readme = text(&top().join("README.md"));
    let map = readme
        .split("\n## ")
        .find(|part| part.starts_with("The map"))
        .expect("a map");
    let mut findings = Vec::new();
    let mut crates: Vec<String> = std::fs::read_dir(top().join("crates"))
        .expect("crates/ is there")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    crates.sort();
    for name in &crates {
        if !map.contains(&format!("`{name}`")) {
            findings.push(format!("README, The map: `{name}` is missing"));
        }
    }
    for row in map.lines().filter(|line| line.starts_with("| ")) {
        let cell = row.split('|').nth(2).unwrap_or_default();
        for name in cell.split('`').skip(1).step_by(2) {
            if !crates.iter().any(|known| known == name) {
                findings.push(format!("README, The map: `{name}` is no crate"));
            }
        }
    }
    expect_none(findings);
}

#[test]
fn every_document_that_is_named_is_there() {
    let mut findings = Vec::new();
    for path in super::files_below(&top(), "md") {
        let folder = path.parent().expect("a file has a folder");
        for link in text(&path)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.contains(' ') {
                continue;
            }
            if !folder.join(target).exists() {
                findings.push(format!("{}: {target} is not there", super::shown(&path)));
            }
        }
    }
    expect_none(findings);
}
