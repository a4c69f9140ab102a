//! `cwctl timesheet`.

use clap::{Subcommand, ValueEnum};
use wire::payroll::v1::{
    ApproveWeekRequest, GetTimesheetRequest, ListTimesheetsRequest, ReturnWeekRequest,
    SubmitWeekRequest, WeekState,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Show one week of an officer, with every duty in it.
    #[command(after_help = "Examples:\n  cwctl timesheet show cso-114 --week 2026-10-25")]
    Show {
        /// The badge code.
        officer: String,
        /// Any day of the week.
        #[arg(long, value_name = "DATE")]
        week: String,
    },
    /// List weeks.
    #[command(after_help = "Examples:\n  cwctl timesheet list --state submitted\n  \
        cwctl timesheet list --officer cso-114 -o csv")]
    List {
        /// Only this officer's; an officer must name themself.
        #[arg(long, default_value = "", hide_default_value = true)]
        officer: String,
        /// Only weeks in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
    },
    /// Sign a week.
    #[command(after_help = "Examples:\n  cwctl timesheet submit cso-114 --week 2026-10-25")]
    Submit {
        /// The badge code.
        officer: String,
        /// Any day of the week.
        #[arg(long, value_name = "DATE")]
        week: String,
    },
    /// Send a week back, with the reason.
    #[command(
        after_help = "Examples:\n  cwctl timesheet return cso-114 --week 2026-10-25 \
        --reason \"Thursday evening is missing\""
    )]
    Return {
        /// The badge code.
        officer: String,
        /// Any day of the week.
        #[arg(long, value_name = "DATE")]
        week: String,
    },
    /// Approve a submitted week, or some of its days at a month's end.
    #[command(
        after_help = "Examples:\n  cwctl timesheet approve cso-114 --week 2026-10-18\n  \
        cwctl timesheet approve cso-114 --week 2026-10-25 --from 2026-10-25 --to 2026-10-31"
    )]
    Approve {
        /// The badge code.
        officer: String,
        /// Any day of the week.
        #[arg(long, value_name = "DATE")]
        week: String,
        /// Only the days from here …
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        from: String,
        /// … to here.
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        to: String,
    },
}

/// The states of a week.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// Minutes may still come.
    Open,
    /// Signed by the officer.
    Submitted,
    /// Sent back.
    Returned,
    /// Every day with minutes is approved.
    Approved,
}

impl From<State> for WeekState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Submitted => Self::Submitted,
            State::Returned => Self::Returned,
            State::Approved => Self::Approved,
        }
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Show { officer, week } => {
            session.record(GetTimesheetRequest { officer, week }).await
        }
        Command::List { officer, state } => {
            let columns = &[
                "officer",
                "week_start",
                "state",
                "minutes",
                "open_days",
                "exceptions",
            ];
            let request = ListTimesheetsRequest {
                officer,
                state: state.map_or(WeekState::Unspecified, WeekState::from).into(),
                ..ListTimesheetsRequest::default()
            };
            session
                .call(request, Layout::Rows("timesheets", columns))
                .await
        }
        Command::Submit { officer, week } => {
            session.record(SubmitWeekRequest { officer, week }).await
        }
        Command::Return { officer, week } => {
            let request = ReturnWeekRequest {
                officer,
                week,
                ..ReturnWeekRequest::default()
            };
            session.record(request).await
        }
        Command::Approve {
            officer,
            week,
            from,
            to,
        } => {
            let request = ApproveWeekRequest {
                officer,
                week,
                from,
                to,
            };
            let layout = Layout::Lead {
                rows: "costs",
                inner: "",
                columns: &["account", "minutes", "cost_cents", "premium_cents"],
            };
            session.call(request, layout).await
        }
    }
}
