//! What a local platform keeps beside its data: keys, tokens, grants, configuration.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Timestamp;
use local::Stack;
use rand::RngCore;
use rpc::{Actor, Grant, Role, Scope, TokenHash};

use crate::config::{Clock, Config, Http, Log, Nats, Signing};
use crate::roles;

/// Secrets of the first run. Each is written to a file of its own that only its owner may read.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// The provider's staff: every role but `service`.
    pub staff: String,
    /// Whoever approves what the first one entered.
    pub reviewer: String,
    /// Of people, by the names of their contexts.
    pub people: Vec<(&'static str, String)>,
}

/// Somebody to look around as.
#[derive(Clone)]
pub(crate) struct Person {
    /// The name of their context.
    pub context: &'static str,
    pub actor: &'static str,
    pub role: Role,
    pub scope: Scope,
}

impl Person {
    fn grant(&self, token: &str) -> String {
        let actor = Actor {
            id: self.actor.parse().expect("the names of people are actors"),
            roles: [self.role].into(),
            scope: self.scope.clone(),
        };
        Grant {
            actor,
            expires_on: None,
        }
        .to_toml(&TokenHash::of(token))
    }
}

/// Makes the folder, the keys and the tokens, or finds those of the run before; for each of the
/// people a token too.
pub(crate) fn prepare(home: &Path, people: &[Person]) -> Result<Tokens, String> {
    fs::create_dir_all(home).map_err(|e| format!("{}: {e}", home.display()))?;
    secret(&home.join("signing.key"))?;
    let service = secret(&home.join("service.token"))?;
    let staff = secret(&home.join("staff.token"))?;
    let reviewer = secret(&home.join("reviewer.token"))?;
    let everything = [
        Role::Operations,
        Role::Finance,
        Role::Hr,
        Role::Scheduler,
        Role::Trainer,
        Role::Auditor,
        Role::Admin,
    ];
    let mut grants = vec![
        grant("staff", &staff, everything),
        grant("reviewer", &reviewer, [Role::Hr, Role::Finance]),
        grant("service", &service, [Role::Service]),
    ];
    let mut held = Vec::new();
    for person in people {
        let token = secret(&home.join(format!("{}.token", person.context)))?;
        grants.push(person.grant(&token));
        held.push((person.context, token));
    }
    let grants = grants.join("\n");
    let path = home.join("grants.toml");
    // Grants that somebody added are kept: the file is written once.
    if !path.exists() {
        write(&path, &grants)?;
    }
    Ok(Tokens {
        staff,
        reviewer,
        people: held,
    })
}

/// A grant of the provider's own, as a block of the grants file.
fn grant<const N: usize>(actor: &str, token: &str, roles: [Role; N]) -> String {
    let id = actor.parse().expect("the names of this file are actors");
    let actor = Actor {
        id,
        roles: roles.into(),
        scope: Scope::Provider,
    };
    Grant {
        actor,
        expires_on: None,
    }
    .to_toml(&TokenHash::of(token))
}

/// Where one role answers on loopback, and where all of them answer each other.
pub(crate) struct Ports<'p> {
    pub grpc: u16,
    /// Metrics and readiness.
    pub http: u16,
    pub peers: &'p BTreeMap<roles::Role, u16>,
}

/// The configuration file of one role.
pub(crate) fn write_config(
    home: &Path,
    role: roles::Role,
    ports: &Ports<'_>,
    stack: &Stack,
    clock: Option<Timestamp>,
) -> Result<std::path::PathBuf, String> {
    let config = Config {
        roles: vec![role],
        listen: ([127, 0, 0, 1], ports.grpc).into(),
        grants: home.join("grants.toml"),
        service_token_file: home.join("service.token"),
        database: BTreeMap::from([(role, stack.postgres_url(role.name()))]),
        peers: ports
            .peers
            .iter()
            .filter(|(peer, _)| **peer != role)
            .map(|(peer, port)| (*peer, format!("http://127.0.0.1:{port}")))
            .collect(),
        nats: Nats {
            url: stack.nats_url(),
            ..Nats::default()
        },
        http: Http {
            listen: Some(([127, 0, 0, 1], ports.http).into()),
        },
        log: Log::default(),
        erasures: home.join("erasures"),
        signing: Signing {
            key_file: home.join("signing.key"),
            ..Signing::default()
        },
        clock: Clock { starts_at: clock },
        ..Config::default()
    };
    let path = home.join(format!("{role}.toml"));
    write(&path, &config.shown())?;
    Ok(path)
}

/// The configuration file of the gateway.
pub(crate) fn write_gateway(home: &Path, ports: &Ports<'_>) -> Result<std::path::PathBuf, String> {
    let config = Config {
        listen: ([127, 0, 0, 1], ports.grpc).into(),
        http: Http {
            listen: Some(([127, 0, 0, 1], ports.http).into()),
        },
        peers: ports
            .peers
            .iter()
            .map(|(peer, port)| (*peer, format!("http://127.0.0.1:{port}")))
            .collect(),
        ..Config::default()
    };
    let path = home.join("gateway.toml");
    write(&path, &config.shown())?;
    Ok(path)
}

/// What `cwctl` needs: the one address, and a token.
pub(crate) fn write_context(path: &Path, address: &str, tokens: &Tokens) -> Result<(), String> {
    let context = admin::context::Context {
        address: Some(address.to_owned()),
        token: Some(tokens.staff.clone()),
        ..admin::context::Context::default()
    };
    let mut file = admin::context::File::of("local", context.clone());
    for (name, token) in &tokens.people {
        let token = Some(token.clone());
        let context = admin::context::Context {
            token,
            ..context.clone()
        };
        file.contexts.insert((*name).to_owned(), context);
    }
    let text = file.to_toml();
    write(
        path,
        &format!("# For cwctl: export COMMONWATCH_CONTEXT=<this file>\n{text}"),
    )
}

/// That many ports that are free now. They are bound all at once, so that no two are the same.
pub(crate) fn free_ports(n: usize) -> Result<Vec<u16>, String> {
    let bound = (0..n)
        .map(|_| std::net::TcpListener::bind(("127.0.0.1", 0)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| format!("no free port on loopback: {e}"))?;
    bound
        .iter()
        .map(|listener| listener.local_addr().map(|a| a.port()))
        .collect::<Result<_, _>>()
        .map_err(|e| format!("no free port on loopback: {e}"))
}

/// Reads a secret, or makes one of 256 bits in hexadecimal.
fn secret(path: &Path) -> Result<String, String> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(format!("{}: {e}", path.display())),
    }
    let mut bytes = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut bytes);
    let text = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writes to memory");
        text
    });
    write(path, &text)?;
    Ok(text)
}

/// Writes a file that only its owner may read, whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let shown = |e: std::io::Error| format!("{}: {e}", path.display());
    let beside = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(shown)?;
    file.write_all(text.as_bytes()).map_err(shown)?;
    file.sync_all().map_err(shown)?;
    fs::rename(&beside, path).map_err(shown)
}
