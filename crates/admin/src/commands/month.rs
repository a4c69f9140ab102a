//! `cwctl month`.

use clap::Subcommand;
use wire::statements::v1::{CloseMonthRequest, ListMonthsRequest, PreviewMonthRequest};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;
use crate::table::POOLS;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Settle a month as it is known now, without closing it.
    #[command(after_help = "CSV holds the shares of the pools.\n\nExamples:\n  \
        cwctl month preview three-rivers 2026-10\n  \
        cwctl month preview three-rivers 2026-10 -o csv")]
    Preview {
        /// The agreement's id.
        agreement: String,
        /// The month: 2026-10.
        month: String,
    },
    /// Close a month and issue every party's statement. It cannot be opened again: what is learnt
    /// later becomes an adjustment. Asks for the reason, and for the agreement to be typed.
    #[command(after_help = "CSV holds the shares of the pools.\n\nExamples:\n  \
        cwctl month close three-rivers 2026-10 --dry-run\n  \
        cwctl month close three-rivers 2026-10 --reason \"all weeks are approved\"\n  \
        cwctl month close three-rivers 2026-10 --reason \"as agreed\" --allow-open")]
    Close {
        /// The agreement's id.
        agreement: String,
        /// The month: 2026-10.
        month: String,
        /// Close although time of the month is not approved; it is listed on the statements.
        #[arg(long)]
        allow_open: bool,
    },
    /// List an agreement's closed months, and the one that is next.
    #[command(after_help = "Examples:\n  cwctl month list three-rivers")]
    List {
        /// The agreement's id.
        agreement: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let shares = Layout::Lead {
        rows: "pools",
        inner: "shares",
        columns: POOLS,
    };
    match command {
        Command::Preview { agreement, month } => {
            session
                .call(PreviewMonthRequest { agreement, month }, shares)
                .await
        }
        Command::Close {
            agreement,
            month,
            allow_open,
        } => {
            let request = CloseMonthRequest {
                agreement,
                month,
                allow_open,
            };
            session.call(request, shares).await
        }
        Command::List { agreement } => {
            let layout = Layout::Lead {
                rows: "closed",
                inner: "",
                columns: &["month", "total_cents", "closed_at"],
            };
            session.call(ListMonthsRequest { agreement }, layout).await
        }
    }
}
