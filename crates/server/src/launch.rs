//! A local platform: stack, keys, tokens, configuration, and a process per role.
//!
//! Used by `up` and `demo`. Everything lies in one folder; a second start finds the same ports'
//! owners gone and draws new ones, but the same data, keys and tokens.

mod files;
mod process;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use local::{Options, Stack};

use crate::roles::Role;
pub(crate) use files::Tokens;
use process::Process;

/// How long the roles may take to answer; on a busy machine a start takes its time.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// What to start.
pub(crate) struct Launch {
    pub stack: Options,
    /// See [`crate::config::Clock`].
    pub clock: Option<Timestamp>,
}

/// A running local platform.
pub(crate) struct Platform {
    stack: Stack,
    processes: Vec<Process>,
    /// Folder of configuration, tokens and logs.
    pub home: PathBuf,
    pub tokens: Tokens,
}

impl Platform {
    /// Starts the stack, then every role in its own process, and waits until all answer.
    pub(crate) async fn start(launch: Launch) -> Result<Self, String> {
        let stack = Stack::start(launch.stack)
            .await
            .map_err(|e| e.to_string())?;
        for role in Role::ALL {
            stack
                .create_database(role.name())
                .await
                .map_err(|e| e.to_string())?;
        }
        let home = stack.data_dir().join("platform");
        let tokens = files::prepare(&home)?;
        let ports = files::free_ports(Role::ALL.len())?;
        let mut processes = Vec::new();
        for (role, port) in Role::ALL.into_iter().zip(&ports) {
            let peers = Role::ALL
                .into_iter()
                .zip(&ports)
                .map(|(r, p)| (r, *p))
                .collect();
            let file = files::write_config(&home, role, *port, &peers, &stack, launch.clock)?;
            processes.push(Process::start(role, *port, &file, &stack.log_dir())?);
        }
        let mut platform = Self {
            stack,
            processes,
            home,
            tokens,
        };
        files::write_context(
            &platform.context_file(),
            &platform.endpoints(),
            &platform.tokens,
        )?;
        platform.until_ready(READY_WITHIN).await?;
        Ok(platform)
    }

    /// The file that `cwctl` reads to find the services and a token.
    pub(crate) fn context_file(&self) -> PathBuf {
        self.home.join("context.toml")
    }

    /// Where each role answers.
    pub(crate) fn endpoints(&self) -> Vec<(Role, String)> {
        self.processes
            .iter()
            .map(|p| (p.role, format!("http://127.0.0.1:{}", p.port)))
            .collect()
    }

    /// Where each role answers.
    pub(crate) fn endpoint(&self, role: Role) -> String {
        let process = self.processes.iter().find(|p| p.role == role);
        let port = process.expect("every role has a process").port;
        format!("http://127.0.0.1:{port}")
    }

    /// Where the log of a role is written.
    pub(crate) fn log_of(&self, role: Role) -> PathBuf {
        self.stack.log_dir().join(format!("{role}.log"))
    }

    /// The stack's folder.
    pub(crate) fn data_dir(&self) -> &Path {
        self.stack.data_dir()
    }

    async fn until_ready(&mut self, patience: Duration) -> Result<(), String> {
        let until = Instant::now() + patience;
        let logs = self.stack.log_dir();
        for process in &mut self.processes {
            let log = logs.join(format!("{}.log", process.role));
            process.until_ready(until, &log).await?;
        }
        Ok(())
    }

    /// Starts again every role whose process has ended; says so.
    pub(crate) async fn tend(&mut self) {
        for process in &mut self.processes {
            process.tend().await;
        }
    }

    /// Lets every role finish what it does, then stops the servers.
    pub(crate) async fn stop(self) -> Result<(), String> {
        // Listeners first: an owner that is gone would only make them back off.
        for process in self.processes.into_iter().rev() {
            process.stop().await;
        }
        self.stack.stop().await.map_err(|e| e.to_string())
    }
}
