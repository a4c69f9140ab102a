//! Where the services are and who is calling: one small file, written by `commonwatch up`.
//!
//! ```toml
//! token = "…"
//! zone = "America/Chicago"          # optional: tables show times in it
//! [endpoints]
//! registry = "http://127.0.0.1:7401"
//! payroll = "http://127.0.0.1:7402"
//! incidents = "http://127.0.0.1:7403"
//! statements = "http://127.0.0.1:7404"
//! ```

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vocabulary::Zone;

use crate::failure::{Exit, Failure};

/// The file's content. Unknown keys are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The bearer token of every call; a flag or the environment may give another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The zone in which tables show times; UTC without it. JSON and CSV are always UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// Where the services are.
    pub endpoints: Endpoints,
}

/// One address for each service, as far as the caller has any business there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statements: Option<String>,
}

/// A service of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Service {
    Registry,
    Payroll,
    Incidents,
    Statements,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 4] = [
        Self::Registry,
        Self::Payroll,
        Self::Incidents,
        Self::Statements,
    ];

    /// Its name, as in logs and protos.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Payroll => "payroll",
            Self::Incidents => "incidents",
            Self::Statements => "statements",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Endpoints {
    /// The address of a service.
    pub fn of(&self, service: Service) -> Option<&str> {
        match service {
            Service::Registry => self.registry.as_deref(),
            Service::Payroll => self.payroll.as_deref(),
            Service::Incidents => self.incidents.as_deref(),
            Service::Statements => self.statements.as_deref(),
        }
    }
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

impl Context {
    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("There is no context file at {}.", path.display());
                return Err(Failure::new(Exit::Usage, "NO_CONTEXT", message).hint(
                    "run `commonwatch up`, which writes one; or name yours with --context or \
                     COMMONWATCH_CONTEXT",
                ));
            }
            Err(error) => return Err(Failure::file(path, &error)),
        };
        Self::parse(&text).map_err(|problem| {
            let message = format!("{} is not a context file: {problem}", path.display());
            Failure::new(Exit::Usage, "CONTEXT_INVALID", message)
        })
    }

    /// Reads the file's text; else says what is wrong with it, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    /// The file's text.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a context is plain data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "token = \"t\"\n[endpoints]\nregistry = \"http://127.0.0.1:7401\"\n";

    #[test]
    fn a_context_goes_to_a_file_and_back() {
        let context = Context::parse(TEXT).unwrap();
        assert_eq!(
            context.endpoints.of(Service::Registry),
            Some("http://127.0.0.1:7401")
        );
        assert_eq!(context.endpoints.of(Service::Payroll), None);
        assert_eq!(Context::parse(&context.to_toml()), Ok(context));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = Context::parse(&format!("tokn = \"t\"\n{TEXT}")).unwrap_err();
        assert!(
            error.contains("line 1") && error.contains("tokn"),
            "{error}"
        );
        let error = Context::parse(&format!("{TEXT}training = \"x\"\n")).unwrap_err();
        assert!(error.contains("training"), "{error}");
    }

    #[test]
    fn the_configuration_folder_comes_before_the_home_folder() {
        let env = |set: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = set.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        let both = default_path(env(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")])).unwrap();
        assert_eq!(both, Path::new("/x/commonwatch/context.toml"));
        let home = default_path(env(&[("XDG_CONFIG_HOME", ""), ("HOME", "/h")])).unwrap();
        assert_eq!(home, Path::new("/h/.config/commonwatch/context.toml"));
        assert_eq!(default_path(env(&[])), None);
    }

    #[test]
    fn a_missing_file_says_what_to_run() {
        let failure = Context::load(Path::new("/nowhere/context.toml")).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(
            failure.text().contains("`commonwatch up`"),
            "{}",
            failure.text()
        );
    }
}
