//! `cwctl record`: what is known of officers beside credentials and waivers.

use clap::{Args, Subcommand, ValueEnum};
use wire::training::v1::record_evidence_request::Evidence;
use wire::training::v1::{
    Age, Assessment, Check, CourseOutcome, CourseResult, DecideEquivalenceRequest,
    ListRecordsRequest, QuestionRecordRequest, RecordEvidenceRequest, Removal, Score, SignOff,
    SupervisedService, VoidRecordRequest, Weapon,
};

use super::Session;
use super::credential::weapon;
use crate::failure::Failure;
use crate::output::Layout;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Record a check, such as of the person's background.
    #[command(
        after_help = "Examples:\n  cwctl record check cso-114 background --on 2026-01-02 \
        --passed\n  cwctl record check cso-114 background --on 2026-01-02 --failed"
    )]
    Check {
        /// The badge code.
        officer: String,
        /// Which check.
        check: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
        #[command(flatten)]
        result: Verdict,
        /// Its last day, if whoever checked gave one.
        #[arg(
            long,
            value_name = "DATE",
            default_value = "",
            hide_default_value = true
        )]
        until: String,
    },
    /// Record that an officer was at least so old on a day. Never a date of birth.
    #[command(after_help = "Examples:\n  cwctl record age cso-114 21 --on 2026-01-02")]
    Age {
        /// The badge code.
        officer: String,
        /// At least so many years.
        years: u32,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// Record how a course ended that was held elsewhere.
    #[command(after_help = "Examples:\n  cwctl record outcome cso-114 core \
        --result completion-and-proficiency --started 2026-01-05 --on 2026-01-15 --minutes 4800")]
    Outcome(Outcome),
    /// Record that an officer was removed from a course or field training.
    #[command(after_help = "Examples:\n  cwctl record removal cso-114 core --on 2026-01-15")]
    Removal {
        /// The badge code.
        officer: String,
        /// From which.
        course: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
    },
    /// Record an assessment that was held elsewhere, such as on a range.
    #[command(
        after_help = "Examples:\n  cwctl record assessment cso-114 pistol --on 2026-01-15 \
        --passed --weapon glock-19/w-17 --score 18/20 --pass-mark 15"
    )]
    Assessment(Assessed),
    /// Record a phase of field training that was signed off elsewhere.
    #[command(
        after_help = "Examples:\n  cwctl record sign-off cso-114 field --phase I \
        --started 2026-02-02 --on 2026-02-27 --trainer fto-3"
    )]
    SignOff(SignedOff),
    /// Record time served under somebody.
    #[command(after_help = "Examples:\n  cwctl record service cso-114 ride-along \
        --on 2026-01-20 --minutes 480")]
    Service {
        /// The badge code.
        officer: String,
        /// Which kind of service.
        service: String,
        /// The day.
        #[arg(long, value_name = "DATE")]
        on: String,
        /// How long.
        #[arg(long)]
        minutes: i64,
    },
    /// Decide what training elsewhere is worth here. You decide it.
    #[command(
        after_help = "Examples:\n  cwctl record equivalence cso-114 az-academy \
        --basis transcript --satisfies core --lacks pistol --from 2026-01-20 \
        --reason \"transcript seen\""
    )]
    Equivalence(Equivalence),
    /// Say that what a record says was never so. What voids can be voided itself, once.
    #[command(
        after_help = "Examples:\n  cwctl record void cso-114 17 --reason \"another officer's\""
    )]
    Void {
        /// The badge code.
        officer: String,
        /// The record's position.
        record: u64,
    },
    /// Say that a record is in doubt: it counts on, and every answer that rests on it says so.
    #[command(after_help = "Examples:\n  cwctl record question cso-114 17 \
        --because instructor-not-qualified --reason \"card had lapsed\"")]
    Question {
        /// The badge code.
        officer: String,
        /// The record's position.
        record: u64,
        /// Why, by code.
        #[arg(long, value_name = "CODE")]
        because: String,
    },
    /// List an officer's records as they were learnt, voided ones too.
    #[command(after_help = "Examples:\n  cwctl record list cso-114")]
    List {
        /// The badge code.
        officer: String,
    },
}

