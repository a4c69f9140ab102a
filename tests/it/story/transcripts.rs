//! A day's work of each role: `docs/transcripts` is carried out, line by line, on the platform of
//! the demo, and must say what it says there.
//!
//! The documents are the script: lines that begin with `$ ` are carried out by a shell, what
//! follows them is expected. `GOLDEN=write cargo nextest run -p stories transcripts` writes the
//! answers anew.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::story::role::binary;

/// In this order: each day goes on where the one before it ended.
const DAYS: [&str; 9] = [
    "admin",
    "operations",
    "officer",
    "hr",
    "scheduler",
    "trainer",
    "finance",
    "town-clerk",
    "auditor",
];

#[test]
fn a_days_work_of_each_role_goes_as_its_transcript_says() {
    let demo = Demo::start();
    let write = std::env::var("GOLDEN").is_ok_and(|value| value == "write");
    let mut findings = Vec::new();
    for day in DAYS {
        let document = documents().join(format!("{day}.md"));
        let expected = fs::read_to_string(&document).unwrap();
        let found = played(&expected, |line| demo.shell(day, line));
        if write {
            fs::write(&document, &found).unwrap();
        } else if found != expected {
            findings.push(differences(day, &expected, &found));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_document_of_the_folder_is_a_day_that_is_played() {
    let mut documents: Vec<_> = fs::read_dir(documents())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    documents.sort();
    let mut days: Vec<_> = DAYS.iter().map(|day| format!("{day}.md")).collect();
    days.sort();
    assert_eq!(documents, days);
}

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/transcripts")
}

/// The document with every answer as it is now.
fn played(document: &str, mut shell: impl FnMut(&str) -> String) -> String {
    let mut found = String::new();
    let mut within = false;
    for line in document.lines() {
        let command = line.strip_prefix("$ ").filter(|_| within);
        if line.starts_with("```") {
            within = line == "```console";
        } else if within && command.is_none() {
            continue; // an answer, which is played below its command
        }
        found.push_str(line);
        found.push('\n');
        if let Some(command) = command {
            found.push_str(&shell(command));
        }
    }
    found
}

fn differences(day: &str, expected: &str, found: &str) -> String {
    let mut text = format!("docs/transcripts/{day}.md:\n");
    for change in similar(expected, found) {
        text.push_str(&change);
        text.push('\n');
    }
    text
}

/// Lines of one that the other lacks, after the line where they part.
fn similar(expected: &str, found: &str) -> Vec<String> {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let parted = expected
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let from = parted.saturating_sub(2);
    let shown = |sign: &str, lines: &[&str]| {
        let lines = lines.iter().skip(from).take(12);
        lines
            .map(|line| format!("{sign} {line}"))
            .collect::<Vec<_>>()
    };
    [shown("-", &expected), shown("+", &found)].concat()
}

/// `commonwatch demo`, up until this is dropped.
struct Demo {
    process: Child,
    folder: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(binary("commonwatch"))
            .args(["demo", "-o", "json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let stderr = process.stderr.take().unwrap();
        let mut lines = BufReader::new(stderr).lines();
        let context = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("the demo ended: {said:#?}"));
            let line = line.unwrap();
            if let Some((_, path)) = line.split_once("export COMMONWATCH_CONTEXT=") {
                break path.to_owned();
            }
            said.push(line);
        };
        // Whoever speaks to a pipe that nobody reads would stand still.
        std::thread::spawn(move || lines.for_each(drop));
        fs::copy(context, folder.path().join("context.toml")).unwrap();
        Self { process, folder }
    }

    /// What a line prints, on both streams, and how it ends if not well; without what differs
    /// from run to run.
    fn shell(&self, day: &str, line: &str) -> String {
        let programs = binary("cwctl").parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap();
        let home = self.folder.path();
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("{{ {line}; }} 2>&1"))
            .current_dir(home)
            .env("PATH", format!("{programs}:{path}"))
            .env("HOME", home)
            .env("COMMONWATCH_CONTEXT", home.join("context.toml"))
            .env("COMMONWATCH_USE", day)
            .env("COMMONWATCH_ZONE", "America/Chicago")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut text = String::from_utf8(output.stdout).unwrap();
        if let Some(code) = output.status.code().filter(|code| *code != 0) {
            text.push_str(&format!("[exit code {code}]\n"));
        }
        settled(&text, &home.display().to_string())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status();
        told.unwrap();
        self.process.wait().unwrap();
    }
}

/// Without ids, hashes, positions in logs and the times of this run.
fn settled(text: &str, home: &str) -> String {
    let mut settled = String::new();
    for line in text.replace(home, "~").lines() {
        let line = match line.split_once("  ") {
            Some(("seq", _)) => "seq  [..]".to_owned(),
            _ => words(line),
        };
        settled.push_str(line.trim_end());
        settled.push('\n');
    }
    settled
}

/// A line whose words that differ from run to run are replaced; columns keep their width.
fn words(line: &str) -> String {
    let mut settled = String::new();
    for (n, word) in line.split(' ').enumerate() {
        if n > 0 {
            settled.push(' ');
        }
        match differs(word) {
            true => settled.push_str(&format!("{:width$}", "[..]", width = word.chars().count())),
            false => settled.push_str(word),
        }
    }
    settled
}

/// The day that the demo takes for today; what is recorded bears it, with seconds.
const TODAY: &str = "2026-12-02T";

fn differs(word: &str) -> bool {
    let hex = |word: &str| word.chars().all(|c| c.is_ascii_hexdigit());
    let is_trace = word.starts_with("00-") && word.len() == 55;
    let is_hash = word.len() >= 32 && hex(word);
    let is_id = word.len() == 36 && word.split('-').all(hex);
    let is_clock = word.contains(TODAY) && !word.contains(":00-06:00");
    let is_port = word.starts_with("http://127.0.0.1:");
    is_trace || is_hash || is_id || is_clock || is_port
}

#[test]
fn what_differs_from_run_to_run_is_blotted_out_and_nothing_else() {
    let line = "2026-12-02T09:00:07-06:00  2026-12-02T06:00:00-06:00  cso-114.9  $38.20";
    let expected = "[..]                       2026-12-02T06:00:00-06:00  cso-114.9  $38.20";
    assert_eq!(words(line), expected);
    assert_eq!(
        settled("seq   41\nduty  cso-114.9\n", "/h"),
        "seq  [..]\nduty  cso-114.9\n"
    );
    let document = "# A\n\n```console\n$ one\nold\n$ two\n```\n$ no command\n";
    let played = played(document, |line| format!("did {line}\n"));
    assert_eq!(
        played,
        "# A\n\n```console\n$ one\ndid one\n$ two\ndid two\n```\n$ no command\n"
    );
}
