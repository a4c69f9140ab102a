//! Rounds, their medians, and the table at the end. Whole numbers only: ratios are in hundredths.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::machine::{self, Cpu};

/// A ratio in hundredths, shown as `0.75`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ratio(u128);

impl Ratio {
    pub(crate) const fn hundredths(n: u128) -> Ratio {
        Ratio(n)
    }

    pub(crate) fn of(part: u128, whole: u128) -> Ratio {
        Ratio((part * 100 + whole / 2) / whole.max(1))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What one side did in one round.
#[derive(Clone, Copy)]
pub(crate) struct Took {
    work: u64,
    time: Duration,
    cpu: Cpu,
}

/// Does `units` of work and measures it.
pub(crate) async fn timed(units: u64, work: impl Future<Output = Outcome<()>>) -> Outcome<Took> {
    let (cpu, start) = (machine::cpu()?, Instant::now());
    work.await?;
    let time = start.elapsed();
    let cpu = machine::cpu()?.since(cpu);
    Ok(Took {
        work: units,
        time,
        cpu,
    })
}

impl Took {
    /// Per second.
    pub(crate) fn rate(self) -> u128 {
        u128::from(self.work) * 1_000_000 / self.time.as_micros().max(1)
    }

    pub(crate) fn work(self) -> u64 {
        self.work
    }

    /// Processor time per unit, the server's and this process's, in tenths of a microsecond.
    fn cost(self) -> (u64, u64) {
        let each = |nanoseconds: u64| nanoseconds / 100 / self.work.max(1);
        (each(self.cpu.server), each(self.cpu.own))
    }
}

/// The rounds of one comparison, ours and the baseline in turns.
#[derive(Default)]
pub(crate) struct Rounds(Vec<(Took, Took)>);

impl Rounds {
    pub(crate) fn push(&mut self, ours: Took, baseline: Took) {
        self.0.push((ours, baseline));
    }

    fn ratios(&self) -> Vec<Ratio> {
        self.0
            .iter()
            .map(|(ours, baseline)| Ratio::of(ours.rate(), baseline.rate()))
            .collect()
    }
}

pub(crate) fn median<T: Ord + Copy>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// What a ratio is held against.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    None,
    AtLeast(Ratio),
}

struct Line {
    what: String,
    baseline: String,
    ours: String,
    ratio: String,
    verdict: String,
    load: String,
}

/// All results of a run, printed as they come and once more at the end.
pub(crate) struct Table(Vec<Line>);

impl Table {
    pub(crate) fn new() -> Table {
        Table(Vec::new())
    }

    /// Rates of ours over rates of the baseline.
    pub(crate) fn compare(&mut self, what: &str, unit: &str, rounds: &Rounds, target: Target) {
        let ratios = rounds.ratios();
        let (ratio, low, high) = (
            median(ratios.iter().copied()),
            ratios.iter().min().copied().expect("there are rounds"),
            ratios.iter().max().copied().expect("there are rounds"),
        );
        let rate = |side: fn(&(Took, Took)) -> Took| {
            let rate = median(rounds.0.iter().map(|round| side(round).rate()));
            let cost = |part: fn((u64, u64)) -> u64| {
                let tenths = median(rounds.0.iter().map(|round| part(side(round).cost())));
                format!("{}.{}", tenths / 10, tenths % 10)
            };
            let (server, own) = (cost(|(server, _)| server), cost(|(_, own)| own));
            format!("{rate} {unit}/s, {server} + {own} µs")
        };
        self.line(Line {
            what: what.to_owned(),
            baseline: rate(|(_, baseline)| *baseline),
            ours: rate(|(ours, _)| *ours),
            ratio: format!("{ratio} ({low} to {high})"),
            verdict: verdict(ratio, target),
            load: machine::load(),
        });
    }

    /// Figures that are no rates.
    pub(crate) fn note(&mut self, what: &str, baseline: String, ours: String, ratio: String) {
        self.line(Line {
            what: what.to_owned(),
            baseline,
            ours,
            ratio,
            verdict: String::new(),
            load: machine::load(),
        });
    }

    fn line(&mut self, line: Line) {
        println!("{line}");
        self.0.push(line);
    }

    pub(crate) fn print(&self) {
        println!("\n| what | baseline | ours | ratio (range) | target | load |");
        println!("|---|---|---|---|---|---|");
        for line in &self.0 {
            println!("{line}");
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line {
            what,
            baseline,
            ours,
            ratio,
            verdict,
            load,
        } = self;
        write!(
            f,
            "| {what} | {baseline} | {ours} | {ratio} | {verdict} | {load} |"
        )
    }
}

fn verdict(ratio: Ratio, target: Target) -> String {
    match target {
        Target::None => String::new(),
        Target::AtLeast(target) if ratio >= target => format!("≥ {target}: held"),
        Target::AtLeast(target) => format!("≥ {target}: **missed**"),
    }
}
