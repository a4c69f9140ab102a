//! Spans of our own traces, sent to an OpenTelemetry collector.
//!
//! # Why
//! A trace runs through several processes and through the log: the step of a call is stored with
//! the events that it caused (`traceparent`), and whoever publishes or applies their facts, later
//! and elsewhere, continues from there. The ids are drawn where a call comes in, before anybody
//! knows of exporters, so they are taken from the spans' fields (`trace_id`, `span_id`,
//! `parent_span_id`) and not drawn here. A span without a trace of its own belongs to the one
//! around it; without either it is nobody's and is not sent.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, IdGenerator as _, RandomIdGenerator, SpanData, SpanEvents, SpanLinks,
    SpanProcessor as _,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Hands finished spans to the processor, which sends them in batches.
pub(super) struct Spans {
    pub(super) processor: Arc<BatchSpanProcessor>,
}

/// A span on its way.
struct Open {
    trace_id: TraceId,
    span_id: SpanId,
    parent_span_id: SpanId,
    began: SystemTime,
    fields: Fields,
}

impl<S> Layer<S> for Spans
where
    S: tracing::Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        let around = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let open = extensions.get::<Open>()?;
            Some((open.trace_id, open.span_id))
        });
        let own = fields.trace_id.map(|trace_id| {
            let parent = fields.parent_span_id.unwrap_or(SpanId::INVALID);
            (trace_id, parent)
        });
        let Some((trace_id, parent_span_id)) = own.or(around) else {
            return;
        };
        let drawn = || RandomIdGenerator::default().new_span_id();
        let open = Open {
            trace_id,
            span_id: fields.span_id.unwrap_or_else(drawn),
            parent_span_id,
            began: SystemTime::now(),
            fields,
        };
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(open) = span.extensions_mut().remove::<Open>() else {
            return;
        };
        self.processor.on_end(open.finished(span.name()));
    }
}

impl Open {
    fn finished(self, name: &'static str) -> SpanData {
        let Fields {
            rpc,
            kind,
            failed,
            attributes,
            ..
        } = self.fields;
        let (sampled, state) = (TraceFlags::SAMPLED, TraceState::default());
        SpanData {
            span_context: SpanContext::new(self.trace_id, self.span_id, sampled, false, state),
            parent_span_is_remote: kind != SpanKind::Internal,
            parent_span_id: self.parent_span_id,
            span_kind: kind,
            name: rpc.map_or(name.into(), Into::into),
            start_time: self.began,
            end_time: SystemTime::now(),
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: failed.map_or(Status::Unset, Status::error),
            instrumentation_scope: InstrumentationScope::builder("commonwatch").build(),
        }
    }
}

/// The fields of a span: those that place it, and its attributes.
struct Fields {
    trace_id: Option<TraceId>,
    span_id: Option<SpanId>,
    parent_span_id: Option<SpanId>,
    rpc: Option<String>,
    kind: SpanKind,
    failed: Option<String>,
    attributes: Vec<KeyValue>,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields {
            trace_id: None,
            span_id: None,
            parent_span_id: None,
            rpc: None,
            kind: SpanKind::Internal,
            failed: None,
            attributes: Vec::new(),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "trace_id" => self.trace_id = TraceId::from_hex(value).ok(),
            "span_id" => self.span_id = SpanId::from_hex(value).ok(),
            "parent_span_id" => self.parent_span_id = SpanId::from_hex(value).ok(),
            "failed" => self.failed = Some(value.to_owned()),
            "rpc" => {
                self.kind = SpanKind::Server;
                self.rpc = Some(value.trim_start_matches('/').to_owned());
            }
            "step" => {
                self.kind = match value {
                    "publish" => SpanKind::Producer,
                    "apply" => SpanKind::Consumer,
                    _ => SpanKind::Internal,
                };
            }
            // Who it was, and where from, stands in the log; a collector may be anybody's.
            "actor" | "peer" => {}
            name => self.attributes.push(KeyValue::new(name, value.to_owned())),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
