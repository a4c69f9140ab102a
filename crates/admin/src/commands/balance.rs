//! `cwctl balance`.

use clap::Args;
use wire::scheduling::v1::GetBalanceRequest;

use super::Session;
use crate::failure::Failure;

/// Bought, planned, worked and billed minutes of a month, by town; and what will not come out.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  cwctl balance 2026-11\n  cwctl balance 2026-11 --town barlow")]
pub(crate) struct Command {
    /// The month: 2026-11.
    month: String,
    /// Only this town's; a town's clerk must name their own.
    #[arg(long, default_value = "", hide_default_value = true)]
    town: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let Command { month, town } = command;
    session.record(GetBalanceRequest { town, month }).await
}
