//! `cwctl officer`.

use clap::{Args, Subcommand};
use wire::registry::v1::{
    AssignOfficerRequest, EndAssignmentRequest, EndOfficerRequest, EnrolOfficerRequest,
    EraseOfficerRequest, GetOfficerRequest, ListOfficersRequest, SetPayRateRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Enrol an officer. Name, email and phone go to the vault and nowhere else.
    #[command(
        after_help = "Examples:\n  cwctl officer enrol cso-114 --from 2026-09-01 \
        --name \"Jordan Example\""
    )]
    Enrol(Enrol),
    /// Give an officer's employment its last day.
    #[command(after_help = "Examples:\n  cwctl officer end cso-114 --on 2027-01-31")]
    End {
        /// The badge code.
        officer: String,
        /// The last day of employment.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// Destroy what is personal of a former officer, in every service. It cannot be taken back.
    #[command(
        after_help = "Examples:\n  cwctl officer erase cso-114 --grounds request --dry-run\n  \
        cwctl officer erase cso-114 --grounds retention-over --reason \"yearly clean-up\""
    )]
    Erase {
        /// The badge code.
        officer: String,
        /// Why, by code: request, retention-over. Never a name.
        #[arg(long, value_name = "CODE")]
        grounds: String,
    },
    /// Set pay and burden from a day on.
    #[command(
        after_help = "Examples:\n  cwctl officer rate cso-114 --from 2026-09-01 \
        --dollars-per-hour 24.50 --burden 0.2235\n  cwctl officer rate cso-114 --from 2027-01-01 \
        --dollars-per-hour 25.25 --burden 0.2235 --burden-on-premium"
    )]
    Rate(Rate),
    /// Name the account that takes the officer's minutes without a town.
    #[command(
        after_help = "Examples:\n  cwctl officer assign cso-114 --from 2026-09-01 \
        --account agreement:three-rivers"
    )]
    Assign(Assign),
    /// Give an assignment its last day.
    #[command(
        after_help = "Examples:\n  cwctl officer end-assignment cso-114 --from 2026-09-01 \
        --until 2026-12-31"
    )]
    EndAssignment {
        /// The badge code.
        officer: String,
        /// The first day of the assignment that is meant.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// Its last day.
        #[arg(long, value_name = "DATE")]
        until: String,
    },
    /// Show an officer with rates and assignments; the name only to those who may see it.
    #[command(after_help = "Examples:\n  cwctl officer show cso-114")]
    Show {
        /// The badge code.
        officer: String,
    },
    /// List officers, without names.
    #[command(after_help = "Examples:\n  cwctl officer list\n  cwctl officer list -o csv")]
    List,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Enrol {
    /// The badge code: 2 to 5 letters, a hyphen, 1 to 6 digits.
    officer: String,
    /// The first day of employment.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The name. Personal: kept in the vault.
    #[arg(long)]
    name: String,
    /// The email address. Personal: kept in the vault.
    #[arg(long, default_value = "", hide_default_value = true)]
    email: String,
    /// The phone number. Personal: kept in the vault.
    #[arg(long, default_value = "", hide_default_value = true)]
    phone: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Rate {
    /// The badge code.
    officer: String,
    /// The first day on which it is in force.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Pay, in dollars per hour: 24.50.
    #[arg(long, value_name = "DOLLARS")]
    dollars_per_hour: String,
    /// What the employer pays on top of each dollar of pay: 0.2235.
    #[arg(long)]
    burden: String,
    /// The overtime premium carries the burden too.
    #[arg(long)]
    burden_on_premium: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Assign {
    /// The badge code.
    officer: String,
    /// The first day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The last day; open without it.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    until: String,
    /// `agreement:<id>` or `provider`.
    #[arg(long)]
    account: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Enrol(it) => {
            let request = EnrolOfficerRequest {
                officer: it.officer,
                from: it.from,
                name: it.name,
                email: it.email,
                phone: it.phone,
            };
            session.record(request).await
        }
        Command::End { officer, on } => session.record(EndOfficerRequest { officer, on }).await,
        Command::Erase { officer, grounds } => {
            session
                .record(EraseOfficerRequest { officer, grounds })
                .await
        }
        Command::Rate(it) => {
            let request = SetPayRateRequest {
                officer: it.officer,
                from: it.from,
                dollars_per_hour: it.dollars_per_hour,
                burden: it.burden,
                burden_on_premium: it.burden_on_premium,
            };
            session.record(request).await
        }
        Command::Assign(it) => {
            let request = AssignOfficerRequest {
                officer: it.officer,
                from: it.from,
                until: it.until,
                account: it.account,
            };
            session.record(request).await
        }
        Command::EndAssignment {
            officer,
            from,
            until,
        } => {
            let request = EndAssignmentRequest {
                officer,
                from,
                until,
            };
            session.record(request).await
        }
        Command::Show { officer } => session.record(GetOfficerRequest { officer }).await,
        Command::List => {
            let layout = Layout::Rows("officers", &["officer", "from", "ended_on"]);
            session.call(ListOfficersRequest::default(), layout).await
        }
    }
}
