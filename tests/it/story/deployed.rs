//! The platform as it is deployed: under `deploy/nats.conf`, `deploy/postgres.sql`,
//! `deploy/pg_hba.conf` and the sample configurations, which are used as they are. Only addresses
//! and the folder of the secrets are laid over them.

mod bus;
mod databases;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use local::{Options, Stack};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use super::files;
use super::month::{self, Step};
use super::platform::{Platform, own_address};
use super::role::{Process, Role, binary};

/// One line for each secret that the sample configurations name.
struct Secrets {
    folder: PathBuf,
    nats: BTreeMap<String, String>,
    postgres: BTreeMap<String, String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_platform_works_and_no_service_reaches_anothers_data_or_subjects() {
    let home = tempfile::tempdir().unwrap();
    let secrets = Secrets::write(home.path());
    let mut options = Options::temporary();
    let config = secrets.nats_config(home.path());
    options.nats_config = Some(config);
    let stack = Stack::start(options).await.unwrap();
    databases::make(&stack, &secrets).await;

    let mut platform = deployed(stack, home, &secrets).await;
    for step in [Step::Towns, Step::Agreement] {
        month::take(&mut platform, step).await;
    }
    month::work(&mut platform, &month::script::FIRST_HALF[..3]).await;
    platform.heard().await;
    // What was lost is made and filled again by the services alone.
    platform.stack.wipe_jetstream().await.unwrap();
    month::work(&mut platform, &month::script::FIRST_HALF[3..4]).await;
    platform.heard().await;
    bus::assert_made_anew(&mut platform).await;

    let refused = databases::assert_apart(&platform.stack, &secrets).await;
    let denied = bus::assert_apart(&platform.stack.nats_url(), &secrets).await;
    for role in Role::ALL {
        let lines = platform.lines(role).to_lowercase();
        assert!(
            !lines.contains("permissions violation"),
            "{role} asks for what it may not"
        );
    }
    eprintln!("{refused} connections refused by PostgreSQL, {denied} subjects denied by NATS");
    platform.finish().await;
}

impl Secrets {
    fn write(home: &Path) -> Secrets {
        let folder = home.join("secrets");
        fs::create_dir(&folder).unwrap();
        let mut secrets = Secrets {
            folder,
            nats: BTreeMap::new(),
            postgres: BTreeMap::new(),
        };
        for role in Role::ALL {
            // What is hard to quote must do, too.
            let (postgres, nats) = (format!("pg '{role}' @/%\\"), format!("nats-{role}-a1"));
            secrets.put(&format!("postgres_{role}"), &postgres);
            secrets.put(&format!("nats_{role}"), &nats);
            secrets.postgres.insert(role.name().to_owned(), postgres);
            secrets.nats.insert(role.name().to_owned(), nats);
        }
        secrets
            .nats
            .insert("admin".to_owned(), "nats-admin-a1".to_owned());
        secrets
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), format!("{text}\n")).unwrap();
    }

    /// The folder that NATS is run by: our file, and the passwords that it includes.
    fn nats_config(&self, home: &Path) -> PathBuf {
        let folder = home.join("nats");
        fs::create_dir(&folder).unwrap();
        fs::copy(deploy("nats.conf"), folder.join("nats.conf")).unwrap();
        let line = |(user, password): (&String, &String)| {
            format!("{}_PASSWORD: \"{password}\"\n", user.to_uppercase())
        };
        let lines: String = self.nats.iter().map(line).collect();
        fs::write(folder.join("passwords.conf"), lines).unwrap();
        folder
    }
}

/// A file of the deployment.
fn deploy(name: &str) -> PathBuf {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    top.join("deploy").join(name)
}

/// The roles by their sample configurations, on databases that they have migrated themselves.
async fn deployed(stack: Stack, home: TempDir, secrets: &Secrets) -> Platform {
    let address = own_address();
    // Tokens, grants and keys as for every story.
    drop(files::write(home.path(), &address, &stack));
    let mut roles = Vec::new();
    for role in Role::ALL {
        let config = deploy(&format!("config/{role}.toml"));
        let log = home.path().join(format!("{role}.log"));
        let mut process = Process::new(role, config.clone(), log);
        process.settings = settings(role, &address, home.path(), &stack, secrets);
        let migrated = tokio::process::Command::new(binary("commonwatch"))
            .arg("migrate")
            .arg("--config")
            .arg(&config)
            .args(process.settings.iter().flat_map(|key| ["--set", key]))
            .status();
        assert!(migrated.await.unwrap().success(), "{role} cannot migrate");
        roles.push(process);
    }
    let mut platform = Platform::of(stack, home, address, roles).await;
    platform.nats_login = Some(("admin".to_owned(), secrets.nats["admin"].clone()));
    for role in Role::ALL {
        platform.process(role).start(None);
    }
    platform.serving().await;
    platform
}

/// Addresses and places over a sample configuration, nothing else.
fn settings(
    role: Role,
    address: &str,
    home: &Path,
    stack: &Stack,
    secrets: &Secrets,
) -> Vec<String> {
    let (home, folder) = (home.display(), secrets.folder.display());
    let database = stack.postgres_url(role.name());
    let (_, place) = database.split_once('@').unwrap();
    let mut settings = vec![
        format!("listen={address}:{}", role.port()),
        format!("http.listen={address}:{}", role.http_port()),
        format!("grants={home}/grants.toml"),
        format!("service_token_file={home}/service.token"),
        format!("database.{role}=postgres://{role}@{place}"),
        format!("database_password_file.{role}={folder}/postgres_{role}"),
        format!("nats.url={}", stack.nats_url()),
        format!("nats.password_file={folder}/nats_{role}"),
        format!("clock.starts_at=\"{}\"", files::NOW),
    ];
    for peer in role.hears() {
        settings.push(format!("peers.{peer}=http://{address}:{}", peer.port()));
    }
    if role == Role::Statements {
        settings.push(format!("signing.key_file={home}/signing.key"));
    }
    settings
}

/// Runs statements as the superuser of the test's server.
async fn superuser(stack: &Stack, database: &str) -> tokio_postgres::Client {
    let url = stack.postgres_url(database);
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
