//! `cwctl incident import`: a file on its way, watched.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use wire::incidents::v1::ImportIncidentsRequest;

use super::Session;
use crate::failure::{Exit, Failure};
use crate::import::{Mapping, Reader, Rejected, Rejects, Summary, send};
use crate::output::{Layout, note};
use crate::view::View;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The same file may be imported again: what is known and unchanged is left \
    alone, what has changed is corrected. The mapping file is docs/import.md.\n\nExamples:\n  \
    cwctl incident import --mapping barlow.toml october.csv\n  \
    cwctl incident import --mapping barlow.toml october.csv --dry-run\n  \
    cwctl incident import --mapping barlow.toml october.csv --rejects wrong.csv --strict"
)]
pub(crate) struct Import {
    /// The mapping file: which column is what.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// The export, CSV.
    file: PathBuf,
    /// Where rows that are not taken go [default: <file>.rejects.csv]; made only if there are any.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// End with 1 if any row is rejected.
    #[arg(long)]
    strict: bool,
}

pub(crate) async fn run(import: Import, session: &Session) -> Result<(), Failure> {
    if session.client.options().command_id.is_some() {
        return Err(
            Failure::usage("An import is many changes: it takes no --command-id.")
                .hint("import the file again instead: what was taken is left alone"),
        );
    }
    let started = Instant::now();
    let client = session.consented(&ImportIncidentsRequest::default())?;
    let mut reader = open(&import)?;
    let mut kept = Kept::new(&import);
    let bar = bar(&import.file)?;
    let call = async |request: ImportIncidentsRequest| client.call_again(&request).await;
    let reject = |header: &[String], rejected: &Rejected| kept.keep(header, rejected);
    let sent = send(&mut reader, call, reject, |bytes| bar.set_position(bytes)).await;
    bar.finish_and_clear();
    let written = kept.finish();
    let summary = sent.map_err(|failure| {
        failure.hint("import the file again once that is mended: what was taken is left alone")
    })?;
    let written = written?;
    if let Some(path) = &written {
        let rows = summary.rejected;
        note(&format!(
            "warning: {rows} rows were rejected: see {}",
            path.display()
        ));
    }
    let reply = view(&summary, started.elapsed().as_millis(), written.as_deref());
    session.output.reply(&reply, Layout::Record)?;
    if import.strict && summary.rejected > 0 {
        let message = format!("{} rows were rejected.", summary.rejected);
        return Err(Failure::new(Exit::Failed, "ROWS_REJECTED", message));
    }
    Ok(())
}

fn open(import: &Import) -> Result<Reader<BufReader<File>>, Failure> {
    let wrong = |error: crate::import::MappingError| {
        let message = format!("{}: {error}.", import.mapping.display());
        Failure::new(Exit::Failed, "MAPPING_INVALID", message)
    };
    let mapping = Mapping::parse(&super::read(&import.mapping)?).map_err(wrong)?;
    let file = File::open(&import.file).map_err(|error| Failure::file(&import.file, &error))?;
    Reader::new(BufReader::new(file), mapping).map_err(wrong)
}

/// A bar over the file's bytes; hidden where nobody watches.
fn bar(file: &Path) -> Result<ProgressBar, Failure> {
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bytes = std::fs::metadata(file)
        .map_err(|error| Failure::file(file, &error))?
        .len();
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    let style = style.expect("the template is well formed");
    Ok(ProgressBar::new(bytes).with_style(style))
}

/// The rejects file, made with its first row.
struct Kept {
    path: PathBuf,
    open: Option<Rejects<BufWriter<File>>>,
}

impl Kept {
    fn new(import: &Import) -> Self {
        let beside = || {
            let mut name = import.file.clone().into_os_string();
            name.push(".rejects.csv");
            PathBuf::from(name)
        };
        Self {
            path: import.rejects.clone().unwrap_or_else(beside),
            open: None,
        }
    }

    fn keep(&mut self, header: &[String], rejected: &Rejected) -> Result<(), Failure> {
        if self.open.is_none() {
            let file = File::create(&self.path);
            let file = file.map_err(|error| Failure::file(&self.path, &error))?;
            self.open = Some(Rejects::new(BufWriter::new(file), header)?);
        }
        match &mut self.open {
            Some(rejects) => Ok(rejects.write(rejected)?),
            None => Ok(()),
        }
    }

    /// The file, if there is one.
    fn finish(self) -> Result<Option<PathBuf>, Failure> {
        let Self { path, open } = self;
        let Some(rejects) = open else {
            return Ok(None);
        };
        rejects
            .finish()
            .map_err(|error| Failure::file(&path, &error))?;
        Ok(Some(path))
    }
}

fn view(summary: &Summary, milliseconds: u128, rejects: Option<&Path>) -> View {
    let count = |n: u64| View::Number(n.into());
    let reasons = summary.rejected_by_reason.iter().map(|(reason, rows)| {
        View::Record(vec![
            ("reason".into(), View::Text(reason.clone())),
            ("rows".into(), count(*rows)),
        ])
    });
    let seconds = format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000);
    View::Record(vec![
        ("rows_read".into(), count(summary.rows_read)),
        ("imported".into(), count(summary.imported)),
        ("corrected".into(), count(summary.corrected)),
        ("unchanged".into(), count(summary.unchanged)),
        ("passed_over".into(), count(summary.passed_over)),
        ("rejected".into(), count(summary.rejected)),
        ("rejected_by_reason".into(), View::List(reasons.collect())),
        ("seconds".into(), View::Text(seconds)),
        (
            "rejects_file".into(),
            rejects.map_or(View::Null, |path| View::Text(path.display().to_string())),
        ),
    ])
}
