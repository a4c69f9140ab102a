//! `cwctl availability`.

use clap::Subcommand;
use wire::scheduling::v1::{
    AddUnavailableRequest, GetAvailabilityRequest, RemoveUnavailableRequest, SetLimitsRequest,
};

use super::Session;
use crate::failure::Failure;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Say when an officer cannot be had, or would rather not: once, or by a pattern.
    #[command(
        after_help = "Examples:\n  cwctl availability add cso-114 --from 2026-11-12T18:00 \
        --until 2026-11-12T22:00\n  cwctl availability add cso-114 --wish \
        --line \"DTSTART;TZID=America/Chicago:20261103T180000\" --line \"DURATION:PT4H\" \
        --line \"RRULE:FREQ=WEEKLY;COUNT=10\""
    )]
    Add {
        /// Who.
        officer: String,
        /// First day, or a local time.
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        from: String,
        /// Last day, or a local time that is not part of it.
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        until: String,
        /// A line of a pattern (docs/patterns.md); repeated, in order.
        #[arg(long = "line", value_name = "LINE", conflicts_with_all = ["from", "until"])]
        lines: Vec<String>,
        /// Only a wish: kept where nothing that counts more suffers.
        #[arg(long)]
        wish: bool,
    },
    /// Take an entry back.
    #[command(after_help = "Examples:\n  cwctl availability remove cso-114 a3")]
    Remove {
        /// Who.
        officer: String,
        /// Which.
        entry: String,
    },
    /// Say how much an officer works.
    #[command(
        after_help = "Examples:\n  cwctl availability limits cso-114 --hours-a-week 32 \
        --hours-a-week-max 40"
    )]
    Limits {
        /// Who.
        officer: String,
        /// Hours a week that are theirs to give.
        #[arg(long, value_name = "HOURS")]
        hours_a_week: u8,
        /// Most hours in a workweek [default: the provider's].
        #[arg(
            long,
            value_name = "HOURS",
            default_value_t = 0,
            hide_default_value = true
        )]
        hours_a_week_max: u8,
    },
    /// Show an officer's availability and limits.
    #[command(after_help = "Examples:\n  cwctl availability show cso-114")]
    Show {
        /// Who.
        officer: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Add {
            officer,
            from,
            until,
            lines,
            wish,
        } => {
            let request = AddUnavailableRequest {
                officer,
                from,
                until,
                pattern: lines.join("\n"),
                wish,
            };
            session.record(request).await
        }
        Command::Remove { officer, entry } => {
            let request = RemoveUnavailableRequest { officer, entry };
            session.record(request).await
        }
        Command::Limits {
            officer,
            hours_a_week,
            hours_a_week_max,
        } => {
            let request = SetLimitsRequest {
                officer,
                weekly_minutes: i64::from(hours_a_week) * 60,
                weekly_minutes_max: i64::from(hours_a_week_max) * 60,
            };
            session.record(request).await
        }
        Command::Show { officer } => session.record(GetAvailabilityRequest { officer }).await,
    }
}
