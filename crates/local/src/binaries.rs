//! Finds a PostgreSQL and a nats-server that are new enough: what the configuration names, else the
//! tool cache, else the machine's own, else pinned packages fetched into the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::account::Account;
use crate::version::{NATS_MIN, POSTGRES_MIN, Version};
use crate::{Error, folder, guard, install};

/// Where executables may come from.
#[derive(Clone, Debug, Default)]
pub struct Binaries {
    /// The folder that holds `postgres` and `initdb`; nothing else is tried when it is set.
    pub postgres_bin_dir: Option<PathBuf>,
    /// The `nats-server` executable; nothing else is tried when it is set.
    pub nats_server: Option<PathBuf>,
    /// Where fetched servers are kept; [`default_cache_dir`](crate::default_cache_dir) when unset.
    pub tool_cache: Option<PathBuf>,
    /// Forbids fetching.
    pub offline: bool,
}

impl Binaries {
    /// Takes `COMMONWATCH_POSTGRES_BIN`, `COMMONWATCH_NATS_SERVER`, `COMMONWATCH_TOOL_CACHE` and
    /// `COMMONWATCH_OFFLINE` (any value) from the environment.
    pub fn from_env() -> Binaries {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        Binaries {
            postgres_bin_dir: path("COMMONWATCH_POSTGRES_BIN"),
            nats_server: path("COMMONWATCH_NATS_SERVER"),
            tool_cache: path("COMMONWATCH_TOOL_CACHE"),
            offline: std::env::var_os("COMMONWATCH_OFFLINE").is_some(),
        }
    }

    /// Finds both servers, fetching what is missing. Blocks; may take as long as a download.
    pub(crate) fn resolve(&self, account: Account) -> Result<Found, Error> {
        let began = Instant::now();
        let cache = match &self.tool_cache {
            Some(cache) => cache.clone(),
            None => folder::default_cache_dir()?,
        };
        let tools = install::tools_dir(&cache);
        let mut reasons = Vec::new();
        let mut postgres = self.postgres(account, &tools, &mut reasons)?;
        let mut nats = self.nats(account, &tools, &mut reasons)?;
        if postgres.is_none() || nats.is_none() {
            if self.offline {
                reasons.push("fetching is switched off".into());
            } else if let Err(reason) = install::into(&cache) {
                reasons.push(reason);
            } else {
                postgres = postgres.or_else(|| {
                    keep(
                        postgres_in(account, &install::postgres(&tools)),
                        &mut reasons,
                    )
                });
                nats =
                    nats.or_else(|| keep(nats_at(account, &install::nats(&tools)), &mut reasons));
            }
        }
        let (Some(postgres), Some(nats)) = (postgres, nats) else {
            return Err(Error::NoBinaries { reasons });
        };
        tracing::info!(
            postgres = %postgres.bin_dir.display(), postgres_version = %postgres.version,
            nats_server = %nats.program.display(), nats_version = %nats.version,
            elapsed_ms = began.elapsed().as_millis(), "servers found"
        );
        Ok(Found { postgres, nats })
    }

    fn postgres(
        &self,
        account: Account,
        tools: &Path,
        reasons: &mut Vec<String>,
    ) -> Result<Option<Postgres>, Error> {
        if let Some(dir) = &self.postgres_bin_dir {
            let found = postgres_in(account, dir);
            let wrong = |reason| Error::Configured {
                what: "PostgreSQL",
                reason,
            };
            return found.map(Some).map_err(wrong);
        }
        let cached = install::postgres(tools);
        if cached.exists()
            && let Some(found) = keep(postgres_in(account, &cached), reasons)
        {
            return Ok(Some(found));
        }
        let mut best: Option<Postgres> = None;
        for dir in postgres_dirs() {
            let found = keep(postgres_in(account, &dir), reasons);
            best = best.into_iter().chain(found).max_by_key(|one| one.version);
        }
        Ok(best)
    }

    fn nats(
        &self,
        account: Account,
        tools: &Path,
        reasons: &mut Vec<String>,
    ) -> Result<Option<Nats>, Error> {
        if let Some(program) = &self.nats_server {
            let found = nats_at(account, program);
            let wrong = |reason| Error::Configured {
                what: "nats-server",
                reason,
            };
            return found.map(Some).map_err(wrong);
        }
        let places = path_dirs().into_iter().map(|dir| dir.join("nats-server"));
        let places = std::iter::once(install::nats(tools)).chain(places);
        for program in places.filter(|program| program.exists()) {
            if let Some(found) = keep(nats_at(account, &program), reasons) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Both servers.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) postgres: Postgres,
    pub(crate) nats: Nats,
}

/// A usable PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pub(crate) bin_dir: PathBuf,
    pub(crate) version: Version,
}

/// A usable nats-server.
#[derive(Clone, Debug)]
pub(crate) struct Nats {
    pub(crate) program: PathBuf,
    pub(crate) version: Version,
}

fn keep<T>(found: Result<T, String>, reasons: &mut Vec<String>) -> Option<T> {
    found.map_err(|reason| reasons.push(reason)).ok()
}

fn postgres_in(account: Account, bin_dir: &Path) -> Result<Postgres, String> {
    if !bin_dir.join("initdb").exists() {
        return Err(format!("{} has no initdb", bin_dir.display()));
    }
    let version = ask(account, &bin_dir.join("postgres"), POSTGRES_MIN)?;
    Ok(Postgres {
        bin_dir: bin_dir.to_path_buf(),
        version,
    })
}

fn nats_at(account: Account, program: &Path) -> Result<Nats, String> {
    let version = ask(account, program, NATS_MIN)?;
    Ok(Nats {
        program: program.to_path_buf(),
        version,
    })
}

/// Runs `--version` as the user who will run the server: one that lies where that user can not go
/// is found out here.
fn ask(account: Account, program: &Path, min: Version) -> Result<Version, String> {
    let text = guard::run(account, program, &["--version"])?;
    let version = Version::find(&text);
    let version = version.ok_or_else(|| format!("{} tells no version", program.display()))?;
    if version < min {
        return Err(format!(
            "{} is {version}, and {min} is the oldest of use",
            program.display()
        ));
    }
    Ok(version)
}

fn path_dirs() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = [
        "/usr/local/bin",
        "/usr/bin",
        "/usr/sbin",
        "/opt/homebrew/bin",
    ];
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path)
        .filter(|p| p.is_absolute())
        .collect();
    dirs.extend(usual.map(PathBuf::from));
    let mut seen = std::collections::HashSet::new();
    dirs.retain(|dir| seen.insert(dir.clone()));
    dirs
}

/// Folders with a `postgres` of their own: the path, Debian's and Homebrew's versioned folders.
fn postgres_dirs() -> Vec<PathBuf> {
    let mut dirs = path_dirs();
    dirs.push("/usr/local/pgsql/bin".into());
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                dirs.push(entry.path().join("bin"));
            }
        }
    }
    dirs.retain(|dir| dir.join("postgres").exists() && dir.join("initdb").exists());
    dirs
}
