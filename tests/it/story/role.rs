//! One role of the platform in a process of its own, to be armed, killed and started again.

use std::fmt;
use std::fs::OpenOptions;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

/// How long a role may take to drain.
const DRAIN: Duration = Duration::from_secs(30);
/// Lines of a log that a failure shows.
const TAIL: usize = 25;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Registry,
    Training,
    Payroll,
    Scheduling,
    Incidents,
    Statements,
}

impl Role {
    pub(crate) const ALL: [Role; 6] = [
        Role::Registry,
        Role::Training,
        Role::Payroll,
        Role::Scheduling,
        Role::Incidents,
        Role::Statements,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Registry => "registry",
            Role::Training => "training",
            Role::Payroll => "payroll",
            Role::Scheduling => "scheduling",
            Role::Incidents => "incidents",
            Role::Statements => "statements",
        }
    }

    /// Whose facts it takes in.
    pub(crate) fn hears(self) -> &'static [Role] {
        match self {
            Role::Registry => &[],
            Role::Training | Role::Payroll | Role::Incidents => &[Role::Registry],
            Role::Scheduling => &[
                Role::Registry,
                Role::Training,
                Role::Payroll,
                Role::Statements,
            ],
            Role::Statements => &[Role::Registry, Role::Payroll, Role::Incidents],
        }
    }

    /// Its port on the platform's own loopback address: below the range that outgoing connections
    /// draw from, so that nothing takes it while the role is down.
    pub(crate) fn port(self) -> u16 {
        match self {
            Role::Registry => 7401,
            Role::Payroll => 7402,
            Role::Incidents => 7403,
            Role::Statements => 7404,
            Role::Training => 7405,
            Role::Scheduling => 7406,
        }
    }
}

impl Role {
    /// Where its metrics and readiness are told.
    pub(crate) fn http_port(self) -> u16 {
        self.port() + 100
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A role's process, if it runs.
pub(crate) struct Process {
    pub(crate) role: Role,
    config: PathBuf,
    log: PathBuf,
    /// Keys over the configuration file: `nats.url=…`.
    pub(crate) settings: Vec<String>,
    child: Option<Child>,
    /// The kill point it was started with.
    armed: Option<&'static str>,
}

impl Process {
    pub(crate) fn new(role: Role, config: PathBuf, log: PathBuf) -> Process {
        Process {
            role,
            config,
            log,
            settings: Vec::new(),
            child: None,
            armed: None,
        }
    }

    /// Starts it; with `kill_at` it will kill itself there (`<kill point>[:n]`).
    pub(crate) fn start(&mut self, kill_at: Option<&'static str>) {
        assert!(self.child.is_none(), "{} runs already", self.role);
        let lines = OpenOptions::new().create(true).append(true).open(&self.log);
        let mut command = Command::new(binary("commonwatch"));
        command
            .args(["serve", "--with-stdin", "--config"])
            .arg(&self.config)
            .args(self.settings.iter().flat_map(|key| ["--set", key]))
            .env_remove("COMMONWATCH_KILL_AT")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(lines.unwrap())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(point) = kill_at {
            command.env("COMMONWATCH_KILL_AT", point);
        }
        self.child = Some(command.spawn().unwrap());
        self.armed = kill_at;
    }

    /// Its clock, from the next start on.
    pub(crate) fn set_clock(&self, now: &str) {
        let config = std::fs::read_to_string(&self.config).unwrap();
        let lines = config.lines().map(|line| match line.split_once(" = ") {
            Some(("starts_at", _)) => format!("starts_at = \"{now}\"\n"),
            _ => format!("{line}\n"),
        });
        std::fs::write(&self.config, lines.collect::<String>()).unwrap();
    }

    pub(crate) fn runs(&self) -> bool {
        self.child.is_some()
    }

    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// The kill point that it has not reached yet.
    pub(crate) fn armed(&self) -> Option<&'static str> {
        self.armed
    }

    /// If it has ended: how, and the kill point it was to end at.
    pub(crate) fn ended(&mut self) -> Option<(ExitStatus, Option<&'static str>)> {
        let status = self.child.as_mut()?.try_wait().unwrap()?;
        self.child = None;
        Some((status, self.armed.take()))
    }

    /// Asks it to drain, and waits for a good end. Stopped already is fine.
    pub(crate) async fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        drop(child.stdin.take());
        let status = tokio::time::timeout(DRAIN, child.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("{} does not drain", self.role));
        let status = status.unwrap();
        let killed = self.armed.take().is_some() && status.signal() == Some(9);
        assert!(
            status.success() || killed,
            "{} ended with {status}",
            self.role
        );
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    /// Everything it has written so far, over all its lives.
    pub(crate) fn lines(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn tail(&self) -> String {
        let text = self.lines();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }
}

/// An executable of this workspace, as built beside this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let folder = this.parent().and_then(Path::parent).unwrap();
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --workspace --bins --tests` first (tests/run does)",
        path.display()
    );
    path
}
