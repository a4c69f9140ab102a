//! Starts one server under a shell that stops it when we are gone (`guard.sh`).

use std::fs::{File, OpenOptions};
use std::io::{PipeReader, PipeWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;

const SCRIPT: &str = include_str!("guard.sh");
/// How much of a log is quoted in an error.
const LOG_TAIL: u64 = 1_500;
/// A log that has grown beyond this is begun anew at the next start.
const LOG_MAX: u64 = 16 << 20;

/// How to run one server.
pub(crate) struct Recipe<'a> {
    /// `postgresql` or `nats-server`, for errors.
    pub(crate) what: &'static str,
    pub(crate) command: Vec<String>,
    /// Signal names that ask it to stop, and that end it at once.
    pub(crate) stop: &'static str,
    pub(crate) kill: &'static str,
    pub(crate) log: &'a Path,
    /// The folder's lock, inherited by the server.
    pub(crate) lock: &'a File,
    pub(crate) account: Account,
}

/// One running server, or what is left of it.
#[derive(Debug)]
pub(crate) struct Guard {
    what: &'static str,
    shell: Child,
    /// Absent when the servers were handed to a keeper.
    pipe: Option<PipeWriter>,
    log: PathBuf,
    log_from: u64,
}

impl Guard {
    /// Starts the server. On a `shared` pipe it lives as long as that pipe's writing end, else as
    /// long as this value.
    pub(crate) fn spawn(recipe: &Recipe<'_>, shared: Option<&PipeReader>) -> Result<Guard, Error> {
        let (reader, pipe) = match shared {
            Some(shared) => shared.try_clone().map(|reader| (reader, None)),
            None => std::io::pipe().map(|(reader, writer)| (reader, Some(writer))),
        }
        .map_err(Error::io("making a pipe"))?;
        let at = || recipe.log.display().to_string();
        let mut log = OpenOptions::new();
        let log = log
            .create(true)
            .append(true)
            .open(recipe.log)
            .map_err(Error::io(at()))?;
        if log.metadata().map_err(Error::io(at()))?.len() > LOG_MAX {
            log.set_len(0).map_err(Error::io(at()))?;
        }
        let log_from = log.metadata().map_err(Error::io(at()))?.len();
        let lock = recipe
            .lock
            .try_clone()
            .map_err(Error::io("sharing the folder's lock"))?;
        let mut command = Command::new("sh");
        recipe.account.confine(&mut command);
        command
            .args(["-c", SCRIPT, "guard", recipe.stop, recipe.kill])
            .args(&recipe.command)
            .stdin(reader)
            .stdout(lock)
            .stderr(log);
        let shell = command.spawn().map_err(Error::io("starting sh"))?;
        Ok(Guard {
            what: recipe.what,
            shell,
            pipe,
            log: recipe.log.to_path_buf(),
            log_from,
        })
    }

    /// True when the server has ended by itself.
    pub(crate) fn ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }

    /// Asks the server to stop and waits; after `patience` it is ended the hard way.
    pub(crate) async fn stop(mut self, patience: Duration) -> Result<(), Error> {
        self.say("stop");
        let asked = Instant::now();
        while !self.ended() {
            if asked.elapsed() > patience {
                tracing::warn!(server = self.what, "did not stop in time and is killed");
                self.say("kill");
                let _ = self.shell.wait();
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Ends the server at once, as a crash would, and waits for its end.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if self.pipe.is_some() && !self.ended() {
            self.say("kill");
            let _ = self.shell.wait();
        }
    }

    fn say(&mut self, word: &str) {
        // A broken pipe means that the guard is gone, and with it the server.
        if let Some(pipe) = &mut self.pipe {
            let _ = pipe.write_all(format!("{word}\n").as_bytes());
        }
    }

    /// An error that quotes what the server has logged since this start.
    pub(crate) fn error(&self, problem: impl Into<String>) -> Error {
        Error::Server {
            what: self.what,
            problem: problem.into(),
            log: self.log_tail(),
        }
    }

    /// The last lines logged since this start.
    pub(crate) fn log_tail(&self) -> String {
        let Ok(mut file) = File::open(&self.log) else {
            return String::new();
        };
        let length = file.metadata().map_or(0, |meta| meta.len());
        let from = self
            .log_from
            .max(length.saturating_sub(LOG_TAIL))
            .min(length);
        let mut bytes = Vec::new();
        let read = file
            .seek(SeekFrom::Start(from))
            .and_then(|_| file.read_to_end(&mut bytes));
        read.map_or_else(
            |_| String::new(),
            |_| String::from_utf8_lossy(&bytes).trim().to_owned(),
        )
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a short tool to its end as `account`; its output when it succeeded, else its complaint.
pub(crate) fn run(account: Account, program: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    account.confine(&mut command);
    let output = command.args(args).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!(
        "{} ended with {}: {complaint}",
        program.display(),
        output.status
    ))
}
