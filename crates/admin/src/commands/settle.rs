//! `cwctl settle`: what a month would cost whom, offline.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use allocation::{Facts, Settlement, settle};
use clap::Args;
use vocabulary::Month;

use crate::failure::{Exit, Failure};
use crate::output::{Format, Output};
use crate::table::Table;
use crate::view::View;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The facts are a JSON document (docs/facts.md), the terms a TOML one \
    (docs/terms.md). CSV holds the lines.\n\nExamples:\n  \
    cwctl settle --terms three-rivers.toml --facts october.json -o json\n  \
    cwctl settle --terms proposal.toml --facts october.json --month 2026-10"
)]
pub(crate) struct Command {
    /// The terms document.
    #[arg(long, value_name = "FILE")]
    terms: PathBuf,
    /// The facts document.
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// The month [default: the one that the facts lie in].
    #[arg(long)]
    month: Option<Month>,
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<(), Failure> {
    let terms = super::terms::parse(&command.terms)?;
    let facts = facts(&command.facts)?;
    let month = match command.month {
        Some(month) => month,
        None => only_month(&facts)?,
    };
    let settlement = settle(&terms, month, &facts).map_err(|refusal| {
        let message = format!("{month} cannot be settled: {refusal}.");
        Failure::new(Exit::Failed, refusal.reason(), message)
    })?;
    output.data(&match output.format {
        Format::Json | Format::Jsonl | Format::Yaml => output.document(&settlement),
        Format::Csv => lines(&settlement).csv(),
        Format::Table => text_of(&settlement),
    })
}

/// Reads a facts document.
pub(super) fn facts(file: &Path) -> Result<Facts, Failure> {
    let text = super::read(file)?;
    Facts::parse(&text).map_err(|problem| {
        let message = format!("{}: {problem}.", file.display());
        Failure::new(Exit::Failed, "FACTS_INVALID", message)
    })
}

/// The months in which labour, incidents and expenses lie.
pub(super) fn months(facts: &Facts) -> BTreeSet<Month> {
    let slices = facts.labour.iter().flat_map(|week| &week.slices);
    let days = slices
        .map(|slice| slice.date)
        .chain(facts.incidents.iter().map(|incident| incident.date))
        .chain(facts.expenses.iter().map(|expense| expense.date));
    days.map(Month::of).collect()
}

/// The month in which all of them lie.
fn only_month(facts: &Facts) -> Result<Month, Failure> {
    let months = months(facts);
    let mut found = months.iter();
    match (found.next(), found.next()) {
        (Some(month), None) => Ok(*month),
        (None, _) => Err(Failure::usage(
            "The facts name no day: say which --month is meant.",
        )),
        _ => {
            let months: Vec<_> = months.iter().map(ToString::to_string).collect();
            let months = months.join(", ");
            let message = format!("The facts lie in {months}: say which --month is meant.");
            Err(Failure::usage(message))
        }
    }
}

fn view(settlement: &Settlement) -> View {
    View::from_json(serde_json::to_value(settlement).expect("a settlement is plain data"))
}

fn lines(settlement: &Settlement) -> Table {
    let columns = [
        "key",
        "party",
        "rule",
        "pool_cents",
        "share",
        "exact_cents",
        "cents",
    ];
    Table::new(&columns, view(settlement).items("lines"))
}

fn text_of(settlement: &Settlement) -> String {
    let view = view(settlement);
    let pools = View::unfold(view.items("pools"), "shares");
    let columns = [
        "pool",
        "basis",
        "amount_cents",
        "party",
        "share",
        "cents",
        "moved_cent",
    ];
    let pools = Table::new(&columns, &pools).text(None);
    let lines = view.items("lines").iter();
    let direct: Vec<View> = lines
        .filter(|line| matches!(line.at("key"), View::Text(key) if key.starts_with("direct/")))
        .cloned()
        .collect();
    let mut text = format!(
        "{} {}, terms version {}, edition {}; {}\n\npools\n{pools}",
        settlement.agreement,
        settlement.month,
        settlement.terms_version,
        settlement.edition,
        settlement.rounding,
    );
    if !direct.is_empty() {
        let direct = Table::new(&["key", "party", "cents"], &direct).text(None);
        text.push_str(&format!("\ndirect charges\n{direct}"));
    }
    let totals = Table::new(&["party", "cents"], view.items("totals")).text(None);
    text.push_str(&format!("\ntotals\n{totals}"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(days: &[&str]) -> Facts {
        let expense = |(n, day): (usize, &&str)| {
            format!(
                r#"{{"id":"three-rivers.e{}","to":{{"pool":"vehicle"}},"amount_cents":1,
                    "date":"{day}","code":"fuel"}}"#,
                n + 1
            )
        };
        let expenses: Vec<_> = days.iter().enumerate().map(expense).collect();
        Facts::parse(&format!(r#"{{"expenses":[{}]}}"#, expenses.join(","))).unwrap()
    }

    #[test]
    fn the_month_is_that_of_the_facts_unless_they_lie_in_several() {
        let october = facts(&["2026-10-01", "2026-10-31"]);
        assert_eq!(only_month(&october), Ok("2026-10".parse().unwrap()));
        let failure = only_month(&facts(&["2026-10-31", "2026-11-01"])).unwrap_err();
        assert!(
            failure.message.contains("2026-10, 2026-11"),
            "{}",
            failure.message
        );
        assert_eq!(only_month(&facts(&[])).unwrap_err().exit, Exit::Usage);
    }
}
