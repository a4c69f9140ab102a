//! Where the platform is and who is calling: one small file, written by `commonwatch up` or by
//! `cwctl context add`.
//!
//! ```toml
//! current = "riverbend"
//! [contexts.riverbend]
//! address = "https://cw.riverbend.example:7400"   # the gateway: all services at one address
//! token = "…"
//! zone = "America/Chicago"                        # tables show times in it
//! production = true                               # changes are marked, and asked about
//! ca_file = "/etc/commonwatch/ca.pem"             # else the system's authorities
//! certificate_file = "me.pem"                     # with key_file, for servers that ask
//! key_file = "me.key"
//! [contexts.local.endpoints]                      # without a gateway: each service by itself
//! registry = "http://127.0.0.1:7401"
//! ```
//!
//! A file with one context's keys at the top is read too; that context is called `default`.

mod file;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vocabulary::Zone;
use wire::tls::ClientFiles;

pub use file::{File, default_path, too_open};

/// One context. Unknown keys are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Context {
    /// The gateway's address, where every service answers that has none of its own below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The bearer token of every call; a flag or the environment may give another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The zone in which tables show times; UTC without it. Other forms are always UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// Real towns and real money: every change is marked and asked about.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub production: bool,
    /// PEM file of the authorities whose servers are trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// PEM file of the caller's certificate, for servers that ask for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// PEM file of that certificate's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// Where single services are.
    #[serde(skip_serializing_if = "Endpoints::is_empty")]
    pub endpoints: Endpoints,
}

/// Addresses of single services, as far as the caller has any business there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduling: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statements: Option<String>,
}

/// A service of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Service {
    Registry,
    Training,
    Payroll,
    Scheduling,
    Incidents,
    Statements,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 6] = [
        Self::Registry,
        Self::Training,
        Self::Payroll,
        Self::Scheduling,
        Self::Incidents,
        Self::Statements,
    ];

    /// Its name, as in logs and protos.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Training => "training",
            Self::Payroll => "payroll",
            Self::Scheduling => "scheduling",
            Self::Incidents => "incidents",
            Self::Statements => "statements",
        }
    }

    /// The service that owns a log: `statements/three-rivers` → statements.
    pub fn of_log(log: &str) -> Option<Self> {
        let owner = log.split('/').next().unwrap_or_default();
        Self::ALL.into_iter().find(|s| s.name() == owner)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Endpoints {
    /// The own address of a service.
    pub fn of(&self, service: Service) -> Option<&str> {
        match service {
            Service::Registry => self.registry.as_deref(),
            Service::Training => self.training.as_deref(),
            Service::Payroll => self.payroll.as_deref(),
            Service::Scheduling => self.scheduling.as_deref(),
            Service::Incidents => self.incidents.as_deref(),
            Service::Statements => self.statements.as_deref(),
        }
    }

    fn is_empty(&self) -> bool {
        Service::ALL
            .iter()
            .all(|service| self.of(*service).is_none())
    }
}

impl Context {
    /// Where a service answers: at its own address, else at the gateway's.
    pub fn address_of(&self, service: Service) -> Option<&str> {
        self.endpoints.of(service).or(self.address.as_deref())
    }

    /// What secures its connections.
    pub fn files(&self) -> ClientFiles {
        ClientFiles {
            ca: self.ca_file.clone(),
            certificate: self.certificate_file.clone(),
            key: self.key_file.clone(),
        }
    }
}
