//! `commonwatch serve`: one role or several in this process, until told to stop.
//!
//! ```text
//! stores ─▶ gRPC server ─▶ relays (own facts out) ─▶ consumers (others' facts in)
//! ```
//! The stop goes the same way: no new calls, running ones finish, what they wrote is published,
//! the listeners finish their batch, the logs are given back.

mod access;
mod role;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bus::subject::Names;
use bus::{Bus, Connection};
use eventlog::{Error, Real, Register, Store, Surroundings};
use rpc::{GrantsFile, Running, Server, Services};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::roles::Role;
use crate::signals::{Signals, Watch};
use crate::surroundings::Shifted;
use access::Entry;

pub(crate) use role::options;

/// First and longest pause between attempts to reach PostgreSQL at the start.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// How long an end in good order may take. Calls that run are answered within their patience (ten
/// seconds); a database that never answers must not keep the process for ever. Less than what
/// those who start services wait before they kill.
const STOP_WITHIN: Duration = Duration::from_secs(25);

/// Serves until told to stop by a signal, or by the end of standard input.
pub(crate) async fn serve(config: Config, with_stdin: bool) -> Result<(), String> {
    let stopped = until_told(with_stdin);
    let mut end = stopped.clone();
    let overdue = async move {
        end.wait_for(|stop| *stop).await.ok(); // a lost sender is an end as well
        tokio::time::sleep(STOP_WITHIN).await;
    };
    tokio::select! {
        result = until_stopped(&config, stopped) => result,
        () = overdue => Err(format!(
            "not everything ended within {} s, perhaps because PostgreSQL does not answer; what \
             was committed is kept, and what was not is asked again",
            STOP_WITHIN.as_secs()
        )),
    }
}

async fn until_stopped(config: &Config, stopped: watch::Receiver<bool>) -> Result<(), String> {
    let signals = Signals::start(config).await?;
    let surroundings = surroundings(config);
    let opened = open_stores(config, &surroundings, &signals, stopped.clone());
    let Some(stores) = opened.await? else {
        return Ok(());
    };
    let result = run(config, surroundings, &stores, signals, stopped).await;
    for (_, store) in &stores {
        store.close().await;
    }
    tracing::info!("stopped");
    result
}

/// Turns true when a signal says so, or the end of standard input.
pub(crate) fn until_told(with_stdin: bool) -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            () = told_to_stop() => tracing::info!("told to stop by a signal"),
            () = end_of_input(), if with_stdin => tracing::info!("told to stop by the parent"),
        }
        stop.send_replace(true);
    });
    stopped
}

async fn run(
    config: &Config,
    surroundings: Arc<dyn Surroundings>,
    stores: &[(Role, Store)],
    signals: Signals,
    stopped: watch::Receiver<bool>,
) -> Result<(), String> {
    signals.waits_for("NATS is not connected");
    let bus = connect(config).await?;
    let listen = address(config.listen)?;
    let owners = owners(config, listen)?;
    let file = GrantsFile::open(&config.grants).map_err(|e| e.to_string())?;
    let entry = Entry::open(file, stores).ok_or("no role is configured")?;
    tokio::spawn(entry.reload_at_hangup());
    let at = (listen, &entry);
    let server = listen_on(config, at, surroundings, stores, &owners, &stopped).await?;
    let mut running = JoinSet::new();
    let mut tasks = Vec::new();
    let follow = running.spawn(entry.follow(stopped.clone()));
    tasks.push(("the follower of grants".to_owned(), follow));
    for (role, store) in stores {
        let relaying = bus::Relaying::default();
        signals.answers(role::pages(*role, store, config)).await;
        let (bus, store, stopped) = (bus.clone(), store.clone(), stopped.clone());
        let relay = bus::relay(
            bus.clone(),
            store.clone(),
            role.name(),
            relaying,
            stopped.clone(),
        );
        tasks.push((format!("the relay of {role}"), running.spawn(relay)));
        let attendant = role::attend(*role, &mut running, store.clone(), config, stopped.clone());
        tasks.extend(attendant.map(|(what, task)| (what.to_owned(), task)));
        let listener = role::listen(
            (*role, config),
            &mut running,
            bus,
            store,
            owners.clone(),
            entry.consuming(*role),
            stopped,
        );
        tasks.extend(listener.map(|task| (format!("the listener of {role}"), task)));
    }
    let watch = Watch {
        stores: stores.to_vec(),
        bus,
        tasks,
        health: server.health(),
        stopped,
    };
    running.spawn(watch.run(signals));
    tracing::info!(roles = ?config.roles(), address = %listen, "serving");
    let ended = server.wait().await.map_err(|e| e.to_string());
    while running.join_next().await.is_some() {}
    ended
}

