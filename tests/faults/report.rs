//! One line per test for the table of `docs/faults.md`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use crate::check::Findings;

/// What the seeds of one test came to.
#[derive(Default)]
pub(crate) struct Report {
    fault: &'static str,
    runs: u64,
    faults: u64,
    found: Findings,
    recoveries: Vec<Duration>,
}

impl Report {
    pub(crate) fn new(fault: &'static str) -> Report {
        Report {
            fault,
            ..Report::default()
        }
    }

    /// Something was done to the platform once more.
    pub(crate) fn fault(&mut self) {
        self.faults += 1;
    }

    /// From the end of a fault until a command called after it was applied by the listener.
    pub(crate) fn recovered(&mut self, after: Duration) {
        self.recoveries.push(after);
    }

    /// A seed is done, and its log, stream and listener are sound.
    pub(crate) fn run(&mut self, found: Findings) {
        self.runs += 1;
        self.found += found;
    }

    /// Prints the line, and adds it to the file that `COMMONWATCH_FAULT_TABLE` names.
    pub(crate) fn print(mut self) {
        assert!(self.runs > 0 && self.faults > 0, "nothing was done");
        self.recoveries.sort_unstable();
        let at = |n: usize| self.recoveries.get(n).map_or("–".to_owned(), shown);
        let (p50, most) = (at(self.recoveries.len() / 2), {
            at(self.recoveries.len().saturating_sub(1))
        });
        let Findings {
            acknowledged,
            again,
            present,
            absent,
            lost,
            doubled,
        } = self.found;
        assert_eq!((lost, doubled), (0, 0));
        let (fault, runs, faults) = (self.fault, self.runs, self.faults);
        let line = format!(
            "| {fault} | {runs} | {faults} | {acknowledged} | {again} | {present} / {absent} | \
             {lost} | {doubled} | {p50} | {most} |"
        );
        eprintln!("FAULT {line}");
        if let Some(path) = std::env::var_os("COMMONWATCH_FAULT_TABLE") {
            let file = OpenOptions::new().create(true).append(true).open(path);
            writeln!(file.unwrap(), "{line}").unwrap();
        }
    }
}

fn shown(time: &Duration) -> String {
    let ms = time.as_millis();
    format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10)
}
