//! `cwctl leave`.

use clap::Subcommand;
use wire::scheduling::v1::{
    ApproveRequestRequest, DeclineRequestRequest, ListRequestsRequest, RequestLeaveRequest,
    WithdrawRequestRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Ask for leave.
    #[command(
        after_help = "Examples:\n  cwctl leave request cso-114 --from 2026-11-23 \
        --until 2026-11-27 --kind vacation"
    )]
    Request {
        /// Who.
        officer: String,
        /// First day, or a local time.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// Last day, or a local time that is not part of it.
        #[arg(long, value_name = "DATE")]
        until: String,
        /// What for, by code. Never what somebody suffers from.
        #[arg(long)]
        kind: String,
    },
    /// Approve leave; refused while the officer has shifts in it.
    #[command(after_help = "Examples:\n  cwctl leave approve r17")]
    Approve {
        /// The request.
        request: String,
    },
    /// Decline leave.
    #[command(after_help = "Examples:\n  cwctl leave decline r17")]
    Decline {
        /// The request.
        request: String,
    },
    /// Take leave back, also when it was approved.
    #[command(after_help = "Examples:\n  cwctl leave withdraw cso-114 r17")]
    Withdraw {
        /// Whose it is.
        officer: String,
        /// The request.
        request: String,
    },
    /// List leave.
    #[command(after_help = "Examples:\n  cwctl leave list --waiting")]
    List {
        /// Only this officer's; an officer must name themselves.
        #[arg(long, default_value = "", hide_default_value = true)]
        officer: String,
        /// Only what waits for an answer.
        #[arg(long)]
        waiting: bool,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Request {
            officer,
            from,
            until,
            kind,
        } => {
            let request = RequestLeaveRequest {
                officer,
                from,
                until,
                kind,
            };
            session.record(request).await
        }
        Command::Approve { request } => session.record(ApproveRequestRequest { request }).await,
        Command::Decline { request } => session.record(DeclineRequestRequest { request }).await,
        Command::Withdraw { officer, request } => {
            let request = WithdrawRequestRequest { officer, request };
            session.record(request).await
        }
        Command::List { officer, waiting } => {
            let columns = &["request", "officer", "start", "end", "kind", "state"];
            let request = ListRequestsRequest {
                officer,
                waiting,
                what: "leave".to_owned(),
                ..ListRequestsRequest::default()
            };
            session
                .call(request, Layout::Rows("requests", columns))
                .await
        }
    }
}
