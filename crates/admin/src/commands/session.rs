//! `cwctl session`: courses as they are held.

mod pack;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use serde::Deserialize;
use wire::training::v1::{
    Attended, CancelSessionRequest, ChangeInstructorRequest, EnrolLearnerRequest,
    GetSessionRequest, HoldSeatsRequest, IssueOutcomesRequest, ListSessionsRequest,
    OpenRemediationRequest, RecordAssessmentRequest, RecordAttendanceRequest, RemoveLearnerRequest,
    ReviewInstructorsRequest, SchedulePart, ScheduleSessionRequest, Weapon, WithdrawLearnerRequest,
};

use super::credential::weapon;
use super::{Session, documented};
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Put a session on the calendar, part by part, each with its instructor.
    #[command(after_help = "Examples:\n  cwctl session schedule core-2026-11 session.toml")]
    Schedule {
        /// The session's name, for ever.
        session: String,
        /// Course, place, seats and parts (docs/courses.md).
        file: PathBuf,
    },
    /// Give a part another instructor, who must be qualified on its day.
    #[command(after_help = "Examples:\n  cwctl session instructor core-2026-11 2 cso-115")]
    Instructor {
        /// The session's name.
        session: String,
        /// Which part, from 1.
        part: u32,
        /// The instructor's badge code.
        officer: String,
    },
    /// Take a session off the calendar that was not held.
    #[command(after_help = "Examples:\n  cwctl session cancel core-2026-11 --because no-range")]
    Cancel {
        /// The session's name.
        session: String,
        /// Why, a code.
        #[arg(long, value_name = "CODE")]
        because: String,
    },
    /// Hold seats for another agency; 0 frees them for those who wait.
    #[command(after_help = "Examples:\n  cwctl session hold core-2026-11 county-sheriff 4")]
    Hold {
        /// The session's name.
        session: String,
        /// The agency, a code.
        agency: String,
        /// How many.
        seats: u32,
    },
    /// Ask for a seat: confirmed where one is free, else on standby.
    #[command(after_help = "Examples:\n  cwctl session enrol core-2026-11 cso-114")]
    Enrol {
        /// The session's name.
        session: String,
        /// The badge code.
        officer: String,
        /// The class of the seat: 1 goes before 2.
        #[arg(long, default_value_t = 1)]
        class: u32,
    },
    /// Give a seat back, or wait no longer.
    #[command(after_help = "Examples:\n  cwctl session withdraw core-2026-11 cso-114")]
    Withdraw {
        /// The session's name.
        session: String,
        /// The badge code.
        officer: String,
    },
    /// Record how long learners attended a part, in minutes.
    #[command(after_help = "Examples:\n  \
        cwctl session attendance core-2026-11 1 cso-114:240 cso-116:180")]
    Attendance {
        /// The session's name.
        session: String,
        /// Which part, from 1.
        part: u32,
        /// Badge code and minutes: cso-114:240.
        #[arg(required = true, value_name = "OFFICER:MINUTES")]
        attended: Vec<Count>,
    },
    /// Record one attempt at an assessment.
    #[command(
        after_help = "Examples:\n  cwctl session assess core-2026-11 cso-114 written 85 \
        --on 2026-11-17\n  cwctl session assess core-2026-11 cso-114 pistol 44 --on 2026-11-17 \
        --weapon glock-19/w-17"
    )]
    Assess(Assess),
    /// Open remediation of an assessment that was not passed.
    #[command(after_help = "Examples:\n  cwctl session remediate core-2026-11 cso-114 baton")]
    Remediate {
        /// The session's name.
        session: String,
        /// The badge code.
        officer: String,
        /// Which assessment.
        assessment: String,
    },
    /// Issue outcomes from what is recorded: of all that have a seat, or of those named.
    #[command(
        after_help = "Examples:\n  cwctl session outcomes core-2026-11 --on 2026-11-18\n  \
        cwctl session outcomes core-2026-11 --on 2026-12-28 --officer cso-114 --dry-run"
    )]
    Outcomes {
        /// The session's name.
        session: String,
        /// The day of the outcomes.
        #[arg(long, value_name = "DATE")]
        on: String,
        /// Of this officer only; may be given again.
        #[arg(long = "officer", value_name = "OFFICER")]
        officers: Vec<String>,
    },
    /// Remove a learner from the course: what was got in it before counts no more.
    #[command(
        after_help = "Examples:\n  cwctl session remove core-2026-11 cso-114 --on 2026-11-17 \
        --because unfit"
    )]
    Remove {
        /// The session's name.
        session: String,
        /// The badge code.
        officer: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
        /// Why, a code.
        #[arg(long, value_name = "CODE")]
        because: String,
    },
    /// Look whether the instructors were qualified, as known now; question what rests on it if not.
    #[command(after_help = "Examples:\n  cwctl session review core-2026-11")]
    Review {
        /// The session's name.
        session: String,
    },
    /// Show a session with its learners.
    #[command(after_help = "Examples:\n  cwctl session show core-2026-11")]
    Show {
        /// The session's name.
        session: String,
    },
    /// The evidence pack that an auditor asks for: lesson plan, roster, instructor and time of each
    /// part, minutes, scores, outcomes.
    #[command(after_help = "Examples:\n  cwctl session pack core-2026-11\n  \
        cwctl session pack core-2026-11 -o csv > core-2026-11.csv")]
    Pack {
        /// The session's name.
        session: String,
    },
    /// List sessions.
    #[command(after_help = "Examples:\n  cwctl session list\n  cwctl session list --course core")]
    List {
        /// Only those of this course.
        #[arg(long, default_value = "", hide_default_value = true)]
        course: String,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Assess {
    /// The session's name.
    session: String,
    /// The badge code.
    officer: String,
    /// Which assessment.
    assessment: String,
    /// Points.
    points: u32,
    /// The day.
    #[arg(long, value_name = "DATE")]
    on: String,
    /// With what: MODEL, or MODEL/TAG for one piece.
    #[arg(long, value_parser = weapon)]
    weapon: Option<Weapon>,
}

/// `cso-114:240`, `radio:5`.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(super) of: String,
    pub(super) count: u32,
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (of, count) = text
            .split_once(':')
            .ok_or("write what and how much with a colon between, such as cso-114:240")?;
        let count = count
            .parse()
            .map_err(|_| format!("\"{count}\" is not a whole number"))?;
        let of = of.to_owned();
        Ok(Self { of, count })
    }
}

