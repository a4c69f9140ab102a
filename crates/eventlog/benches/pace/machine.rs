//! What the figures depend on: the machine, its disk, the server's settings.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use local::Stack;

use crate::Outcome;
use crate::figures::median;
use crate::plain;

/// One-minute load average.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

/// Processor time spent so far, in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Cpu {
    /// By the PostgreSQL processes that are alive.
    pub(crate) server: u64,
    /// By this process.
    pub(crate) own: u64,
}

impl Cpu {
    pub(crate) fn since(self, earlier: Cpu) -> Cpu {
        Cpu {
            server: self.server.saturating_sub(earlier.server),
            own: self.own.saturating_sub(earlier.own),
        }
    }
}

/// The server's first process, whose children are all others.
static POSTMASTER: OnceLock<String> = OnceLock::new();

pub(crate) fn cpu() -> Outcome<Cpu> {
    let Some(postmaster) = POSTMASTER.get() else {
        return Err("the machine was not described yet".into());
    };
    let server = fs::read_dir("/proc")?
        .filter_map(|process| process.ok()?.file_name().into_string().ok())
        .filter(|process| parent(process).as_ref() == Some(postmaster))
        .map(|child| on_cpu(&child))
        .sum();
    let own = fs::read_dir("/proc/self/task")?
        .filter_map(|task| task.ok()?.file_name().into_string().ok())
        .map(|task| on_cpu(&format!("self/task/{task}")))
        .sum();
    Ok(Cpu { server, own })
}

/// The parent of a process: second after the name, which stands in brackets.
fn parent(process: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after) = text.rsplit_once(')')?;
    after.split_whitespace().nth(1).map(str::to_owned)
}

/// Of one thread; one that ended meanwhile counts as nothing.
fn on_cpu(thread: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{thread}/schedstat")).unwrap_or_default();
    let first = text.split(' ').next().and_then(|n| n.parse().ok());
    first.unwrap_or(0)
}

/// Prints the machine; refuses a server that a power cut could make forget.
pub(crate) async fn describe(stack: &Stack) -> Outcome<()> {
    stack.create_database("machine").await?;
    let client = plain::connect(&stack.postgres_url("machine")).await?;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String = client
            .query_one("SELECT current_setting($1)", &[&setting])
            .await?
            .get(0);
        if value != "on" {
            return Err(format!("{setting} is {value}: these figures would mean nothing").into());
        }
    }
    let version: String = client
        .query_one("SELECT current_setting('server_version')", &[])
        .await?
        .get(0);
    let file = stack.data_dir().join("postgres/postmaster.pid");
    let pid = fs::read_to_string(file)?;
    POSTMASTER.get_or_init(|| pid.lines().next().unwrap_or_default().to_owned());
    let cores = std::thread::available_parallelism()?;
    let sync = fdatasync()?;
    println!(
        "{cores} cores, PostgreSQL {version} with fsync and synchronous_commit on, \
         fdatasync of 8 kB {} µs, load {}",
        sync.as_micros(),
        load()
    );
    Ok(())
}

/// The median time of making 8 kB durable, in the folder beside which the servers keep theirs.
pub(crate) fn fdatasync() -> Outcome<Duration> {
    let mut file = tempfile::tempfile()?;
    file.write_all(&[1; 8192 * 64])?;
    file.sync_all()?;
    let mut times = Vec::new();
    for n in 0..301 {
        let start = Instant::now();
        file.seek(SeekFrom::Start(n % 64 * 8192))?;
        file.write_all(&[2; 8192])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    Ok(median(times))
}
