//! How much memory each role's process takes: just started, after the demo's two months, and after
//! an import of 20,000 incidents, whose facts go through the bus into `statements`.
//!
//! `cargo build --profile bench -p admin --bin cwctl && cargo bench -p server`; the figures stand
//! in `docs/benchmarks.md`. Needs Linux's `/proc`.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};

type Outcome<T> = Result<T, Box<dyn Error>>;

const INCIDENTS: u32 = 20_000;
const TOWNS: [&str; 3] = ["BARLOW", "CEDAR FORK", "MILLBROOK"];
const MAPPING: &str = include_str!("../examples/three-rivers/cad.toml");

fn main() -> Outcome<()> {
    let commonwatch = Path::new(env!("CARGO_BIN_EXE_commonwatch"));
    let cwctl = commonwatch.with_file_name("cwctl");
    if !cwctl.exists() {
        return Err(format!("{} is not built", cwctl.display()).into());
    }
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut demo = Command::new(commonwatch)
        .arg("demo")
        .arg("--data")
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let said = demo.stderr.take().ok_or("its messages are piped")?;
    let mut said = BufReader::new(said);
    println!("| role | resident | peak | anonymous | when |\n|---|---|---|---|---|");
    wait_for(&mut said, "up in")?;
    show(demo.id(), "just started")?;
    wait_for(&mut said, "told in")?;
    show(demo.id(), "after the demo's months")?;
    import(&cwctl, folder.path(), &data)?;
    show(demo.id(), "after the import")?;
    let stop = ["-INT".to_owned(), demo.id().to_string()];
    Command::new("kill").args(stop).status()?;
    demo.wait()?;
    Ok(())
}

fn wait_for(said: &mut BufReader<ChildStderr>, start: &str) -> Outcome<()> {
    let mut line = String::new();
    while said.read_line(&mut line)? > 0 {
        if line.starts_with(start) {
            return Ok(());
        }
        line.clear();
    }
    Err(format!("the demo ended before it said {start:?}").into())
}

/// A line per role: the children of the demo's process, named after their configuration's file.
fn show(demo: u32, when: &str) -> Outcome<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        // Processes come and go while they are listed.
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
        let status = read("status");
        if field(&status, "PPid:") != Some(&demo.to_string()) {
            continue;
        }
        let command = read("cmdline");
        let mut words = command.split('\0').skip_while(|word| *word != "--config");
        let Some(role) = words.nth(1).and_then(|file| Path::new(file).file_stem()) else {
            continue;
        };
        let role = role.display();
        let kilobytes = |name| {
            let found = field(&status, name).and_then(|n| n.parse::<u64>().ok());
            found.map_or_else(|| "?".to_owned(), |n| format!("{} MB", n.div_ceil(1024)))
        };
        lines.push(format!(
            "| {role} | {} | {} | {} | {when} |",
            kilobytes("VmRSS:"),
            kilobytes("VmHWM:"),
            kilobytes("RssAnon:"),
        ));
    }
    lines.sort();
    if lines.is_empty() {
        return Err("no process of a role was found".into());
    }
    println!("{}", lines.join("\n"));
    Ok(())
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)
}

fn import(cwctl: &Path, folder: &Path, data: &Path) -> Outcome<()> {
    let mut export = String::from(
        "Incident,Received,Jurisdiction,Nature,Unit,Dispatched,Arrived,Cleared,Dispo\n",
    );
    for n in 0..INCIDENTS {
        let town = TOWNS[n as usize % TOWNS.len()];
        let (hour, day) = (n % 20, n / 20 % 28 + 1);
        let at = |minute: u32| format!("11/{day:02}/2026 {hour:02}:{minute:02}");
        let times = [at(1), at(2), at(9), at(20)];
        writeln!(
            export,
            "27-{n:06},{},{town},WELFARE CHECK,114,{},{},{},NR",
            times[0], times[1], times[2], times[3]
        )?;
    }
    let (file, mapping) = (folder.join("export.csv"), folder.join("cad.toml"));
    fs::write(&file, export)?;
    fs::write(&mapping, MAPPING)?;
    let status = Command::new(cwctl)
        .args(["incident", "import", "--mapping"])
        .args([&mapping, &file])
        .env("COMMONWATCH_CONTEXT", data.join("platform/context.toml"))
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("the import ended with {status}").into());
    }
    Ok(())
}
