//! `cwctl log`: every service answers for its own.

use clap::Subcommand;
use prost::{Message, Name};
use wire::log::v1::{HeadsRequest, ListParkedRequest, RetryParkedRequest};

use super::Session;
use crate::context::Service;
use crate::failure::Failure;
use crate::output::{Layout, note};
use crate::view::View;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List how far each log has come.
    #[command(after_help = "Examples:\n  cwctl log heads\n  cwctl log heads -o json")]
    Heads,
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
            let reply = session.client.view_at(service, &request).await?;
            note("The listener tries again; see `cwctl log parked`.");
            session.output.reply(&reply, Layout::Record)
        }
    }
}

/// Asks every service of the context. Those that answer are shown; the first that does not decides
/// how the command ends.
async fn each<M: Message + Name>(
    session: &Session,
    request: M,
    rows: &'static str,
    columns: &'static [&'static str],
) -> Result<(), Failure> {
    let known = Service::ALL
        .into_iter()
        .filter(|s| session.client.knows(*s));
    let answers = futures::future::join_all(
        known.map(async |service| (service, session.client.view_at(service, &request).await)),
    );
    let mut found = Vec::new();
    let mut silent = None;
    for (service, answer) in answers.await {
        match answer {
            Ok(reply) => found.extend(reply.items(rows).iter().cloned().map(|mut row| {
                row.prefix("service", View::Text(service.name().to_owned()));
                row
            })),
            Err(failure) if silent.is_none() => silent = Some(failure),
            Err(failure) => note(&failure.message),
        }
    }
    let reply = View::Record(vec![(rows.to_owned(), View::List(found))]);
    session.output.reply(&reply, Layout::Rows(rows, columns))?;
    silent.map_or(Ok(()), Err)
}
