//! What a log counts about itself; docs/signals.md says what each name means.
//!
//! Counting goes through a facade: whoever runs the process decides whether anybody reads it.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};

use crate::decider::Refused;
use crate::log_id::LogId;

/// The handles of one log's writer, looked up once.
pub(crate) struct Signals {
    service: String,
    waiting: Gauge,
    commit: Histogram,
    commands: Histogram,
    events: Counter,
    failures: Counter,
}

impl Signals {
    pub(crate) fn new(log: &LogId) -> Signals {
        let service = owner(log);
        let of_service = [("service", service.clone())];
        let of_log = [("log", log.to_string())];
        Signals {
            waiting: metrics::gauge!("commonwatch_append_waiting_commands", &of_log),
            commit: metrics::histogram!("commonwatch_commit_duration_seconds", &of_service),
            commands: metrics::histogram!("commonwatch_commit_commands", &of_service),
            events: metrics::counter!("commonwatch_events_appended_total", &of_service),
            failures: metrics::counter!("commonwatch_commit_failures_total", &of_service),
            service,
        }
    }

    /// Commands that have no answer yet.
    pub(crate) fn waiting(&self, commands: usize) {
        self.waiting.set(whole(commands));
    }

    /// A batch was committed, by one statement that took that long.
    pub(crate) fn committed<'a>(
        &self,
        commands: usize,
        events: usize,
        took: Duration,
        refused: impl Iterator<Item = &'a Refused>,
    ) {
        self.commit.record(took);
        self.commands.record(whole(commands));
        self.events
            .increment(u64::try_from(events).unwrap_or(u64::MAX));
        for refused in refused {
            metrics::counter!(
                "commonwatch_commands_refused_total",
                "service" => self.service.clone(), "reason" => refused.reason.clone()
            )
            .increment(1);
        }
    }

    /// A batch was not committed and is tried again, or its commands one by one.
    pub(crate) fn failed(&self) {
        self.failures.increment(1);
    }
}

/// A rebuild of one table, shown while it runs.
pub(crate) struct Rebuilding {
    running: Gauge,
    left: Gauge,
}

impl Rebuilding {
    /// Says that a table is there, and that nobody rebuilds it.
    pub(crate) fn known(service: &str, table: &str) -> Rebuilding {
        let labels = [("service", service.to_owned()), ("table", table.to_owned())];
        let (running, left) = (
            metrics::gauge!("commonwatch_rebuild_running", &labels),
            metrics::gauge!("commonwatch_rebuild_left_positions", &labels),
        );
        running.set(0);
        left.set(0);
        Rebuilding { running, left }
    }

    /// Says that it begins.
    pub(crate) fn begin(service: &str, table: &str) -> Rebuilding {
        let rebuilding = Rebuilding::known(service, table);
        rebuilding.running.set(1);
        rebuilding
    }

    /// Positions that are still to be folded.
    pub(crate) fn left(&self, positions: u64) {
        self.left.set(u32::try_from(positions).unwrap_or(u32::MAX));
    }
}

impl Drop for Rebuilding {
    fn drop(&mut self) {
        self.running.set(0);
        self.left.set(0);
    }
}

/// The service that owns a log: what stands before the slash, or the whole id.
fn owner(log: &LogId) -> String {
    let id = log.as_str();
    id.split('/').next().unwrap_or(id).to_owned()
}

/// A count as the facade takes it; more than 2³² − 1 is shown as that.
fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
