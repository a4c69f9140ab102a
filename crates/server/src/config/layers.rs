//! File, environment and flags laid over each other.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: {problem}", path.display())]
    File { path: PathBuf, problem: String },
    #[error("{place}: {problem}; `commonwatch print-config` shows every key with what is in force")]
    Overlay { place: String, problem: String },
    #[error("{key} is not set: put it into the configuration file, such as {key} = \"{example}\"")]
    Missing { key: String, example: String },
    #[error("{key} cannot be used: {problem}; such as {key} = \"{example}\"")]
    Unfit {
        key: String,
        problem: String,
        example: String,
    },
}

/// The three sources, from the weakest to the strongest.
#[derive(Debug, Default)]
pub(crate) struct Layers<'a> {
    pub file: Option<&'a Path>,
    /// Names and values of the environment.
    pub environment: Vec<(String, String)>,
    /// `key=value` as given on the command line.
    pub settings: &'a [String],
}

const PREFIX: &str = "COMMONWATCH_";

/// Variables of that prefix that are somebody else's: the command line's, the local stack's,
/// `cwctl`'s, the tests'.
const OTHERS: [&str; 16] = [
    "CONFIG",
    "DATA",
    "POSTGRES_BIN",
    "NATS_SERVER",
    "TOOL_CACHE",
    "OFFLINE",
    "TEST_STACK",
    "TEST_STACK_LINGER",
    "CONTEXT",
    "TOKEN",
    "USE",
    "ADDRESS",
    "CA_FILE",
    "OUTPUT",
    "ZONE",
    "KILL_AT",
];

impl Layers<'_> {
    /// Lays them over each other.
    pub(crate) fn load(self) -> Result<Config, ConfigError> {
        let mut table = Table::new();
        if let Some(path) = self.file {
            table = read(path)?;
        }
        for (name, value) in self.environment {
            let Some(key) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if OTHERS.contains(&key) {
                continue;
            }
            overlay(
                &mut table,
                &key.to_lowercase().replace("__", "."),
                &value,
                &name,
            )?;
        }
        for setting in self.settings {
            let place = format!("--set {setting}");
            let Some((key, value)) = setting.split_once('=') else {
                return Err(ConfigError::Overlay {
                    place,
                    problem: "expected key=value, such as log.level=debug".into(),
                });
            };
            overlay(&mut table, key.trim(), value.trim(), &place)?;
        }
        table
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Overlay {
                place: "configuration".into(),
                problem: error.message().to_owned(),
            })
    }
}

/// A file alone must be right, so that its error names line and column.
fn read(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let wrong = |e: toml::de::Error| ConfigError::File {
        path: path.to_owned(),
        problem: e.to_string().trim_end().to_owned(),
    };
    let _: Config = toml::from_str(&text).map_err(wrong)?;
    toml::from_str(&text).map_err(wrong)
}

/// Sets one dotted key. A value that reads as TOML is taken so (`7`, `true`, `["a"]`), any other
/// as text; then the key is tried alone, so that the error names where it came from.
fn overlay(table: &mut Table, key: &str, value: &str, place: &str) -> Result<(), ConfigError> {
    let wrong = |problem: String| ConfigError::Overlay {
        place: place.to_owned(),
        problem,
    };
    let value = toml::from_str::<Table>(&format!("v = {value}"))
        .ok()
        .and_then(|mut parsed| parsed.remove("v"))
        .filter(|value| !value.is_datetime())
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let alone = key.rsplit('.').fold(value.clone(), |inner, part| {
        Value::Table(Table::from_iter([(part.to_owned(), inner)]))
    });
    let alone: Result<Config, _> = alone.try_into();
    alone.map_err(|e: toml::de::Error| wrong(e.message().to_owned()))?;
    let (folders, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut at = table;
    for part in folders.split('.').filter(|part| !part.is_empty()) {
        at = at
            .entry(part)
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| wrong(format!("`{part}` holds no keys")))?;
    }
    at.insert(last.to_owned(), value);
    Ok(())
}
