//! `commonwatch backup`, `check-backup` and `restore`: `deploy/recovery.md` says when and how.
//!
//! ```text
//! backup:  one instant of every database ─▶ tables to files, keys elsewhere ─▶ manifest
//! restore: all is checked ─▶ empty databases marked, filled, compared, logs verified
//!          ─▶ all committed ─▶ marks taken away: only now does a service start on them
//! ```

mod access;
mod backup;
mod files;
mod places;
mod restore;

use std::path::PathBuf;

use clap::Args;

pub(crate) use backup::backup;
pub(crate) use restore::{check, restore};

const BACKUP_EXAMPLES: &str = "Examples:
  commonwatch backup --config backup.toml --to /backup/2026-10-31 --keys-to /keys
  commonwatch backup --config registry.toml --config training.toml --config payroll.toml \\
      --config scheduling.toml --config incidents.toml --config statements.toml \\
      --to /backup/2026-10-31 --keys-to /keys
  commonwatch backup --data ~/.local/share/commonwatch --keys-to /keys     keys alone

The platform goes on while it is saved. Keep /keys on another medium than /backup, and the
erasure registers (`erasures` in the configuration) on another than the databases.";

/// `commonwatch backup`.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub(crate) struct Backup {
    /// Configuration file: give each role's, or one that names every database
    #[arg(long = "config", value_name = "FILE", required_unless_present = "data")]
    configs: Vec<PathBuf>,
    /// The folder of a running `commonwatch up` instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "configs")]
    data: Option<PathBuf>,
    /// New folder for the data; without it the keys alone are saved
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Folder of the keys, taking the place of those of the last backup; never with the data
    #[arg(long, value_name = "FOLDER")]
    keys_to: PathBuf,
}

/// `commonwatch check-backup`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder of a backup
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

const RESTORE_EXAMPLES: &str = "Examples:
  commonwatch restore --config restore.toml --from /backup/2026-10-31 --keys /keys --dry-run
  commonwatch restore --config restore.toml --from /backup/2026-10-31 --keys /keys

The databases must be there and empty, the services stopped, JetStream empty. Who was erased after
the backup stays erased: the erasure registers are read where the configuration says. All is
checked before anything is written, and a difference anywhere leaves the databases empty.";

/// `commonwatch restore`.
#[derive(Debug, Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(crate) struct Restore {
    /// Configuration file: give each role's, or one that names every database
    #[arg(long = "config", value_name = "FILE", required = true)]
    configs: Vec<PathBuf>,
    /// Folder of a backup
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Folder of the keys: the newest there is
    #[arg(long, value_name = "FOLDER")]
    keys: PathBuf,
    /// Say what would be done, having checked all of it
    #[arg(long)]
    dry_run: bool,
    /// Delete what JetStream still holds of this platform; it is filled again from the logs
    #[arg(long)]
    delete_streams: bool,
    /// The registers are lost: who was erased since the last backup of the keys comes back, and
    /// must be erased again by hand
    #[arg(long)]
    registers_lost: bool,
}
