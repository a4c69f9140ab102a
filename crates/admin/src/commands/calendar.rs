//! `cwctl calendar`: the calendar that an officer's program follows. Its token is made here; only
//! the hash goes out.

use clap::Subcommand;
use wire::scheduling::v1::{OpenCalendarRequest, RevokeCalendarRequest};

use super::{Session, access};
use crate::failure::Failure;
use crate::output::{Layout, note};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Open an officer's calendar at a secret address; a former address ends.
    #[command(
        after_help = "The path is shown once: behind it whoever knows it reads the officer's \
        shifts.\n\nExamples:\n  cwctl calendar open cso-114"
    )]
    Open {
        /// Whose.
        officer: String,
    },
    /// End the address of an officer's calendar.
    #[command(after_help = "Examples:\n  cwctl calendar revoke cso-114")]
    Revoke {
        /// Whose.
        officer: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Open { officer } => {
            let token = access::token();
            let request = OpenCalendarRequest {
                officer,
                token_sha256: access::hash(&token),
            };
            let client = session.consented(&request)?;
            let mut answer = client.answer(None, &request).await?;
            if !session.client.options().dry_run {
                if let View::Record(fields) = &mut answer.view {
                    let path = format!("/calendar/{token}.ics");
                    fields.push(("path".to_owned(), View::Text(path)));
                }
                note("The path is shown this once; put it behind the address of the calendars.");
            }
            session.answered(&answer, Layout::Record)
        }
        Command::Revoke { officer } => session.record(RevokeCalendarRequest { officer }).await,
    }
}
