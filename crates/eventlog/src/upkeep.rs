//! What operators did to a service's data: events like any other, in a private log per service.
//!
//! # Why
//!
//! A fact that was passed over and a table that was replaced are exceptions from "everything
//! follows from the log", so they must be found later, with who did it, when, and why. The words
//! of the reason lie in the vault ([`crate::Store::reason`]); an event says that there are some.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::decider::{self, Class, Decider, Fact, Refuse};
use crate::log_id::LogId;

/// The acts on one thing: a listener's parked log, or a table.
pub struct Upkeep;

/// What an operator asks for. `on` is today, in UTC; `reason` tells that one was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    RetryParked {
        on: Date,
        fact: Position,
        consumer: String,
        attempts: u32,
        reason: bool,
    },
    SkipParked {
        on: Date,
        fact: Position,
        consumer: String,
        kind: String,
        reason: bool,
    },
    Swap {
        on: Date,
        swap: Swap,
    },
}

/// A position in a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub log: LogId,
    pub seq: u64,
}

/// Whose rows a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Our own events: a projection.
    Projection,
    /// Neighbours' facts: a mirror.
    Mirror,
}

/// A table that was folded afresh and takes the live one's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    pub source: Source,
    /// The projection's or mirror's name.
    pub table: String,
    pub version: u32,
    /// Where the two were compared: the position of every log that they are folded from.
    pub positions: Vec<Position>,
    /// Rows of the fresh table there.
    pub rows: u64,
    /// SHA-256 over the rows there, 64 hex digits: of the live table, and of the fresh one.
    pub live_digest: String,
    pub digest: String,
    pub reason: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A listener was told to try its parked fact again.
    #[serde(rename = "parked_retried")]
    ParkedRetried {
        on: Date,
        consumer: String,
        log: LogId,
        seq: u64,
        /// Tries before this one.
        attempts: u32,
        reason: bool,
    },
    /// A listener was told to go on without a fact that it could not apply.
    #[serde(rename = "parked_skipped")]
    ParkedSkipped {
        on: Date,
        consumer: String,
        log: LogId,
        seq: u64,
        kind: String,
        reason: bool,
    },
    #[serde(rename = "projection_swapped")]
    ProjectionSwapped { on: Date, swap: Swap },
    #[serde(rename = "mirror_swapped")]
    MirrorSwapped { on: Date, swap: Swap },
}

impl decider::Event for Event {
    fn valid_on(&self) -> Date {
        match self {
            Event::ParkedRetried { on, .. }
            | Event::ParkedSkipped { on, .. }
            | Event::ProjectionSwapped { on, .. }
            | Event::MirrorSwapped { on, .. } => *on,
        }
    }
}

/// Why an operator's act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Say why (metadata cw-reason-bin): {0} without a reason is not recorded.")]
    NoReason(&'static str),
    #[error(
        "The fresh table {table} differs from the live one ({live} live, {fresh} fresh): say why \
         (metadata cw-reason-bin) to put it in its place all the same."
    )]
    Differs {
        table: String,
        live: String,
        fresh: String,
    },
}

impl Refuse for Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Refusal::NoReason(_) => "REASON_MISSING",
            Refusal::Differs { .. } => "DIGESTS_DIFFER",
        }
    }

    fn class(&self) -> Class {
        match self {
            Refusal::NoReason(_) => Class::InvalidArgument,
            Refusal::Differs { .. } => Class::FailedPrecondition,
        }
    }
}

/// Positions of one parked log that were passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    skipped: BTreeSet<u64>,
}

impl Decider for Upkeep {
    const STREAM: &'static str = "upkeep";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
        match command.clone() {
            Command::RetryParked {
                on,
                fact: Position { log, seq },
                consumer,
                attempts,
                reason,
            } => Ok(vec![Event::ParkedRetried {
                on,
                consumer,
                log,
                seq,
                attempts,
                reason,
            }]),
            Command::SkipParked { reason: false, .. } => {
                Err(Refusal::NoReason("a fact that is passed over"))
            }
            Command::SkipParked { fact, .. } if state.skipped.contains(&fact.seq) => Ok(Vec::new()),
            Command::SkipParked {
                on,
                fact: Position { log, seq },
                consumer,
                kind,
                reason,
            } => Ok(vec![Event::ParkedSkipped {
                on,
                consumer,
                log,
                seq,
                kind,
                reason,
            }]),
            Command::Swap { swap, .. } if swap.digest != swap.live_digest && !swap.reason => {
                Err(Refusal::Differs {
                    table: swap.table,
                    live: swap.live_digest,
                    fresh: swap.digest,
                })
            }
            Command::Swap { on, swap } => Ok(vec![match swap.source {
                Source::Projection => Event::ProjectionSwapped { on, swap },
                Source::Mirror => Event::MirrorSwapped { on, swap },
            }]),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        if let Event::ParkedSkipped { seq, .. } = event {
            state.skipped.insert(*seq);
        }
    }

    /// Nobody's business but the service's own.
    fn publish(_: &State, _: &Event) -> Option<Fact> {
        None
    }
}

/// The stream of a listener's acts on one source log.
pub(crate) fn parked_key(consumer: &str, log: &LogId) -> String {
    format!("parked/{consumer}/{log}")
}

/// The stream of a table.
pub(crate) fn table_key(table: &str) -> String {
    format!("table/{table}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing::{given, golden};

    fn skip(seq: u64, reason: bool) -> Command {
        Command::SkipParked {
            on: date(2026, 11, 2),
            fact: Position {
                log: "payroll".parse().unwrap(),
                seq,
            },
            consumer: "statements".to_owned(),
            kind: "LabourCosted".to_owned(),
            reason,
        }
    }

    fn swap(digest: &str, reason: bool) -> Command {
        Command::Swap {
            on: date(2026, 11, 2),
            swap: Swap {
                source: Source::Mirror,
                table: "towns".to_owned(),
                version: 1,
                positions: Vec::new(),
                rows: 3,
                live_digest: "aa".to_owned(),
                digest: digest.to_owned(),
                reason,
            },
        }
    }

    #[test]
    fn a_fact_is_passed_over_once_and_for_a_reason() {
        given::<Upkeep>([])
            .when(skip(7, false))
            .then_refused("REASON_MISSING");
        let events = Upkeep::decide(&State::default(), &skip(7, true)).unwrap();
        assert_eq!(events.len(), 1);
        given::<Upkeep>(events.clone())
            .when(skip(7, true))
            .then_nothing();
        let after = given::<Upkeep>(events);
        let next = Upkeep::decide(after.state(), &skip(8, true)).unwrap();
        assert_eq!(next.len(), 1);
    }

    #[test]
    fn a_table_that_differs_takes_the_live_ones_place_only_for_a_reason() {
        let refused = given::<Upkeep>([])
            .when(swap("bb", false))
            .then_refused("DIGESTS_DIFFER");
        assert!(refused.to_string().contains("towns"), "{refused}");
        for (digest, reason) in [("aa", false), ("aa", true), ("bb", true)] {
            let events = Upkeep::decide(&State::default(), &swap(digest, reason)).unwrap();
            assert!(matches!(events[..], [Event::MirrorSwapped { .. }]));
        }
    }

    #[test]
    fn every_stored_event_loads_for_ever() {
        golden::<Event>(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/upkeep"));
    }
}
