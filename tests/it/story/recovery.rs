//! The operator's commands, as an operator gives them.

use std::path::{Path, PathBuf};
use std::process::Output;

use eventlog::{Options, Store};
use local::Stack;
use serde_json::Value;
use tokio::process::Command;

use super::files;
use super::platform::Platform;
use super::role::{Role, binary};

/// Where a story keeps a backup: data and keys apart.
pub(crate) struct Kept {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
}

impl Kept {
    pub(crate) fn under(folder: &Path, name: &str) -> Kept {
        Kept {
            data: folder.join(format!("{name}-data")),
            keys: folder.join(format!("{name}-keys")),
        }
    }

    pub(crate) fn manifest(&self) -> Value {
        let text = std::fs::read_to_string(self.data.join("manifest.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// Gives a command of `commonwatch` the configuration of every role.
async fn command(platform: &Platform, name: &str, rest: &[&str]) -> Output {
    let mut command = Command::new(binary("commonwatch"));
    command.arg(name);
    for role in Role::ALL {
        command
            .arg("--config")
            .arg(platform.home().join(format!("{role}.toml")));
    }
    command.args(rest).output().await.unwrap()
}

pub(crate) async fn backup(platform: &Platform, kept: &Kept) -> Output {
    let (data, keys) = (kept.data.to_str().unwrap(), kept.keys.to_str().unwrap());
    command(platform, "backup", &["--to", data, "--keys-to", keys]).await
}

pub(crate) async fn restore(platform: &Platform, kept: &Kept, rest: &[&str]) -> Output {
    let (data, keys) = (kept.data.to_str().unwrap(), kept.keys.to_str().unwrap());
    let mut all = vec!["--from", data, "--keys", keys];
    all.extend(rest);
    command(platform, "restore", &all).await
}

pub(crate) async fn check(kept: &Kept) -> Output {
    let mut command = Command::new(binary("commonwatch"));
    command.args(["check-backup", "--from"]).arg(&kept.data);
    command.output().await.unwrap()
}

#[track_caller]
pub(crate) fn done(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// Fails unless it was refused in words that hold `words`.
#[track_caller]
pub(crate) fn refused(output: &Output, words: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(words), "{said}");
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Platform {
    /// The folder of the roles' configurations, registers and logs.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Gives up the servers for others, as after a fire: the roles die, and are told of empty
    /// databases. They are started by [`Platform::resume`].
    pub(crate) async fn burn(&mut self) {
        for role in Role::ALL {
            self.process(role).kill().await;
        }
        for (_, store) in std::mem::take(&mut self.stores) {
            store.close().await;
        }
        self.stack = Stack::start(local::Options::temporary()).await.unwrap();
        for role in Role::ALL {
            self.stack.create_database(role.name()).await.unwrap();
        }
        files::write(self.home.path(), &self.address, &self.stack);
    }

    /// Starts every role on what its database holds by now.
    pub(crate) async fn resume(&mut self) {
        for role in Role::ALL {
            let url = self.stack.postgres_url(role.name());
            let store = Store::open(Options::new("stories", url)).await.unwrap();
            self.stores.push((role, store));
            self.process(role).start(None);
        }
        self.serving().await;
    }
}
