//! The durable pull on a source's stream, made again whenever it is in doubt.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures::{FutureExt as _, StreamExt as _};
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until};

use super::Source;
use crate::backoff::Backoff;
use crate::connect::{Bus, Health};
use crate::listener::{Backfill, Listener};
use crate::shutdown::stopped;
use crate::subject;

/// Attempts to reach somebody that may fail before it is worth a line in the log.
pub(super) const FAILURES_UNTOLD: u64 = 5;

/// An open pull, or the time at which one is to be opened.
pub(super) struct Pull {
    /// With the number of the connection it runs on.
    open: Option<(pull::Stream, u64)>,
    bus: Bus,
    due: Instant,
    backoff: Backoff,
}

/// What a pull has to say.
pub(super) enum Heard {
    /// The messages that were there, at least one.
    Messages(Vec<Message>),
    /// Nothing will come any more, and why.
    Lost(String),
    /// It is closed, and time to open it.
    Due,
}

impl Pull {
    pub(super) fn closed(bus: Bus, pauses: (Duration, Duration)) -> Pull {
        Pull {
            open: None,
            bus,
            due: Instant::now(),
            backoff: Backoff::new(pauses),
        }
    }

    /// Closes the pull; a new one is due at once.
    pub(super) fn reopen(&mut self) {
        self.open = None;
        self.due = Instant::now();
    }

    /// What comes next. May be dropped at any time without losing a message.
    pub(super) async fn next(&mut self, most: usize) -> Heard {
        let Some((stream, generation)) = &mut self.open else {
            sleep_until(self.due).await;
            return Heard::Due;
        };
        let mut messages = Vec::new();
        let mut next = tokio::select! {
            next = stream.next() => next,
            // The next connection may lead to another server, which is to be looked at first.
            () = self.bus.lost(*generation) => return Heard::Lost("disconnected".to_owned()),
        };
        loop {
            match next {
                Some(Ok(message)) => messages.push(message),
                Some(Err(error)) if messages.is_empty() => return Heard::Lost(error.to_string()),
                None if messages.is_empty() => return Heard::Lost("the pull ended".to_owned()),
                // What went wrong will go wrong again at the next call; these come first.
                Some(Err(_)) | None => return Heard::Messages(messages),
            }
            if messages.len() >= most {
                return Heard::Messages(messages);
            }
            // Unconstrained: the runtime's budget would cut every delivery at some sixty messages,
            // and a batch costs a commit.
            match unconstrained(stream.next()).now_or_never() {
                Some(ready) => next = ready,
                None => return Heard::Messages(messages),
            }
        }
    }
}

impl<L: Listener, B: Backfill> Source<L, B> {
    /// Opens the pull, making the durable consumer where it is missing. True: it is open.
    pub(super) async fn open(&mut self, pull: &mut Pull) -> bool {
        match self.try_open().await {
            Ok(opened) => {
                if pull.backoff.worked() {
                    let (listener, source) = (self.listener.name(), self.source);
                    tracing::info!(listener, source, "listening again");
                }
                pull.open = Some(opened);
                true
            }
            Err(reason) => {
                self.lost_pull(pull, &reason);
                false
            }
        }
    }

    /// Says it once and sets the time of the next attempt.
    pub(super) fn lost_pull(&self, pull: &mut Pull, reason: &str) {
        pull.open = None;
        pull.due = Instant::now() + pull.backoff.failed();
        let (listener, source) = (self.listener.name(), self.source);
        // When all services start at once, the source's relay may make its stream a moment later;
        // and a lost connection was told by whoever looks after it.
        let lasts = pull.backoff.failures() > FAILURES_UNTOLD && self.bus.is_ready();
        if lasts && pull.backoff.tell() {
            tracing::warn!(
                listener,
                source,
                reason,
                "no delivery from JetStream; facts are read from their owner until there is"
            );
        } else {
            tracing::debug!(listener, source, reason, "still no delivery from JetStream");
        }
    }

    async fn try_open(&self) -> Result<(pull::Stream, u64), String> {
        let Health::Ready { generation } = *self.bus.health().borrow() else {
            return Err("NATS is not connected".to_owned());
        };
        let mut end = self.shutdown.clone();
        // Who asks a server that has gone would wait for an answer as long as one may take.
        tokio::select! {
            messages = self.messages() => Ok((messages?, generation)),
            () = self.bus.lost(generation) => Err("disconnected".to_owned()),
            () = stopped(&mut end) => Err("the end was asked for".to_owned()),
        }
    }

    async fn messages(&self) -> Result<pull::Stream, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let stream = self.bus.names().stream(self.source);
        let stream = self
            .jetstream
            .get_stream(stream)
            .await
            .map_err(|e| text(&e))?;
        let durable = subject::consumer(self.listener.name(), self.source);
        let config = pull::Config {
            durable_name: Some(durable.clone()),
            description: Some(format!(
                "{} listens to {}",
                self.listener.name(),
                self.source
            )),
            // What is older than the consumer is read from the owner, like any other gap.
            deliver_policy: DeliverPolicy::New,
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.consuming.ack_wait,
            max_deliver: -1,
            max_ack_pending: i64::try_from(self.consuming.ack_pending_max).unwrap_or(i64::MAX),
            ..pull::Config::default()
        };
        let consumer = stream
            .get_or_create_consumer(&durable, config)
            .await
            .map_err(|e| text(&e))?;
        consumer
            .stream()
            .max_messages_per_batch(self.consuming.batch * 4)
            .heartbeat(self.consuming.heartbeat)
            .expires(self.consuming.heartbeat * 6)
            .messages()
            .await
            .map_err(|e| text(&e))
    }
}
