//! `cwctl log`: every service answers for its own.

use clap::Subcommand;
use wire::log::v1::{HeadsRequest, ListParkedRequest, RetryParkedRequest};

use super::log_read::{self, Position, Tail};
use super::{Session, each};
use crate::context::Service;
use crate::failure::Failure;
use crate::output::{Layout, note};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// List how far each log has come.
    #[command(after_help = "Examples:\n  cwctl log heads\n  cwctl log heads -o json")]
    Heads,
    /// Show the last facts of a log, and those to come.
    #[command(after_help = "Examples:\n  cwctl log tail payroll\n  \
        cwctl log tail statements/three-rivers --last 100 -o jsonl\n  \
        cwctl log tail payroll --last 0 --follow")]
    Tail(Tail),
    /// Show one fact, with what it says.
    #[command(after_help = "Examples:\n  cwctl log fact payroll:412\n  \
        cwctl log fact statements/three-rivers:7 -o yaml")]
    Fact {
        /// Its position: <log>:<seq>.
        position: Position,
    },
    /// List the facts that a service could not apply; each stops its log for its listener.
    #[command(
        after_help = "Examples:\n  cwctl log parked\n  cwctl log parked --consumer statements"
    )]
    Parked {
        /// Only this listener's.
        #[arg(long, default_value = "", hide_default_value = true)]
        consumer: String,
    },
    /// Let a stopped listener try its parked fact again, at once.
    #[command(after_help = "Examples:\n  cwctl log retry statements payroll\n  \
        cwctl log retry statements payroll --at statements")]
    Retry {
        /// The listener, as `log parked` names it.
        consumer: String,
        /// The source log that it stopped at.
        log: String,
        /// The service that runs the listener [default: the one of its name].
        #[arg(long, value_enum, value_name = "SERVICE")]
        at: Option<Service>,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Heads => {
            let columns = &["service", "log", "seq", "fact_seq"];
            each(session, HeadsRequest::default(), "heads", columns).await
        }
        Command::Tail(it) => log_read::tail(it, session).await,
        Command::Fact { position } => log_read::fact(&position, session).await,
        Command::Parked { consumer } => {
            let columns = &[
                "service", "consumer", "log", "seq", "kind", "attempts", "since", "error",
            ];
            let request = ListParkedRequest {
                consumer,
                ..ListParkedRequest::default()
            };
            each(session, request, "parked", columns).await
        }
        Command::Retry { consumer, log, at } => {
            let named = Service::ALL.into_iter().find(|s| s.name() == consumer);
            let service = at.or(named).ok_or_else(|| {
                Failure::usage(format!("No service is called {consumer}."))
                    .hint("name the one that runs the listener with --at")
            })?;
            let request = RetryParkedRequest { consumer, log };
            session
                .call_at(Some(service), request, Layout::Record)
                .await?;
            note("The listener tries again; see `cwctl log parked`.");
            Ok(())
        }
    }
}
