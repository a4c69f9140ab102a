//! `cwctl programme`: profiles of programmes, and which towns work by them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use eligibility::{Narrowing, Problem, Profile, narrow};
use wire::Violation;
use wire::registry::v1::{
    AgreeProgrammeRequest, GetProgrammeRequest, IssueProfileRequest, ListProgrammesRequest,
    ListShippedProfilesRequest,
};

use super::Session;
use crate::failure::{Exit, Failure};
use crate::output::{Layout, Output};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Put a version of a profile in force; refused where a town's clauses would widen it.
    #[command(
        after_help = "Examples:\n  cwctl programme issue profile.toml --effective-from \
        2026-10-01\n  cwctl programme issue profile.toml --effective-from 2026-10-01 --dry-run"
    )]
    Issue {
        /// The profile (docs/profiles.md); it names its programme and version.
        file: PathBuf,
        /// Its first day.
        #[arg(long, value_name = "DATE")]
        effective_from: String,
    },
    /// Put a profile in force that comes with the platform.
    #[command(
        after_help = "Examples:\n  cwctl programme install missouri-cso --effective-from \
        2026-10-01"
    )]
    Install {
        /// Its name: one of `cwctl programme shipped`.
        name: String,
        /// Its first day.
        #[arg(long, value_name = "DATE")]
        effective_from: String,
    },
    /// List the profiles that come with the platform.
    #[command(after_help = "Examples:\n  cwctl programme shipped")]
    Shipped,
    /// Record by which programme a town works, and with which clauses: less, never more.
    #[command(
        after_help = "Examples:\n  cwctl programme agree us-mo-matthew-group-cso --agreement \
        three-rivers --town barlow --from 2026-10-01\n  cwctl programme agree \
        us-mo-matthew-group-cso --agreement three-rivers --town barlow --from 2026-10-01 \
        --narrowing narrowing.toml"
    )]
    Agree(Agree),
    /// Show a programme with every version of its profile.
    #[command(
        after_help = "Examples:\n  cwctl programme show us-mo-matthew-group-cso\n  cwctl programme \
        show us-mo-matthew-group-cso --document > profile.toml"
    )]
    Show {
        /// The programme's id.
        programme: String,
        /// Only the newest profile, byte for byte.
        #[arg(long)]
        document: bool,
    },
    /// List programmes.
    #[command(after_help = "Examples:\n  cwctl programme list")]
    List,
    /// Read a profile, and a town's clauses upon it, where they are written: every problem with its
    /// line, column and what to do.
    #[command(
        after_help = "Examples:\n  cwctl programme check profile.toml\n  cwctl programme check \
        profile.toml --narrowing narrowing.toml"
    )]
    Check(Check),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Agree {
    /// The programme's id.
    programme: String,
    /// In which agreement.
    #[arg(long)]
    agreement: String,
    /// Which town of it.
    #[arg(long)]
    town: String,
    /// First day.
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The town's clauses (docs/profiles.md); without them, the programme as it is.
    #[arg(long, value_name = "FILE")]
    narrowing: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Check {
    /// The profile (docs/profiles.md).
    file: PathBuf,
    /// A town's clauses upon it.
    #[arg(long, value_name = "FILE")]
    narrowing: Option<PathBuf>,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Issue {
            file,
            effective_from,
        } => {
            let toml = super::read(&file)?;
            issue(session, effective_from, toml).await
        }
        Command::Install {
            name,
            effective_from,
        } => {
            let toml = shipped(session, &name).await?;
            issue(session, effective_from, toml).await
        }
        Command::Shipped => {
            let columns = &["name", "programme", "version", "title", "jurisdiction"];
            let request = ListShippedProfilesRequest::default();
            session
                .call(request, Layout::Rows("profiles", columns))
                .await
        }
        Command::Agree(it) => {
            let narrowing = it.narrowing.as_deref().map(super::read).transpose()?;
            let request = AgreeProgrammeRequest {
                agreement: it.agreement,
                town: it.town,
                programme: it.programme,
                from: it.from,
                narrowing: narrowing.unwrap_or_default(),
            };
            session.record(request).await
        }
        Command::Show {
            programme,
            document: false,
        } => session.record(GetProgrammeRequest { programme }).await,
        Command::Show { programme, .. } => {
            let shown = session
                .client
                .view(&GetProgrammeRequest { programme })
                .await?;
            match shown
                .items("versions")
                .last()
                .map(|version| version.at("toml"))
            {
                Some(View::Text(toml)) => session.output.data(toml),
                _ => Ok(()),
            }
        }
        Command::List => {
            let columns = &["programme", "title", "jurisdiction"];
            let request = ListProgrammesRequest::default();
            session
                .call(request, Layout::Rows("programmes", columns))
                .await
        }
        Command::Check(_) => unreachable!("carried out without the services"),
    }
}

