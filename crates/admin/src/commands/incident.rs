//! `cwctl incident`.

use clap::{Args, Subcommand};
use wire::incidents::v1::{
    CloseIncidentRequest, EraseIncidentRequest, GetIncidentRequest, ListIncidentsRequest,
    OpenIncidentRequest, RecordUnitRequest, SummariseIncidentsRequest, WithdrawIncidentRequest,
};

use super::{Session, incident_import};
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Open an incident.
    #[command(
        after_help = "Examples:\n  cwctl incident open desk/26-104 --town barlow \
        --call-type welfare-check\n  cwctl incident open desk/26-105 --town shelby \
        --call-type noise --received-at 2026-10-31T23:10"
    )]
    Open(Open),
    /// Add a unit to an incident, or change its times; a time that is left out stays.
    #[command(after_help = "Examples:\n  cwctl incident unit desk/26-104 --unit 1 \
        --officer cso-114 --dispatched-at 2026-10-31T22:02 --arrived-at 2026-10-31T22:09")]
    Unit(Unit),
    /// Close an incident with its disposition. From here on it counts.
    #[command(after_help = "Examples:\n  cwctl incident close desk/26-104 --disposition report")]
    Close {
        /// The incident: <source>/<number>.
        incident: String,
        /// By code: lower case letters, digits and hyphens.
        #[arg(long)]
        disposition: String,
    },
    /// Take back an incident that was recorded in error.
    #[command(after_help = "Examples:\n  cwctl incident withdraw desk/26-104 \
        --reason \"the same as 26-103\"")]
    Withdraw {
        /// The incident: <source>/<number>.
        incident: String,
    },
    /// Destroy an incident's narrative and reasons; what it counted stays. It cannot be taken back.
    #[command(
        after_help = "Examples:\n  cwctl incident erase desk/26-104 --grounds retention-over \
        --reason \"yearly clean-up\""
    )]
    Erase {
        /// The incident: <source>/<number>.
        incident: String,
        /// Why, by code: request, retention-over. Never a name.
        #[arg(long, value_name = "CODE")]
        grounds: String,
    },
    /// Import closed incidents from a dispatch system's export.
    Import(incident_import::Import),
    /// Show an incident.
    #[command(after_help = "Examples:\n  cwctl incident show barlow-cad/26-1")]
    Show {
        /// The incident: <source>/<number>.
        incident: String,
        /// The town that asks; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
    /// List incidents of a town and month.
    #[command(
        after_help = "Examples:\n  cwctl incident list --town barlow --month 2026-10\n  \
        cwctl incident list --month 2026-10 -o csv"
    )]
    List {
        /// Only this town's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
        /// Only this month's.
        #[arg(long, default_value = "", hide_default_value = true)]
        month: String,
    },
    /// Count calls and minutes of a month, by town and call type.
    #[command(after_help = "Examples:\n  cwctl incident summary --month 2026-10\n  \
        cwctl incident summary --month 2026-10 --town barlow -o csv")]
    Summary {
        /// The month: 2026-10.
        #[arg(long)]
        month: String,
        /// Only this town's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Open {
    /// Its id: <source>/<number>.
    incident: String,
    /// The town it happened in.
    #[arg(long)]
    town: String,
    /// By code: lower case letters, digits and hyphens.
    #[arg(long)]
    call_type: String,
    /// When the call came [default: now].
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    received_at: String,
    /// Where and what. Personal: kept in the vault.
    #[arg(long, default_value = "", hide_default_value = true)]
    narrative: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Unit {
    /// The incident: <source>/<number>.
    incident: String,
    /// The unit's number on this incident.
    #[arg(long)]
    unit: String,
    /// The badge code; none for a unit of somebody else.
    #[arg(long, default_value = "", hide_default_value = true)]
    officer: String,
    /// When it was sent.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    dispatched_at: String,
    /// When it came.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    arrived_at: String,
    /// When it was free again.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    cleared_at: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Open(it) => session.record(opening(it)).await,
        Command::Unit(it) => session.record(unit(it)).await,
        Command::Close {
            incident,
            disposition,
        } => {
            let request = CloseIncidentRequest {
                incident,
                disposition,
            };
            session.record(request).await
        }
        Command::Withdraw { incident } => {
            let request = WithdrawIncidentRequest {
                incident,
                ..WithdrawIncidentRequest::default()
            };
            session.record(request).await
        }
        Command::Erase { incident, grounds } => {
            session
                .record(EraseIncidentRequest { incident, grounds })
                .await
        }
        Command::Import(it) => incident_import::run(it, session).await,
        Command::Show { incident, town } => {
            session.record(GetIncidentRequest { incident, town }).await
        }
        Command::List { town, month } => {
            let columns = &[
                "incident",
                "date",
                "town",
                "call_type",
                "state",
                "disposition",
                "minutes",
                "flags",
            ];
            let request = ListIncidentsRequest {
                town,
                month,
                ..ListIncidentsRequest::default()
            };
            session
                .call(request, Layout::Rows("incidents", columns))
                .await
        }
        Command::Summary { month, town } => {
            let layout = Layout::Rows("counts", &["town", "call_type", "calls", "minutes"]);
            session
                .call(SummariseIncidentsRequest { town, month }, layout)
                .await
        }
    }
}

fn opening(it: Open) -> OpenIncidentRequest {
    OpenIncidentRequest {
        incident: it.incident,
        town: it.town,
        call_type: it.call_type,
        received_at: it.received_at,
        narrative: it.narrative,
    }
}

fn unit(it: Unit) -> RecordUnitRequest {
    RecordUnitRequest {
        incident: it.incident,
        unit: it.unit,
        officer: it.officer,
        dispatched_at: it.dispatched_at,
        arrived_at: it.arrived_at,
        cleared_at: it.cleared_at,
    }
}
