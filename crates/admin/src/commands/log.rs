//! `cwctl log`: every service answers for its own.

use clap::Subcommand;
use wire::log::v1::{
    HeadsRequest, ListConsumersRequest, ListParkedRequest, ListSkippedRequest, RetryParkedRequest,
    SkipParkedRequest,
};

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
    /// List how far every listener has come with every log that it takes in.
    #[command(
        after_help = "Examples:\n  cwctl log consumers\n  cwctl log consumers --watch=5\n  \
        cwctl log consumers --consumer statements"
    )]
    Consumers {
        /// Only this listener's.
        #[arg(long, default_value = "", hide_default_value = true)]
        consumer: String,
    },
    /// Show the last events of a log, and those to come.
    #[command(
        after_help = "`<service>/_upkeep` holds what operators did to a service's data: rebuilds, \
        retries, skips.\n\nExamples:\n  cwctl log tail payroll\n  \
        cwctl log tail statements/three-rivers --last 100 -o jsonl\n  \
        cwctl log tail payroll --stream timesheet/cso-114 --actor hr-2\n  \
        cwctl log tail payroll --last 5 --follow"
    )]
    Tail(Tail),
    /// Show one event, with its private body to those who may see it.
    #[command(after_help = "Examples:\n  cwctl log show payroll:412\n  \
        cwctl log show statements/three-rivers:7 -o yaml")]
    Show {
        /// Its position: <log>:<seq>.
        position: Position,
    },
    /// Show one fact, the public form of an event, with what it says.
    #[command(after_help = "Examples:\n  cwctl log fact payroll:412\n  \
        cwctl log fact statements/three-rivers:7 -o yaml")]
    Fact {
        /// Its position: <log>:<seq>.
        position: Position,
    },
    /// Check a whole log: sequence, versions, facts, every hash and checkpoint.
    #[command(
        after_help = "Ends with 5 and says the first thing that is wrong, if anything is.\n\n\
        Examples:\n  cwctl log verify payroll\n  cwctl log verify statements/three-rivers"
    )]
    Verify {
        /// The log.
        log: String,
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
        #[command(flatten)]
        at: At,
    },
    /// Let a stopped listener go on without a fact. Needs a reason, and is an event itself.
    #[command(
        after_help = "What the fact would have done is then missing: mend it by a command of the \
        service.\n\nExamples:\n  \
        cwctl log skip statements payroll:412 --reason \"recorded twice, corrected by 415\""
    )]
    Skip {
        /// The listener, as `log parked` names it.
        consumer: String,
        /// The fact: <log>:<seq>, from the parked one's `seq` to its `last_seq`.
        position: Position,
        #[command(flatten)]
        at: At,
    },
    /// List the facts that listeners were told to go on without, and why.
    #[command(
        after_help = "Examples:\n  cwctl log skipped\n  cwctl log skipped --consumer statements"
    )]
    Skipped {
        /// Only this listener's.
        #[arg(long, default_value = "", hide_default_value = true)]
        consumer: String,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct At {
    /// The service that runs the listener [default: the one of its name].
    #[arg(long, value_enum, value_name = "SERVICE")]
    at: Option<Service>,
}

impl At {
    fn of(&self, consumer: &str) -> Result<Service, Failure> {
        let named = Service::ALL.into_iter().find(|s| s.name() == consumer);
        self.at.or(named).ok_or_else(|| {
            Failure::usage(format!("No service is called {consumer}."))
                .hint("name the one that runs the listener with --at")
        })
    }
}

const CONSUMERS: &[&str] = &[
    "consumer",
    "log",
    "receipt",
    "head",
    "behind",
    "parked",
    "owner_silent",
    "taken_at",
];

const PARKED: &[&str] = &[
    "service", "consumer", "log", "seq", "last_seq", "kind", "attempts", "since", "error",
];

const SKIPPED: &[&str] = &[
    "consumer",
    "log",
    "seq",
    "kind",
    "skipped_at",
    "actor",
    "reason",
];

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Heads => {
            let columns = &["service", "log", "seq", "fact_seq"];
            each(session, HeadsRequest::default(), "heads", columns).await
        }
        Command::Consumers { consumer } => {
            let request = ListConsumersRequest { consumer };
            each(session, request, "consumers", CONSUMERS).await
        }
        Command::Tail(it) => log_read::tail(it, session).await,
        Command::Show { position } => log_read::event(position, session).await,
        Command::Fact { position } => log_read::fact(position, session).await,
        Command::Verify { log } => log_read::verify(log, session).await,
        Command::Parked { consumer } => {
            let request = ListParkedRequest {
                consumer,
                ..ListParkedRequest::default()
            };
            each(session, request, "parked", PARKED).await
        }
        Command::Retry { consumer, log, at } => {
            let service = Some(at.of(&consumer)?);
            let request = RetryParkedRequest { consumer, log };
            session.call_at(service, request, Layout::Record).await?;
            note("The listener tries again; see `cwctl log parked`.");
            Ok(())
        }
        Command::Skip {
            consumer,
            position,
            at,
        } => skip(consumer, position, &at, session).await,
        Command::Skipped { consumer } => {
            let request = ListSkippedRequest {
                consumer,
                ..ListSkippedRequest::default()
            };
            each(session, request, "skipped", SKIPPED).await
        }
    }
}

async fn skip(
    consumer: String,
    Position { log, seq }: Position,
    at: &At,
    session: &Session,
) -> Result<(), Failure> {
    let service = Some(at.of(&consumer)?);
    let request = SkipParkedRequest { consumer, log, seq };
    session.call_at(service, request, Layout::Record).await?;
    note("The listener goes on without it; see `cwctl log skipped`.");
    Ok(())
}
