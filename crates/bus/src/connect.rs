//! The connection to NATS: made and kept by itself, used only when the server is good enough.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::shutdown::{Shutdown, stopped};
use crate::subject::Names;
use crate::{Error, subject, version};

/// The longest pause between two attempts to reach the server.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(1);
/// While the server stays away, it is said again this often.
const REMINDER_EVERY: Duration = Duration::from_secs(60);
/// How often the server is asked whether it is there. After two questions without an answer the
/// connection is given up: else a line that fell silent would be believed for minutes.
const PING_EVERY: Duration = Duration::from_secs(10);
/// How long the server may take to answer a JetStream request.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Where the server is and how names are spelled there.
#[derive(Clone)]
pub struct Connection {
    /// `nats://host:port`; several with commas between.
    pub url: String,
    /// User and password; none where the server asks for none. The user's inbox is
    /// `_INBOX_<user>`, so that permissions can keep others from reading its answers.
    pub login: Option<(String, String)>,
    /// How the server lists this client, e.g. `payroll`.
    pub client: String,
    /// Subjects and streams.
    pub names: Names,
    /// How long [`connect`] waits for a first answer, so that a server that must be refused
    /// stops the start. After that the connection is made in the background.
    pub patience: Duration,
}

/// What is known about the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Not connected, or not yet looked at.
    Away,
    /// Connected to a server that may be used; every connection has another number.
    Ready {
        /// Counts the connections.
        generation: u64,
    },
    /// Connected to a server that must not be used, and why.
    Refused(String),
}

/// The connection as relays and consumers share it; cheap to clone.
#[derive(Clone)]
pub struct Bus {
    client: Client,
    names: Names,
    health: watch::Receiver<Health>,
    _watchman: Arc<Watchman>,
}

/// Ends the task that looks after the connection when the last [`Bus`] is gone.
struct Watchman(AbortHandle);

impl Drop for Watchman {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connects and keeps connected.
///
/// A server that is absent is no error: it is said once, tried again, and relays and consumers
/// wait. A server that answers within `patience` and must not be used is [`Error::Refused`].
pub async fn connect(connection: Connection) -> Result<Bus, Error> {
    let (events, heard) = mpsc::unbounded_channel();
    let client = options(connection.login)
        .name(&connection.client)
        .retry_on_initial_connect()
        .max_reconnects(None)
        .request_timeout(Some(ANSWER_WITHIN))
        .ping_interval(PING_EVERY)
        .reconnect_delay_callback(|attempts| {
            let doubled = Duration::from_millis(2) * (1 << attempts.min(10));
            doubled.min(RECONNECT_PAUSE_MAX)
        })
        .event_callback(move |event| {
            let _ = events.send(event);
            std::future::ready(())
        })
        .connect(connection.url.as_str())
        .await
        .map_err(|error| Error::Invalid(format!("the NATS address cannot be used: {error}")))?;

    let (health_tx, mut health) = watch::channel(Health::Away);
    let watchman = tokio::spawn(look_after(
        client.clone(),
        without_secrets(&connection.url),
        heard,
        health_tx,
    ));
    let bus = Bus {
        client,
        names: connection.names,
        health: health.clone(),
        _watchman: Arc::new(Watchman(watchman.abort_handle())),
    };
    let known = health.wait_for(|health| *health != Health::Away);
    if let Ok(Ok(known)) = tokio::time::timeout(connection.patience, known).await
        && let Health::Refused(reason) = &*known
    {
        return Err(Error::Refused(reason.clone()));
    }
    Ok(bus)
}

/// Who we are to the server.
fn options(login: Option<(String, String)>) -> ConnectOptions {
    let Some((user, password)) = login else {
        return ConnectOptions::new();
    };
    let inbox = subject::inbox(&user);
    ConnectOptions::with_user_and_password(user, password).custom_inbox_prefix(inbox)
}

impl Bus {
    /// How names are spelled.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// What is known about the server now, and a way to wait for changes.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// JetStream with a time limit per answer and room for `inflight` unanswered publishes.
    pub(crate) fn jetstream(&self, answer_within: Duration, inflight: usize) -> jetstream::Context {
        jetstream::ContextBuilder::new()
            .timeout(answer_within)
            .ack_timeout(answer_within)
            .max_ack_inflight(inflight)
            .build(self.client.clone())
    }

    /// Waits until the server may be used. None: the end was asked for.
    pub(crate) async fn ready(&self, shutdown: &mut Shutdown) -> Option<u64> {
        let mut health = self.health.clone();
        let ready = health.wait_for(|health| matches!(health, Health::Ready { .. }));
        tokio::select! {
            () = stopped(shutdown) => None,
            ready = ready => match ready.ok().as_deref() {
                Some(Health::Ready { generation }) => Some(*generation),
                _ => None,
            },
        }
    }

