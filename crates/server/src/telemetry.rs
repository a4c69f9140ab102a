//! Log lines on standard error: JSON for machines, text for people.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Format, Log};

/// Begins to log. The filter is checked first, so that a misspelt one is an error and not silence.
pub(crate) fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.level).map_err(|e| {
        format!(
            "log.level = \"{}\": {e}; give a level or a filter: `info,bus=debug`",
            log.level
        )
    })?;
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .init(),
        Format::Text => lines.with_ansi(false).with_target(false).init(),
    }
    Ok(())
}
