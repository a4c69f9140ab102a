//! `cwctl terms`: reads a terms document where it is written, before anybody is asked to sign it.

use std::path::{Path, PathBuf};

use allocation::Terms;
use clap::Subcommand;
use wire::Violation;

use crate::failure::{Exit, Failure};
use crate::output::{Layout, Output};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Check a terms document: every problem with its line, column and what to do.
    #[command(after_help = "Examples:\n  cwctl terms check three-rivers.toml\n  \
        cwctl terms check three-rivers.toml -o json")]
    Check {
        /// The document (docs/terms.md).
        file: PathBuf,
    },
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    let Command::Check { file } = command;
    let terms = parse(file)?;
    let names = |names: Vec<String>| View::List(names.into_iter().map(View::Text).collect());
    let found = View::Record(vec![
        ("agreement".into(), View::Text(terms.agreement.to_string())),
        (
            "parties".into(),
            names(terms.parties().iter().map(ToString::to_string).collect()),
        ),
        (
            "pools".into(),
            names(
                terms
                    .pools
                    .iter()
                    .map(|pool| pool.name.to_string())
                    .collect(),
            ),
        ),
        (
            "fees".into(),
            names(terms.fees.iter().map(|fee| fee.name.to_string()).collect()),
        ),
    ]);
    output.reply(&found, Layout::Record)
}

/// Reads a terms document, or says everything that is wrong with it.
pub(super) fn parse(file: &Path) -> Result<Terms, Failure> {
    let text = super::read(file)?;
    Terms::parse(&text).map_err(|problems| {
        let many = match problems.len() {
            1 => "one problem".to_owned(),
            n => format!("{n} problems"),
        };
        let message = format!("{} has {many}.", file.display());
        let mut failure = Failure::new(Exit::Failed, "TERMS_INVALID", message);
        failure.violations = problems
            .iter()
            .map(|problem| {
                let at = format!("{}:{}:{}", file.display(), problem.line, problem.column);
                let text = problem.to_string();
                let prefix = format!("line {}, column {}: ", problem.line, problem.column);
                let text = text.strip_prefix(&prefix).unwrap_or(&text);
                // What is missing has no field to name.
                let text = text.trim_start_matches(": ");
                Violation::new(at, text)
            })
            .collect();
        failure
    })
}
