//! `cwctl statement`.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use clap::{Args, Subcommand};
use wire::statements::v1::{
    BundleChunk, ExplainLineRequest, GetBundleRequest, GetStatementRequest, GetVerifierKeyRequest,
    GetVerifierKeyResponse, ListStatementsRequest, Statement,
};

use super::Session;
use crate::failure::{Exit, Failure};
use crate::output::{Format, Layout, note};
use crate::table::{self, STATEMENTS};
use crate::view::View;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    /// Show one party's statement of a month; JSON and CSV are the documents as issued.
    #[command(
        after_help = "Examples:\n  cwctl statement show three-rivers 2026-10 barlow\n  \
        cwctl statement show three-rivers 2026-10 barlow -o csv"
    )]
    Show(Of),
    /// List statements.
    #[command(
        after_help = "Examples:\n  cwctl statement list --agreement three-rivers\n  \
        cwctl statement list --party barlow -o csv"
    )]
    List {
        /// Only this agreement's.
        #[arg(long, default_value = "", hide_default_value = true)]
        agreement: String,
        /// Only this month's.
        #[arg(long, default_value = "", hide_default_value = true)]
        month: String,
        /// Only this party's; a town's clerk must name their own.
        #[arg(long, default_value = "", hide_default_value = true)]
        party: String,
    },
    /// Show how each line came about, down to duties, terms version and fractions.
    #[command(
        after_help = "Examples:\n  cwctl statement explain three-rivers 2026-10 barlow\n  \
        cwctl statement explain three-rivers 2026-10 barlow --line pool/vehicle/barlow"
    )]
    Explain {
        #[command(flatten)]
        of: Of,
        /// Only this line, by its key as the statement prints it.
        #[arg(long, default_value = "", hide_default_value = true)]
        line: String,
    },
    /// Write the folder with which a party verifies a statement offline.
    #[command(after_help = "Examples:\n  \
        cwctl statement bundle three-rivers 2026-10 barlow ./barlow-2026-10")]
    Bundle {
        #[command(flatten)]
        of: Of,
        /// The folder to make. It appears whole or not at all; an old one is never touched.
        folder: PathBuf,
    },
    /// Show the key that signs checkpoints, to be pinned when an agreement is signed.
    #[command(after_help = "Examples:\n  cwctl statement key > provider.vkey")]
    Key,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Of {
    /// The agreement's id.
    agreement: String,
    /// The month: 2026-10.
    month: String,
    /// A town, or `provider`.
    party: String,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Show(of) => show(of, session).await,
        Command::List {
            agreement,
            month,
            party,
        } => {
            let request = ListStatementsRequest {
                agreement,
                month,
                party,
                ..ListStatementsRequest::default()
            };
            session
                .call(request, Layout::Rows("statements", STATEMENTS))
                .await
        }
        Command::Explain { of, line } => {
            let request = ExplainLineRequest {
                agreement: of.agreement,
                month: of.month,
                party: of.party,
                line,
            };
            let reply = session.client.view(&request).await?;
            match session.output.format {
                Format::Table => session.output.data(&derivation(reply.items("lines"))),
                _ => session.output.reply(&reply, EXPLAINED),
            }
        }
        Command::Bundle { of, folder } => bundle(of, &folder, session).await,
        Command::Key => key(session).await,
    }
}

const EXPLAINED: Layout = Layout::Lead {
    rows: "lines",
    inner: "steps",
    columns: &["line", "amount_cents", "what", "value", "from"],
};

/// The bare line that `cwverify --key` reads, unless another form is asked for.
async fn key(session: &Session) -> Result<(), Failure> {
    let request = GetVerifierKeyRequest {};
    if session.output.format != Format::Table {
        return session.record(request).await;
    }
    let reply: GetVerifierKeyResponse = session.client.call(&request).await?;
    session.output.data(&format!("{}\n", reply.key.trim_end()))
}

async fn show(of: Of, session: &Session) -> Result<(), Failure> {
    let request = GetStatementRequest {
        agreement: of.agreement,
        month: of.month,
        party: of.party,
    };
    let reply: Statement = session.client.call(&request).await?;
    match session.output.format {
        Format::Json => session.output.data(&reply.json),
        Format::Csv => session.output.data(&reply.csv),
        Format::Jsonl | Format::Yaml => {
            let json: serde_json::Value = serde_json::from_str(&reply.json).map_err(unreadable)?;
            session
                .output
                .data(&session.output.document(&View::from_json(json)))
        }
        Format::Table => {
            let statement = allocation::Statement::from_json(&reply.json).map_err(unreadable)?;
            let zone = session.output.zone.as_ref();
            session.output.data(&table::statement(&statement, zone))
        }
    }
}

fn unreadable(error: impl std::fmt::Display) -> Failure {
    let message = format!("The statement cannot be read: {error}.");
    Failure::new(Exit::Failed, "REPLY_UNREADABLE", message).hint("`-o json` prints it as it is")
}

/// Each line with its steps below it, in the order in which they follow from each other.
fn derivation(lines: &[View]) -> String {
    let text = |view: &View, path: &str| match view.at(path) {
        View::Text(text) => text.clone(),
        _ => String::new(),
    };
    let mut whole = String::new();
    for line in lines {
        let amount = match line.at("amount_cents") {
            View::Number(cents) => i64::try_from(*cents).unwrap_or_default(),
            _ => 0,
        };
        let amount = vocabulary::Cents(amount);
        if !whole.is_empty() {
            whole.push('\n');
        }
        whole.push_str(&format!("{}  {amount}\n", text(line, "line")));
        let steps = line.items("steps");
        let width = steps
            .iter()
            .map(|step| text(step, "what").chars().count())
            .max();
        let width = width.unwrap_or_default();
        for step in steps {
            let what = text(step, "what");
            whole.push_str(&format!("  {what:width$}  {}\n", text(step, "value")));
            let from = text(step, "from");
            if !from.is_empty() {
                whole.push_str(&format!("  {:width$}    from {from}\n", ""));
            }
        }
    }
    whole
}

