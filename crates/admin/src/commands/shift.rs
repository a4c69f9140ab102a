//! `cwctl shift`.

use clap::{Args, Subcommand};
use wire::scheduling::v1::{
    AddShiftRequest, AgreeSwapRequest, ApproveRequestRequest, AskSwapRequest, CancelShiftRequest,
    ChangeShiftRequest, DeclineRequestRequest, ListCandidatesRequest, ListFlagsRequest,
    ListOpenShiftsRequest, ListRequestsRequest, ListShiftsRequest, PreviewAssignmentRequest,
    PublishShiftsRequest, SignUpRequest, WithdrawRequestRequest,
};

use super::Session;
use crate::failure::Failure;
use crate::output::Layout;

/// Columns of lists of shifts.
const SHIFTS: &[&str] = &[
    "shift", "date", "town", "officer", "kind", "start", "end", "minutes", "state", "missing",
];

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Draft a shift. Nobody is told of a draft.
    #[command(after_help = "Examples:\n  cwctl shift add barlow --kind patrol \
        --start 2026-11-09T22:00 --end 2026-11-10T06:00\n  cwctl shift add barlow --kind patrol \
        --start 2026-11-09T22:00 --end 2026-11-10T06:00 --officer cso-114 --carry handgun")]
    Add(Add),
    /// Publish drafts by name, all or none.
    #[command(
        after_help = "Examples:\n  cwctl shift publish barlow-nights.20261109t2200 --dry-run\n  \
        cwctl shift publish barlow-nights.20261109t2200 barlow-nights.20261110t2200"
    )]
    Publish {
        /// Which drafts.
        #[arg(required = true)]
        shifts: Vec<String>,
    },
    /// Move a shift, or give it to somebody else; what is left out stays.
    #[command(
        after_help = "Examples:\n  cwctl shift change barlow-nights.20261109t2200 \
        --officer cso-115\n  cwctl shift change barlow-nights.20261109t2200 \
        --start 2026-11-09T21:00 --short-notice --reason \"a funeral\""
    )]
    Change(Change),
    /// Cancel a shift, or take back a draft.
    #[command(
        after_help = "Examples:\n  cwctl shift cancel barlow-nights.20261109t2200 \
        --reason \"the fair is called off\""
    )]
    Cancel {
        /// Which.
        shift: String,
        /// Cancel it although the notice is shorter than the provider gives.
        #[arg(long)]
        short_notice: bool,
    },
    /// List published shifts to come that nobody has yet.
    #[command(after_help = "Examples:\n  cwctl shift open --town barlow")]
    Open {
        /// Only this town's.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
    },
    /// Ask for an open shift; the provider approves.
    #[command(after_help = "Examples:\n  cwctl shift sign-up cso-114 barlow-nights.20261109t2200")]
    SignUp {
        /// Who.
        officer: String,
        /// Which.
        shift: String,
    },
    /// Ask to give a shift to a colleague, or to swap it; the colleague agrees, the provider
    /// approves.
    #[command(
        after_help = "Examples:\n  cwctl shift swap cso-114 barlow-nights.20261109t2200 \
        --with cso-115 --in-return barlow-nights.20261111t2200"
    )]
    Swap {
        /// Who asks.
        officer: String,
        /// Theirs.
        shift: String,
        /// The colleague.
        #[arg(long = "with", value_name = "OFFICER")]
        colleague: String,
        /// The colleague's shift that they take in return.
        #[arg(
            long,
            value_name = "SHIFT",
            default_value = "",
            hide_default_value = true
        )]
        in_return: String,
    },
    /// Agree to a swap that a colleague asks for.
    #[command(after_help = "Examples:\n  cwctl shift agree cso-115 r17")]
    Agree {
        /// The colleague.
        officer: String,
        /// The request.
        request: String,
    },
    /// Approve a sign-up or a swap.
    #[command(after_help = "Examples:\n  cwctl shift approve r17")]
    Approve {
        /// The request.
        request: String,
    },
    /// Decline a sign-up or a swap.
    #[command(after_help = "Examples:\n  cwctl shift decline r17")]
    Decline {
        /// The request.
        request: String,
    },
    /// Take back a sign-up or a swap that waits.
    #[command(after_help = "Examples:\n  cwctl shift withdraw cso-114 r17")]
    Withdraw {
        /// Whose it is.
        officer: String,
        /// The request.
        request: String,
    },
    /// List what officers ask for.
    #[command(after_help = "Examples:\n  cwctl shift requests --waiting")]
    Requests {
        /// Only this officer's; an officer must name themselves.
        #[arg(long, default_value = "", hide_default_value = true)]
        officer: String,
        /// Only those that wait for somebody.
        #[arg(long)]
        waiting: bool,
    },
    /// List shifts by start.
    #[command(
        after_help = "Examples:\n  cwctl shift list --from 2026-11-01 --until 2026-11-30\n  \
        cwctl shift list --officer cso-114\n  cwctl shift list --town barlow -o csv"
    )]
    List {
        /// Only this officer's; an officer must name themselves.
        #[arg(long, default_value = "", hide_default_value = true)]
        officer: String,
        /// Only this town's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        town: String,
        #[command(flatten)]
        period: Maybe,
    },
    /// List shifts to come whose officer may not be on them any more, with who could take them.
    #[command(after_help = "Examples:\n  cwctl shift flags")]
    Flags,
    /// Rank who can take a shift, and say of everybody else why not.
    #[command(after_help = "Examples:\n  cwctl shift candidates barlow-nights.20261109t2200")]
    Candidates {
        /// Which.
        shift: String,
    },
    /// Show what it would mean to give a shift to an officer: rules in the way, overtime, and the
    /// towns that would bear it.
    #[command(after_help = "Examples:\n  cwctl shift preview cso-115 barlow-nights.20261109t2200")]
    Preview {
        /// Who.
        officer: String,
        /// Which.
        shift: String,
    },
}

