//! `cwctl expense`.

use clap::{Args, Subcommand};
use vocabulary::Cents;
use wire::statements::v1::{ListExpensesRequest, RecordExpenseRequest};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Record money that the towns of an agreement share, or that one of them bears alone.
    #[command(
        after_help = "Examples:\n  cwctl expense record three-rivers --pool vehicle \
        --amount 412.37 --date 2026-10-15 --code fuel\n  cwctl expense record three-rivers \
        --town barlow --amount=-20.00 --date 2026-10-20 --code refund"
    )]
    Record(Record),
    /// List an agreement's expenses.
    #[command(after_help = "Examples:\n  cwctl expense list three-rivers\n  \
        cwctl expense list three-rivers --month 2026-10 -o csv")]
    List {
        /// The agreement's id.
        agreement: String,
        /// Only those of this month.
        #[arg(long, default_value = "", hide_default_value = true)]
        month: String,
    },
}

#[derive(Debug, Clone, Args)]
#[command(group(clap::ArgGroup::new("bearer").required(true).args(["pool", "town"])))]
pub(crate) struct Record {
    /// The agreement's id.
    agreement: String,
    /// The pool of the terms that shares it.
    #[arg(long, default_value = "", hide_default_value = true)]
    pool: String,
    /// The town that bears it alone.
    #[arg(long, default_value = "", hide_default_value = true)]
    town: String,
    /// Dollars and cents: 412.37; below zero (`--amount=-20.00`) for a refund.
    #[arg(long, value_name = "DOLLARS")]
    amount: Cents,
    /// The day it is for.
    #[arg(long)]
    date: String,
    /// What it was: lower case letters, digits and hyphens.
    #[arg(long)]
    code: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Record(it) => {
            let request = RecordExpenseRequest {
                agreement: it.agreement,
                pool: it.pool,
                town: it.town,
                amount_cents: it.amount.0,
                date: it.date,
                code: it.code,
            };
            session.record(request).await
        }
        Command::List { agreement, month } => {
            let columns = &["expense", "date", "pool", "town", "code", "amount_cents"];
            let request = ListExpensesRequest {
                agreement,
                month,
                ..ListExpensesRequest::default()
            };
            session
                .call(request, Layout::Rows("expenses", columns))
                .await
        }
    }
}