/// The file of a session (docs/courses.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    course: String,
    #[serde(default)]
    version: u32,
    town: String,
    place: String,
    presenter: String,
    seats: u32,
    part: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    block: String,
    starts: String,
    minutes: u32,
    instructor: String,
}

fn scheduled(session: String, file: File) -> ScheduleSessionRequest {
    let part = |part: Part| SchedulePart {
        block: part.block,
        starts: part.starts,
        minutes: part.minutes,
        instructor: part.instructor,
    };
    ScheduleSessionRequest {
        session,
        course: file.course,
        version: file.version,
        town: file.town,
        place: file.place,
        presenter: file.presenter,
        seats: file.seats,
        parts: file.part.into_iter().map(part).collect(),
    }
}

const LISTED: &[&str] = &[
    "session",
    "course",
    "version",
    "town",
    "first_day",
    "last_day",
    "seats",
    "confirmed",
    "standby",
    "cancelled_on",
];

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Schedule { session: id, file } => {
            let file: File = documented(&file, "SESSION_INVALID")?;
            session.record(scheduled(id, file)).await
        }
        Command::Pack { session: id } => pack::pack(id, session).await,
        Command::Show { session: id } => session.record(GetSessionRequest { session: id }).await,
        Command::List { course } => {
            let request = ListSessionsRequest {
                course,
                ..ListSessionsRequest::default()
            };
            session
                .call(request, Layout::Rows("sessions", LISTED))
                .await
        }
        Command::Review { session: id } => {
            let request = ReviewInstructorsRequest { session: id };
            session.record(request).await
        }
        seat @ (Command::Hold { .. } | Command::Enrol { .. } | Command::Withdraw { .. }) => {
            seated(seat, session).await
        }
        change => changed(change, session).await,
    }
}

async fn seated(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Hold {
            session: id,
            agency,
            seats,
        } => {
            let request = HoldSeatsRequest {
                session: id,
                agency,
                seats,
            };
            session.record(request).await
        }
        Command::Enrol {
            session: id,
            officer,
            class,
        } => {
            let request = EnrolLearnerRequest {
                session: id,
                officer,
                class,
            };
            session.record(request).await
        }
        Command::Withdraw {
            session: id,
            officer,
        } => {
            let request = WithdrawLearnerRequest {
                session: id,
                officer,
            };
            session.record(request).await
        }
        _ => Ok(()),
    }
}

async fn changed(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Instructor {
            session: id,
            part,
            officer: instructor,
        } => {
            let request = ChangeInstructorRequest {
                session: id,
                part,
                instructor,
            };
            session.record(request).await
        }
        Command::Cancel {
            session: id,
            because,
        } => {
            let request = CancelSessionRequest {
                session: id,
                because,
            };
            session.record(request).await
        }
        Command::Outcomes {
            session: id,
            on,
            officers,
        } => {
            let request = IssueOutcomesRequest {
                session: id,
                officers,
                on,
            };
            session.record(request).await
        }
        Command::Remove {
            session: id,
            officer,
            on,
            because,
        } => {
            let request = RemoveLearnerRequest {
                session: id,
                officer,
                on,
                because,
            };
            session.record(request).await
        }
        learnt => self::learnt(learnt, session).await,
    }
}

async fn learnt(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Attendance {
            session: id,
            part,
            attended,
        } => {
            let minutes = |count: Count| Attended {
                officer: count.of,
                minutes: count.count,
            };
            let request = RecordAttendanceRequest {
                session: id,
                part,
                attended: attended.into_iter().map(minutes).collect(),
            };
            session.record(request).await
        }
        Command::Assess(it) => {
            let request = RecordAssessmentRequest {
                session: it.session,
                officer: it.officer,
                assessment: it.assessment,
                points: it.points,
                on: it.on,
                weapon: it.weapon,
            };
            session.record(request).await
        }
        Command::Remediate {
            session: id,
            officer,
            assessment,
        } => {
            let request = OpenRemediationRequest {
                session: id,
                officer,
                assessment,
            };
            session.record(request).await
        }
        _ => Ok(()),
    }
}
