//! The services of the platform as roles of this executable.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One service.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Registry,
    Training,
    Payroll,
    Scheduling,
    Incidents,
    Statements,
}

impl Role {
    /// Every role, owners before listeners.
    pub(crate) const ALL: [Self; 6] = [
        Self::Registry,
        Self::Training,
        Self::Payroll,
        Self::Scheduling,
        Self::Incidents,
        Self::Statements,
    ];

    /// Its name, which is also its service's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Training => "training",
            Self::Payroll => "payroll",
            Self::Scheduling => "scheduling",
            Self::Incidents => "incidents",
            Self::Statements => "statements",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