async fn bundle(of: Of, folder: &Path, session: &Session) -> Result<(), Failure> {
    if folder.exists() {
        let message = format!("{} is there already.", folder.display());
        return Err(Failure::new(Exit::Failed, "FOLDER_EXISTS", message)
            .hint("name a folder that does not exist yet; old bundles are worth keeping"));
    }
    let request = GetBundleRequest {
        agreement: of.agreement,
        month: of.month,
        party: of.party,
    };
    let mut writing = Writing::begin(folder)?;
    let streamed = session
        .client
        .stream(&request, |chunk| writing.chunk(&chunk))
        .await;
    match streamed.and_then(|()| writing.finish(folder)) {
        Ok(files) => {
            note(&format!(
                "{}: {files} files; check them with cwverify",
                folder.display()
            ));
            Ok(())
        }
        Err(failure) => {
            // What is half written helps nobody; a folder that cannot be removed is only litter.
            let _ = fs::remove_dir_all(partial(folder));
            Err(failure)
        }
    }
}

/// A folder in the making, beside its final place.
struct Writing {
    folder: PathBuf,
    open: Option<(String, File)>,
    files: usize,
}

impl Writing {
    fn begin(target: &Path) -> Result<Self, Failure> {
        let folder = partial(target);
        fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
        Ok(Self {
            folder,
            open: None,
            files: 0,
        })
    }

    fn chunk(&mut self, chunk: &BundleChunk) -> Result<(), Failure> {
        let path = self.folder.join(within(&chunk.file)?);
        let failed = |error: std::io::Error| Failure::file(&path, &error);
        let same = matches!(&self.open, Some((file, _)) if *file == chunk.file);
        if !same {
            self.close()?;
            let parent = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(parent).map_err(failed)?;
            // A file that comes twice would be half of each.
            let file = File::create_new(&path).map_err(failed)?;
            self.open = Some((chunk.file.clone(), file));
            self.files += 1;
        }
        match &mut self.open {
            Some((_, file)) => file.write_all(&chunk.data).map_err(failed),
            None => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), Failure> {
        match self.open.take() {
            Some((name, file)) => {
                let path = self.folder.join(name);
                file.sync_all()
                    .map_err(|error| Failure::file(&path, &error))
            }
            None => Ok(()),
        }
    }

    fn finish(&mut self, target: &Path) -> Result<usize, Failure> {
        self.close()?;
        if self.files == 0 {
            return Err(Failure::new(
                Exit::Failed,
                "REPLY_UNREADABLE",
                "The bundle that was sent holds no file.",
            ));
        }
        fs::rename(&self.folder, target).map_err(|error| Failure::file(target, &error))?;
        Ok(self.files)
    }
}

fn partial(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.partial-{}", std::process::id()))
}

/// A file of the bundle stays within its folder, whoever sent it.
fn within(file: &str) -> Result<&Path, Failure> {
    let path = Path::new(file);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if plain && !file.is_empty() {
        return Ok(path);
    }
    let message = format!("The bundle names a file outside its folder: \"{file}\".");
    Err(Failure::new(Exit::Failed, "REPLY_UNREADABLE", message))
}

#[cfg(test)]
mod tests {
    use wire::statements::v1::{ExplainLineResponse, Explanation, Step};

    use super::*;

    fn chunk(file: &str, data: &str) -> BundleChunk {
        BundleChunk {
            file: file.into(),
            data: data.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_derivation_is_indented_below_its_line() {
        let step = |what: &str, value: &str, from: &str| Step {
            what: what.into(),
            value: value.into(),
            from: from.into(),
        };
        let reply = ExplainLineResponse {
            lines: vec![Explanation {
                line: "pool/vehicle/barlow".into(),
                amount_cents: 3_750,
                steps: vec![
                    step("terms", "version 1", ""),
                    step("amount", "$100.00", "payroll:412"),
                ],
            }],
        };
        assert_eq!(
            derivation(View::of(&reply).items("lines")),
            "pool/vehicle/barlow  $37.50\n  terms   version 1\n  amount  $100.00\n            \
             from payroll:412\n"
        );
    }

    #[test]
    fn a_bundle_appears_whole_or_not_at_all() {
        let base = std::env::temp_dir().join(format!("cwctl-bundle-{}", std::process::id()));
        fs::create_dir_all(&base).unwrap();
        let target = base.join("october");
        let mut writing = Writing::begin(&target).unwrap();
        writing.chunk(&chunk("statement.json", "{\"a\":")).unwrap();
        writing.chunk(&chunk("statement.json", "1}")).unwrap();
        writing.chunk(&chunk("log/leaves.jsonl", "x")).unwrap();
        assert!(!target.exists());
        assert_eq!(writing.finish(&target), Ok(2));
        assert_eq!(
            fs::read_to_string(target.join("statement.json")).unwrap(),
            "{\"a\":1}"
        );
        assert_eq!(
            fs::read_to_string(target.join("log/leaves.jsonl")).unwrap(),
            "x"
        );
        fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn a_bundle_never_leaves_its_folder() {
        for file in ["../x", "/etc/x", "a/../../x", ""] {
            assert!(within(file).is_err(), "{file}");
        }
        assert!(within("log/leaves.jsonl").is_ok());
    }
}
