//! `cwctl table`: the tables that answer questions, each folded from a log.

use clap::{Args, Subcommand};
use wire::log::v1::{ListTablesRequest, RebuildTableRequest, RebuildTableResponse};

use super::{Session, each};
use crate::context::Service;
use crate::failure::{Exit, Failure};
use crate::output::Layout;
use crate::progress::Progress;
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// List the tables of every service.
    #[command(after_help = "Examples:\n  cwctl table list\n  cwctl table list --digests -o csv")]
    List {
        /// Count the rows and compute the digests, which reads every row.
        #[arg(long)]
        digests: bool,
    },
    /// Fold a table again from its log and put it in place, while writing goes on.
    #[command(
        after_help = "Ends with 5 if the fresh table differs from the live one; with --reason it \
        is put in place all the same. --dry-run only compares.\n\nExamples:\n  \
        cwctl table rebuild payroll duties --dry-run\n  \
        cwctl table rebuild payroll duties\n  \
        cwctl table rebuild statements towns --mirror --reason \"the fold was mended in 0.2\""
    )]
    Rebuild(Rebuild),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Rebuild {
    /// The service that keeps it.
    #[arg(value_enum)]
    service: Service,
    /// Its name, as `table list` gives it.
    table: String,
    /// It is folded from neighbours' facts.
    #[arg(long)]
    mirror: bool,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::List { digests } => {
            let columns = &[
                "service", "name", "version", "mirror", "filled", "rows", "digest",
            ];
            let request = ListTablesRequest {
                digests,
                ..ListTablesRequest::default()
            };
            each(session, request, "tables", columns).await
        }
        Command::Rebuild(it) => rebuild(it, session).await,
    }
}

async fn rebuild(it: Rebuild, session: &Session) -> Result<(), Failure> {
    let request = RebuildTableRequest {
        service: it.service.name().to_owned(),
        table: it.table,
        mirror: it.mirror,
    };
    let client = session.consented(&request)?;
    let bar = Progress::new("events");
    let mut found = None;
    let each = |reply: RebuildTableResponse| {
        bar.at(reply.folded, reply.upto);
        bar.stage(&reply.stage);
        found = reply.rebuilt.or(found.take());
        Ok(())
    };
    let done = client.stream_at(it.service, &request, each).await;
    bar.end();
    done.map_err(|failure| match failure.reason.as_str() {
        "DIGESTS_DIFFER" => Failure {
            exit: Exit::Differences,
            ..failure
        }
        .hint("compare with `cwctl table list --digests`; give --reason to put it in place"),
        _ => failure,
    })?;
    let Some(found) = found else {
        let message = "The service did not say what it found.";
        return Err(Failure::new(Exit::Failed, "REPLY_UNREADABLE", message));
    };
    session.output.reply(&View::of(&found), Layout::Record)?;
    if !found.swapped && found.digest != found.live_digest {
        let message = "The fresh table differs from the live one.";
        return Err(Failure::new(Exit::Differences, "DIGESTS_DIFFER", message)
            .hint("rebuild it with --reason to put the fresh one in place"));
    }
    Ok(())
}
