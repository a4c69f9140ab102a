//! Log lines on standard error (JSON for machines, text for people), and spans for a collector.

mod spans;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanProcessor as _};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt};

use crate::config::{Format, Log, Telemetry};
use spans::Spans;

/// How long a span waits for company before it is sent.
const SEND_AFTER: Duration = Duration::from_secs(1);
/// How long the last spans may take when the process ends.
const FAREWELL: Duration = Duration::from_secs(3);

/// Whoever holds it lets the last spans go out with [`Sending::end`].
#[must_use]
pub(crate) struct Sending(Option<Arc<BatchSpanProcessor>>);

/// Begins to log. The filter is checked first, so that a misspelt one is an error and not silence.
pub(crate) fn start(log: &Log) -> Result<(), String> {
    tracing_subscriber::registry().with(lines(log)?).init();
    Ok(())
}

/// The same, and sends the spans of traces where the configuration says so; `process` is how the
/// collector knows this one.
pub(crate) fn start_sending(
    log: &Log,
    telemetry: &Telemetry,
    process: String,
) -> Result<Sending, String> {
    let processor = telemetry
        .otlp_endpoint
        .as_deref()
        .map(|endpoint| processor(endpoint, process))
        .transpose()?
        .map(Arc::new);
    let spans = processor.clone().map(|processor| {
        // Below `info` the libraries' own spans begin.
        Spans { processor }.with_filter(LevelFilter::INFO)
    });
    tracing_subscriber::registry()
        .with(lines(log)?)
        .with(spans)
        .init();
    Ok(Sending(processor))
}

impl Sending {
    /// Sends what is left.
    pub(crate) async fn end(self) {
        let Some(processor) = self.0 else { return };
        // It waits for a thread of its own, which waits for this runtime.
        let sent = move || processor.shutdown_with_timeout(FAREWELL);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(sent).await {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

fn lines(log: &Log) -> Result<impl Layer<Registry> + use<>, String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|e| {
        format!(
            "log.level = \"{}\": {e}; give a level or a filter: `info,bus=debug`",
            log.level
        )
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    Ok(match log.format {
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter(filter)
            .boxed(),
        Format::Text => lines
            .with_ansi(false)
            .with_target(false)
            .with_filter(filter)
            .boxed(),
    })
}

/// A collector that is away costs nothing but its spans: they are dropped when the queue is full.
fn processor(endpoint: &str, process: String) -> Result<BatchSpanProcessor, String> {
    let wrong = |problem: String| {
        format!(
            "telemetry.otlp_endpoint = \"{endpoint}\": {problem}; give the OTLP/gRPC address of a \
             collector, such as http://127.0.0.1:4317"
        )
    };
    if !endpoint.starts_with("http://") {
        return Err(wrong("it does not begin with http://".to_owned()));
    }
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .map_err(|e| wrong(e.to_string()))?;
    let config = BatchConfigBuilder::default()
        .with_scheduled_delay(SEND_AFTER)
        .build();
    let mut processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build();
    processor.set_resource(&Resource::builder().with_service_name(process).build());
    Ok(processor)
}