async fn listen_on(
    config: &Config,
    (listen, entry): (SocketAddr, &Entry),
    surroundings: Arc<dyn Surroundings>,
    stores: &[(Role, Store)],
    owners: &rpc::log::Client,
    stopped: &watch::Receiver<bool>,
) -> Result<Running, String> {
    let tls = config.tls.server(listen)?;
    if let Some(tls) = &tls {
        tokio::spawn(crate::config::reload_at_hangup(Arc::clone(tls)));
    }
    let mut logs = rpc::log::Logs::new().owners(owners.clone());
    let mut services = Services::new();
    for (role, store) in stores {
        logs = logs.with(role.name(), store.clone());
        if let Some(key) = role::signs(*role, config)? {
            logs = logs.key(key);
        }
        services = services.and(role::services(*role, store, config, owners).await?);
    }
    let mut stopped = stopped.clone();
    let stop = async move {
        stopped.wait_for(|stop| *stop).await.ok(); // a lost sender is an end as well
    };
    Server::new(listen, entry.grants.clone(), surroundings)
        .not_ready()
        .denials(entry.store())
        .services(services.and(rpc::log::services(logs)))
        .tls(tls)
        .start(stop)
        .await
        .map_err(|e| e.to_string())
}

fn surroundings(config: &Config) -> Arc<dyn Surroundings> {
    match config.clock.starts_at {
        None => Arc::new(Real),
        Some(start) => {
            tracing::warn!(%start, "the clock is set: this is a demonstration or a test");
            Arc::new(Shifted::starting_at(start))
        }
    }
}

/// Opens every role's store, waiting for a PostgreSQL that is not there yet. Nothing if told to
/// stop meanwhile.
async fn open_stores(
    config: &Config,
    surroundings: &Arc<dyn Surroundings>,
    signals: &Signals,
    mut stopped: watch::Receiver<bool>,
) -> Result<Option<Vec<(Role, Store)>>, String> {
    let mut stores = Vec::new();
    for role in config.roles() {
        let url = config.database_of(role).map_err(|e| e.to_string())?;
        let mut pause = PAUSES.0;
        let store = loop {
            let mut options = options(role, &url);
            options.surroundings = Arc::clone(surroundings);
            options.register = Some(Register::path(&config.erasures, role.name()));
            match Store::open(options).await {
                Ok(store) => break store,
                Err(Error::Unavailable(reason)) => {
                    tracing::warn!(%role, reason, "PostgreSQL is not there; trying again");
                    signals.waits_for(&format!("the database of {role} does not answer"));
                }
                Err(error) => return Err(format!("{role}: {error}")),
            }
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return Ok(None),
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSES.1),
            }
        };
        stores.push((role, store));
    }
    Ok(Some(stores))
}

async fn connect(config: &Config) -> Result<Bus, String> {
    let names = match config.nats.prefix.as_str() {
        "" => Names::new(),
        prefix => Names::try_prefixed(prefix).map_err(|e| e.to_string())?,
    };
    let roles: Vec<&str> = config.roles().into_iter().map(Role::name).collect();
    let connection = Connection {
        url: config.nats.url.clone(),
        login: config.nats_login().map_err(|e| e.to_string())?,
        client: roles.join("+"),
        names,
        patience: Duration::from_secs(2),
    };
    bus::connect(connection).await.map_err(|e| e.to_string())
}

/// Port 0 as a port that is free now, so that the roles of this process can be told of it before
/// anything listens.
fn address(listen: SocketAddr) -> Result<SocketAddr, String> {
    if listen.port() != 0 {
        return Ok(listen);
    }
    let drawn = std::net::TcpListener::bind(listen).and_then(|listener| listener.local_addr());
    drawn.map_err(|e| format!("no free port on {}: {e}", listen.ip()))
}

/// Where logs are read: other processes at their configured places, our own roles here.
fn owners(config: &Config, listen: SocketAddr) -> Result<rpc::log::Client, String> {
    let path = &config.service_token_file;
    let token = std::fs::read_to_string(path)
        .map_err(|e| format!("service_token_file {}: {e}", path.display()))?;
    let here = config.roles();
    let mut addresses = Vec::new();
    for role in Role::ALL {
        if here.contains(&role) {
            let scheme = if config.tls.is_on() { "https" } else { "http" };
            // A certificate rarely names the address that is listened on: `peers` may say better.
            let named = config.peers.get(&role).cloned();
            let address = named.unwrap_or_else(|| format!("{scheme}://{listen}"));
            addresses.push((role.name(), address));
        } else if role::listened_to(role, &here) {
            addresses.push((
                role.name(),
                config.peer(role).map_err(|e| e.to_string())?.to_owned(),
            ));
        }
    }
    let tls = config.peers_tls.client()?;
    rpc::log::Client::secured(addresses, token.trim(), &tls).map_err(|e| e.to_string())
}

/// Resolves at SIGINT or SIGTERM.
pub(crate) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be heard");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be heard");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn end_of_input() {
    // A thread of its own: reading standard input cannot be cancelled.
    let read = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    if let Err(error) = tokio::task::spawn_blocking(read).await {
        tracing::error!(%error, "standard input cannot be watched");
    }
}