    /// Resolves when the connection with this number is over.
    pub(crate) async fn lost(&self, generation: u64) {
        let mut health = self.health.clone();
        let _ = health
            .wait_for(|health| *health != Health::Ready { generation })
            .await;
    }

    /// True while the connection with this number lasts.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(*self.health.borrow(), Health::Ready { .. })
    }

    /// Sends what is buffered: acks of messages, above all. While nobody is there who could take
    /// it, an end need not wait: what was not acknowledged comes again.
    pub(crate) async fn flush(&self) {
        let Health::Ready { generation } = *self.health.borrow() else {
            return;
        };
        tokio::select! {
            _ = tokio::time::timeout(ANSWER_WITHIN, self.client.flush()) => {}
            () = self.lost(generation) => {}
        }
    }
}

/// Turns the client's events into [`Health`] and into few log lines.
async fn look_after(
    client: Client,
    server: String,
    mut heard: mpsc::UnboundedReceiver<Event>,
    health: watch::Sender<Health>,
) {
    let mut outage = Outage::new(server);
    let mut generation = 0;
    while let Some(event) = heard.recv().await {
        match event {
            Event::Connected => {
                generation += 1;
                let found = examine(&client, generation).await;
                outage.over(&found, client.server_info().version.as_str());
                health.send_replace(found);
            }
            Event::Disconnected | Event::Closed => {
                health.send_replace(Health::Away);
                outage.failed("the connection was lost");
            }
            Event::ClientError(error) => outage.failed(&error.to_string()),
            Event::ServerError(error) => outage.failed(&error.to_string()),
            Event::SlowConsumer(subscription) => {
                tracing::warn!(
                    subscription,
                    "NATS messages arrive faster than they are taken"
                );
            }
            Event::LameDuckMode | Event::Draining => {
                tracing::info!(nats = %event, "the NATS server says farewell");
            }
        }
    }
}

/// Looks at a server that was just connected to.
async fn examine(client: &Client, generation: u64) -> Health {
    let context = jetstream::ContextBuilder::new()
        .timeout(ANSWER_WITHIN)
        .build(client.clone());
    // The event comes before the client knows the new server; once it has sent something, it does.
    let _ = tokio::time::timeout(ANSWER_WITHIN, client.flush()).await;
    let info = client.server_info();
    let accepted =
        version::accept(&info.version).and_then(|()| version::accept_payload(info.max_payload));
    if let Err(reason) = accepted {
        return Health::Refused(reason);
    }
    match context.query_account().await {
        Ok(_) => Health::Ready { generation },
        Err(error) if info.jetstream => {
            tracing::debug!(%error, "JetStream does not answer yet");
            Health::Ready { generation }
        }
        Err(error) => Health::Refused(format!(
            "the NATS server {} runs without JetStream ({error}); start it with -js",
            info.version
        )),
    }
}

/// Says the first failure, then one reminder a minute, then the recovery.
struct Outage {
    server: String,
    failures: u64,
    told: Option<Instant>,
}

impl Outage {
    fn new(server: String) -> Outage {
        Outage {
            server,
            failures: 0,
            told: None,
        }
    }

    fn failed(&mut self, reason: &str) {
        self.failures += 1;
        let server = self.server.as_str();
        match self.told {
            None => tracing::warn!(server, reason, "NATS is not reachable; trying until it is"),
            Some(told) if told.elapsed() >= REMINDER_EVERY => {
                let failures = self.failures;
                tracing::warn!(server, reason, failures, "NATS is still not reachable");
            }
            Some(_) => return,
        }
        self.told = Some(Instant::now());
    }

    fn over(&mut self, found: &Health, version: &str) {
        let (server, failures) = (self.server.as_str(), self.failures);
        match found {
            Health::Refused(reason) => {
                tracing::error!(server, reason, "this NATS server is not used");
            }
            _ => tracing::info!(server, version, failures, "connected to NATS"),
        }
        self.failures = 0;
        self.told = None;
    }
}

/// The address without user and password.
fn without_secrets(url: &str) -> String {
    let bare = |one: &str| match (one.split_once("://"), one.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        _ => one.to_owned(),
    };
    url.split(',').map(bare).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_names_the_server_without_its_password() {
        assert_eq!(without_secrets("nats://u:p@h:1"), "nats://h:1");
        assert_eq!(without_secrets("u:p@h:1,nats://k:2"), "h:1,nats://k:2");
        assert_eq!(without_secrets("nats://h:1"), "nats://h:1");
    }
}
