//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Layers};
use crate::roles::Role;
use crate::{demo, gateway, migrate, ready, recovery, serve, telemetry, up};

const EXAMPLES: &str = "Examples:
  commonwatch demo                      a month of one shared officer, from clock-in to statements
  commonwatch up                        every service on this machine, data kept
  commonwatch down --delete-data        take that data away
  commonwatch serve --role payroll --config /etc/commonwatch/payroll.toml
  commonwatch gateway --config /etc/commonwatch/gateway.toml
  commonwatch backup --config all.toml --to /backup/2026-10-31 --keys-to /keys
  commonwatch restore --config all.toml --from /backup/2026-10-31 --keys /keys --dry-run
  commonwatch print-config --set log.level=debug

Exit codes: 0 done, 1 failed, 2 wrong usage.";

/// One officer, several towns, one honest bill: the services of Commonwatch.
#[derive(Debug, Parser)]
#[command(name = "commonwatch", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer as one role or several, until told to stop (SIGINT or SIGTERM)
    Serve(Serve),
    /// Be the one address before all roles: hand every call on to the one that answers it
    Gateway(Serve),
    /// Bring the databases of the roles to this version, then end
    Migrate(Configured),
    /// Ask the process that a file configures, on this machine, whether it is ready
    Ready(Ready),
    /// Run everything on this machine: a private PostgreSQL, NATS, and a process per role
    Up(Up),
    /// Take the data of `up` away, or of the demo
    Down(Down),
    /// Play a month of one shared officer and show its statements
    Demo(demo::Demo),
    /// Save the data of all roles as of one instant, and their keys elsewhere; nobody stops
    Backup(recovery::Backup),
    /// See whether a backup is whole
    CheckBackup(recovery::Check),
    /// Put a backup into empty databases; who was erased stays erased
    Restore(recovery::Restore),
    /// Show the configuration that is in force, without passwords
    PrintConfig(Configured),
}

/// How a process is configured.
#[derive(Debug, Args)]
pub(crate) struct Configured {
    /// Configuration file [default: none, the built-in values]
    #[arg(long, value_name = "FILE", env = "COMMONWATCH_CONFIG")]
    config: Option<PathBuf>,
    /// One key, over file and environment; may be given often
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// A role of this process; may be given often [default: all]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    configured: Configured,
    /// End when standard input ends: so a process does not outlive the one that started it
    #[arg(long)]
    with_stdin: bool,
}

#[derive(Debug, Args)]
struct Ready {
    #[command(flatten)]
    configured: Configured,
    /// Ask again for that many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

/// `commonwatch up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Folder of all data [default: $COMMONWATCH_DATA, else /var/lib/commonwatch for root, else
    /// ~/.local/share/commonwatch]
    #[arg(long, value_name = "FOLDER", env = "COMMONWATCH_DATA")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Down {
    /// The same folder as for `up`
    #[arg(long, value_name = "FOLDER", env = "COMMONWATCH_DATA")]
    data: Option<PathBuf>,
    /// Say yes to losing the data
    #[arg(long, required = true)]
    delete_data: bool,
}

impl Configured {
    /// File, environment and flags laid over each other.
    fn load(&self) -> Result<Config, String> {
        let layers = Layers {
            file: self.config.as_deref(),
            environment: std::env::vars().collect(),
            settings: &self.settings,
        };
        let mut config = layers.load().map_err(|e| e.to_string())?;
        if !self.roles.is_empty() {
            config.roles.clone_from(&self.roles);
        }
        Ok(config)
    }
}

/// Parses, runs, and turns the outcome into an exit code.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system grants threads and timers");
    let done = runtime.block_on(dispatch(cli.command));
    // Reading standard input is a thread that only the end of input ends.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("commonwatch: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> Result<(), String> {
    match command {
        Command::Serve(args) => {
            let config = args.configured.load()?;
            let roles: Vec<_> = config.roles().into_iter().map(Role::name).collect();
            let process = format!("commonwatch-{}", roles.join("+"));
            let sending = telemetry::start_sending(&config.log, &config.telemetry, process)?;
            let served = Box::pin(serve::serve(config, args.with_stdin)).await;
            sending.end().await;
            served
        }
        Command::Gateway(args) => {
            let config = args.configured.load()?;
            telemetry::start(&config.log)?;
            Box::pin(gateway::gateway(config, args.with_stdin)).await
        }
        Command::Migrate(args) => {
            let config = args.load()?;
            telemetry::start(&config.log)?;
            migrate::migrate(&config).await
        }
        Command::PrintConfig(args) => {
            print!("{}", args.load()?.shown());
            Ok(())
        }
        Command::Ready(args) => {
            let patience = std::time::Duration::from_secs(args.wait);
            ready::ready(&args.configured.load()?, patience).await
        }
        Command::Backup(args) => Box::pin(recovery::backup(args)).await,
        Command::CheckBackup(args) => recovery::check(&args),
        Command::Restore(args) => Box::pin(recovery::restore(args)).await,
        Command::Up(args) => Box::pin(up::up(args)).await,
        Command::Down(args) => down(args).await,
        Command::Demo(args) => Box::pin(demo::demo(args)).await,
    }
}

async fn down(args: Down) -> Result<(), String> {
    debug_assert!(args.delete_data, "clap requires it");
    let data = up::data_dir(args.data)?;
    local::remove(&data).await.map_err(|e| e.to_string())?;
    eprintln!("{} is gone", data.display());
    Ok(())
}
