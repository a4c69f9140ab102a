//! `cwverify`: checks a town's bundle on the town's own computer.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use proof::bundle::History;
use proof::note::VerifierKey;
use serde_json::json;
use verifier::{LIMITS, Verified, read_folder, verify};

const EXAMPLES: &str = "Examples:
  cwverify --key river-bend.vkey october/
  cwverify --key river-bend.vkey --kept october/checkpoint november/
  cwverify --key river-bend.vkey -o json november/

The key file holds one line, the provider's verifier key, which you got when the agreement was
signed. Keep the file `checkpoint` of every month: the next month's bundle is compared with it.

Exit codes: 0 PASS, 1 the bundle is wrong, 2 wrong usage or a file that cannot be read.";

/// Verify a statement offline: signature, log, every party's shares, your lines.
#[derive(Debug, Parser)]
#[command(name = "cwverify", version, after_help = EXAMPLES)]
struct Cli {
    /// The folder that you received
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The provider's verifier key, pinned when the agreement was signed
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The checkpoint that you kept from an earlier month
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// How to say it
    #[arg(short, long, value_name = "FORM", default_value = "text")]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    Text,
    Json,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let inputs = match inputs(&cli) {
        Ok(inputs) => inputs,
        Err(error) => {
            eprintln!("cwverify: {error}");
            return ExitCode::from(2);
        }
    };
    let (files, key, kept) = inputs;
    match (verify(&files, &key, kept.as_deref()), cli.output) {
        (Ok(verified), Output::Text) => {
            print!("{}", text(&verified));
            ExitCode::SUCCESS
        }
        (Ok(verified), Output::Json) => {
            println!("{}", as_json(&verified));
            ExitCode::SUCCESS
        }
        (Err(wrong), Output::Text) => {
            println!("FAIL  {wrong}");
            ExitCode::FAILURE
        }
        (Err(wrong), Output::Json) => {
            println!("{}", json!({ "verify": "FAIL", "wrong": wrong }));
            ExitCode::FAILURE
        }
    }
}

type Inputs = (proof::bundle::Files, VerifierKey, Option<String>);

fn inputs(cli: &Cli) -> Result<Inputs, String> {
    let files = read_folder(&cli.folder).map_err(|e| e.to_string())?;
    let key = read(&cli.key)?;
    let key = key
        .trim()
        .parse()
        .map_err(|e| format!("{}: {e}", cli.key.display()))?;
    let kept = cli.kept.as_deref().map(read).transpose()?;
    Ok((files, key, kept))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

fn text(verified: &Verified) -> String {
    let statement = &verified.statement;
    let history = match verified.history {
        History::Kept { size } => format!("continues the {size} leaves of the checkpoint you kept"),
        History::Unchecked => "earlier history unchecked: no checkpoint was kept".to_owned(),
    };
    let mut text = format!(
        "PASS  {} {} for {}: {}\n\
         \x20     {} leaves hashed, none missing or counted twice; {} facts of other services\n\
         \x20     {} statements recomputed, every party's of every month\n\
         \x20     {history}\n\
         What this does not show:\n",
        statement.agreement,
        statement.month,
        statement.party,
        statement.total_cents,
        verified.leaves,
        verified.facts,
        verified.statements,
    );
    for limit in LIMITS {
        text.push_str("  - ");
        text.push_str(limit);
        text.push('\n');
    }
    text
}

fn as_json(verified: &Verified) -> serde_json::Value {
    let statement = &verified.statement;
    let kept = match verified.history {
        History::Kept { size } => Some(size),
        History::Unchecked => None,
    };
    json!({
        "verify": "PASS",
        "agreement": statement.agreement,
        "month": statement.month,
        "party": statement.party,
        "total_cents": statement.total_cents,
        "leaves": verified.leaves,
        "facts": verified.facts,
        "statements": verified.statements,
        "kept_size": kept,
        "not_shown": LIMITS,
    })
}
