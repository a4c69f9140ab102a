//! The command line: what is asked, with which flags, and how the program ends.

mod global;
mod topics;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::client::{Client, Options};
use crate::commands::{self, Noun, Session};
use crate::consent::Consent;
use crate::failure::Failure;
use crate::output::{Output, note};
use crate::paint::Paint;
use crate::watch::watch;

pub(crate) use global::Global;
use topics::AFTER;

/// The administrator's client of the Commonwatch platform.
#[derive(Debug, Parser)]
#[command(name = "cwctl", version, after_help = AFTER, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    noun: Noun,
}

/// The whole command line, with what a shell may complete.
pub fn command() -> clap::Command {
    crate::complete::with_ids(Cli::command())
}

/// Runs a command line, the program's name first.
pub async fn run(args: Vec<OsString>) -> ExitCode {
    let json = wants_json(&args);
    let parsed = Cli::command()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let failure = match parsed {
        Ok(cli) => match Box::pin(carry_out(cli)).await {
            Ok(()) => return ExitCode::SUCCESS,
            Err(failure) => failure,
        },
        Err(error) if error.use_stderr() && json => Failure::usage(error.to_string().trim_end()),
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    note(&if json { failure.json() } else { failure.text() });
    ExitCode::from(failure.exit as u8)
}

/// Whether errors are to be JSON, also where the command line cannot be parsed.
fn wants_json(args: &[OsString]) -> bool {
    let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let forms = ["json", "jsonl"];
    let joined = ["-o", "-o=", "--output="];
    let is_joined = |arg: &str| {
        let named = joined.iter().filter_map(|prefix| arg.strip_prefix(prefix));
        named.into_iter().any(|form| forms.contains(&form))
    };
    args.iter().any(|arg| is_joined(arg))
        || args
            .windows(2)
            .any(|pair| matches!(&*pair[0], "-o" | "--output") && forms.contains(&&*pair[1]))
}

async fn carry_out(cli: Cli) -> Result<(), Failure> {
    let Cli { global, noun } = cli;
    let env = |name: &str| std::env::var(name).ok();
    let no_color = env("NO_COLOR");
    let paint = |is_terminal| Paint::new(global.color, is_terminal, no_color.as_deref());
    let mut output = Output::new(global.output);
    output.zone.clone_from(&global.show_zone);
    output.verbose = global.verbose;
    output.paint = paint(std::io::stdout().is_terminal());
    let mut consent = Consent {
        yes: global.yes,
        no_input: global.no_input,
        production: None,
        paint: paint(std::io::stderr().is_terminal()),
    };
    let noun = match commands::offline(noun, &output, &global) {
        Ok(done) => return done,
        Err(noun) => noun,
    };
    let (name, context) = global.context()?;
    output.zone = output.zone.or_else(|| context.zone.clone());
    consent.production = context.production.then_some(name);
    let client = Client::new(context, options(&global))?;
    if global.verbose {
        note(&format!("traceparent: {}", client.trace()));
    }
    if global.dry_run {
        note("dry run: nothing is recorded");
    }
    let place = global.file_path();
    let session = Session {
        client,
        output,
        consent,
        place,
    };
    match global.watch {
        None => Box::pin(commands::run(*noun, &session)).await,
        Some(seconds) => {
            let every = Duration::from_secs(seconds.into());
            let ask = async || Box::pin(commands::run((*noun).clone(), &session)).await;
            watch(&session.output, every, ask).await
        }
    }
}

fn options(global: &Global) -> Options {
    Options {
        dry_run: global.dry_run,
        command_id: global.command_id,
        page_size: global.page_size,
        limit: global
            .limit
            .map(|rows| usize::try_from(rows).unwrap_or(usize::MAX)),
        reason: global.reason.clone(),
        as_of: global.as_of.clone(),
        reads_only: global.watch.is_some(),
    }
}

#[cfg(test)]
mod tests;
