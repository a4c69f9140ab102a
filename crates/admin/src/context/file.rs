//! The file: contexts by name, and which of them is current.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Context;
use crate::failure::{Exit, Failure};

/// What a file without names calls its only context.
const UNNAMED: &str = "default";

/// Contexts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The one that is meant when nobody says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// All of them.
    #[serde(default)]
    pub contexts: BTreeMap<String, Context>,
}

/// Where the file is looked for when neither flag nor environment names one:
/// `$XDG_CONFIG_HOME/commonwatch/context.toml`, `$HOME/.config` standing in for the first part.
pub fn default_path(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let config = set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".config")))?;
    Some(config.join("commonwatch").join("context.toml"))
}

impl File {
    /// A file with one context, the current one.
    pub fn of(name: &str, context: Context) -> Self {
        Self {
            current: Some(name.to_owned()),
            contexts: BTreeMap::from([(name.to_owned(), context)]),
        }
    }

    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("There is no context file at {}.", path.display());
                return Err(Failure::new(Exit::Usage, "NO_CONTEXT", message).hint(
                    "run `commonwatch up`, which writes one; or `cwctl context add`; or name \
                     yours with --context or COMMONWATCH_CONTEXT",
                ));
            }
            Err(error) => return Err(Failure::file(path, &error)),
        };
        Self::parse(&text).map_err(|problem| {
            let message = format!("{} is not a context file: {problem}", path.display());
            Failure::new(Exit::Usage, "CONTEXT_INVALID", message)
        })
    }

    /// The same; an empty one where there is no file yet.
    pub fn load_or_new(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            Self::load(path)
        } else {
            Ok(Self::default())
        }
    }

    /// Reads the file's text; else says what is wrong with it, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |error: toml::de::Error| error.to_string().trim_end().to_owned();
        let keys: toml::Table = toml::from_str(text).map_err(wrong)?;
        if keys.contains_key("contexts") || keys.contains_key("current") {
            return toml::from_str(text).map_err(wrong);
        }
        let context = toml::from_str(text).map_err(wrong)?;
        Ok(Self::of(UNNAMED, context))
    }

    /// The file's text.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("contexts are plain data")
    }

    /// Writes the file, whole or not at all; only its owner may read it.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::file(path, &error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let beside = path.with_extension(format!("new-{}", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .map_err(failed)?;
        let written = file.write_all(self.to_toml().as_bytes());
        let written = written.and_then(|()| file.sync_all());
        let written = written.and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| {
            // What is half written holds tokens and helps nobody.
            let _ = fs::remove_file(&beside);
            failed(error)
        })
    }

    /// The context that is meant: the one named, else the current one, else the only one.
    pub fn chosen(&self, named: Option<&str>) -> Result<(String, Context), Failure> {
        let only = || match self.contexts.len() {
            1 => self.contexts.keys().next().cloned(),
            _ => None,
        };
        let name = named.map(str::to_owned).or_else(|| self.current.clone());
        let names: Vec<&str> = self.contexts.keys().map(String::as_str).collect();
        let names = names.join(", ");
        let Some(name) = name.or_else(only) else {
            let message = "No context is current, and none is named.";
            return Err(
                Failure::new(Exit::Usage, "CONTEXT_NOT_NAMED", message).hint(format!(
                    "choose one with `cwctl context use NAME` or --use NAME: {names}"
                )),
            );
        };
        let Some(context) = self.contexts.get(&name) else {
            let message = format!("No context is called {name}.");
            return Err(Failure::new(Exit::Usage, "CONTEXT_UNKNOWN", message).hint(
                if names.is_empty() {
                    "make one with `cwctl context add`".to_owned()
                } else {
                    format!("there are {names}; see `cwctl context list`")
                },
            ));
        };
        Ok((name, context.clone()))
    }
}

/// What is wrong with who may read a file that holds tokens.
pub fn too_open(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        format!(
            "warning: others of this machine can read {path} (mode {mode:04o}), which holds a \
             token: chmod 600 {path}"
        )
    })
}
