//! What a stack is started with.

use std::path::PathBuf;

use crate::Binaries;

/// Where the data live.
#[derive(Clone, Debug)]
pub enum Data {
    /// In this folder, kept between runs.
    Kept(PathBuf),
    /// In a new folder under the system's temporary folder, removed when the stack is dropped.
    Temporary,
}

/// What a power cut may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that PostgreSQL has committed.
    PowerCut,
    /// Everything; a crash of the servers alone still costs nothing. For tests.
    ProcessCrash,
}

/// How to start a [`Stack`](crate::Stack).
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data live.
    pub data: Data,
    /// What a power cut may cost.
    pub durability: Durability,
    /// Where the servers' executables come from.
    pub binaries: Binaries,
    /// A folder with a `nats.conf`, and whatever it includes, to run NATS by instead of our own.
    /// Address, ports and store are ours all the same.
    pub nats_config: Option<PathBuf>,
}

impl Options {
    /// For real use: data in `data_dir`, safe against a power cut.
    pub fn kept(data_dir: impl Into<PathBuf>) -> Options {
        Options {
            data: Data::Kept(data_dir.into()),
            durability: Durability::PowerCut,
            binaries: Binaries::from_env(),
            nats_config: None,
        }
    }

    /// For tests: a temporary folder, no fsync.
    pub fn temporary() -> Options {
        Options {
            data: Data::Temporary,
            durability: Durability::ProcessCrash,
            binaries: Binaries::from_env(),
            nats_config: None,
        }
    }
}
