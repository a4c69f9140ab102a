//! The log lines and the steps of traces by which one fact can be followed through the processes.

use eventlog::FactRow;
use tracing::{Span, field};

/// Up to this many facts at once are told one by one, so that a trace id finds each; more than
/// that is an import, where one line for all says enough.
const TOLD_SINGLY_MAX: usize = 16;

/// Steps of the facts' own traces; they end when this is dropped.
pub(crate) struct Steps(Vec<Span>);

impl Steps {
    /// It did not come off: the steps end as failed.
    pub(crate) fn failed(&self, reason: &str) {
        for span in &self.0 {
            span.record("failed", reason);
        }
    }
}

/// Facts are being published by `service`.
pub(crate) fn publishing(service: &str, rows: &[FactRow]) -> Steps {
    steps(rows, |row, trace_id, parent_span_id| {
        let (log, seq, fact) = (row.log.as_str(), row.seq, row.kind.as_str());
        tracing::info_span!(
            "publish",
            step = "publish",
            trace_id,
            parent_span_id,
            service,
            log,
            seq,
            fact,
            failed = field::Empty
        )
    })
}

/// Facts are being applied by `listener`.
pub(crate) fn applying(listener: &str, source: &str, rows: &[FactRow]) -> Steps {
    steps(rows, |row, trace_id, parent_span_id| {
        let (log, seq, fact) = (row.log.as_str(), row.seq, row.kind.as_str());
        tracing::info_span!(
            "apply",
            step = "apply",
            trace_id,
            parent_span_id,
            listener,
            source,
            log,
            seq,
            fact,
            failed = field::Empty
        )
    })
}

fn steps(rows: &[FactRow], step: impl Fn(&FactRow, &str, &str) -> Span) -> Steps {
    if rows.len() > TOLD_SINGLY_MAX {
        return Steps(Vec::new());
    }
    let begun = rows.iter().filter_map(|row| {
        let traceparent = row.trace.as_deref();
        Some(step(row, trace_id(traceparent)?, parent(traceparent)?))
    });
    Steps(begun.collect())
}

/// Says that the facts of one log were published by `service`.
pub(crate) fn published(service: &str, rows: &[FactRow]) {
    if rows.len() > TOLD_SINGLY_MAX {
        let (log, first, last) = span(rows);
        tracing::info!(
            service,
            log,
            first,
            last,
            facts = rows.len(),
            "facts published"
        );
        return;
    }
    for row in rows {
        let trace_id = trace_id(row.trace.as_deref());
        let (log, kind) = (row.log.as_str(), row.kind.as_str());
        match trace_id {
            Some(trace_id) => {
                tracing::info!(
                    trace_id,
                    service,
                    log,
                    seq = row.seq,
                    kind,
                    "fact published"
                );
            }
            None => tracing::debug!(service, log, seq = row.seq, kind, "fact published"),
        }
    }
}

/// Says that the listener has applied the facts of one log.
pub(crate) fn applied(listener: &str, source: &str, rows: &[FactRow]) {
    if rows.len() > TOLD_SINGLY_MAX {
        let (log, first, last) = span(rows);
        tracing::info!(
            listener,
            source,
            log,
            first,
            last,
            facts = rows.len(),
            "facts applied"
        );
        return;
    }
    for row in rows {
        let trace_id = trace_id(row.trace.as_deref());
        let (log, kind, seq) = (row.log.as_str(), row.kind.as_str(), row.seq);
        match trace_id {
            Some(trace_id) => {
                tracing::info!(trace_id, listener, source, log, seq, kind, "fact applied");
            }
            None => tracing::debug!(listener, source, log, seq, kind, "fact applied"),
        }
    }
}

fn span(rows: &[FactRow]) -> (&str, u64, u64) {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => (first.log.as_str(), first.seq, last.seq),
        _ => ("", 0, 0),
    }
}

/// The trace id of a W3C `traceparent`: `00-<32 hex>-<16 hex>-<flags>`.
fn trace_id(traceparent: Option<&str>) -> Option<&str> {
    let id = traceparent?.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
}

/// The step that caused a fact, of the same form.
fn parent(traceparent: Option<&str>) -> Option<&str> {
    let id = traceparent?.split('-').nth(2)?;
    (id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_id_is_the_second_part_of_a_traceparent() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(
            trace_id(Some(parent)),
            Some("4bf92f3577b34da6a3ce929d0e0e4736")
        );
        assert_eq!(super::parent(Some(parent)), Some("00f067aa0ba902b7"));
        assert_eq!(trace_id(Some("not a trace")), None);
        assert_eq!(trace_id(None), None);
    }
}
