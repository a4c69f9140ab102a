//! What a process tells whoever watches it: counts, and whether it is ready.
//!
//! ```text
//! crates ─▶ `metrics` facade ─▶ recorder ─▶ /metrics
//! stores, bus, tasks ─▶ watch ─▶ /readyz and gRPC health, which always agree
//! ```
//!
//! # Why
//! Nobody pays for what nobody reads: without `http.listen` there is no recorder and every count
//! goes nowhere. The listener is bound first, before the databases are opened, so that a process
//! that waits for them can be seen waiting.

mod help;
mod http;
mod process;
mod watch;

use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::watch::{Sender, channel};

use crate::config::Config;
pub(crate) use watch::Watch;

/// Upper bounds of durations, in seconds: from a commit on a quiet disk to the longest call.
const SECONDS: &[&str] = &[
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1",
    "2.5", "5", "10", "30", "60", "120",
];

/// Upper bounds of batch sizes.
const SIZES: &[&str] = &[
    "1", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024",
];

/// What a process is still missing to be ready, in words; nothing: it is ready.
pub(crate) type Missing = Vec<String>;

/// The signals of this process.
pub(crate) struct Signals {
    missing: Sender<Missing>,
    recorder: Option<PrometheusHandle>,
    pages: http::Pages,
}

impl Signals {
    /// Begins to listen where the configuration says so. Before anything else is started: what is
    /// counted earlier is lost.
    pub(crate) async fn start(config: &Config) -> Result<Signals, String> {
        let (missing, told) = channel(vec!["it is starting".to_owned()]);
        let mut recorder = None;
        let pages = http::Pages::default();
        if let Some(address) = config.http.listen {
            let scrape = install()?;
            process::build_info();
            http::listen(address, scrape.clone(), told, pages.clone()).await?;
            recorder = Some(scrape);
        }
        Ok(Signals {
            missing,
            recorder,
            pages,
        })
    }

    /// Answers these pages too, from now on.
    pub(crate) async fn answers(&self, pages: Option<axum::Router>) {
        if let Some(more) = pages {
            let mut own = self.pages.write().await;
            *own = std::mem::take(&mut *own).merge(more);
        }
    }

    /// Nothing is missing: the gateway has nothing of its own that could be.
    pub(crate) fn is_ready(&self) {
        gauge!("commonwatch_ready").set(1);
        self.missing.send_replace(Missing::new());
    }

    /// Says what the process waits for before it can be watched.
    pub(crate) fn waits_for(&self, what: &str) {
        self.missing.send_replace(vec![what.to_owned()]);
    }
}

/// The recorder behind the facade, for the whole process.
fn install() -> Result<PrometheusHandle, String> {
    let bounds = |texts: &[&str]| -> Vec<_> {
        let parsed = texts.iter().map(|text| text.parse());
        parsed.map(|bound| bound.expect("a number")).collect()
    };
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &bounds(SECONDS))
        .and_then(|b| b.set_buckets(&bounds(SIZES)))
        .map_err(|e| e.to_string())?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|e| e.to_string())?;
    help::describe();
    Ok(handle)
}
