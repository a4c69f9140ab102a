//! `cwctl terms`: reads a terms document where it is written, before anybody is asked to sign it.

use std::path::{Path, PathBuf};

use allocation::{Terms, compare};
use clap::Subcommand;
use serde_json::{Value, json};
use vocabulary::Month;
use wire::Violation;

use crate::failure::{Exit, Failure};
use crate::output::{Format, Layout, Output};
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
    /// Say in plain English what a terms document says, clause by clause.
    #[command(after_help = "Examples:\n  cwctl terms show three-rivers.toml")]
    Show {
        /// The document.
        file: PathBuf,
    },
    /// Say what a later document says otherwise: in words, and in money where there are facts.
    #[command(
        after_help = "With --facts the same months are settled under both documents.\n\n\
        Examples:\n  cwctl terms diff signed.toml proposal.toml\n  \
        cwctl terms diff signed.toml proposal.toml --facts year.json -o json"
    )]
    Diff {
        /// The earlier document.
        before: PathBuf,
        /// The later one.
        after: PathBuf,
        /// A facts document (docs/facts.md).
        #[arg(long, value_name = "FILE")]
        facts: Option<PathBuf>,
        /// A month to settle; may be repeated [default: every month that the facts lie in].
        #[arg(long = "month", value_name = "MONTH", requires = "facts")]
        months: Vec<Month>,
    },
    /// Settle the same months under several documents: a party per row, a document per column.
    #[command(
        after_help = "Differences are against the first document.\n\nExamples:\n  \
        cwctl terms compare by-calls.toml by-population.toml equal.toml --facts year.json"
    )]
    Compare {
        /// The documents.
        #[arg(required = true, num_args = 2..)]
        files: Vec<PathBuf>,
        /// A facts document (docs/facts.md).
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// A month to settle; may be repeated [default: every month that the facts lie in].
        #[arg(long = "month", value_name = "MONTH")]
        months: Vec<Month>,
    },
    /// Write the JSON Schema of terms documents, for editors.
    #[command(after_help = "Examples:\n  cwctl terms schema > terms.schema.json")]
    Schema,
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Check { file } => check(file, output),
        Command::Show { file } => show(file, output),
        Command::Diff {
            before,
            after,
            facts,
            months,
        } => diff(&[before, after], facts.as_deref(), months, output),
        Command::Compare {
            files,
            facts,
            months,
        } => {
            let files: Vec<&PathBuf> = files.iter().collect();
            let found = json!({ "scenarios": scenarios(&files, facts, months)? });
            output.reply(&View::from_json(found), SCENARIOS)
        }
        Command::Schema => output.data(Terms::schema()),
    }
}

const SCENARIOS: Layout = Layout::Rows(
    "scenarios",
    &["terms", "party", "cents", "difference_cents"],
);

fn show(file: &Path, output: &Output) -> Result<(), Failure> {
    let clauses = parse(file)?.clauses();
    let found = View::from_json(json!({ "clauses": clauses }));
    output.reply(&found, Layout::Rows("clauses", &["about", "says"]))
}

fn diff(
    files: &[&PathBuf; 2],
    facts: Option<&Path>,
    months: &[Month],
    output: &Output,
) -> Result<(), Failure> {
    let [before, after] = files;
    let changes = parse(before)?.changes(&parse(after)?);
    let mut found = json!({ "changes": changes });
    if let Some(facts) = facts {
        found["scenarios"] = scenarios(&files[..], facts, months)?;
    }
    let found = View::from_json(found);
    if output.format != Format::Table {
        return output.reply(&found, Layout::Record);
    }
    let words = Layout::Rows("changes", &["about", "before", "after"]);
    output.reply(&found, words)?;
    match facts {
        Some(_) => output.reply(&found, SCENARIOS),
        None => Ok(()),
    }
}

/// What each party would bear under each document, a row each.
fn scenarios(files: &[&PathBuf], facts: &Path, months: &[Month]) -> Result<Value, Failure> {
    let facts = super::settle::facts(facts)?;
    let months: Vec<Month> = match months {
        [] => super::settle::months(&facts).into_iter().collect(),
        some => some.to_vec(),
    };
    let named = |file: &&PathBuf| Ok((file.display().to_string(), parse(file)?));
    let under = files
        .iter()
        .map(named)
        .collect::<Result<Vec<_>, Failure>>()?;
    let compared = compare(&under, &months, &facts).map_err(|refusal| {
        let message = format!("These months cannot be settled: {refusal}.");
        Failure::new(Exit::Failed, refusal.reason(), message)
    })?;
    let rows = compared.iter().flat_map(|scenario| {
        scenario.totals.iter().map(|total| {
            json!({
                "terms": scenario.name,
                "party": total.party,
                "cents": total.cents,
                "difference_cents": total.difference_cents,
            })
        })
    });
    Ok(rows.collect())
}

fn check(file: &Path, output: &Output) -> Result<(), Failure> {
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
