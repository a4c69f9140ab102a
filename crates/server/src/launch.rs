//! A local platform: stack, keys, tokens, configuration, a process per role and the gateway.
//!
//! Used by `up` and `demo`. Everything lies in one folder; a second start finds the same ports'
//! owners gone and draws new ones, but the same data, keys and tokens.

mod files;
mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use local::{Options, Stack};

use crate::roles::Role;
pub(crate) use files::{Person, Tokens};
use process::{Part, Process};

/// How long the roles may take to answer; on a busy machine a start takes its time.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// What to start.
pub(crate) struct Launch {
    pub stack: Options,
    /// See [`crate::config::Clock`].
    pub clock: Option<Timestamp>,
    /// To each a token and a context.
    pub people: Vec<Person>,
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
    /// Starts the stack, then every role and the gateway in a process each, and waits until all
    /// answer.
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
        let tokens = files::prepare(&home, &launch.people)?;
        let processes = start(&home, &stack, launch.clock)?;
        let mut platform = Self {
            stack,
            processes,
            home,
            tokens,
        };
        files::write_context(
            &platform.context_file(),
            &platform.address(),
            &platform.tokens,
        )?;
        platform.until_ready(READY_WITHIN).await?;
        Ok(platform)
    }

    /// The file that `cwctl` reads to find the services and a token.
    pub(crate) fn context_file(&self) -> PathBuf {
        self.home.join("context.toml")
    }

    /// Starts every role and the gateway again, at another time.
    pub(crate) async fn turn_to(&mut self, clock: Timestamp) -> Result<(), String> {
        for process in std::mem::take(&mut self.processes).into_iter().rev() {
            process.stop().await;
        }
        self.processes = start(&self.home, &self.stack, Some(clock))?;
        files::write_context(&self.context_file(), &self.address(), &self.tokens)?;
        self.until_ready(READY_WITHIN).await
    }

    /// Where each role answers.
    pub(crate) fn endpoints(&self) -> Vec<(Role, String)> {
        self.processes
            .iter()
            .filter_map(|p| match p.part {
                Part::Role(role) => Some((role, format!("http://127.0.0.1:{}", p.port))),
                Part::Gateway => None,
            })
            .collect()
    }

    /// Where the gateway answers for all of them.
    pub(crate) fn address(&self) -> String {
        self.at(Part::Gateway)
    }

    /// Where each role answers.
    pub(crate) fn endpoint(&self, role: Role) -> String {
        self.at(Part::Role(role))
    }

    fn at(&self, part: Part) -> String {
        let process = self.processes.iter().find(|p| p.part == part);
        let port = process.expect("every part has a process").port;
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
            let log = logs.join(format!("{}.log", process.part));
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
        // The gateway first, so that nobody calls; then listeners: an owner that is gone would
        // only make them back off.
        for process in self.processes.into_iter().rev() {
            process.stop().await;
        }
        self.stack.stop().await.map_err(|e| e.to_string())
    }
}

/// A process for every role, and last the gateway before them.
fn start(home: &Path, stack: &Stack, clock: Option<Timestamp>) -> Result<Vec<Process>, String> {
    let ports = files::free_ports(Role::ALL.len() + 1)?;
    let signals = files::free_ports(Role::ALL.len() + 1)?;
    let peers: BTreeMap<Role, u16> = Role::ALL.into_iter().zip(ports.iter().copied()).collect();
    let parts = Role::ALL.into_iter().map(Part::Role);
    let mut processes = Vec::new();
    let parts = parts.chain([Part::Gateway]).zip(&ports);
    for ((part, port), http) in parts.zip(signals) {
        let ports = files::Ports {
            grpc: *port,
            http,
            peers: &peers,
        };
        let file = match part {
            Part::Role(role) => files::write_config(home, role, &ports, stack, clock)?,
            Part::Gateway => files::write_gateway(home, &ports)?,
        };
        processes.push(Process::start(part, *port, &file, &stack.log_dir())?);
    }
    Ok(processes)
}
