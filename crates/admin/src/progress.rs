//! How far something long has come: a bar on stderr, where somebody sees it.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar at a terminal, nothing elsewhere.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that counts these.
    pub(crate) fn new(what: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let template = format!("{{msg:10}} {{bar:40}} {{pos}} of {{len}} {what}, {{eta}} left");
        let style = ProgressStyle::with_template(&template);
        let style = style.expect("the template is well formed");
        Self(ProgressBar::new(0).with_style(style))
    }

    /// So many of so many are done.
    pub(crate) fn at(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }

    /// What is being done.
    pub(crate) fn stage(&self, stage: &str) {
        self.0.set_message(stage.to_owned());
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
