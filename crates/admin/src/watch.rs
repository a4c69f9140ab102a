//! `--watch`: the same question again and again.
//!
//! At a terminal the screen is drawn anew; elsewhere a document follows only when it has changed.
//! Ctrl-C ends it: nothing of the terminal was changed that would have to be set right.

use std::io::IsTerminal;
use std::time::Duration;

use crate::failure::{Exit, Failure};
use crate::output::{Output, data, note};

/// Clears what the last round left: cursor home, erase to the end of the screen.
const CLEAR: &str = "\u{1b}[H\u{1b}[J";

/// Asks `every` so often, until the question is refused. A service that does not answer is asked
/// again.
pub(crate) async fn watch(
    output: &Output,
    every: Duration,
    ask: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    output.hold();
    let draws = std::io::stdout().is_terminal();
    let mut shown = None;
    loop {
        let asked = ask().await;
        let text = output.taken();
        match asked {
            Err(failure) if failure.exit == Exit::Unavailable => note(&failure.text()),
            Err(failure) => return Err(failure),
            Ok(()) if draws => data(&format!("{CLEAR}{text}"))?,
            Ok(()) if shown.as_ref() != Some(&text) => data(&text)?,
            Ok(()) => {}
        }
        shown = Some(text);
        tokio::time::sleep(every).await;
    }
}
