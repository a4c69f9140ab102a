//! What the bus counts about itself; docs/signals.md says what each name means.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// What counts trouble begins at nought, so that the first one is seen as an increase.
pub(crate) fn relaying(service: &'static str) {
    counter!("commonwatch_publish_failures_total", "service" => service).increment(0);
    counter!("commonwatch_stream_refills_total", "service" => service).increment(0);
    published(service, 0);
}

/// The same for a listener.
pub(crate) fn listening(listener: &'static str, source: &'static str) {
    let labels = [("listener", listener), ("source", source)];
    counter!("commonwatch_apply_failures_total", &labels).increment(0);
    owner_answers(listener, source, false);
}

/// Facts of one service were stored by JetStream.
pub(crate) fn published(service: &'static str, facts: usize) {
    counter!("commonwatch_facts_published_total", "service" => service).increment(count(facts));
}

/// Publishing stopped and is tried again.
pub(crate) fn publishing_failed(service: &'static str) {
    counter!("commonwatch_publish_failures_total", "service" => service).increment(1);
}

/// A stream was found to hold less of a log than it had acknowledged.
pub(crate) fn refilled(service: &'static str) {
    counter!("commonwatch_stream_refills_total", "service" => service).increment(1);
}

/// A listener has applied a batch of facts.
pub(crate) fn applied(listener: &'static str, source: &'static str, facts: usize, took: Duration) {
    let labels = [("listener", listener), ("source", source)];
    counter!("commonwatch_facts_applied_total", &labels).increment(count(facts));
    histogram!("commonwatch_apply_facts", &labels).record(u32::try_from(facts).unwrap_or(u32::MAX));
    histogram!("commonwatch_apply_duration_seconds", &labels).record(took);
}

/// Something of our own was away, or a fact was refused: the listener waits and tries again.
pub(crate) fn applying_failed(listener: &'static str, source: &'static str) {
    let labels = [("listener", listener), ("source", source)];
    counter!("commonwatch_apply_failures_total", &labels).increment(1);
}

/// How far a listener is behind one log of an owner, and how old the first fact is that it has
/// not taken in.
pub(crate) fn behind(listener: &'static str, log: &str, positions: u64, oldest: Duration) {
    let labels = [("listener", listener.to_owned()), ("log", log.to_owned())];
    let positions = u32::try_from(positions).unwrap_or(u32::MAX);
    gauge!("commonwatch_listener_lag_positions", &labels).set(positions);
    gauge!("commonwatch_listener_oldest_unseen_seconds", &labels).set(oldest);
}

/// Whether an owner answered when its heads were last asked for.
pub(crate) fn owner_answers(listener: &'static str, source: &'static str, answers: bool) {
    let labels = [("listener", listener), ("source", source)];
    gauge!("commonwatch_owner_answers", &labels).set(u8::from(answers));
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
