//! `cwctl waiver`.

use clap::{Args, Subcommand};
use wire::training::v1::{EndWaiverRequest, GrantWaiverRequest, ListWaiversRequest};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Let an officer do without a requirement for a while. You sign it.
    #[command(
        after_help = "Examples:\n  cwctl waiver grant cso-114 refresher --from 2027-01-20 \
        --until 2027-03-20 --town barlow --reason \"the course is in March\""
    )]
    Grant(Grant),
    /// End a waiver before its last day.
    #[command(after_help = "Examples:\n  cwctl waiver end cso-114 cso-114.w1 --on 2027-02-01")]
    End {
        /// The badge code.
        officer: String,
        /// The waiver: cso-114.w1.
        waiver: String,
        /// Its first day without effect.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// List waivers.
    #[command(after_help = "Examples:\n  cwctl waiver list\n  cwctl waiver list cso-114 -o csv")]
    List {
        /// Only this officer's.
        #[arg(default_value = "", hide_default_value = true)]
        officer: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Grant {
    /// The badge code.
    officer: String,
    /// The requirement, as the profile names it.
    requirement: String,
    /// Its first day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Its last day: there is no waiver without an end.
    #[arg(long, value_name = "DATE")]
    until: String,
    /// A town where it holds; once for each, none for everywhere.
    #[arg(long = "town", value_name = "TOWN")]
    towns: Vec<String>,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Grant(it) => {
            let request = GrantWaiverRequest {
                officer: it.officer,
                requirement: it.requirement,
                from: it.from,
                until: it.until,
                towns: it.towns,
            };
            session.record(request).await
        }
        Command::End {
            officer,
            waiver,
            on,
        } => {
            let request = EndWaiverRequest {
                officer,
                waiver,
                on,
            };
            session.record(request).await
        }
        Command::List { officer } => {
            let columns = &[
                "waiver",
                "requirement",
                "from",
                "until",
                "ended",
                "signer",
                "towns",
                "voided",
            ];
            let request = ListWaiversRequest {
                officer,
                ..ListWaiversRequest::default()
            };
            session
                .call(request, Layout::Rows("waivers", columns))
                .await
        }
    }
}
