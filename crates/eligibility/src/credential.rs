//! A credential over time: valid, late, suspended, revoked, day by day.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{OfficerId, TownId};

use crate::words::morrow;
use crate::{Evidence, Fact, Known, Name, Position, Record, RecordId, Renewal, Weapon};

/// One issued credential of an officer and all that has happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The issued one.
    pub id: RecordId,
    /// Its kind.
    pub kind: Name,
    /// Who issued it, as a code.
    pub issuer: Name,
    /// The day of issue.
    pub issued: Date,
    /// Its first day.
    pub from: Date,
    /// Its last day; absent where it has none.
    pub until: Option<Date>,
    /// The one model or piece it is good for.
    pub weapon: Option<Weapon>,
    /// The towns it is good in; empty for all.
    pub towns: Vec<TownId>,
    /// The event that proves it.
    pub at: Position,
    /// Suspensions, reinstatements and revocation, in order of date.
    turns: Vec<(Date, Turn, Position)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Reinstated,
    Suspended,
    Revoked,
}

/// What a credential is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CredentialState {
    /// Not valid yet.
    NotYet {
        /// Its first day.
        from: Date,
    },
    /// Valid.
    Valid {
        /// Its last day; absent where it has none.
        until: Option<Date>,
    },
    /// Over, but still good for work.
    Grace {
        /// Its last day.
        expired: Date,
        /// The last day on which it is good for work.
        until: Date,
    },
    /// Over and not valid; it can still be renewed.
    Late {
        /// Its last day.
        expired: Date,
        /// The last day on which it can be renewed.
        renewable_until: Date,
    },
    /// Over.
    Expired {
        /// Its last day.
        on: Date,
    },
    /// Not valid until it is reinstated.
    Suspended {
        /// The first day without it.
        since: Date,
    },
    /// Over for good.
    Revoked {
        /// The first day without it.
        on: Date,
    },
}

impl CredentialState {
    /// Whether the officer may work on it.
    pub fn counts(self) -> bool {
        matches!(self, Self::Valid { .. } | Self::Grace { .. })
    }

    /// Of several credentials of a kind, which one's state says most about the officer.
    pub(crate) fn telling(self) -> u8 {
        match self {
            Self::Valid { .. } | Self::Grace { .. } => 6,
            Self::Suspended { .. } => 5,
            Self::Late { .. } => 4,
            Self::Revoked { .. } => 3,
            Self::NotYet { .. } => 2,
            Self::Expired { .. } => 1,
        }
    }
}

impl Credential {
    /// An officer's credentials of a kind, as known then, in order of their first days.
    pub fn of(evidence: &Evidence, officer: &OfficerId, kind: &Name, known: &Known) -> Vec<Self> {
        Self::among(&evidence.known(officer, known), kind)
    }

    pub(crate) fn among(records: &[&Record], kind: &Name) -> Vec<Self> {
        let granted = records.iter().filter_map(|record| granted(record, kind));
        let mut found: Vec<Self> = granted.collect();
        for credential in &mut found {
            credential.turns = records
                .iter()
                .filter_map(|r| turn(r, &credential.id))
                .collect();
            // Of two turns on one day the later recorded counts, a revocation always.
            credential
                .turns
                .sort_by(|(one, _, a), (other, _, b)| (one, a).cmp(&(other, b)));
        }
        found.sort_by(|one, other| (one.from, &one.at).cmp(&(other.from, &other.at)));
        found
    }

    /// What it is on a day, by the rules about its end.
    pub fn on(&self, day: Date, renewal: &Renewal) -> CredentialState {
        let so_far = || self.turns.iter().filter(|(on, _, _)| *on <= day);
        if let Some((on, _, _)) = so_far().find(|(_, turn, _)| *turn == Turn::Revoked) {
            return CredentialState::Revoked { on: *on };
        }
        if day < self.from {
            return CredentialState::NotYet { from: self.from };
        }
        let suspended = so_far()
            .next_back()
            .filter(|(_, turn, _)| *turn == Turn::Suspended);
        let over = self.until.filter(|until| *until < day);
        if let Some(expired) = over {
            let grace = renewal.grace_to_work.map(|grace| grace.after(expired));
            if let Some(until) = grace.filter(|until| day <= *until && suspended.is_none()) {
                return CredentialState::Grace { expired, until };
            }
            let late = renewal.late.map(|late| late.after(expired));
            return match late.filter(|until| day <= *until) {
                Some(renewable_until) => CredentialState::Late {
                    expired,
                    renewable_until,
                },
                None => CredentialState::Expired { on: expired },
            };
        }
        match suspended {
            Some((since, _, _)) => CredentialState::Suspended { since: *since },
            None => CredentialState::Valid { until: self.until },
        }
    }

    /// The first day on which it can be renewed, and the last.
    pub fn renewable(&self, renewal: &Renewal) -> (Option<Date>, Option<Date>) {
        let opens = renewal
            .opens
            .and_then(|length| Some(length.before(self.until?)));
        let last = self.until.map(|until| match renewal.late {
            Some(late) => late.after(until),
            None => until,
        });
        (opens, last)
    }

    /// The days on which its state may be another than the day before.
    pub(crate) fn changes(&self, renewal: &Renewal) -> BTreeSet<Date> {
        let grace = self
            .until
            .and_then(|until| Some(renewal.grace_to_work?.after(until)));
        let ends = [self.until, grace].into_iter().flatten().filter_map(morrow);
        let turns = self.turns.iter().map(|(on, _, _)| *on);
        turns.chain(ends).chain([self.from]).collect()
    }

    /// The events that prove what it is on a day: its grant, and what came of it by then.
    pub(crate) fn proof(&self, day: Date) -> Vec<Position> {
        let turns = self.turns.iter().filter(|(on, _, _)| *on <= day);
        [&self.at]
            .into_iter()
            .chain(turns.map(|(_, _, at)| at))
            .cloned()
            .collect()
    }
}

fn granted(record: &Record, kind: &Name) -> Option<Credential> {
    let Fact::CredentialGranted {
        id,
        credential,
        issuer,
        issued,
        from,
        until,
        weapon,
        towns,
        rests_on: _,
    } = &record.fact
    else {
        return None;
    };
    (credential == kind).then(|| Credential {
        id: id.clone(),
        kind: kind.clone(),
        issuer: issuer.clone(),
        issued: *issued,
        from: *from,
        until: *until,
        weapon: weapon.clone(),
        towns: towns.clone(),
        at: record.at.clone(),
        turns: vec![],
    })
}

fn turn(record: &Record, of: &RecordId) -> Option<(Date, Turn, Position)> {
    let (id, from, turn) = match &record.fact {
        Fact::CredentialSuspended { id, from } => (id, from, Turn::Suspended),
        Fact::CredentialReinstated { id, from } => (id, from, Turn::Reinstated),
        Fact::CredentialRevoked { id, from } => (id, from, Turn::Revoked),
        _ => return None,
    };
    (id == of).then(|| (*from, turn, record.at.clone()))
}
