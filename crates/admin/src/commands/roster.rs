//! `cwctl roster`.

use clap::{Args, Subcommand};
use wire::scheduling::v1::{
    ApplySuggestionRequest, DraftShiftsRequest, PublishShiftsRequest, SuggestRosterRequest,
};

use super::Session;
use crate::failure::Failure;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Draft the shifts of towns' patterns in a period; what is there already stays.
    #[command(
        after_help = "Examples:\n  cwctl roster draft --from 2026-11-01 --until 2026-11-30\n  \
        cwctl roster draft --from 2026-11-01 --until 2026-11-30 --town barlow \
        --window-minutes 480 --window-kind patrol"
    )]
    Draft {
        #[command(flatten)]
        period: Period,
        /// Only this town's; may be repeated.
        #[arg(long = "town", value_name = "TOWN")]
        towns: Vec<String>,
        /// Also one shift for each presence window, in parts of at most so many minutes.
        #[arg(long, value_name = "MINUTES", default_value_t = 0)]
        window_minutes: i64,
        /// The kind of the windows' shifts.
        #[arg(
            long,
            value_name = "KIND",
            default_value = "",
            hide_default_value = true
        )]
        window_kind: String,
    },
    /// Propose who takes the drafts and open shifts of a period, and say what cannot be met.
    #[command(
        after_help = "Examples:\n  cwctl roster suggest --from 2026-11-01 --until 2026-11-30 \
        --seed 7"
    )]
    Suggest {
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        search: Search,
    },
    /// Give drafts to officers as a suggestion said.
    #[command(
        after_help = "Examples:\n  cwctl roster apply --from 2026-11-01 --until 2026-11-30 \
        --seed 7 --digest 5b1f"
    )]
    Apply {
        #[command(flatten)]
        period: Period,
        #[command(flatten)]
        search: Search,
        /// From the suggestion: nothing else is applied than what was seen.
        #[arg(long)]
        digest: String,
    },
    /// Publish every draft of a period, all or none.
    #[command(
        after_help = "Examples:\n  cwctl roster publish --from 2026-11-01 --until 2026-11-30 \
        --dry-run\n  cwctl roster publish --from 2026-11-01 --until 2026-11-30 --town barlow"
    )]
    Publish {
        #[command(flatten)]
        period: Period,
        /// Only this town's; may be repeated.
        #[arg(long = "town", value_name = "TOWN")]
        towns: Vec<String>,
    },
}

/// Some days.
#[derive(Debug, Clone, Args)]
pub(crate) struct Period {
    /// First day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Last day.
    #[arg(long, value_name = "DATE")]
    until: String,
}

/// How it is searched.
#[derive(Debug, Clone, Args)]
pub(crate) struct Search {
    /// Another seed gives another roster that may be as good.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many changes are tried; 0 for the usual.
    #[arg(long, default_value_t = 0)]
    rounds: u32,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Draft {
            period: Period { from, until },
            towns,
            window_minutes,
            window_kind,
        } => {
            let request = DraftShiftsRequest {
                towns,
                from,
                until,
                window_minutes,
                window_kind,
            };
            session.record(request).await
        }
        Command::Suggest {
            period: Period { from, until },
            search: Search { seed, rounds },
        } => {
            let request = SuggestRosterRequest {
                from,
                until,
                seed,
                rounds,
            };
            session.record(request).await
        }
        Command::Apply {
            period: Period { from, until },
            search: Search { seed, rounds },
            digest,
        } => {
            let request = ApplySuggestionRequest {
                from,
                until,
                seed,
                rounds,
                digest,
            };
            session.record(request).await
        }
        Command::Publish {
            period: Period { from, until },
            towns,
        } => {
            let request = PublishShiftsRequest {
                shifts: Vec::new(),
                from,
                until,
                towns,
            };
            session.record(request).await
        }
    }
}
