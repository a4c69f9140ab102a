//! Files to contents: form only. What the form says is believed after the check, not here.

use serde::de::DeserializeOwned;

use super::line::Line;
use super::write::{ConsistencyFile, ManifestFile};
use super::{
    Bundle, CHECKPOINT, CONSISTENCY, Contents, Entry, FORMAT, Files, LOG, MANIFEST, Manifest,
    PREVIOUS_CHECKPOINT, Previous, STATEMENT_CSV, STATEMENT_JSON,
};

/// Why a folder is not a bundle. Names the file, and the line where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("{file}: the file is missing.")]
    Missing { file: &'static str },
    #[error("{file}: the file is missing, though {other} is there; they come together.")]
    Alone {
        file: &'static str,
        other: &'static str,
    },
    #[error("{file}: the file is not UTF-8 text.")]
    NotText { file: &'static str },
    #[error("{file}: {what}.")]
    Json { file: &'static str, what: String },
    #[error("{file}: the format is `{found}`; this verifier reads `{FORMAT}`.")]
    Format { file: &'static str, found: String },
    #[error("{LOG}, line {line}: {what}.")]
    Line { line: usize, what: String },
}

impl Bundle {
    /// Reads the files of one folder. Files with other names are no part of the bundle.
    pub fn read(files: &Files) -> Result<Bundle, ReadError> {
        let manifest: ManifestFile = json(files, MANIFEST)?;
        if manifest.format != FORMAT {
            return Err(ReadError::Format {
                file: MANIFEST,
                found: manifest.format,
            });
        }
        let manifest = Manifest {
            origin: manifest.origin,
            log: manifest.log,
            agreement: manifest.agreement,
            month: manifest.month,
            town: manifest.town,
            public_key: manifest.public_key,
        };
        Ok(Bundle::new(Contents {
            manifest,
            entries: entries(text(files, LOG)?)?,
            checkpoint: text(files, CHECKPOINT)?.to_owned(),
            previous: previous(files)?,
            statement_json: bytes(files, STATEMENT_JSON)?.to_owned(),
            statement_csv: bytes(files, STATEMENT_CSV)?.to_owned(),
        }))
    }
}

fn entries(log: &str) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    for (i, line) in log.split_inclusive('\n').enumerate() {
        let refuse = |what| ReadError::Line { line: i + 1, what };
        let line = line
            .strip_suffix('\n')
            .ok_or_else(|| refuse("the file ends inside this line, without a newline".into()))?;
        // Within one line serde's own "line 1" would only mislead.
        let column = |what: String| what.replace(" at line 1 column ", " at column ");
        let line: Line = object(line).map_err(|what| refuse(column(what)))?;
        entries.push(line.entry().map_err(refuse)?);
    }
    Ok(entries)
}

fn previous(files: &Files) -> Result<Option<Previous>, ReadError> {
    match (
        files.contains_key(PREVIOUS_CHECKPOINT),
        files.contains_key(CONSISTENCY),
    ) {
        (false, false) => Ok(None),
        (true, false) => Err(ReadError::Alone {
            file: CONSISTENCY,
            other: PREVIOUS_CHECKPOINT,
        }),
        (false, true) => Err(ReadError::Alone {
            file: PREVIOUS_CHECKPOINT,
            other: CONSISTENCY,
        }),
        (true, true) => {
            let ConsistencyFile { from, to, hashes } = json(files, CONSISTENCY)?;
            let checkpoint = text(files, PREVIOUS_CHECKPOINT)?.to_owned();
            Ok(Some(Previous {
                checkpoint,
                from,
                to,
                hashes,
            }))
        }
    }
}

fn bytes<'a>(files: &'a Files, file: &'static str) -> Result<&'a [u8], ReadError> {
    files
        .get(file)
        .map(Vec::as_slice)
        .ok_or(ReadError::Missing { file })
}

fn text<'a>(files: &'a Files, file: &'static str) -> Result<&'a str, ReadError> {
    std::str::from_utf8(bytes(files, file)?).map_err(|_| ReadError::NotText { file })
}

fn json<T: DeserializeOwned>(files: &Files, file: &'static str) -> Result<T, ReadError> {
    object(text(files, file)?).map_err(|what| ReadError::Json { file, what })
}

/// A struct would also be read from a JSON array; the formats know objects only.
fn object<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    if !json.trim_start().starts_with('{') {
        return Err("a JSON object should stand here".to_owned());
    }
    serde_json::from_str(json).map_err(|error| error.to_string())
}
