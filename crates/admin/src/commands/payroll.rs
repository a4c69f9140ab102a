//! `cwctl payroll`: what a week pays and why, offline.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use overtime::weekfile::{Answer, compute};

use crate::failure::{Exit, Failure};
use crate::output::{Format, Output};
use crate::table::Table;
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Reckon a week that is described in a file: every pay line, and why it is this amount.
    #[command(
        after_help = "The week is a TOML document (docs/week.md). CSV holds the pay lines.\n\n\
        Examples:\n  cwctl payroll compute --week week.toml\n  \
        cwctl payroll compute --week week.toml -o json"
    )]
    Compute(Compute),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Compute {
    /// The week (docs/week.md).
    #[arg(long, value_name = "FILE")]
    week: PathBuf,
}

const LINES: [&str; 7] = [
    "day",
    "code",
    "location",
    "account",
    "minutes",
    "amount_cents",
    "citation",
];

pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    let Command::Compute(Compute { week }) = command;
    let answer = compute(&super::read(week)?).map_err(|refusal| {
        let message = format!("{}: {}.", week.display(), refusal.to_string().trim_end());
        Failure::new(Exit::Failed, "WEEK_INVALID", message)
    })?;
    output.data(&match output.format {
        Format::Json | Format::Jsonl | Format::Yaml => output.document(&answer),
        Format::Csv => Table::new(&LINES, view(&answer).items("lines")).csv(),
        Format::Table => text_of(&answer),
    })
}

fn view(answer: &Answer) -> View {
    View::from_json(serde_json::to_value(answer).expect("an answer is plain data"))
}

fn text_of(answer: &Answer) -> String {
    let view = view(answer);
    let lines = Table::new(&LINES, view.items("lines")).text(None);
    let mut text = format!(
        "{}, {} to {}: gross {}, of it qualified overtime {}\n\nlines\n{lines}\nbecause\n",
        answer.officer,
        answer.first_day,
        answer.last_day,
        answer.gross_cents,
        answer.qualified_overtime_cents,
    );
    for said in &answer.because {
        text.push_str(&format!("  {said}\n"));
    }
    if !answer.attribution.is_empty() {
        let columns = ["party", "worked_minutes", "straight_cents", "premium_cents"];
        let parts = Table::new(&columns, view.items("attribution")).text(None);
        text.push_str(&format!("\nattribution\n{parts}"));
    }
    if !answer.findings.is_empty() {
        text.push_str("\nto look at\n");
        for finding in &answer.findings {
            text.push_str(&format!("  {finding}\n"));
        }
    }
    text
}
