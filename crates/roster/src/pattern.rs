//! Patterns: shifts that come again and again, written as RFC 5545 writes them (docs/patterns.md).
//!
//! # Why all shifts are reckoned when the text is read
//!
//! A rule that never ends, never comes to its count, or does not begin where it says, is then
//! refused while somebody looks at it; and expanding a window is choosing from a list, so that two
//! adjoining windows can never disagree with the joined one.

mod lines;
pub(crate) mod refusal;
pub(crate) mod rule;
pub(crate) mod value;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use vocabulary::local_time::{Fold, resolve};
use vocabulary::{Zone, word};

use crate::shift::{clock, later};
use crate::{Shift, ShiftId, ShiftKind, ShiftRefusal};
pub use refusal::Refusal;
use rule::{Ends, Rule};
use value::Until;

word! {
    /// A pattern: a slug such as `barlow-nights`.
    PatternId, "a pattern id",
    "2 to 60 of a-z, 0-9 and -, beginning with a letter, such as `barlow-nights`",
    |text| (2..=60).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A local time as it is written: with the pass where the hour is repeated, or as an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    Local(DateTime, Option<Fold>),
    Instant(Timestamp),
}

/// How long a shift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// DTEND: it ends when the clock shows this time next.
    Clock { time: Time },
    /// DURATION: so many minutes, whatever the clock says.
    Elapsed { minutes: i64 },
}

/// A recurrence in a zone, with all its shifts. Its text form is what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    zone: Zone,
    start: DateTime,
    fold: Option<Fold>,
    length: Length,
    rule: Option<Rule>,
    excepted: Vec<Typed>,
    added: Vec<Typed>,
    occurrences: Vec<Occurrence>,
    skipped: Vec<DateTime>,
}

/// One shift of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Its start on the pattern's clock.
    pub local: DateTime,
}

impl Pattern {
    /// Reads content lines (docs/patterns.md), or says what is wrong and what to write.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut pattern = lines::read(text)?;
        pattern.reckon()?;
        Ok(pattern)
    }

    /// On whose clock.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The shifts that start from `from` (within) to `to` (without), by start.
    pub fn expand(&self, from: Timestamp, to: Timestamp) -> Vec<Occurrence> {
        self.occurrences
            .iter()
            .filter(|one| from <= one.start && one.start < to)
            .copied()
            .collect()
    }

    /// Starts that the rule names but the clock passes over: no shift is planned there (RFC 5545
    /// §3.3.10 has it so), so whoever plans must look at them.
    pub fn skipped(&self) -> &[DateTime] {
        &self.skipped
    }

    /// An occurrence as a shift of a town.
    pub fn shift(
        id: &PatternId,
        one: &Occurrence,
        town: vocabulary::TownId,
        kind: ShiftKind,
    ) -> Result<Shift, ShiftRefusal> {
        let local = value::compact(one.local).to_ascii_lowercase();
        // Unique within the pattern: two passes through one hour are refused when it is read.
        let id = ShiftId::new(format!("{id}.{}", &local[..13]))
            .expect("a pattern id, a dot and a local time are a shift id");
        Shift::new(id, town, kind, one.start, one.end)
    }

    fn reckon(&mut self) -> Result<(), Refusal> {
        let first =
            resolve(self.start, &self.zone, self.fold).map_err(|unclear| Refusal::Unclear {
                what: "DTSTART",
                unclear,
            })?;
        let mut found = match self.rule.clone() {
            Some(rule) => self.ruled(&rule, first)?,
            None => vec![(first, self.start)],
        };
        for typed in self.added.clone() {
            found.push(self.instant(typed, "RDATE")?);
        }
        found.sort_unstable();
        found.dedup_by_key(|(start, _)| *start);
        for typed in self.excepted.clone() {
            let (at, _) = self.instant(typed, "EXDATE")?;
            let before = found.len();
            found.retain(|(start, _)| *start != at);
            if found.len() == before {
                return Err(Refusal::ExceptsNothing {
                    at: lines::typed(typed),
                });
            }
        }
        for (start, local) in found {
            let end = self.end(start, local);
            let seconds = end.as_second() - start.as_second();
            if !(60..=24 * 3600).contains(&seconds) {
                return Err(Refusal::Length);
            }
            self.occurrences.push(Occurrence { start, end, local });
        }
        let repeated = |pair: &[Occurrence]| pair[0].local == pair[1].local;
        if self.occurrences.windows(2).any(repeated) {
            return Err(Refusal::Twice {
                what: "a start in the hour that is repeated".to_owned(),
            });
        }
        Ok(())
    }

    /// The rule's own starts. A start in the gap is told and does not count; one in the fold is the
    /// first pass, or the one that DTSTART names.
    fn ruled(
        &mut self,
        rule: &Rule,
        first: Timestamp,
    ) -> Result<Vec<(Timestamp, DateTime)>, Refusal> {
        let start = self.start;
        let mut found = Vec::new();
        for n in 0..=TEN_YEARS {
            let day = later(start.date(), n);
            let local = day.to_datetime(start.time());
            let at = self.lenient(local);
            let near = clock(day, start.time(), &self.zone);
            let over = match &rule.ends {
                Ends::Count(count) => found.len() >= *count as usize,
                Ends::Until(Until::Day(last)) => day > *last,
                Ends::Until(Until::Instant(last)) => at.unwrap_or(near) > *last,
            };
            if over {
                return match found.first() {
                    Some((at, _)) if *at == first => Ok(found),
                    other => Err(Refusal::StartsElsewhere {
                        start,
                        first: other.map(|(_, local)| *local),
                    }),
                };
            }
            if rule.names(start.date(), day) {
                match at {
                    Some(at) => found.push((at, local)),
                    None => self.skipped.push(local),
                }
            }
        }
        Err(Refusal::TooFar { start })
    }

    /// A start that follows from the rule: none in the gap.
    fn lenient(&self, local: DateTime) -> Option<Timestamp> {
        match self.zone.rules().to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Gap { .. } => None,
            _ => resolve(local, &self.zone, Some(self.fold.unwrap_or(Fold::First))).ok(),
        }
    }

    /// A start that somebody typed.
    fn instant(&self, typed: Typed, what: &'static str) -> Result<(Timestamp, DateTime), Refusal> {
        match typed {
            Typed::Instant(at) => Ok((at, self.zone.rules().to_datetime(at))),
            Typed::Local(local, fold) => resolve(local, &self.zone, fold)
                .map(|at| (at, local))
                .map_err(|unclear| Refusal::Unclear { what, unclear }),
        }
    }

    fn end(&self, start: Timestamp, local: DateTime) -> Timestamp {
        match self.length {
            Length::Clock { time } => {
                let day = last_day(local, time);
                let end = clock(day, time, &self.zone);
                if end > start {
                    return end;
                }
                // In the repeated hour a shift that starts in the second pass ends in it too.
                self.zone
                    .rules()
                    .to_ambiguous_timestamp(day.to_datetime(time))
                    .later()
                    .expect("within the years that are checked")
            }
            Length::Elapsed { minutes } => start
                .checked_add(minutes.minutes())
                .expect("within the years that are checked"),
        }
    }
}

/// The day on which the clock shows a time next.
fn last_day(start: DateTime, time: Time) -> Date {
    later(start.date(), i64::from(time <= start.time()))
}

/// Days after which a rule must be done.
const TEN_YEARS: i64 = 3660;

/// Its text form: canonical, so that the same pattern is always the same text.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&lines::write(self))
    }
}

impl FromStr for Pattern {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Pattern {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests;