async fn issue(session: &Session, effective_from: String, toml: String) -> Result<(), Failure> {
    let request = IssueProfileRequest {
        effective_from,
        toml,
    };
    session.record(request).await
}

/// The document of a shipped profile, as the registry has it.
async fn shipped(session: &Session, name: &str) -> Result<String, Failure> {
    let request = ListShippedProfilesRequest::default();
    let reply = session.client.view(&request).await?;
    let is_meant = |row: &&View| matches!(row.at("name"), View::Text(text) if text == name);
    let found = reply.items("profiles").iter().find(is_meant);
    match found.map(|row| row.at("toml")) {
        Some(View::Text(toml)) => Ok(toml.clone()),
        _ => {
            let message = format!("No profile \"{name}\" comes with the platform.");
            let failure = Failure::new(Exit::NotFound, "PROFILE_UNKNOWN", message);
            Err(failure.hint("see `cwctl programme shipped`"))
        }
    }
}

/// Reads both documents, offline.
pub(crate) fn check(check: &Check, output: &Output) -> Result<(), Failure> {
    let parsed = Profile::parse(&super::read(&check.file)?);
    let mut profile = parsed.map_err(|problems| {
        let failure = Failure::new(
            Exit::Failed,
            "PROFILE_INVALID",
            "The profile can not be used.",
        );
        at_their_lines(failure, &check.file, &problems)
    })?;
    if let Some(file) = &check.narrowing {
        profile = narrowed(&profile, file)?;
    }
    let text = |name: &str, text: String| (name.to_owned(), View::Text(text));
    let names = |names: Vec<String>| View::List(names.into_iter().map(View::Text).collect());
    let mut found = vec![
        text("programme", profile.programme.to_string()),
        text("version", profile.version.to_string()),
        text("title", profile.title.clone()),
    ];
    if let Some((agreement, town)) = &profile.narrowed_for {
        found.push(text("agreement", agreement.to_string()));
        found.push(text("town", town.to_string()));
    }
    let ids = profile.requirements.iter().filter(|it| it.mandatory);
    let duties = profile.duties.iter().filter(|duty| duty.offered);
    found.extend([
        (
            "requirements".to_owned(),
            names(ids.map(|it| it.id.to_string()).collect()),
        ),
        (
            "duties".to_owned(),
            names(duties.map(|duty| duty.kind.to_string()).collect()),
        ),
    ]);
    output.reply(&View::Record(found), Layout::Record)
}

fn narrowed(profile: &Profile, file: &Path) -> Result<Profile, Failure> {
    let parsed = Narrowing::parse(&super::read(file)?);
    let narrowing = parsed.map_err(|problems| {
        let message = "The town's clauses can not be used.";
        let failure = Failure::new(Exit::Failed, "NARROWING_INVALID", message);
        at_their_lines(failure, file, &problems)
    })?;
    narrow(profile, &narrowing).map_err(|widenings| {
        let message = "The town's clauses would widen the programme.";
        let mut failure = Failure::new(Exit::Failed, "NARROWING_WIDENS", message);
        let at = |widening: &eligibility::Widening| {
            Violation::new(file.display().to_string(), widening.to_string())
        };
        failure.violations = widenings.iter().map(at).collect();
        failure
    })
}

fn at_their_lines(mut failure: Failure, file: &Path, problems: &[Problem]) -> Failure {
    let at = |problem: &Problem| {
        let at = format!("{}:{}:{}", file.display(), problem.line, problem.column);
        let text = problem.to_string();
        let prefix = format!("line {}, column {}: ", problem.line, problem.column);
        Violation::new(at, text.strip_prefix(&prefix).unwrap_or(&text))
    };
    failure.violations = problems.iter().map(at).collect();
    failure
}
