//! One role, or the gateway before them, in its own process.

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::roles::Role;

/// How long a role may take to finish before it is ended.
const DRAIN: Duration = Duration::from_secs(15);

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Role(Role),
    Gateway,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => role.fmt(f),
            Self::Gateway => f.pad("gateway"),
        }
    }
}

/// A part, the process it runs in, and how to start that again.
pub(crate) struct Process {
    pub part: Part,
    pub port: u16,
    config: PathBuf,
    log: PathBuf,
    child: Child,
}

impl Process {
    /// Starts this executable as `part`. It ends when we do, because its standard input ends.
    pub(crate) fn start(part: Part, port: u16, config: &Path, logs: &Path) -> Result<Self, String> {
        let log = logs.join(format!("{part}.log"));
        let child = spawn(part, config, &log)?;
        Ok(Self {
            part,
            port,
            config: config.to_owned(),
            log,
            child,
        })
    }

    /// Waits until the role answers its health check.
    pub(crate) async fn until_ready(&mut self, until: Instant, log: &Path) -> Result<(), String> {
        let address = format!("http://127.0.0.1:{}", self.port);
        loop {
            if serving(&address).await {
                return Ok(());
            }
            let ended = self.child.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > until {
                return Err(format!(
                    "{} did not answer in time; see {}",
                    self.part,
                    log.display()
                ));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts the process again if it has ended.
    pub(crate) async fn tend(&mut self) {
        let Ok(Some(status)) = self.child.try_wait() else {
            return;
        };
        eprintln!(
            "{} ended ({status}); starting it again: see {}",
            self.part,
            self.log.display()
        );
        match spawn(self.part, &self.config, &self.log) {
            Ok(child) => self.child = child,
            Err(error) => eprintln!("{} cannot be started: {error}", self.part),
        }
    }

    /// Ends its standard input, which asks it to drain, and waits.
    pub(crate) async fn stop(mut self) {
        drop(self.child.stdin.take());
        if tokio::time::timeout(DRAIN, self.child.wait())
            .await
            .is_err()
        {
            eprintln!(
                "{} did not end within {DRAIN:?} and is ended now",
                self.part
            );
            if let Err(error) = self.child.kill().await {
                eprintln!("{} cannot be ended: {error}", self.part);
            }
        }
    }
}

fn spawn(part: Part, config: &Path, log: &Path) -> Result<Child, String> {
    let shown = |e: std::io::Error| format!("cannot start a role with {}: {e}", config.display());
    let executable = std::env::current_exe().map_err(shown)?;
    let lines = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .map_err(shown)?;
    Command::new(executable)
        .arg(match part {
            Part::Role(_) => "serve",
            Part::Gateway => "gateway",
        })
        .arg("--with-stdin")
        .arg("--config")
        .arg(config)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(lines)
        // Ctrl-C is ours to hear: the roles drain when we say so.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(shown)
}

/// Whether the process at an address says that it serves.
async fn serving(address: &str) -> bool {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::health_client::HealthClient;
    let Ok(endpoint) = tonic::transport::Endpoint::from_shared(address.to_owned()) else {
        return false;
    };
    let Ok(channel) = endpoint.connect().await else {
        return false;
    };
    let answer = HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await;
    answer.is_ok_and(|a| a.get_ref().status() == ServingStatus::Serving)
}
