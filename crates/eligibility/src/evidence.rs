//! What is known of officers: dated records, each with the position of the event that proves it.

mod check;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Actor, Minutes, OfficerId, TownId};

pub use check::Refusal;

use crate::{Name, Outcome, Position, RecordId, Weapon};

/// One thing that is known of one officer. Two times: the dates inside say when it was so, position
/// and recorded time say when it was learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The event that proves it.
    pub at: Position,
    /// When that event was recorded.
    pub recorded: Timestamp,
    /// Of whom it is known.
    pub officer: OfficerId,
    /// What.
    pub fact: Fact,
}

/// What can be known of an officer. Codes and tokens only: no names, numbers or reasons in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// A check ended, such as of the person's background.
    Checked {
        /// Which.
        check: Name,
        /// On which day.
        on: Date,
        /// Whether it was passed; one that failed ends what an earlier one gave.
        passed: bool,
        /// Its last day, if whoever checked gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// An age was proved. Never the date of birth.
    AgeProved {
        /// At least so many years.
        years: u8,
        /// On this day.
        on: Date,
    },
    /// A course ended for the officer.
    OutcomeIssued {
        /// Which course.
        course: Name,
        /// The session it was held in, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<RecordId>,
        /// Its first day.
        started: Date,
        /// The day of the outcome.
        on: Date,
        /// How it ended.
        outcome: Outcome,
        /// Minutes attended.
        minutes: Minutes,
    },
    /// The officer was removed from a course or field training: what was got there before counts
    /// no longer.
    Removed {
        /// From which.
        course: Name,
        /// On which day.
        on: Date,
    },
    /// An assessment ended, such as on the range.
    Assessed {
        /// Which qualification it is for.
        qualification: Name,
        /// On which day.
        on: Date,
        /// Whether it was passed; one that failed ends what an earlier one gave.
        passed: bool,
        /// With what, where that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weapon: Option<Weapon>,
        /// The score, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<Score>,
    },
    /// A phase of field training was signed off.
    PhaseSignedOff {
        /// Which training.
        training: Name,
        /// Which phase.
        phase: String,
        /// The phase's first day.
        started: Date,
        /// The day of the sign-off.
        on: Date,
        /// Who signed.
        trainer: Actor,
    },
    /// Time served under somebody.
    Supervised {
        /// Which kind of service.
        service: Name,
        /// On which day.
        on: Date,
        /// How long.
        minutes: Minutes,
    },
    /// A credential was issued or renewed. A renewal is a credential of its own: it never fills the
    /// gap behind it.
    CredentialGranted {
        /// The issued one.
        id: RecordId,
        /// Its kind.
        credential: Name,
        /// Who issued it, as a code.
        issuer: Name,
        /// The day of issue.
        issued: Date,
        /// Its first day.
        from: Date,
        /// Its last day; absent where it has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// The one model or piece it is good for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weapon: Option<Weapon>,
        /// The towns it is good in; empty for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        towns: Vec<TownId>,
        /// The records it was issued on, such as a course's outcome.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rests_on: Vec<Position>,
    },
    /// It is not valid until it is reinstated.
    CredentialSuspended {
        /// Which.
        id: RecordId,
        /// From this day on.
        from: Date,
    },
    /// It is valid again.
    CredentialReinstated {
        /// Which.
        id: RecordId,
        /// From this day on.
        from: Date,
    },
    /// It is over.
    CredentialRevoked {
        /// Which.
        id: RecordId,
        /// From this day on.
        from: Date,
    },
    /// A requirement need not be met for a while.
    WaiverGranted {
        /// The waiver.
        id: RecordId,
        /// Which requirement.
        requirement: Name,
        /// Its first day.
        from: Date,
        /// Its last day: there is no waiver without an end.
        until: Date,
        /// Who signed it.
        signer: Actor,
        /// Where it holds; empty for everywhere.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        towns: Vec<TownId>,
    },
    /// A waiver ended before its last day.
    WaiverEnded {
        /// Which.
        id: RecordId,
        /// Its first day without effect.
        on: Date,
    },
    /// Somebody decided what training elsewhere is worth here. Nothing foreign counts without it.
    EquivalenceDecided {
        /// The decision.
        id: RecordId,
        /// What was learnt elsewhere, as a code.
        foreign: Name,
        /// Who decided.
        by: Actor,
        /// On what basis, as a code such as `transcript`.
        basis: Name,
        /// The requirements it satisfies.
        satisfies: Vec<Name>,
        /// The requirements it does not.
        lacks: Vec<Name>,
        /// Its first day.
        from: Date,
        /// Its last day; absent where it has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// What an earlier record says was never so. A record that voids can be voided itself.
    Voided {
        /// Which record.
        record: Position,
    },
    /// What an earlier record says is in doubt; it counts until somebody voids it.
    Questioned {
        /// Which record.
        record: Position,
        /// Why, as a code such as `instructor-not-qualified`.
        because: Name,
    },
}

/// The score of an assessment, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// How many.
    pub points: u32,
    /// Of how many.
    pub maximum: u32,
    /// How many pass.
    pub pass_mark: u32,
}