/// A period, if any.
#[derive(Debug, Clone, Args)]
pub(crate) struct Maybe {
    /// First day.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    from: String,
    /// Last day.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    until: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Add {
    /// The town.
    town: String,
    /// What is done, a kind of duty of the town's programme.
    #[arg(long)]
    kind: String,
    /// From when, on the town's clock.
    #[arg(long, value_name = "TIME")]
    start: String,
    /// Until when.
    #[arg(long, value_name = "TIME")]
    end: String,
    /// Who has it; without, nobody yet.
    #[arg(long, default_value = "", hide_default_value = true)]
    officer: String,
    /// Something that is carried, by the programme's name; may be repeated.
    #[arg(long = "carry", value_name = "ITEM")]
    equipment: Vec<String>,
    /// Who is charged [default: the town's only agreement].
    #[arg(long, default_value = "", hide_default_value = true)]
    account: String,
    /// Its id [default: made of town and start].
    #[arg(
        long = "id",
        value_name = "SHIFT",
        default_value = "",
        hide_default_value = true
    )]
    shift: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Change {
    /// Which.
    shift: String,
    /// Another start.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    start: String,
    /// Another end.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "",
        hide_default_value = true
    )]
    end: String,
    /// Who has it from now on.
    #[arg(long, default_value = "", hide_default_value = true)]
    officer: String,
    /// Nobody has it from now on.
    #[arg(long, conflicts_with = "officer")]
    open: bool,
    /// Change it although the notice is shorter than the provider gives.
    #[arg(long)]
    short_notice: bool,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Add(it) => session.record(adding(it)).await,
        Command::Publish { shifts } => {
            let request = PublishShiftsRequest {
                shifts,
                ..PublishShiftsRequest::default()
            };
            session.record(request).await
        }
        Command::Change(it) => {
            let request = ChangeShiftRequest {
                shift: it.shift,
                start: it.start,
                end: it.end,
                officer: it.officer,
                open: it.open,
                short_notice: it.short_notice,
            };
            session.record(request).await
        }
        Command::Cancel {
            shift,
            short_notice,
        } => {
            let request = CancelShiftRequest {
                shift,
                short_notice,
            };
            session.record(request).await
        }
        Command::Candidates { shift } => session.record(ListCandidatesRequest { shift }).await,
        Command::Preview { officer, shift } => {
            let request = PreviewAssignmentRequest { officer, shift };
            session.record(request).await
        }
        command @ (Command::Open { .. }
        | Command::Requests { .. }
        | Command::List { .. }
        | Command::Flags) => list(command, session).await,
        command => ask(command, session).await,
    }
}

/// What is asked for, and what is said to it.
async fn ask(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::SignUp { officer, shift } => {
            session.record(SignUpRequest { officer, shift }).await
        }
        Command::Swap {
            officer,
            shift,
            colleague,
            in_return,
        } => {
            let request = AskSwapRequest {
                officer,
                shift,
                colleague,
                in_return,
            };
            session.record(request).await
        }
        Command::Agree { officer, request } => {
            session.record(AgreeSwapRequest { officer, request }).await
        }
        Command::Approve { request } => session.record(ApproveRequestRequest { request }).await,
        Command::Decline { request } => session.record(DeclineRequestRequest { request }).await,
        Command::Withdraw { officer, request } => {
            let request = WithdrawRequestRequest { officer, request };
            session.record(request).await
        }
        _ => Ok(()),
    }
}

async fn list(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Open { town } => {
            let request = ListOpenShiftsRequest {
                town,
                ..ListOpenShiftsRequest::default()
            };
            session.call(request, Layout::Rows("shifts", SHIFTS)).await
        }
        Command::List {
            officer,
            town,
            period: Maybe { from, until },
        } => {
            let request = ListShiftsRequest {
                officer,
                town,
                from,
                until,
                ..ListShiftsRequest::default()
            };
            session.call(request, Layout::Rows("shifts", SHIFTS)).await
        }
        Command::Requests { officer, waiting } => {
            let columns = &[
                "request",
                "what",
                "officer",
                "state",
                "shift",
                "colleague",
                "in_return",
                "start",
                "end",
                "kind",
            ];
            let request = ListRequestsRequest {
                officer,
                waiting,
                ..ListRequestsRequest::default()
            };
            let layout = Layout::Rows("requests", columns);
            session.call(request, layout).await
        }
        _ => {
            let columns = &["shift.shift", "shift.officer", "shift.start", "why"];
            let layout = Layout::Rows("flags", columns);
            session.call(ListFlagsRequest::default(), layout).await
        }
    }
}

fn adding(it: Add) -> AddShiftRequest {
    AddShiftRequest {
        shift: it.shift,
        town: it.town,
        kind: it.kind,
        start: it.start,
        end: it.end,
        officer: it.officer,
        equipment: it.equipment,
        account: it.account,
    }
}
