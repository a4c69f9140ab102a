//! What a process is told: one TOML file, overlaid by the environment, overlaid by flags.
//!
//! Every key has a name with dots (`nats.url`). The environment spells it
//! `COMMONWATCH_NATS__URL` (two underscores for a dot), a flag `--set nats.url=…`. A key that is
//! not known is refused wherever it stands, because a misspelt one would otherwise be a default.

mod layers;
mod secret;
mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vocabulary::{Keep, KeptFrom, Zone};

use crate::roles::Role;

pub(crate) use layers::{ConfigError, Layers};
pub(crate) use tls::{PeersTls, Tls, reload_at_hangup};

/// Everything that can be configured. `commonwatch print-config` shows what is in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Roles of this process; empty: all of them.
    pub roles: Vec<Role>,
    /// Where gRPC is answered. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The grants file: whose token may do what.
    pub grants: PathBuf,
    /// A file that holds the token with which services read each other's logs.
    pub service_token_file: PathBuf,
    /// A folder for the erasure registers, on another disk than the databases'.
    pub erasures: PathBuf,
    /// One PostgreSQL database per role: `postgres://user@host:port/name`.
    pub database: BTreeMap<Role, String>,
    /// Where the other roles answer: `https://host:port`, or `http://` for plain text.
    pub peers: BTreeMap<Role, String>,
    /// A file with the password for each database, where the address has none.
    pub database_password_file: BTreeMap<Role, PathBuf>,
    pub tls: Tls,
    pub peers_tls: PeersTls,
    pub nats: Nats,
    pub http: Http,
    pub log: Log,
    pub telemetry: Telemetry,
    pub employer: Employer,
    pub signing: Signing,
    pub retention: Retention,
    pub scheduling: Scheduling,
    pub clock: Clock,
}

/// The bus.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Nats {
    /// `nats://host:port`.
    pub url: String,
    /// Put before every stream and subject, so that several platforms can share a server.
    pub prefix: String,
    /// The user of this process; none where the server asks for none. Its inbox is
    /// `_INBOX_<user>`, so that no other user reads its answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// A file with that user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
}

/// Metrics and readiness.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// Where `/metrics`, `/readyz` and `/livez` are answered; nowhere unless it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

/// Traces.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Telemetry {
    /// Where spans are sent, by OTLP over gRPC: `http://host:4317`; nowhere unless it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
}

/// What is written to standard error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// A level, or a filter such as `info,bus=debug`.
    pub level: String,
    pub format: Format,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The employer's fixed workweek (29 CFR 778.105).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Employer {
    pub zone: Zone,
    /// `monday` … `sunday`.
    pub week_starts_on: Weekday,
}

/// A weekday as it is written in configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// How shifts are planned.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Scheduling {
    /// Rest that ends a stretch of work.
    pub rest_hours: u16,
    /// Longest stretch: from the first start to the last end of shifts with less rest between.
    pub stretch_hours_max: u16,
    /// Most civil days in a row on which a shift starts.
    pub days_in_a_row_max: u16,
    /// Most hours in a workweek; 0 for no limit.
    pub weekly_hours_max: u16,
    /// Hours in a workweek past which work is overtime (29 USC 207).
    pub overtime_after_hours: u16,
    /// Hours a week of an officer of whom nothing else was said.
    pub weekly_hours: u16,
    /// The least time between telling an officer of a change and the start of the shift.
    pub notice_hours: u16,
    /// Minutes of the way between two towns of which nobody said it.
    pub travel_minutes: u16,
    /// What makes the ids of calendar events unique in the world: the provider's domain.
    pub calendar_domain: String,
}

/// How checkpoints are signed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Signing {
    /// The provider's name in every checkpoint's origin.
    pub provider: String,
    /// A file of 64 hexadecimal digits: the Ed25519 seed. Keep it apart from the database.
    pub key_file: PathBuf,
}

/// How long personal records are kept: each list holds every rule that applies, and the one that
/// lasts longest decides. `from`: `last_day` of the record, or `year_end` of that day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retention {
    /// Of officers, after the last day of employment.
    pub officer: Vec<Keep>,
    /// Of incidents, after their day.
    pub incident: Vec<Keep>,
}

/// The clock; real unless a start is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Clock {
    /// For demonstrations and tests: the process believes that it started at this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            roles: Vec::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7400)),
            grants: "grants.toml".into(),
            service_token_file: "service.token".into(),
            database: BTreeMap::new(),
            peers: BTreeMap::new(),
            database_password_file: BTreeMap::new(),
            tls: Tls::default(),
            peers_tls: PeersTls::default(),
            nats: Nats::default(),
            http: Http::default(),
            telemetry: Telemetry::default(),
            log: Log::default(),
            employer: Employer::default(),
            signing: Signing::default(),
            retention: Retention::default(),
            scheduling: Scheduling::default(),
            erasures: "erasures".into(),
            clock: Clock::default(),
        }
    }
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".into(),
            prefix: String::new(),
            user: None,
            password_file: None,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: Format::Json,
        }
    }
}

