//! `cwctl duty`.

use clap::{Args, Subcommand};
use wire::payroll::v1::{
    ArriveRequest, ClockInRequest, ClockOutRequest, CorrectDutyRequest, ListOnDutyRequest,
    MoveRequest, RecordDutyRequest, RemoveDutyRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Put an officer on duty.
    #[command(after_help = "Examples:\n  cwctl duty in cso-114 town:barlow\n  \
        cwctl duty in cso-114 training --at 2026-10-12T08:00 --account provider\n  \
        cwctl duty in cso-114 town:barlow --at 2026-11-01T01:30:second")]
    In {
        /// The badge code.
        officer: String,
        /// `town:<id>`, `travel:<id>`, `training`, `court`, `leave`, `administration` or
        /// `aid:<place>`.
        location: String,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        account: Account,
    },
    /// End the officer's duty.
    #[command(after_help = "Examples:\n  cwctl duty out cso-114\n  \
        cwctl duty out cso-114 --at 2026-11-01T06:00")]
    Out {
        /// The badge code.
        officer: String,
        #[command(flatten)]
        at: At,
    },
    /// Leave for another town: ends the duty and opens travel to it.
    #[command(after_help = "Examples:\n  cwctl duty move cso-114 shelby\n  \
        cwctl duty move cso-114 shelby --leave-at 2026-10-05T12:00 --arrive-at 2026-10-05T12:25")]
    Move(Move),
    /// End travel and open duty in the town travelled to.
    #[command(after_help = "Examples:\n  cwctl duty arrive cso-114\n  \
        cwctl duty arrive cso-114 --at 2026-10-05T12:25")]
    Arrive {
        /// The badge code.
        officer: String,
        #[command(flatten)]
        at: At,
    },
    /// Enter a duty by hand, with the reason.
    #[command(
        after_help = "Examples:\n  cwctl duty record cso-114 --start 2026-10-07T08:00 \
        --end 2026-10-07T16:00 --location town:norwood --reason \"the clock was out of order\""
    )]
    Record(Record),
    /// Say what a recorded duty really was, also after approval, with the reason.
    #[command(
        after_help = "Examples:\n  cwctl duty correct cso-114.17 --end 2026-10-31T23:30 \
        --reason \"left half an hour early\""
    )]
    Correct(Correct),
    /// Take back a duty that never was, with the reason.
    #[command(after_help = "Examples:\n  cwctl duty remove cso-114.17 --reason \"entered twice\"")]
    Remove {
        /// The duty: `cso-114.17`.
        duty: String,
    },
    /// List who is on duty now, and where.
    #[command(after_help = "Examples:\n  cwctl duty list\n  cwctl duty list -o json")]
    List,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct At {
    /// When: a local time 2026-10-31T22:00 (with `:first` or `:second` behind it in the hour that
    /// is repeated), or an instant 2026-11-01T03:00:00Z [default: now].
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    at: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Account {
    /// `agreement:<id>` or `provider` [default: the agreement of the town, else the officer's
    /// assignment].
    #[arg(long, default_value = "", hide_default_value = true)]
    account: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Move {
    /// The badge code.
    officer: String,
    /// The town to go to.
    town: String,
    /// When the officer leaves [default: now].
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    leave_at: String,
    /// When the officer arrives; without it on the way until `duty arrive`.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    arrive_at: String,
    #[command(flatten)]
    account: Account,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Record {
    /// The badge code.
    officer: String,
    /// When it began.
    #[arg(long, value_name = "TIME")]
    start: String,
    /// When it ended.
    #[arg(long, value_name = "TIME")]
    end: String,
    /// Where, as for `duty in`.
    #[arg(long)]
    location: String,
    #[command(flatten)]
    account: Account,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Correct {
    /// The duty: `cso-114.17`.
    duty: String,
    /// When it really began.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    start: String,
    /// When it really ended.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    end: String,
    /// Where it really was, as for `duty in`.
    #[arg(long, default_value = "", hide_default_value = true)]
    location: String,
    #[command(flatten)]
    account: Account,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::In {
            officer,
            location,
            at: At { at },
            account: Account { account },
        } => {
            let request = ClockInRequest {
                officer,
                at,
                location,
                account,
            };
            session.record(request).await
        }
        Command::Out {
            officer,
            at: At { at },
        } => session.record(ClockOutRequest { officer, at }).await,
        Command::Move(it) => {
            let request = MoveRequest {
                officer: it.officer,
                town: it.town,
                leave_at: it.leave_at,
                arrive_at: it.arrive_at,
                account: it.account.account,
            };
            session.record(request).await
        }
        Command::Arrive {
            officer,
            at: At { at },
        } => session.record(ArriveRequest { officer, at }).await,
        Command::Record(it) => {
            let request = RecordDutyRequest {
                officer: it.officer,
                start: it.start,
                end: it.end,
                location: it.location,
                account: it.account.account,
                ..RecordDutyRequest::default()
            };
            session.record(request).await
        }
        Command::Correct(it) => session.record(correction(it)).await,
        Command::Remove { duty } => {
            let request = RemoveDutyRequest {
                officer: officer_of(&duty),
                duty,
                ..RemoveDutyRequest::default()
            };
            session.record(request).await
        }
        Command::List => {
            let layout = Layout::Rows("on_duty", &["officer", "duty", "location", "since"]);
            session.call(ListOnDutyRequest::default(), layout).await
        }
    }
}

fn correction(it: Correct) -> CorrectDutyRequest {
    CorrectDutyRequest {
        officer: officer_of(&it.duty),
        duty: it.duty,
        start: it.start,
        end: it.end,
        location: it.location,
        account: it.account.account,
        ..CorrectDutyRequest::default()
    }
}

/// A duty is numbered within its officer: `cso-114.17`. What is no duty is the service's to refuse.
fn officer_of(duty: &str) -> String {
    duty.rsplit_once('.')
        .map_or(duty, |(officer, _)| officer)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_names_its_officer() {
        assert_eq!(officer_of("cso-114.17"), "cso-114");
        assert_eq!(officer_of("nonsense"), "nonsense");
    }
}