/// As known when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Everything there is.
    Now,
    /// What had been recorded by then.
    At(Timestamp),
    /// What each log held up to a position; of a log that is not named, nothing.
    Heads(BTreeMap<String, u64>),
}

impl Known {
    /// Whether a record was known.
    pub fn covers(&self, record: &Record) -> bool {
        match self {
            Self::Now => true,
            Self::At(time) => record.recorded <= *time,
            Self::Heads(heads) => {
                let head = heads.get(&record.at.log);
                head.is_some_and(|head| record.at.seq <= *head)
            }
        }
    }
}

/// Records of any number of officers, in whatever order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    of: BTreeMap<OfficerId, Vec<Record>>,
}

impl Evidence {
    /// Evidence from records. Their order makes no difference; one that comes twice counts once.
    pub fn new(records: impl IntoIterator<Item = Record>) -> Self {
        let mut of: BTreeMap<OfficerId, Vec<Record>> = BTreeMap::new();
        for record in records {
            of.entry(record.officer.clone()).or_default().push(record);
        }
        for records in of.values_mut() {
            // No log has two events at one position; if it had, the order would still be the same.
            let words = |record: &Record| format!("{record:?}");
            records.sort_by(|one, other| {
                let by_position = one.at.cmp(&other.at);
                by_position.then_with(|| words(one).cmp(&words(other)))
            });
            records.dedup();
        }
        Self { of }
    }

    /// Everyone of whom something is known, in the order of their ids.
    pub fn officers(&self) -> impl Iterator<Item = &OfficerId> {
        self.of.keys()
    }

    /// An officer's records, in the order of their positions.
    pub fn of(&self, officer: &OfficerId) -> &[Record] {
        self.of.get(officer).map_or(&[], Vec::as_slice)
    }

    /// What was known of an officer and had not been voided by then.
    pub fn known<'e>(&'e self, officer: &OfficerId, known: &Known) -> Vec<&'e Record> {
        let records = self.of(officer).iter().filter(|r| known.covers(r));
        let mut records: Vec<&Record> = records.collect();
        let mut latest_first = records.clone();
        latest_first.sort_by_key(|record| std::cmp::Reverse((record.recorded, &record.at)));
        let mut voided: BTreeSet<&Position> = BTreeSet::new();
        for record in latest_first {
            // What voids and was voided itself voids nothing.
            if let Fact::Voided { record: wrong } = &record.fact
                && !voided.contains(&record.at)
            {
                voided.insert(wrong);
            }
        }
        records.retain(|record| !voided.contains(&record.at));
        records
    }

    /// How far each log had been read for what is known of an officer.
    pub(crate) fn heads(&self, officer: &OfficerId, known: &Known) -> BTreeMap<String, u64> {
        if let Known::Heads(heads) = known {
            return heads.clone();
        }
        let mut heads: BTreeMap<String, u64> = BTreeMap::new();
        for record in self.of(officer).iter().filter(|r| known.covers(r)) {
            let head = heads.entry(record.at.log.clone()).or_default();
            *head = record.at.seq.max(*head);
        }
        heads
    }
}

#[cfg(test)]
mod tests;