impl Default for Employer {
    fn default() -> Self {
        Self {
            zone: "America/Chicago".parse().expect("a zone of the database"),
            week_starts_on: Weekday::Sunday,
        }
    }
}

impl Default for Scheduling {
    fn default() -> Self {
        Self {
            rest_hours: 8,
            stretch_hours_max: 14,
            days_in_a_row_max: 6,
            weekly_hours_max: 60,
            overtime_after_hours: 40,
            weekly_hours: 40,
            notice_hours: 72,
            travel_minutes: 30,
            calendar_domain: "commonwatch.invalid".into(),
        }
    }
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            provider: "provider".into(),
            key_file: "signing.key".into(),
        }
    }
}

impl Default for Retention {
    /// Federal rules; a state's longer one is added by whoever falls under it.
    fn default() -> Self {
        let keep = |rule: &str, months, from| Keep {
            rule: rule.to_owned(),
            months,
            from,
        };
        Self {
            officer: vec![
                // Payroll records: three years from the last entry.
                keep("29 CFR 516.5", 36, KeptFrom::LastDay),
                // Time cards: two years.
                keep("29 CFR 516.6", 24, KeptFrom::LastDay),
                // Records of employment tax: four years after the tax was due, which for the
                // year's last quarter is the end of January.
                keep("26 CFR 31.6001-1(e)(2)", 49, KeptFrom::YearEnd),
            ],
            incident: vec![keep("the provider's schedule", 36, KeptFrom::LastDay)],
        }
    }
}

impl Config {
    /// The roles of this process.
    pub(crate) fn roles(&self) -> Vec<Role> {
        if self.roles.is_empty() {
            Role::ALL.to_vec()
        } else {
            self.roles.clone()
        }
    }

    /// The database of a role, or what to write to have one; with the password of its file.
    pub(crate) fn database_of(&self, role: Role) -> Result<String, ConfigError> {
        let url = self
            .database
            .get(&role)
            .ok_or_else(|| ConfigError::Missing {
                key: format!("database.{role}"),
                example: format!("postgres://{role}@127.0.0.1:5432/{role}"),
            })?;
        let Some(file) = self.database_password_file.get(&role) else {
            return Ok(url.clone());
        };
        let key = format!("database_password_file.{role}");
        let password = secret::read(&key, file)?;
        secret::into_url(url, &password).ok_or_else(|| ConfigError::Unfit {
            key: format!("database.{role}"),
            problem: format!("it must name a user and no password, because {key} is set"),
            example: format!("postgres://{role}@127.0.0.1:5432/{role}"),
        })
    }

    /// Who this process is to NATS, with the password of its file.
    pub(crate) fn nats_login(&self) -> Result<Option<(String, String)>, ConfigError> {
        match (&self.nats.user, &self.nats.password_file) {
            (None, None) => Ok(None),
            (Some(user), Some(file)) => {
                let password = secret::read("nats.password_file", file)?;
                Ok(Some((user.clone(), password)))
            }
            (user, _) => Err(ConfigError::Missing {
                key: if user.is_none() {
                    "nats.user"
                } else {
                    "nats.password_file"
                }
                .into(),
                example: if user.is_none() {
                    "payroll"
                } else {
                    "/run/secrets/nats-payroll"
                }
                .into(),
            }),
        }
    }

    /// Where a neighbour answers, or what to write to say so.
    pub(crate) fn peer(&self, role: Role) -> Result<&str, ConfigError> {
        self.peers
            .get(&role)
            .map(String::as_str)
            .ok_or_else(|| ConfigError::Missing {
                key: format!("peers.{role}"),
                example: "http://127.0.0.1:7401".to_owned(),
            })
    }

    /// The configuration as a file; passwords in addresses are blotted out.
    pub(crate) fn shown(&self) -> String {
        let mut shown = self.clone();
        for url in shown.database.values_mut().chain([&mut shown.nats.url]) {
            *url = blotted(url);
        }
        toml::to_string_pretty(&shown).expect("every field has a TOML form")
    }
}

/// `postgres://user:secret@host/db` as `postgres://user:***@host/db`.
fn blotted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, place)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => url.to_owned(),
    }
}

impl From<Weekday> for jiff::civil::Weekday {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
