//! Looks after the process: whether it is ready, and what only its databases can tell.

use std::time::Duration;

use bus::{Bus, Health};
use eventlog::{Standing, Store};
use metrics::{counter, gauge};
use tokio::sync::watch::Receiver;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::{Missing, Signals};
use crate::roles::Role;

/// How often it is looked; sooner while something is missing.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// A database that takes longer for a question that it answers in a millisecond is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// What is looked at.
pub(crate) struct Watch {
    pub stores: Vec<(Role, Store)>,
    pub bus: Bus,
    /// Relays and consumers, each with its name.
    pub tasks: Vec<(String, AbortHandle)>,
    pub health: rpc::Health,
    pub stopped: Receiver<bool>,
}

impl Watch {
    /// Looks until told to stop; then the process is ready no more.
    pub(crate) async fn run(mut self, signals: Signals) {
        let mut nats = self.bus.health();
        loop {
            let missing = self.look(&signals).await;
            let pause = if missing.is_empty() {
                LOOK_EVERY
            } else {
                LOOK_AGAIN
            };
            self.tell(&signals, missing).await;
            tokio::select! {
                _ = self.stopped.wait_for(|stop| *stop) => break,
                _ = nats.changed() => {}
                () = sleep(pause) => {}
            }
        }
        self.tell(&signals, vec!["it is stopping".to_owned()]).await;
    }

    /// gRPC health, the page and the log line: from one place, so that they agree.
    async fn tell(&self, signals: &Signals, missing: Missing) {
        let ready = missing.is_empty();
        gauge!("commonwatch_ready").set(u8::from(ready));
        if *signals.missing.borrow() == missing {
            return;
        }
        if ready {
            tracing::info!("ready");
        } else {
            tracing::warn!(missing = missing.join("; "), "not ready");
        }
        signals.missing.send_replace(missing);
        self.health.set_ready(ready).await;
    }

    async fn look(&self, signals: &Signals) -> Missing {
        let mut missing = Vec::new();
        for (role, store) in &self.stores {
            if let Err(reason) = database(*role, store).await {
                missing.push(format!("the database of {role} does not answer: {reason}"));
            }
        }
        match &*self.bus.health().borrow() {
            Health::Ready { .. } => {}
            Health::Away => missing.push("NATS is not connected".to_owned()),
            Health::Refused(reason) => missing.push(reason.clone()),
        }
        let ended = self.tasks.iter().filter(|(_, task)| task.is_finished());
        missing.extend(ended.map(|(name, _)| format!("{name} has ended")));
        if let Some(recorder) = &signals.recorder {
            recorder.run_upkeep();
        }
        missing
    }
}

/// Asks one database, which proves that it is there, and counts what it says.
async fn database(role: Role, store: &Store) -> Result<(), String> {
    let asked = async {
        let (standings, parked) = (store.standings().await?, store.parked().await?);
        Ok::<_, eventlog::Error>((standings, parked, store.last_backup().await?))
    };
    let (standings, parked, saved) = timeout(ANSWER_WITHIN, asked)
        .await
        .map_err(|_| "it takes too long".to_owned())?
        .map_err(|error| error.to_string())?;
    let now = store.surroundings().now();
    for standing in standings {
        let Standing {
            log,
            head,
            sent,
            oldest_unsent,
        } = standing;
        let labels = [
            ("service", role.name().to_owned()),
            ("log", log.to_string()),
        ];
        counter!("commonwatch_log_events_total", &labels).absolute(head.seq);
        let behind = u32::try_from(head.fact_seq.saturating_sub(sent)).unwrap_or(u32::MAX);
        gauge!("commonwatch_relay_lag_positions", &labels).set(behind);
        let age = oldest_unsent.map(|at| now.duration_since(at));
        let age = age.and_then(|age| Duration::try_from(age).ok());
        gauge!("commonwatch_relay_oldest_unsent_seconds", &labels).set(age.unwrap_or_default());
    }
    let parked = u32::try_from(parked.len()).unwrap_or(u32::MAX);
    gauge!("commonwatch_parked_logs", "service" => role.name()).set(parked);
    let saved = saved.map_or(0, |at| u32::try_from(at.as_second()).unwrap_or(0));
    gauge!("commonwatch_last_backup_timestamp_seconds", "service" => role.name()).set(saved);
    Ok(())
}