/// Passed or failed: one of the two has to be said.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Verdict {
    /// It was passed.
    #[arg(long)]
    passed: bool,
    /// It was failed: what an earlier one gave is over.
    #[arg(long)]
    failed: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Ended {
    /// Left, or was absent too long.
    NotCompleted,
    /// Attended in full; standards are still to be met.
    Participation,
    /// Finished; the course assesses no proficiency.
    Completion,
    /// Finished, and every standard met.
    CompletionAndProficiency,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Outcome {
    /// The badge code.
    officer: String,
    /// Which course.
    course: String,
    /// How it ended.
    #[arg(long)]
    result: Ended,
    /// The course's first day.
    #[arg(long, value_name = "DATE")]
    started: String,
    /// The day of the outcome.
    #[arg(long, value_name = "DATE")]
    on: String,
    /// Minutes attended.
    #[arg(long)]
    minutes: i64,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Assessed {
    /// The badge code.
    officer: String,
    /// Which qualification it is for.
    qualification: String,
    /// The day.
    #[arg(long, value_name = "DATE")]
    on: String,
    #[command(flatten)]
    result: Verdict,
    /// With what: a model, or a piece as MODEL/TAG.
    #[arg(long, value_name = "WEAPON", value_parser = weapon)]
    weapon: Option<Weapon>,
    /// Points of how many: 18/20.
    #[arg(long, value_name = "POINTS/MAXIMUM", requires = "pass_mark", value_parser = points)]
    score: Option<(u32, u32)>,
    /// How many points pass.
    #[arg(long, requires = "score")]
    pass_mark: Option<u32>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SignedOff {
    /// The badge code.
    officer: String,
    /// Which training.
    training: String,
    /// Which phase.
    #[arg(long)]
    phase: String,
    /// The phase's first day.
    #[arg(long, value_name = "DATE")]
    started: String,
    /// The day of the sign-off.
    #[arg(long, value_name = "DATE")]
    on: String,
    /// Who signed: an account.
    #[arg(long, value_name = "ACTOR")]
    trainer: String,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Equivalence {
    /// The badge code.
    officer: String,
    /// What was learnt elsewhere, by code.
    foreign: String,
    /// On what basis, by code: transcript.
    #[arg(long, value_name = "CODE")]
    basis: String,
    /// A requirement that it satisfies; once for each.
    #[arg(long, value_name = "REQUIREMENT", required = true)]
    satisfies: Vec<String>,
    /// A requirement that it does not; once for each.
    #[arg(long, value_name = "REQUIREMENT")]
    lacks: Vec<String>,
    /// Its first day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// Its last day; leave it out where it has none.
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    until: String,
}

/// `18/20`.
fn points(text: &str) -> Result<(u32, u32), String> {
    let read = text.split_once('/');
    let read = read.and_then(|(points, of)| points.parse().ok().zip(of.parse().ok()));
    read.ok_or_else(|| "give points of how many, such as 18/20".to_owned())
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match evidence(command) {
        Ok(request) => session.record(request).await,
        Err(command) => other(*command, session).await,
    }
}

/// What is recorded of an officer; any other command is given back.
fn evidence(command: Command) -> Result<RecordEvidenceRequest, Box<Command>> {
    let (officer, evidence) = match command {
        Command::Check {
            officer,
            check,
            on,
            result,
            until,
        } => {
            let passed = result.passed;
            let check = Check {
                check,
                on,
                passed,
                until,
            };
            (officer, Evidence::Check(check))
        }
        Command::Age { officer, years, on } => (officer, Evidence::Age(Age { years, on })),
        Command::Outcome(it) => (it.officer.clone(), outcome(it)),
        Command::Removal {
            officer,
            course,
            on,
        } => (officer, Evidence::Removal(Removal { course, on })),
        Command::Assessment(it) => (it.officer.clone(), assessed(it)),
        Command::SignOff(it) => {
            let sign_off = SignOff {
                training: it.training,
                phase: it.phase,
                started: it.started,
                on: it.on,
                trainer: it.trainer,
            };
            (it.officer, Evidence::SignOff(sign_off))
        }
        Command::Service {
            officer,
            service,
            on,
            minutes,
        } => {
            let service = SupervisedService {
                service,
                on,
                minutes,
            };
            (officer, Evidence::Service(service))
        }
        other => return Err(Box::new(other)),
    };
    Ok(RecordEvidenceRequest {
        officer,
        evidence: Some(evidence),
    })
}

fn outcome(it: Outcome) -> Evidence {
    let result = match it.result {
        Ended::NotCompleted => CourseResult::NotCompleted,
        Ended::Participation => CourseResult::Participation,
        Ended::Completion => CourseResult::Completion,
        Ended::CompletionAndProficiency => CourseResult::CompletionAndProficiency,
    };
    Evidence::Outcome(CourseOutcome {
        course: it.course,
        started: it.started,
        on: it.on,
        result: result.into(),
        minutes: it.minutes,
    })
}

fn assessed(it: Assessed) -> Evidence {
    let score = it.score.zip(it.pass_mark);
    Evidence::Assessment(Assessment {
        qualification: it.qualification,
        on: it.on,
        passed: it.result.passed,
        weapon: it.weapon,
        score: score.map(|((points, maximum), pass_mark)| Score {
            points,
            maximum,
            pass_mark,
        }),
    })
}

async fn other(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Equivalence(it) => {
            let request = DecideEquivalenceRequest {
                officer: it.officer,
                foreign: it.foreign,
                basis: it.basis,
                satisfies: it.satisfies,
                lacks: it.lacks,
                from: it.from,
                until: it.until,
            };
            session.record(request).await
        }
        Command::Void { officer, record } => {
            session.record(VoidRecordRequest { officer, record }).await
        }
        Command::Question {
            officer,
            record,
            because,
        } => {
            let request = QuestionRecordRequest {
                officer,
                record,
                because,
            };
            session.record(request).await
        }
        Command::List { officer } => {
            let columns = &["seq", "recorded_at", "kind", "says", "voided", "questioned"];
            let request = ListRecordsRequest {
                officer,
                ..ListRecordsRequest::default()
            };
            session
                .call(request, Layout::Rows("records", columns))
                .await
        }
        _ => unreachable!("carried out as evidence"),
    }
}
