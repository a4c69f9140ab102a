//! `cwctl coverage`.

use clap::{Args, Subcommand};
use wire::scheduling::v1::{
    ListCoverageRequest, ListPatternsRequest, ListTravelRequest, PresenceWindow,
    RemovePatternRequest, SetCoverageRequest, SetPatternRequest, SetTravelRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Say what a town bought by an agreement from a day on.
    #[command(
        after_help = "Examples:\n  cwctl coverage set barlow --agreement three-rivers \
        --clause exhibit-b-2 --from 2026-11-01 --hours-a-week 40\n  cwctl coverage set barlow \
        --agreement three-rivers --clause exhibit-b-2 --from 2026-11-01 --hours-a-week 40 \
        --window friday,saturday/22:00-06:00/1"
    )]
    Set(Set),
    /// List what towns bought.
    #[command(after_help = "Examples:\n  cwctl coverage list\n  cwctl coverage list --town barlow")]
    List {
        /// Only this town's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
    /// Write a pattern of shifts (docs/patterns.md); the same id again replaces it.
    #[command(
        after_help = "Examples:\n  cwctl coverage pattern barlow barlow-nights \
        --kind patrol --line \"DTSTART;TZID=America/Chicago:20261102T220000\" \
        --line \"DURATION:PT8H\" --line \"RRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20271231\""
    )]
    Pattern {
        /// The town.
        town: String,
        /// Its id, a slug.
        pattern: String,
        /// What is done, a kind of duty of the town's programme.
        #[arg(long)]
        kind: String,
        /// A line of it; repeated, in order.
        #[arg(long = "line", value_name = "LINE", required = true)]
        lines: Vec<String>,
        /// Something that is carried, by the programme's name; may be repeated.
        #[arg(long = "carry", value_name = "ITEM")]
        equipment: Vec<String>,
    },
    /// Take a pattern away; its shifts stay.
    #[command(after_help = "Examples:\n  cwctl coverage remove-pattern barlow barlow-nights")]
    RemovePattern {
        /// The town.
        town: String,
        /// Which.
        pattern: String,
    },
    /// List patterns.
    #[command(after_help = "Examples:\n  cwctl coverage patterns --town barlow")]
    Patterns {
        /// Only this town's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
    /// Say how long the way from one town to another takes.
    #[command(after_help = "Examples:\n  cwctl coverage travel barlow shelby --minutes 25")]
    Travel {
        /// From where.
        from: String,
        /// Where to.
        to: String,
        /// How long.
        #[arg(long)]
        minutes: i64,
    },
    /// List ways between towns.
    #[command(after_help = "Examples:\n  cwctl coverage ways")]
    Ways,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Set {
    /// The town.
    town: String,
    /// By which agreement.
    #[arg(long)]
    agreement: String,
    /// Where it stands there, by code.
    #[arg(long, value_name = "CODE")]
    clause: String,
    /// First day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Last day [default: the agreement's].
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    until: String,
    /// Whole hours in seven days.
    #[arg(long, value_name = "HOURS")]
    hours_a_week: u16,
    /// When officers must be there: weekdays/from-until/how many; may be repeated.
    #[arg(long = "window", value_name = "WINDOW")]
    windows: Vec<String>,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Set(it) => session.record(setting(it)?).await,
        Command::Pattern {
            town,
            pattern,
            kind,
            lines,
            equipment,
        } => {
            let request = SetPatternRequest {
                town,
                pattern,
                kind,
                text: lines.join("\n"),
                equipment,
            };
            session.record(request).await
        }
        Command::RemovePattern { town, pattern } => {
            session.record(RemovePatternRequest { town, pattern }).await
        }
        Command::Travel { from, to, minutes } => {
            session.record(SetTravelRequest { from, to, minutes }).await
        }
        Command::List { town } => {
            let columns = &[
                "town",
                "agreement",
                "clause",
                "from",
                "until",
                "weekly_minutes",
            ];
            let request = ListCoverageRequest {
                town,
                ..ListCoverageRequest::default()
            };
            session
                .call(request, Layout::Rows("coverage", columns))
                .await
        }
        Command::Patterns { town } => {
            let columns = &["town", "pattern", "kind", "text"];
            let request = ListPatternsRequest {
                town,
                ..ListPatternsRequest::default()
            };
            session
                .call(request, Layout::Rows("patterns", columns))
                .await
        }
        Command::Ways => {
            let layout = Layout::Rows("ways", &["from", "to", "minutes"]);
            session.call(ListTravelRequest::default(), layout).await
        }
    }
}

fn setting(it: Set) -> Result<SetCoverageRequest, Failure> {
    let windows = it.windows.iter().map(|text| window(text));
    Ok(SetCoverageRequest {
        town: it.town,
        agreement: it.agreement,
        clause: it.clause,
        from: it.from,
        until: it.until,
        weekly_minutes: i64::from(it.hours_a_week) * 60,
        windows: windows.collect::<Result<_, _>>()?,
    })
}

/// `friday,saturday/22:00-06:00/1`.
fn window(text: &str) -> Result<PresenceWindow, Failure> {
    let wrong = || {
        Failure::usage(format!(
            "--window \"{text}\": write it as friday,saturday/22:00-06:00/1"
        ))
    };
    let mut parts = text.split('/');
    let (Some(days), Some(times), Some(officers), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let (from, until) = times.split_once('-').ok_or_else(wrong)?;
    Ok(PresenceWindow {
        weekdays: days.split(',').map(str::to_owned).collect(),
        from: from.to_owned(),
        until: until.to_owned(),
        officers_min: officers.parse().map_err(|_| wrong())?,
    })
}
