//! The command line: what is asked, with which flags, and how the program ends.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use uuid::Uuid;
use vocabulary::Zone;

use crate::client::{Client, Options};
use crate::commands::{self, Noun};
use crate::context::{Context, File, default_path};
use crate::failure::Failure;
use crate::output::{Format, Output, note};

const AFTER: &str = "\
Exit codes:
  0  done
  1  refused by a service, or failed here
  2  the command line or the context file is not right
  3  what was named does not exist
  4  not signed in, or not allowed
  5  there are differences (reserved)
  6  the service does not answer

Only data goes to stdout. Errors go to stderr: the sentence, each field at fault on a line of its
own, the stable reason, what to do next; with `-o json` as one line of JSON.

Examples:
  cwctl town list
  cwctl duty in cso-114 town:barlow --at 2026-10-31T22:00
  cwctl timesheet list --state submitted
  cwctl month close three-rivers 2026-10
  cwctl statement show three-rivers 2026-10 barlow -o json";

/// The administrator's client of the Commonwatch platform.
#[derive(Debug, Parser)]
#[command(name = "cwctl", version, after_help = AFTER, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    noun: Noun,
}

/// Flags of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    /// How to write the reply.
    #[arg(short, long, global = true, value_enum, default_value = "table")]
    output: Format,
    /// The context file: endpoints and token [default: commonwatch/context.toml in
    /// $XDG_CONFIG_HOME or ~/.config].
    #[arg(long, global = true, value_name = "FILE", env = "COMMONWATCH_CONTEXT")]
    context: Option<PathBuf>,
    /// The bearer token, instead of the context's.
    #[arg(long, global = true, env = "COMMONWATCH_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The zone of times in tables, instead of the context's.
    #[arg(
        long = "show-zone",
        global = true,
        value_name = "ZONE",
        env = "COMMONWATCH_ZONE"
    )]
    show_zone: Option<Zone>,
    /// Ask the service what would happen; change nothing.
    #[arg(long, global = true)]
    dry_run: bool,
    /// The id of this change: the same id again gets the same answer and changes nothing twice.
    #[arg(long, global = true, value_name = "UUID")]
    command_id: Option<Uuid>,
    /// Rows to ask for at a time; every page is read all the same.
    #[arg(long, global = true, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(i32).range(0..), hide_default_value = true)]
    page_size: i32,
    /// Stop a list after so many rows.
    #[arg(long, global = true, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Say on stderr what is called and under which trace id.
    #[arg(short, long, global = true)]
    verbose: bool,
}

/// Runs a command line, the program's name first.
pub async fn run(args: Vec<OsString>) -> ExitCode {
    let json = wants_json(&args);
    let parsed = Cli::command()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let failure = match parsed {
        Ok(cli) => match carry_out(cli).await {
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
    let joined = ["-ojson", "-o=json", "--output=json"];
    args.iter().any(|arg| joined.contains(&arg.as_ref()))
        || args
            .windows(2)
            .any(|pair| matches!(pair[0].as_ref(), "-o" | "--output") && pair[1] == "json")
}

async fn carry_out(cli: Cli) -> Result<(), Failure> {
    let Cli { global, noun } = cli;
    let mut output = Output {
        format: global.output,
        zone: global.show_zone.clone(),
        verbose: global.verbose,
    };
    let noun = match commands::offline(noun, &output) {
        Ok(done) => return done,
        Err(noun) => noun,
    };
    let context = load(&global)?;
    output.zone = output.zone.or_else(|| context.zone.clone());
    let options = Options {
        dry_run: global.dry_run,
        command_id: global.command_id,
        page_size: global.page_size,
        limit: global
            .limit
            .map(|rows| usize::try_from(rows).unwrap_or(usize::MAX)),
        ..Options::default()
    };
    let client = Client::new(context, options)?;
    if global.verbose {
        note(&format!("traceparent: {}", client.trace()));
    }
    if global.dry_run {
        note("dry run: nothing is recorded");
    }
    commands::run(*noun, &commands::Session { client, output }).await
}

fn load(global: &Global) -> Result<Context, Failure> {
    let named = global.context.clone();
    let path = named.or_else(|| default_path(|name| std::env::var(name).ok()));
    let path = path.ok_or_else(|| {
        Failure::usage("There is no home folder to look for a context file in.")
            .hint("name one with --context or COMMONWATCH_CONTEXT")
    })?;
    if let Some(warning) = crate::context::too_open(&path) {
        note(&warning);
    }
    let (_, mut context) = File::load(&path)?.chosen(None)?;
    if let Some(token) = &global.token {
        context.token = Some(token.clone());
    }
    Ok(context)
}

#[cfg(test)]
mod tests;
