//! Knows which system user the servers run as: us, or, when we are root, an unprivileged one,
//! because PostgreSQL refuses root and NATS does not need it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Error;

/// The user and group `nobody` on Linux, for machines whose user table names no better one.
const NOBODY: (u32, u32) = (65534, 65534);

/// Who runs the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// We are unprivileged ourselves.
    Ourselves,
    /// We are root and become this user and group.
    Dropped { uid: u32, gid: u32 },
}

impl Account {
    /// Looks at who we are; as root prefers the user `postgres` to `nobody`.
    pub(crate) fn choose() -> Result<Account, Error> {
        let id = Command::new("id")
            .arg("-u")
            .stdin(Stdio::null())
            .output()
            .map_err(Error::io("running id -u"))?;
        if String::from_utf8_lossy(&id.stdout).trim() != "0" {
            return Ok(Account::Ourselves);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let (uid, gid) = unprivileged(&users);
        Ok(Account::Dropped { uid, gid })
    }

    pub(crate) fn is_root(self) -> bool {
        self != Account::Ourselves
    }

    /// Makes `command` run as this account, with a short, known environment and in its own process
    /// group, so that Ctrl-C in a terminal reaches us alone.
    pub(crate) fn confine(self, command: &mut Command) {
        command
            .current_dir("/")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LC_ALL", "C")
            .process_group(0);
        if let Account::Dropped { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives a file or folder to the account and sets its mode.
    pub(crate) fn give(self, path: &Path, mode: u32) -> Result<(), Error> {
        let at = || path.display().to_string();
        if let Account::Dropped { uid, gid } = self {
            chown(path, Some(uid), Some(gid)).map_err(Error::io(at()))?;
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(Error::io(at()))
    }

    /// Checks that the account can pass through every folder down to `folder`. Root can enter what
    /// its servers then can not: `mktemp -d` and root's home are closed to others.
    pub(crate) fn can_reach(self, folder: &Path) -> Result<(), Error> {
        let Account::Dropped { uid, gid } = self else {
            return Ok(());
        };
        let full = folder
            .canonicalize()
            .map_err(Error::io(folder.display().to_string()))?;
        let mut chain: Vec<&Path> = full.ancestors().collect();
        chain.reverse();
        for step in chain {
            let meta = fs::metadata(step).map_err(Error::io(step.display().to_string()))?;
            let bit = match (meta.uid() == uid, meta.gid() == gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if meta.mode() & bit == 0 {
                return Err(Error::Unreachable {
                    folder: step.to_path_buf(),
                    uid,
                });
            }
        }
        Ok(())
    }
}

fn unprivileged(users: &str) -> (u32, u32) {
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(wanted)).then_some(())?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            (uid != 0).then_some((uid, gid))
        })
    };
    find("postgres")
        .or_else(|| find("nobody"))
        .unwrap_or(NOBODY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_postgres_user_is_preferred_to_nobody() {
        let users = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:\npostgres:x:101:104:a,,:/:\n";
        assert_eq!(unprivileged(users), (101, 104));
        assert_eq!(unprivileged("nobody:x:99:98::/:\n"), (99, 98));
        assert_eq!(unprivileged("postgres:x:0:0::/:\n"), NOBODY);
    }
}
